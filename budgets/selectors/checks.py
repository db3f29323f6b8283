"""Comparisons of counters, ledger and orders that were kept."""

from uuid import UUID

from django.db.models import QuerySet

from accounts import selectors as accounts
from accounts.permissions import Permission, require
from budgets.models import LedgerCheck
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


def ledger_checks(actor: Actor) -> QuerySet[LedgerCheck]:
    """Return what was checked, the latest first, for whoever keeps the budgets of all.

    Two SQL queries, findings left out; raises `NotAllowed`.
    """
    require(actor, Permission.MANAGE_BUDGETS, accounts.root_group())
    return LedgerCheck.objects.defer("findings").order_by("-made_at", "-id")


def ledger_check_for(actor: Actor, check_id: UUID) -> LedgerCheck:
    """Return one check with its findings. Two SQL queries; `NotAllowed` or `NotFound`."""
    require(actor, Permission.MANAGE_BUDGETS, accounts.root_group())
    found = LedgerCheck.objects.filter(id=check_id).first()
    if found is None:
        raise NotFound("There is no such check.")
    return found
