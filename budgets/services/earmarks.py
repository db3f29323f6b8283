"""Room set aside on a period for a purpose, until a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.permissions import Permission, require
from budgets.lifecycle import EARMARK
from budgets.models import Earmark
from budgets.movements import Document, EntryKind
from budgets.rules import Covering, PeriodStatus, takes
from budgets.services.period_steps import (
    check_amount,
    check_reference,
    follow_marks,
    hold,
    managed,
    person,
    post_on,
    record_on,
    said,
    today_of,
)
from budgets.services.posting import Line
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.locking import lock
from procurement.core.money import format_money


@transaction.atomic
def set_aside(
    *,
    actor: Actor,
    period_id: UUID,
    purpose: str,
    amount: Decimal,
    expires_on: date,
    reference: UUID,
    now: datetime,
) -> Earmark:
    """Set room of a period aside for a purpose, until a day: then it is free again by itself.

    ``reference`` becomes its id; done again with the same one, it changes nothing. At most eight
    SQL statements, and two for each mark that is reached. Raises `NotFound`, `NotAllowed`,
    `Conflict` where the period takes nothing new or the reference is taken, and `DomainError`
    without a purpose, on an amount that there is no room for, and on a day that is not to come
    within the period.
    """
    purpose = said(purpose, field="purpose")
    covering = managed(actor, period_id)
    check_amount(amount, covering.currency)
    today = today_of(now)
    if not today < expires_on <= covering.period.ends_on:
        last = f"{covering.period.ends_on:%b} {covering.period.ends_on.day}"
        raise DomainError(
            f"Choose a day after today, and at the latest the period’s last, {last}.",
            field="expires_on",
        )
    (held,) = hold([period_id]).values()
    known = Earmark.objects.filter(id=reference, period_id=period_id).first()
    if known is not None:
        return known
    check_reference(reference)
    _check_room(held, amount)
    earmark = Earmark(
        id=reference,
        organization_id=actor.organization_id,
        period_id=period_id,
        purpose=purpose[:200],
        amount=amount,
        expires_on=expires_on,
        made_by_id=person(actor),
        made_at=now,
    )
    earmark.save(force_insert=True)
    document = Document(EARMARK, reference, earmark.purpose, today)
    line = Line(
        period_id=period_id, kind=EntryKind.RESERVE, key="1", document=document, reserved=amount
    )
    after = post_on(held, [line], actor=actor, now=now)
    follow_marks(actor=actor, before=held, after=after, document=document, now=now)
    record_on(
        held,
        AuditAction.BUDGET_EARMARKED,
        actor=actor,
        after={"amount": amount, "purpose": earmark.purpose, "expires_on": expires_on},
        now=now,
    )
    return earmark


@transaction.atomic
def release_earmark(*, actor: Actor, earmark_id: UUID, now: datetime) -> Earmark:
    """Give back what was set aside. Six SQL statements; released already, it is left.

    Raises `NotFound` and `NotAllowed`.
    """
    found = Earmark.objects.filter(id=earmark_id).first()
    if found is None:
        raise NotFound("There is no such earmark, or it is not yours to see.")
    managed(actor, found.period_id)
    return _released(actor, [earmark_id], hold([found.period_id]), now)[0]


@transaction.atomic
def release_due_earmarks(*, actor: Actor, now: datetime) -> int:
    """Give back what was set aside until today or earlier; return how many earmarks ended.

    One SQL query where none is due, else four, and one for each of them.
    """
    due = list(
        Earmark.objects.filter(released_at__isnull=True, expires_on__lte=today_of(now)).values_list(
            "id", "period_id"
        )
    )
    if not due:
        return 0
    periods = hold([period_id for _, period_id in due])
    for covering in periods.values():
        require(actor, Permission.MANAGE_BUDGETS, covering.group_path)
    _released(actor, [earmark_id for earmark_id, _ in due], periods, now)
    return len(due)


def _check_room(held: Covering, amount: Decimal) -> None:
    if held.status is not PeriodStatus.OPEN:
        raise Conflict("This period takes nothing new: it is not open.")
    if not takes(held, amount):
        room = format_money(held.room, held.currency)
        raise DomainError(f"Only {room} is left to set aside.", field="amount")


def _released(
    actor: Actor, earmark_ids: Sequence[UUID], periods: Mapping[UUID, Covering], now: datetime
) -> list[Earmark]:
    """Release earmarks whose periods are held; those that are released already stay as they are."""
    found = lock(Earmark.objects.filter(id__in=earmark_ids))
    running = [one for one in found if one.released_at is None]
    today = today_of(now)
    for period_id, covering in periods.items():
        here = [one for one in running if one.period_id == period_id]
        lines = [_release(one, today) for one in here]
        after = post_on(covering, lines, actor=actor, now=now)
        if lines:
            document = lines[0].document
            follow_marks(actor=actor, before=covering, after=after, document=document, now=now)
        for one in here:
            one.released_at = now
            record_on(
                covering,
                AuditAction.BUDGET_EARMARK_RELEASED,
                actor=actor,
                after={"amount": one.amount, "purpose": one.purpose},
                now=now,
            )
    Earmark.objects.bulk_update(running, ["released_at"])
    return found


def _release(earmark: Earmark, today: date) -> Line:
    return Line(
        period_id=earmark.period_id,
        kind=EntryKind.RELEASE,
        key="1",
        document=Document(EARMARK, earmark.id, earmark.purpose, today),
        reserved=-earmark.amount,
    )
