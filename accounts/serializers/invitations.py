"""People on their way in, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.models import Invitation, InvitationBatch, InvitationLine, Role
from accounts.rosters import MOST_BYTES

FATES = InvitationLine.Fate.choices
BATCH_STATUSES = InvitationBatch.Status.choices
INVITATION_STATUSES = Invitation.Status.choices


class InviteesIn(serializers.Serializer[Any]):
    """Whom to invite: addresses however they are parted, or the text of a CSV file with a head.

    ``group`` and ``role`` hold for lines that name none; ``message`` stands in every mail.
    """

    text = serializers.CharField(max_length=MOST_BYTES, trim_whitespace=False)
    group = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices, default=Role.REQUISITIONER.value)
    message = serializers.CharField(max_length=1000, allow_blank=True, default="")
    origin = serializers.CharField(
        max_length=300, default="the API", help_text="Where the people come from, for the record."
    )


class FatesOut(serializers.Serializer[Any]):
    """How many lines have each fate."""

    READY = serializers.IntegerField()
    KNOWN = serializers.IntegerField()
    DUPLICATE = serializers.IntegerField()
    REJECTED = serializers.IntegerField()
    INVITED = serializers.IntegerField()


class InvitationBatchOut(serializers.Serializer[Any]):
    """People entered together; ``processed`` of those who were ready have been dealt with."""

    id = serializers.UUIDField(source="batch.id")
    origin = serializers.CharField(source="batch.source")
    status = serializers.ChoiceField(source="batch.status", choices=BATCH_STATUSES)
    total = serializers.IntegerField(source="batch.total")
    ready = serializers.IntegerField(source="batch.ready")
    processed = serializers.IntegerField(source="batch.processed")
    fates = FatesOut()
    created_at = serializers.DateTimeField(source="batch.created_at")
    started_at = serializers.DateTimeField(source="batch.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="batch.finished_at", allow_null=True)


class LineProblemOut(serializers.Serializer[Any]):
    """What is amiss with a line, and which column it is about."""

    column = serializers.CharField()
    sentence = serializers.CharField()


class InvitationLineOut(serializers.Serializer[Any]):
    """A line, what it was taken for, and what becomes of it."""

    number = serializers.IntegerField()
    raw = serializers.ListField(child=serializers.CharField(allow_blank=True))
    email = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    group = serializers.UUIDField(source="group_id", allow_null=True)
    role = serializers.CharField(allow_blank=True)
    manager_email = serializers.CharField(allow_blank=True)
    position_code = serializers.CharField(allow_blank=True)
    fate = serializers.ChoiceField(choices=FATES)
    problems = LineProblemOut(many=True)


class InvitationLinePageOut(serializers.Serializer[Any]):
    """One page of a batch's lines, in their order."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    lines = InvitationLineOut(many=True, source="items")


class InvitationOut(serializers.Serializer[Any]):
    """Somebody asked to join; ``sent`` counts the mails. One that is open may have expired."""

    id = serializers.UUIDField()
    membership = serializers.UUIDField(source="membership_id")
    name = serializers.CharField(source="membership.user.name")
    email = serializers.CharField(source="membership.user.email")
    group = serializers.UUIDField(source="membership.group_id")
    status = serializers.ChoiceField(choices=INVITATION_STATUSES)
    sent = serializers.IntegerField()
    sent_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    invited_by = serializers.CharField()


class InvitationPageOut(serializers.Serializer[Any]):
    """One page of invitations, the newest first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    invitations = InvitationOut(many=True, source="items")
