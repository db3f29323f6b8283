"""How orders that wait for budget go on by themselves, in the order of their age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.permissions import Permission
from approvals.routing.words import enumerated
from budgets.models import BudgetIncrease
from procurement.audit.actions import AuditAction
from procurement.audit.selectors import timeline
from procurement.audit.services import record
from procurement.core import jobs
from procurement.core.actors import Actor, SystemActor
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.locking import hold_queue, lock
from procurement.core.templatetags import face
from procurement.orders.assessment import SUBJECT_KIND, Assessment
from procurement.orders.judging import judge
from procurement.orders.models import Requisition
from procurement.orders.selectors import LoadedDraft, load_draft, surroundings_of
from procurement.orders.selectors.refusals import REFUSED, Refusal, refusal_of, standing_refusals
from procurement.orders.selectors.waiting import Place, days_to_try, increases_for, queue_after
from procurement.orders.services.increasing import hold_wishes, withdraw_wishes
from procurement.orders.services.submission import SubmitOutcome, SubmitVerdict, attempt_submit
from procurement.orders.services.waiting import back_to_cart
from procurement.orders.services.waiting_notices import News, tell

# As many are looked at in one transaction; the rest follows in the next one.
LOOKED_AT = 100
_WITHOUT = "There was room without it."


class Step(StrEnum):
    """What became of an order that was looked at."""

    KEEPS = "KEEPS"
    PROCEEDED = "PROCEEDED"
    BACK = "BACK"


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of the orders that wait, as far as they were looked at.

    ``proceeded`` and ``back`` are the numbers of those that went on, or back into the cart;
    ``is_done`` tells that the end of the queue was reached.
    """

    proceeded: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    is_done: bool = True


@transaction.atomic
def proceed_waiting(
    *, actor: SystemActor, after: tuple[datetime, UUID] | None = None, now: datetime
) -> Looked:
    """Have the first order that fits its budgets go on; the rest of the queue follows on commit.

    The queue is looked at from the front, or from behind the order that waits since ``after``. One
    that does not fit keeps its place, and younger ones that do fit go on. At most one is submitted
    in a transaction, since its budgets stay locked to the end of it: the next transaction goes on
    behind it. Whoever looks at the same time follows.
    """
    hold_queue(actor.organization_id)
    queue = queue_after(after, limit=LOOKED_AT)
    for place in queue:
        step, number = _look_at(actor, place, now)
        if step is Step.KEEPS and place.refused:
            step = _settle_refused(actor, place, now)
        if step is not Step.KEEPS:
            _go_on_behind(actor, place)
            moved = (number,)
            is_back = step is Step.BACK
            return Looked(() if is_back else moved, moved if is_back else (), is_done=False)
    if len(queue) < LOOKED_AT:
        return Looked()
    _go_on_behind(actor, queue[-1])
    return Looked(is_done=False)


@transaction.atomic
def stop_refused(*, actor: SystemActor, increase_id: UUID, now: datetime) -> bool:
    """Take an order whose increase was refused back into the cart, and tell its requester why.

    While another increase is asked for it, it goes on waiting, and its requester is told of the
    one that was refused; once that is decided, the queue takes it back unless it fits by then.
    Tells whether it went back.
    """
    increase = (
        BudgetIncrease.objects.filter(id=increase_id)
        .select_related("period__budget__group")
        .first()
    )
    if increase is None or increase.document_id is None or increase.status not in REFUSED:
        return False
    order = _waiting(increase.document_id)
    if order is None:
        return False
    asked = increases_for([order.id])
    if increase not in standing_refusals(asked, order.waiting_since):
        # It was taken back since, and waits anew: for something else.
        return False
    if any(one.status == BudgetIncrease.Status.PENDING for one in asked):
        _tell_partly(actor, order, increase, now)
        return False
    _send_back(actor, order, asked, now)
    return True


def _settle_refused(actor: SystemActor, place: Place, now: datetime) -> Step:
    """Take an order back that lacks what was refused, once nobody is asked for it any more.

    Until then its requester is told of what was, if the job that does so at once was lost.
    """
    if place.is_asked:
        moved = [stop_refused(actor=actor, increase_id=one, now=now) for one in place.refused]
        return Step.BACK if any(moved) else Step.KEEPS
    requisition_id = place.requisition_id
    order = _waiting(requisition_id)
    asked = increases_for([requisition_id])
    is_open = any(one.status == BudgetIncrease.Status.PENDING for one in asked)
    if order is None or is_open or not standing_refusals(asked, order.waiting_since):
        return Step.KEEPS
    _send_back(actor, order, asked, now)
    return Step.BACK


def _waiting(requisition_id: UUID) -> Requisition | None:
    found = lock(
        Requisition.objects.filter(
            id=requisition_id, status=Requisition.Status.WAITING
        ).select_related("owner__user", "requester__user")
    )
    return found[0] if found else None


def _send_back(
    actor: SystemActor, order: Requisition, asked: Sequence[BudgetIncrease], now: datetime
) -> None:
    since = order.waiting_since
    refusals = [refusal_of(one) for one in standing_refusals(asked, since)]
    said = " ".join(one.sentence for one in refusals)
    back_to_cart(actor=actor, order=order, reason=said, lacks_increase=True, now=now)
    tell(order, News.REFUSED, since=since, reasons=_reasons(refusals), now=now)


