"""Room that is set aside on a period."""

from uuid import UUID

from django.db.models import F, QuerySet

from accounts.permissions import Permission, require
from budgets.models import Earmark
from budgets.rules import Covering
from budgets.selectors.ledger import period_for
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


def earmarks_on(covering: Covering) -> QuerySet[Earmark]:
    """Return what is set aside on a period and what was: those that run first, by their day.

    One SQL query for each page that is cut from it, and one to count.
    """
    return (
        Earmark.objects.filter(period_id=covering.period_id)
        .select_related("made_by__user")
        .order_by(F("released_at").desc(nulls_first=True), "expires_on", "id")
    )


def earmark_for(actor: Actor, earmark_id: UUID) -> tuple[Earmark, Covering]:
    """Return an earmark with its period, to whoever may change it. Two SQL queries.

    Raises `NotFound` and `NotAllowed`.
    """
    found = Earmark.objects.filter(id=earmark_id).first()
    if found is None:
        raise NotFound("There is no such earmark, or it is not yours to see.")
    covering = period_for(actor, found.period_id)
    require(actor, Permission.MANAGE_BUDGETS, covering.group_path)
    return found, covering
