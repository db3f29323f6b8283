"""Applying a file of caps: a small one at once, a large one by the worker.

What a worker does is one transaction, so that all of a file is applied or nothing; a worker that is
killed leaves it to the next one.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.permissions import Permission, require
from budgets.models import BudgetImport
from budgets.selectors.plan_files import budget_import_for
from budgets.services.plan_files import (
    apply_budget_import,
    apply_planned,
    check_applicable,
    waiting_file,
)
from procurement.core import jobs
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.locking import hold_caps, lock, lock_free

# So many lines are applied while the page waits; more take longer than people wait for.
AT_ONCE = 500
TRIED_AT_MOST = 3
_Status = BudgetImport.Status


@transaction.atomic
def start_budget_import(
    *, actor: MemberActor, import_id: UUID, reason: str = "", now: datetime
) -> BudgetImport:
    """Have the budgets become what a planned file says: at once, or by the worker where it is long.

    Above 500 lines it is APPLYING until the worker is through; `apply_budget_import` says what that
    does. Where it refuses then, the file waits to be applied again and says why (``failure``).
    Raises as `apply_budget_import` does for what is known before.
    """
    require(actor, Permission.MANAGE_BUDGETS, accounts.root_group())
    if budget_import_for(import_id).lines <= AT_ONCE:
        return apply_budget_import(actor=actor, import_id=import_id, reason=reason, now=now)
    planned = waiting_file(import_id)
    check_applicable(planned)
    planned.status = _Status.APPLYING
    planned.asked_by = actor.membership_id
    planned.reason = reason[:500]
    planned.touched_at = now
    planned.attempts = 0
    planned.failure = ""
    planned.save(
        update_fields=["status", "asked_by", "reason", "touched_at", "attempts", "failure"]
    )
    jobs.enqueue_on_commit(
        "budgets.apply_import",
        organization_id=str(actor.organization_id),
        import_id=str(import_id),
    )
    return planned


@transaction.atomic
def take_up_budget_import(*, import_id: UUID, now: datetime) -> bool:
    """Count one try of a file that is to be applied; tell whether it is to be tried.

    Not where another worker is at it, and not a fourth time: it is given up then, since it brings
    down whoever tries.
    """
    found = lock_free(BudgetImport.objects.filter(id=import_id, status=_Status.APPLYING))
    if not found:
        return False
    (planned,) = found
    if planned.attempts >= TRIED_AT_MOST:
        _give_back(planned, "The worker stopped three times while it applied this file.")
        return False
    planned.attempts += 1
    planned.touched_at = now
    planned.save(update_fields=["attempts", "touched_at"])
    return True


@transaction.atomic
def carry_out_budget_import(*, organization_id: UUID, import_id: UUID, now: datetime) -> bool:
    """Apply a file in the name of whoever asked for it; tell whether it is applied by that.

    What is refused changes nothing: the file waits to be applied again, and says why.
    """
    hold_caps(organization_id)
    found = lock(BudgetImport.objects.filter(id=import_id, status=_Status.APPLYING))
    if not found:
        return False
    (planned,) = found
    try:
        with transaction.atomic():
            actor = _asker(planned, now)
            apply_planned(actor=actor, planned=planned, reason=planned.reason, now=now)
    except DomainError as refusal:
        _give_back(planned, refusal.message)
        return False
    return True


def _asker(planned: BudgetImport, now: datetime) -> MemberActor:
    member = accounts.members_by_id([planned.asked_by] if planned.asked_by else [])
    found = [
        accounts.actor_for(user_id=one.user_id, organization_id=one.organization_id, now=now)
        for one in member.values()
    ]
    actor = next(iter(found), None)
    if actor is None:
        raise NotAllowed("Whoever wanted it applied has no access any more. Apply it yourself.")
    return actor


def _give_back(planned: BudgetImport, failure: str) -> None:
    planned.status = _Status.PLANNED
    planned.applied_at = None
    planned.failure = failure[:1000]
    planned.save(update_fields=["status", "applied_at", "failure"])
