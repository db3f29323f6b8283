"""Giving everybody of a group a budget of their own, changing what they get, and ending it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from budgets.fiscal import PeriodKind
from budgets.models import Allowance, Budget
from budgets.rules import DEFAULT_WARN_PERCENT
from budgets.selectors.allowances import about_allowance, title_of_allowance
from budgets.services.aligning import end_surplus, give_missing
from budgets.services.bounds import check_cap, check_scope, check_terms
from budgets.services.caps import let_waiting_orders_go_on
from budgets.services.recapping import Recapped, recap
from budgets.terms import BudgetTerms, Enforcement
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.ids import new_id
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class Given:
    """An allowance and how many people have got a budget by it."""

    allowance: Allowance
    people: int


@dataclass(frozen=True, slots=True)
class AllowanceTerms:
    """What everybody gets: a scope, when people are told, and what happens beyond the cap.

    ``warn_percent`` is a whole percent of the cap. ``reaches_below`` gives it to the people of all
    groups below, too.
    """

    category_id: UUID | None = None
    supplier_id: UUID | None = None
    warn_percent: int = DEFAULT_WARN_PERCENT
    enforcement: Enforcement = Enforcement.HARD
    reaches_below: bool = False


@transaction.atomic
def set_allowance(
    *,
    actor: Actor,
    group: OrgGroup,
    kind: PeriodKind,
    cap: Decimal,
    terms: AllowanceTerms | None = None,
    now: datetime,
) -> Given:
    """Give everybody of a group a budget of their own on it, and whoever joins it later.

    The group's own budgets count as before. Who has one of that kind and scope already keeps it.
    Raises `DomainError` where the group has such an allowance, and for a cap or terms that cannot
    be. Set-based: about twelve SQL statements, and two for each two thousand people.
    """
    require(actor, Permission.MANAGE_BUDGETS, group)
    terms = terms or AllowanceTerms()
    organization = accounts.organization_by_id(tenancy.current())
    _check(cap, terms, organization.currency)
    allowance = Allowance(
        id=new_id(),
        organization_id=actor.organization_id,
        group=group,
        kind=PeriodKind(kind).value,
        category_id=terms.category_id,
        supplier_id=terms.supplier_id,
        cap=cap,
        warn_percent=terms.warn_percent,
        enforcement=terms.enforcement.value,
        reaches_below=terms.reaches_below,
        created_by=actor.label[:200],
        created_at=now,
    )
    try:
        with transaction.atomic():
            allowance.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            f"Everybody in {group.name} has such a budget already; change that one instead.",
            field="kind",
        ) from error
    given = give_missing(actor=actor, allowances={allowance.id: allowance}, now=now)
    people = len(given[allowance.id])
    _record(
        actor,
        AuditAction.ALLOWANCE_SET,
        allowance,
        after={
            "cap": cap,
            "kind": allowance.kind,
            "what": about_allowance(allowance, organization.currency),
            "warn_percent": terms.warn_percent,
            "enforcement": terms.enforcement.value,
            "reaches_below": terms.reaches_below,
            "people": people,
        },
        now=now,
    )
    return Given(allowance, people)


@transaction.atomic
def change_allowance(
    *, actor: Actor, allowance_id: UUID, cap: Decimal, reason: str = "", now: datetime
) -> Recapped:
    """Change what everybody gets, from the running period on; say for how many people.

    Who was given another cap by hand keeps it. Where somebody has used more than the new cap,
    theirs stays at what is used until the period ends. Raises `NotFound`, `Conflict` once it has
    ended, and `DomainError` for a cap that cannot be. Nobody is told of a mark that is passed by
    this alone: whoever changes it sees how many have. Set-based: about ten SQL statements, and one
    for each four hundred periods.
    """
    allowance = _locked(actor, allowance_id)
    if allowance.ended_at is not None:
        raise Conflict("These personal budgets have ended; give new ones instead.")
    organization = accounts.organization_by_id(tenancy.current())
    check_cap(cap, organization.currency)
    _check_some(cap)
    before = allowance.cap
    if cap == before:
        return Recapped(0, 0)
    allowance.cap = cap
    allowance.save(update_fields=["cap"])
    following = Budget.objects.filter(allowance=allowance, is_active=True, cap=before)
    ids = [one.id for one in lock(following)]
    Budget.objects.filter(id__in=ids).update(cap=cap)
    today = local_date(now, organization.time_zone)
    outcome = recap(actor=actor, budget_ids=ids, planned_unless=before, today=today, now=now)
    _record(
        actor,
        AuditAction.ALLOWANCE_CHANGED,
        allowance,
        before={"cap": before},
        after={"cap": cap, "people": len(ids), "used_up": outcome.used_up},
        reason=reason,
        now=now,
    )
    if cap > before:
        let_waiting_orders_go_on(actor)
    return outcome


@transaction.atomic
def end_allowance(*, actor: Actor, allowance_id: UUID, reason: str, now: datetime) -> int:
    """End everybody's budget of an allowance; return of how many people.

    Orders that hold room on one go on moving there. Raises `NotFound`, and `DomainError` without a
    reason; ended already, it is left.
    """
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    allowance = _locked(actor, allowance_id)
    if allowance.ended_at is not None:
        return 0
    allowance.ended_at = now
    allowance.save(update_fields=["ended_at"])
    ended = len(end_surplus([allowance.id], now=now)[allowance.id])
    _record(
        actor,
        AuditAction.ALLOWANCE_ENDED,
        allowance,
        before={"cap": allowance.cap},
        after={"people": ended},
        reason=reason,
        now=now,
    )
    let_waiting_orders_go_on(actor)
    return ended


def _locked(actor: Actor, allowance_id: UUID) -> Allowance:
    found = lock(
        Allowance.objects.filter(id=allowance_id).select_related("group", "category", "supplier")
    )
    if not found or not actor.can(Permission.VIEW_BUDGETS, found[0].group.path):
        raise NotFound("There are no such personal budgets, or they are not yours to see.")
    require(actor, Permission.MANAGE_BUDGETS, found[0].group)
    return found[0]


def _check(cap: Decimal, terms: AllowanceTerms, currency: str) -> None:
    check_cap(cap, currency)
    _check_some(cap)
    each = BudgetTerms(
        category_id=terms.category_id,
        supplier_id=terms.supplier_id,
        warn_percent=terms.warn_percent,
        enforcement=terms.enforcement,
    )
    check_terms(each)
    check_scope(each)


def _check_some(cap: Decimal) -> None:
    if cap <= 0:
        raise DomainError("Give people more than nothing each.", field="cap")


def _record(
    actor: Actor,
    action: AuditAction,
    allowance: Allowance,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object],
    reason: str = "",
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="allowance",
        subject_id=allowance.id,
        subject_label=title_of_allowance(allowance).removeprefix("Everybody in "),
        group_id=allowance.group_id,
        before=before,
        after=after,
        reason=reason,
        now=now,
    )
