"""What a change does, as the API says it."""

from typing import Any

from rest_framework import serializers

from accounts.effects import EffectKind


class ChangeEffectOut(serializers.Serializer[Any]):
    """One thing that changes, on whichever floor."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in EffectKind])
    about = serializers.UUIDField()
    subject = serializers.CharField()
    sentence = serializers.CharField()
    group = serializers.UUIDField(source="group_id", allow_null=True)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
