"""Files of groups, and what they would change, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.models import OrgGroup, TreeImport
from accounts.serializers.effects import ChangeEffectOut


class TreeFileIn(serializers.Serializer[Any]):
    """A file of groups; ``archive_missing`` archives the groups that it leaves out."""

    file_name = serializers.CharField(max_length=300)
    content = serializers.CharField(max_length=10 * 1024 * 1024, trim_whitespace=False)
    archive_missing = serializers.BooleanField(default=False)


class TreeApplyIn(serializers.Serializer[Any]):
    """What was seen before: where the effects have become others since, nothing is changed."""

    seen = serializers.CharField(required=False, max_length=64)


class TreeImportOut(serializers.Serializer[Any]):
    """A file that was uploaded."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    status = serializers.ChoiceField(choices=TreeImport.Status.choices)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)


class TreeImportPageOut(serializers.Serializer[Any]):
    """One page of files, newest first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    imports = TreeImportOut(many=True, source="items")


class SaidOut(serializers.Serializer[Any]):
    """Something to say of a line of the file."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    sentence = serializers.CharField()


class AdditionOut(serializers.Serializer[Any]):
    """A group that the file makes; ``place`` leads to what it stands below."""

    line = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=OrgGroup.Kind.choices)
    place = serializers.CharField()


class TreeMoveOut(serializers.Serializer[Any]):
    """A group that the file has stand elsewhere."""

    line = serializers.IntegerField()
    group = serializers.UUIDField(source="group_id")
    name = serializers.CharField()
    from_place = serializers.CharField(source="from")
    to_place = serializers.CharField(source="to")


class FieldChangeOut(serializers.Serializer[Any]):
    """One thing that is known of a group, before and after."""

    field = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class TreeChangeOut(serializers.Serializer[Any]):
    """A group that the file calls or describes otherwise."""

    line = serializers.IntegerField()
    group = serializers.UUIDField(source="group_id")
    name = serializers.CharField()
    changes = FieldChangeOut(many=True, source="fields")


class RemovalOut(serializers.Serializer[Any]):
    """A group that the file archives."""

    group = serializers.UUIDField(source="group_id")
    name = serializers.CharField()
    place = serializers.CharField()


class TreePlanOut(TreeImportOut):
    """A file with all that it would change.

    One with problems cannot be applied; what keeps it from being applied otherwise stands first
    among the effects, of the kind BLOCKED.
    """

    archive_missing = serializers.BooleanField(source="plan.archive_missing")
    counts = serializers.DictField(child=serializers.IntegerField(), source="plan.counts")
    problems = SaidOut(many=True, source="plan.problems")
    notes = SaidOut(many=True, source="plan.notes")
    additions = AdditionOut(many=True, source="plan.additions")
    moves = TreeMoveOut(many=True, source="plan.moves")
    changes = TreeChangeOut(many=True, source="plan.changes")
    removals = RemovalOut(many=True, source="plan.removals")
    effects = ChangeEffectOut(many=True, source="plan.effects")
    is_blocked = serializers.BooleanField(source="plan.is_blocked")
    seen = serializers.CharField(source="plan.seen")
