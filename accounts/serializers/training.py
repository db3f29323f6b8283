"""Training pages, what has to be read, and who is due, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.models import Role
from accounts.training import Link, LinkKind


class TrainingLinkOut(serializers.Serializer[Any]):
    """A link of a training page; ``seconds`` is how long a video runs."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in LinkKind])
    label = serializers.CharField()  # type: ignore[assignment]  # not DRF’s own
    url = serializers.CharField()
    seconds = serializers.IntegerField(allow_null=True)


class TrainingLinkIn(serializers.Serializer[Any]):
    """A link as it is entered; only a video has ``seconds``, 180 at most."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in LinkKind])
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]  # not DRF’s own
    url = serializers.CharField(max_length=1000)
    seconds = serializers.IntegerField(allow_null=True, default=None)


class OwnTrainingOut(serializers.Serializer[Any]):
    """A training page for the caller; days are None where nothing is asked of them."""

    slug = serializers.CharField(source="page.slug")
    title = serializers.CharField(source="page.title")
    is_required = serializers.SerializerMethodField()
    is_due = serializers.BooleanField()
    is_blocking = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(source="standing.due_on", allow_null=True, default=None)
    blocks_on = serializers.DateField(source="standing.blocks_on", allow_null=True, default=None)

    def get_is_required(self, own: Any) -> bool:
        """Tell whether a role of the caller has to read it."""
        return own.standing is not None


class OwnTrainingPageOut(serializers.Serializer[Any]):
    """One page of the caller's training, what is due first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    training = OwnTrainingOut(many=True, source="items")


class TrainingVersionOut(serializers.Serializer[Any]):
    """What a training page says now."""

    slug = serializers.CharField(source="page.slug")
    title = serializers.CharField(source="page.title")
    place = serializers.IntegerField(source="page.place")
    is_archived = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="number")
    body = serializers.CharField()
    links = TrainingLinkOut(many=True)
    published_by = serializers.CharField()
    published_at = serializers.DateTimeField()

    def get_is_archived(self, version: Any) -> bool:
        """Tell whether the page has been put away."""
        return version.page.archived_at is not None


class RequirementOut(serializers.Serializer[Any]):
    """Who has to have read a page."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    before_buying = serializers.BooleanField()
    every_months = serializers.IntegerField(allow_null=True)
    required_from = serializers.DateField()


class KeptTrainingOut(serializers.Serializer[Any]):
    """A page with whom it is required of."""

    slug = serializers.CharField(source="page.slug")
    title = serializers.CharField(source="page.title")
    version = serializers.IntegerField(source="version.number")
    archived_at = serializers.DateTimeField(source="page.archived_at", allow_null=True)
    requirement = RequirementOut(allow_null=True)


class KeptTrainingPageOut(serializers.Serializer[Any]):
    """One page of all training pages, the archived last."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    training = KeptTrainingOut(many=True, source="items")


class TrainingIn(serializers.Serializer[Any]):
    """A training page to be published."""

    title = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=20_000)
    links = TrainingLinkIn(many=True, default=list)

    def validate_links(self, links: list[dict[str, Any]]) -> list[Link]:
        """Return the links as the rules judge them."""
        return [Link(**link) for link in links]


class RevisionIn(TrainingIn):
    """A change of a page; ``after`` is the number of the version that was edited."""

    place = serializers.IntegerField(min_value=0, max_value=32_000)
    must_repeat = serializers.BooleanField(default=False)
    after = serializers.IntegerField(min_value=1)


class ArchivedIn(serializers.Serializer[Any]):
    """Whether a page is put away."""

    is_archived = serializers.BooleanField()


class RequirementIn(serializers.Serializer[Any]):
    """Who has to read a page, and when."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    before_buying = serializers.BooleanField()
    every_months = serializers.IntegerField(allow_null=True, default=None)
    required_from = serializers.DateField()


class AcknowledgementIn(serializers.Serializer[Any]):
    """The number of the version that was read."""

    version = serializers.IntegerField(min_value=1)


class AcknowledgementOut(serializers.Serializer[Any]):
    """That the caller has read a version, and when."""

    version = serializers.IntegerField(source="version.number")
    acknowledged_at = serializers.DateTimeField()


class DueTrainingOut(serializers.Serializer[Any]):
    """A page that somebody has to read by now."""

    membership = serializers.UUIDField(source="membership_id")
    name = serializers.CharField()
    email = serializers.CharField()
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()
    slug = serializers.CharField(source="page_slug")
    title = serializers.CharField(source="page_title")
    since = serializers.DateField()
    blocks_on = serializers.DateField(allow_null=True)
    is_blocking = serializers.BooleanField()


class DueTrainingPageOut(serializers.Serializer[Any]):
    """One page of what is due, the longest first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    due = DueTrainingOut(many=True, source="items")
