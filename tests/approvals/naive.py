"""What has to hold of requests at every moment, worked out from the rows alone and by counting.

Written the long way round, and apart from the services: what is found here is what the tables say.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import permutations
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, Sum

from accounts import selectors as accounts
from accounts.models import PositionHolder, RoleGrant
from approvals import selectors
from approvals.models import (
    ApprovalRequest,
    Decision,
    Delegation,
    Question,
    RequestEvent,
    Stage,
    StageSeat,
)
from approvals.routing import ApproverKind, ApproverSpec, Mode, StageSpec, tolerances_heard
from approvals.selectors import rederive
from approvals.services.planning import StoredRoute
from approvals.services.way import way_of
from budgets import selectors as budgets
from budgets.models import BudgetPeriod
from procurement.audit.models import AuditEvent
from procurement.orders.models import PurchaseOrder, Requisition

_TABLES = (
    "approvals_approvalrequest",
    "approvals_stage",
    "approvals_stageseat",
    "approvals_decision",
    "approvals_question",
    "approvals_requestevent",
    "approvals_delegation",
    "orders_requisition",
    "orders_requisitionline",
    "orders_purchaseorder",
    "budgets_budgetperiod",
    "budgets_ledgerentry",
    "outbox_outboxmessage",
    "audit_auditevent",
)
_FINGERPRINT = " UNION ALL ".join(
    f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t" for table in _TABLES
)
# Whose word counts, each with whoever gave it.
Agreed = dict[UUID, UUID]
# Who sits in which slots of a stage.
Slots = dict[UUID, set[int]]
AHEAD = (Stage.Status.OPEN, Stage.Status.WAITING)
Status = ApprovalRequest.Status


def fingerprint() -> list[object]:
    """Everything that a repeated action could have changed."""
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT)
        return [row[0] for row in cursor.fetchall()]


def requests(**conditions: object) -> list[ApprovalRequest]:
    found = ApprovalRequest.objects.filter(**conditions).select_related(
        "policy_version__policy__group", "requester__user", "group"
    )
    return list(found.order_by("id"))


def left_out(request: ApprovalRequest, now: datetime) -> Iterator[tuple[int, Slots]]:
    """Each step that has no stage, with whoever could sit there now and in which slots."""
    stored = StoredRoute.of(way_of(request))
    agreed = Decision.objects.filter(request=request, choice="APPROVE")
    there = frozenset(agreed.values_list("seat__membership_id", flat=True))
    passed = set(Stage.objects.filter(request=request).values_list("step", flat=True))
    for step in range(len(stored.route.stages)):
        planned = None if step in passed else stored.seated(step, there, now)
        if planned is not None:
            yield step, {one.membership_id: set(one.slots) for one in planned.people}


def assert_agreed_to(
    request: ApprovalRequest, now: datetime, before: Collection[tuple[int, Slots]] = ()
) -> None:
    """Each stage of the stored route has been answered, by decisions on exactly this content.

    ``before`` says who could have sat in what was left out while the request was under way: a seat
    that is filled for the first time asks nobody anew of what is under way.
    """
    decisions = list(Decision.objects.filter(request=request, choice="APPROVE"))
    assert all(one.content_hash == request.content_hash for one in decisions)
    agreed = {one.on_behalf_of_id or one.membership_id: one.membership_id for one in decisions}
    stages = {one.step: one for one in Stage.objects.filter(request=request, step__isnull=False)}
    answered = (*left_out(request, now), *before)
    for step, routed in enumerate(rederive(request).stages):
        stage = stages.get(step)
        if stage is None:
            # It was left out: whoever could answer it has agreed, or somebody in their place.
            heard = {**_spoken_for(request, agreed), **agreed}
            slots = range(1, len(routed.spec.approvers) + 1)
            assert any(
                _passes(routed.spec, seats, heard, slots) for at, seats in answered if at == step
            ), f"{routed.spec.name} was left out and never answered"
            continue
        seats: Slots = {}
        for seat in StageSeat.objects.filter(stage=stage, vacated_at__isnull=True):
            seats[seat.membership_id] = set(seat.slots)
        asked = {slot for slots in seats.values() for slot in slots}
        assert _passes(routed.spec, seats, agreed, asked), f"{routed.spec.name} has not passed"
    for stage in Stage.objects.filter(request=request, step__isnull=True).exclude(status="REMOVED"):
        members = StageSeat.objects.filter(stage=stage, vacated_at__isnull=True)
        assert all(one.membership_id in agreed for one in members), (
            "an added approver was not asked"
        )


def _spoken_for(request: ApprovalRequest, agreed: Agreed) -> Agreed:
    """Those in whose place somebody who agreed was asked: nobody answered in time, or it fell."""
    found = {}
    for seat in StageSeat.objects.filter(request=request, membership_id__in=agreed):
        before = seat
        while before.origin == "ESCALATED" and before.in_place_of is not None:
            before = before.in_place_of
            found[before.membership_id] = agreed[seat.membership_id]
        if seat.origin == "APPEAL":
            rejected = Decision.objects.filter(request=request.follows_id, choice="REJECT")
            for one in rejected:
                found[one.on_behalf_of_id or one.membership_id] = agreed[seat.membership_id]
                found[one.membership_id] = agreed[seat.membership_id]
    return found


def _passes(spec: StageSpec, seats: Slots, agreed: Agreed, asked: Iterable[int]) -> bool:
    answers = {member: slots for member, slots in seats.items() if member in agreed}
    answered = {slot for slots in answers.values() for slot in slots}
    if spec.mode is Mode.ALL:
        return answered >= set(asked)
    if spec.mode is Mode.ANY:
        return bool(answered)
    by_maker: dict[UUID, set[int]] = {}
    for member, slots in answers.items():
        by_maker.setdefault(agreed[member], set()).update(slots)
    return any(
        all(slot in by_maker[maker] for maker, slot in zip(makers, slots, strict=True))
        for makers in permutations(by_maker, spec.at_least)
        for slots in permutations(sorted(answered), spec.at_least)
    )


def assert_nobody_decides_for_themselves() -> None:
    own = Q(membership_id=F("request__requester_id")) | Q(
        on_behalf_of_id=F("request__requester_id")
    )
    assert not Decision.objects.filter(own).exists()
    assert not StageSeat.objects.filter(membership_id=F("request__requester_id")).exists()


def assert_carried_within_tolerances() -> None:
    """What stands of a former request was agreed to content that is as good as the same."""
    for decision in Decision.objects.filter(carried_from__isnull=False).select_related("request"):
        assert decision.carried_from is not None
        first = decision
        while first.carried_from is not None:
            first = first.carried_from
        if decision.request.follows_as == "APPEAL":
            assert decision.content_hash == decision.carried_from.content_hash
            continue
        (request,) = requests(id=decision.request_id)
        route = rederive(request)
        assert route.policy is not None
        allowed = tolerances_heard(route.policy, route.above)
        before = {line["key"]: line for line in first.request.summary["lines"]}
        for line in request.summary["lines"]:
            was = before[line["key"]]  # a line that is new would not be there
            assert line["supplier_key"] == was["supplier_key"]
            assert _up(was["unit_price"], line["unit_price"]) <= allowed.price_up_percent
            quantities = (one["quantity"].split(" ")[0] for one in (was, line))
            assert _up(*quantities) <= allowed.quantity_up_percent


def _up(was: str, now: str) -> Decimal:
    return (Decimal(now) - Decimal(was)) * 100 / Decimal(was)


def assert_rederivable() -> None:
    found = [(one.label, one.differences) for one in selectors.rederivations()]
    assert [one for one in found if one[1]] == []
    for request in requests():
        assert selectors.agrees(request, request.stages.all())


def assert_somebody_is_asked(now: datetime) -> None:
    """A pending request waits for somebody who can answer, or for a seat that nobody fills."""
    for request in requests(status=Status.PENDING):
        seats = StageSeat.objects.filter(
            request=request, stage__status__in=AHEAD, vacated_at__isnull=True
        ).select_related("stage", "membership__user")
        approvers = set(
            Decision.objects.filter(request=request, choice="APPROVE").values_list(
                "seat__membership_id", flat=True
            )
        )
        unanswered = [one for one in seats if one.membership_id not in approvers]
        stranded = [one for one in unanswered if not one.holder_is_active]
        waiting = [one for one in unanswered if one.is_open and one.holder_is_active]
        assert waiting or stranded, f"{request.subject_label} waits for nobody"
        for seat in stranded:
            assert seat.stage.step is not None, "who was added has left, and is still asked"
            spec = rederive(request).stages[seat.stage.step].spec
            assert any(not _able(one, request, now) for one in spec.approvers) or (
                request.follows_as == "APPEAL"
            ), f"{seat.membership.user.name} is gone, and others could sit there"


def _able(spec: ApproverSpec, request: ApprovalRequest, now: datetime) -> set[UUID]:
    """Whoever could sit in a seat of a request, above its group and apart from its requester."""
    path = request.group.path
    able = Q(membership__status="ACTIVE", membership__user__is_active=True)
    if spec.kind is ApproverKind.POSITION:
        holders = PositionHolder.objects.filter(
            able, position__code=spec.value, group_id__in=path, until__isnull=True
        )
        found = set(holders.values_list("membership_id", flat=True))
    else:
        grants = RoleGrant.objects.in_force(now).filter(able, role=spec.value, group_id__in=path)
        found = set(grants.values_list("membership_id", flat=True))
    return found - {request.requester_id}


def assert_orders_and_requests_agree() -> None:
    """An order waits while its request does, and was placed once, on exactly what was approved."""
    pending = set(
        ApprovalRequest.objects.filter(status=Status.PENDING).values_list("subject_id", flat=True)
    )
    waiting = Requisition.objects.filter(status="PENDING")
    assert pending == set(waiting.values_list("id", flat=True))
    for order in Requisition.objects.filter(status="PLACED"):
        approved = ApprovalRequest.objects.get(subject_id=order.id, status=Status.APPROVED)
        assert approved.content_hash == order.content_hash
        placed = PurchaseOrder.objects.filter(requisition=order).aggregate(total=Sum("total"))
        assert placed["total"] == order.total == approved.amount


def assert_budgets_agree() -> None:
    """Counters equal their ledger, and what is held is what waits or is placed."""
    assert list(budgets.discrepancies()) == []
    root = BudgetPeriod.objects.filter(budget__group=accounts.root_group())
    held = root.aggregate(reserved=Sum("reserved"), committed=Sum("committed"))
    for state, status in (("reserved", "PENDING"), ("committed", "PLACED")):
        orders = Requisition.objects.filter(status=status).aggregate(total=Sum("total"))
        assert (held[state] or Decimal(0)) == (orders["total"] or Decimal(0)), state


def assert_one_line_of_the_trail_each() -> None:
    """Whatever was changed has exactly one audit event of its kind."""
    events = Counter(AuditEvent.objects.values_list("action", flat=True))
    told = Counter(RequestEvent.objects.values_list("kind", flat=True))
    ended = Counter(ApprovalRequest.objects.values_list("status", flat=True))
    at_once = ApprovalRequest.objects.filter(status="APPROVED").annotate(of=Count("stages"))
    questions = Question.objects.aggregate(
        asked=Count("id"), answered=Count("id", filter=Q(answered_at__isnull=False))
    )
    appeals = ApprovalRequest.objects.filter(follows_as="APPEAL").count()
    expected = {
        "approval.requested": sum(ended.values()) - appeals,
        "approval.appealed": appeals,
        "approval.decided": Decision.objects.filter(carried_from__isnull=True).count(),
        "approval.closed": ended["REJECTED"] + ended["APPROVED"] - at_once.filter(of=0).count(),
        "approval.withdrawn": ended["WITHDRAWN"],
        "approval.superseded": ended["SUPERSEDED"],
        "approval.expired": ended["EXPIRED"],
        "approval.question_asked": questions["asked"],
        "approval.question_answered": questions["answered"],
        "approval.approver_added": told["ADDED"],
        "approval.approver_removed": told["REMOVED"],
        "approval.extended": told["EXTENDED"],
        "approval.expiry_warned": told["WARNED"],
        "approval.escalated": Stage.objects.aggregate(n=Sum("escalations"))["n"] or 0,
        "requisition.lines_rejected": told["LINES_REJECTED"],
        "requisition.cancelled": Requisition.objects.filter(status="CANCELLED").count(),
        "delegation.set": Delegation.objects.count(),
        "delegation.ended": Delegation.objects.filter(ended_at__isnull=False).count(),
    }
    assert {action: events[action] for action in expected} == expected