def _tell_partly(
    actor: SystemActor, order: Requisition, increase: BudgetIncrease, now: datetime
) -> None:
    """Tell once of an increase that was refused while the order waits for another."""
    told = AuditAction.REQUISITION_INCREASE_REFUSED
    if any(
        event.action == told and (event.after or {}).get("increase_id") == str(increase.id)
        for event in timeline([order.id])
    ):
        return
    refusal = refusal_of(increase)
    record(
        actor=actor,
        action=told,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        after={"increase_id": increase.id, "budget": refusal.title, "amount": increase.amount},
        reason=refusal.sentence,
        now=now,
    )
    reasons = _reasons([refusal])
    since = order.waiting_since
    tell(order, News.PARTLY, since=since, reasons=reasons, about=increase.id, now=now)


def _reasons(refusals: Sequence[Refusal]) -> list[str]:
    """Say who refused which increases and why, then when their budgets begin anew."""
    renewals = [f"{one.title} begins anew on {face.day(one.renews_on)}." for one in refusals]
    return [one.sentence for one in refusals] + renewals


def _go_on_behind(actor: SystemActor, place: Place) -> None:
    jobs.enqueue_on_commit(
        "orders.proceed_waiting",
        organization_id=str(actor.organization_id),
        after=[place.waiting_since.isoformat(), str(place.requisition_id)],
    )


def _look_at(actor: SystemActor, place: Place, now: datetime) -> tuple[Step, str]:
    """Look at one order without a lock first, since most still have no room."""
    loaded = load_draft(place.requisition_id)
    number = loaded.draft.number
    buyer = accounts.actor_for(
        user_id=place.requester_user_id, organization_id=actor.organization_id, now=now
    )
    if buyer is None or not buyer.can(Permission.PLACE_ORDERS, loaded.draft.group_path):
        _tell_stand_in(loaded, now)
        return Step.KEEPS, number
    for day in days_to_try(loaded, has_increase=place.has_increase, now=now):
        if _judged(buyer, loaded, day, now).lacks_only_room:
            continue
        try:
            with transaction.atomic():
                step = _proceed(actor, buyer, place.requisition_id, day, now)
        except DomainError:
            # What it met under lock is looked at again in a minute.
            continue
        if step is not Step.KEEPS:
            return step, number
    return Step.KEEPS, number


def _judged(buyer: MemberActor, loaded: LoadedDraft, day: date, now: datetime) -> Assessment:
    around = surroundings_of(
        buyer,
        loaded.draft,
        on=local_date(now, loaded.time_zone),
        time_zone=loaded.time_zone,
        now=now,
        charged_on=day,
    )
    return judge(loaded.draft, around)


def _proceed(
    actor: SystemActor, buyer: MemberActor, requisition_id: UUID, day: date, now: datetime
) -> Step:
    """Submit an order under lock, as its requester would, or take it back into the cart."""
    loaded = load_draft(requisition_id, for_update=True)
    if loaded.status != Requisition.Status.WAITING:
        return Step.KEEPS
    hold_wishes(requisition_id)
    since = loaded.waiting_since
    verdict = attempt_submit(
        actor=actor,
        buyer=buyer,
        loaded=loaded,
        also=partial(_record_proceeded, actor, since, now),
        charged_on=day,
        now=now,
    )
    if verdict.outcome is SubmitOutcome.REFUSED and verdict.judged.lacks_only_room:
        return Step.KEEPS
    order = Requisition.objects.select_related("owner__user", "requester__user").get(
        id=requisition_id
    )
    if verdict.outcome is SubmitOutcome.REFUSED:
        reasons = [one.sentence for one in verdict.judged.refusals]
        back_to_cart(actor=actor, order=order, reason=" ".join(reasons), now=now)
        tell(order, News.BACK, since=since, reasons=reasons, now=now)
        return Step.BACK
    withdraw_wishes(actor=actor, requisition_id=order.id, reason=_WITHOUT, now=now)
    tell(order, _news_of(verdict), since=since, reasons=_periods(verdict.judged), now=now)
    return Step.PROCEEDED


def _news_of(verdict: SubmitVerdict) -> News:
    return News.PLACED if verdict.outcome is SubmitOutcome.PLACED else News.SUBMITTED


def _periods(assessment: Assessment) -> list[str]:
    names = assessment.periods
    return [f"It counts in {enumerated(names)}."] if names else []


def _tell_stand_in(loaded: LoadedDraft, now: datetime) -> None:
    """Tell whoever looks after an order, once, that it cannot go on in its requester's name."""
    draft = loaded.draft
    reason = f"{draft.requester_name} may not order for {draft.group_name} any more."
    order = _waiting(draft.id)
    if order is None or order.explanation == [reason]:
        return
    order.explanation = [reason]
    order.save(update_fields=["explanation"])
    tell(order, News.STUCK, since=order.waiting_since, reasons=[reason], now=now)


def _record_proceeded(
    actor: Actor, since: datetime | None, now: datetime, assessment: Assessment
) -> None:
    draft = assessment.draft
    record(
        actor=actor,
        action=AuditAction.REQUISITION_PROCEEDED,
        subject_type=SUBJECT_KIND,
        subject_id=draft.id,
        subject_label=draft.number,
        group_id=draft.group_id,
        before={"status": Requisition.Status.WAITING, "waiting_since": since},
        after={
            "total": assessment.total,
            "currency": draft.currency,
            "revision": draft.revision,
            "content_hash": draft.content_hash(),
            "guidance": assessment.facts.guidance,
            "requester": draft.requester_name,
            "requester_id": draft.requester_id,
        },
        reason=draft.note,
        now=now,
    )
