"""What the API tells of a subject's way, wherever it is asked."""

from typing import Any

from rest_framework import serializers

from approvals.counterfactuals import ChangeKind


class OriginOut(serializers.Serializer[Any]):
    """The part of a policy version that asks for a stage, or a rule of it."""

    sentence = serializers.CharField(source="words")
    group = serializers.UUIDField(source="group_id")
    policy_version = serializers.UUIDField(source="version_id")
    version = serializers.IntegerField(source="number")


class WhyPersonOut(serializers.Serializer[Any]):
    """Somebody who sits in a stage, and why it is them."""

    name = serializers.CharField()
    seat = serializers.CharField()
    why = serializers.CharField()


class ChangeOut(serializers.Serializer[Any]):
    """A single change under which a stage is not asked, as it stands within a sentence."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in ChangeKind])
    phrase = serializers.CharField()


class WhyStageOut(serializers.Serializer[Any]):
    """A stage: what asks for it, who sits in it and why, and what would have avoided it."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    because = serializers.CharField()
    origin = OriginOut(
        allow_null=True, help_text="Null where the stored route does not lead here any more."
    )
    people = WhyPersonOut(many=True)
    avoided = serializers.CharField(help_text="Empty where no single change avoids the stage.")
    changes = ChangeOut(many=True)
