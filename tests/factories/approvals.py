"""Policies, requests and a subject of their own for tests, made through the services."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import Membership, OrgGroup
from approvals import selectors, services, subjects
from approvals.background import Background
from approvals.models import ApprovalRequest, PolicyVersion, StageSeat
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    Mode,
    Plan,
    PolicyDocument,
    StageSpec,
    Tier,
)
from approvals.services import Verdict
from approvals.summary import BudgetEffect, SubjectSummary, SummaryLine
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.remembering import remembered

KIND = "requisition"

SUPERVISOR = ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor")
DIRECTOR = ApproverSpec(ApproverKind.POSITION, "director", "Director")
FINANCE = ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance")


def stage(*approvers: ApproverSpec, mode: Mode = Mode.ALL, name: str = "") -> StageSpec:
    """Return a stage named for its first seat."""
    return StageSpec(name or approvers[0].title, mode, approvers)


TYPICAL = PolicyDocument(
    currency="USD",
    tiers=(
        Tier(Decimal("100.00"), ()),
        Tier(Decimal("1000.00"), (stage(SUPERVISOR),)),
        Tier(None, (stage(DIRECTOR, FINANCE, name="Director and finance"),)),
    ),
    restricted=(stage(SUPERVISOR),),
    exception=(stage(DIRECTOR),),
)


def through(*stages: StageSpec) -> PolicyDocument:
    """Return a policy that sends everything through these stages."""
    return replace(TYPICAL, tiers=(Tier(None, stages),))


def publish(
    company: Company,
    document: PolicyDocument = TYPICAL,
    group: OrgGroup | None = None,
    *,
    reason: str = "First rules",
    accepted: str = "Engineering has no supervisor yet.",
    now: datetime = NOW,
) -> PolicyVersion:
    """Publish a policy, by default the typical one on the root."""
    return services.publish_policy(
        actor=system(company.organization),
        group=group or company.root,
        name="",
        document=document,
        reason=reason,
        accepted=accepted,
        now=now,
    )


@remembered
def make_governed_company() -> Company:
    """Open the cast's company with the typical policy in force; call it outside a scope."""
    company = make_company()
    with company.scope():
        publish(company)
    return company


@dataclass
class Answered:
    """A handler that keeps what it was told, in place of the owner of a subject."""

    kind: str = KIND
    told: list[tuple[str, UUID]] = field(default_factory=list)
    background: Background = field(default_factory=Background)

    def on_approved(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        self.told.append(("approved", subject_id))

    def on_rejected(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, comment: str, now: datetime
    ) -> None:
        self.told.append((f"rejected: {comment}", subject_id))

    def on_expired(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        self.told.append(("expired", subject_id))

    def without_lines(
        self,
        *,
        actor: Actor,
        subject_id: UUID,
        request_id: UUID,
        keys: Sequence[str],
        reason: str,
        spoken_for: frozenset[UUID],
        now: datetime,
    ) -> UUID:
        raise NotImplementedError

    def stand_in_of(self, *, subject_id: UUID) -> UUID | None:
        return None

    def background_of(self, *, subject_id: UUID, now: datetime) -> Background:
        return self.background

    def path_of(self, *, organization_slug: str, subject_id: UUID) -> str:
        return f"/{organization_slug}/orders/{subject_id}/"


@contextmanager
def answering() -> Iterator[Answered]:
    """Have a recording handler answer for subjects while the block runs."""
    before = subjects._handlers.get(KIND)
    handler = Answered()
    subjects.register(handler)
    try:
        yield handler
    finally:
        subjects._handlers.pop(KIND)
        if before is not None:
            subjects.register(before)


def facts_of(
    company: Company,
    amount: str,
    *,
    requester: str = "Alice",
    group: str = "Field Service",
    flags: frozenset[str] = frozenset(),
    now: datetime = NOW,
) -> Facts:
    """Return the facts of a small order."""
    place = company.groups[group]
    return Facts(
        subject_kind=KIND,
        currency="USD",
        amount=Decimal(amount),
        group_id=place.id,
        group_path=tuple(place.path),
        requester_id=company.people[requester].id,
        category_codes=("27",),
        supplier_ids=(new_id(),),
        guidance="NEUTRAL",
        flags=flags,
        on=now.date(),
    )


def summary_of(company: Company, facts: Facts) -> SubjectSummary:
    """Return what approvers are shown: two lines from two suppliers and one budget."""
    first = facts.amount / 4
    return SubjectSummary(
        organization_name=company.organization.name,
        noun="Order",
        label="R-2026-0418",
        title="Tools for the depot",
        requester_name="Alice Requester",
        group_name="Field Service",
        currency="USD",
        total=facts.amount,
        lines=(
            SummaryLine(
                "Cordless drill 18 V, two batteries",
                "Halden Tools",
                "HT-1820",
                "3",
                first,
                facts.amount - first,
                "PREFERRED",
            ),
            SummaryLine(
                "Torque screwdriver set, 1/4 in",
                "Orrin Precision",
                "OP-77",
                "1",
                first,
                first,
                "RESTRICTED",
                "Calibrated tools need a reason in Facilities.",
                "Ours is out of calibration since October.",
            ),
        ),
        note="Two new fitters start on December 1 and need a full kit for the depot.",
        budgets=(
            BudgetEffect(
                label="Field Service",
                sublabel="Q4 2026",
                cap=Decimal("16000.00"),
                spent=Decimal("8350.00"),
                committed=Decimal("2460.00"),
                reserved=Decimal("1830.00"),
                this_order=facts.amount,
                free=Decimal("3360.00") - facts.amount,
                used_percent_before=Decimal("79.0"),
                used_percent_after=Decimal("83.0"),
                state="warn",
                currency="USD",
                sentence="Passes the 80% mark. Finance is told; the order is still allowed.",
            ),
        ),
        details=(("Delivers to", "Depot North, dock 2"),),
    )


def content_of(facts: Facts, subject_id: UUID) -> str:
    """Return a hash that changes with what is asked for."""
    return hashlib.sha256(f"{subject_id}{facts.to_json()}".encode()).hexdigest()


def ask(
    company: Company,
    amount: str = "640.00",
    *,
    requester: str = "Alice",
    group: str = "Field Service",
    flags: frozenset[str] = frozenset(),
    subject_id: UUID | None = None,
    now: datetime = NOW,
) -> ApprovalRequest:
    """Open a request for approval, as the submit of an order does."""
    facts = facts_of(company, amount, requester=requester, group=group, flags=flags, now=now)
    subject = subject_id or new_id()
    return services.open_request(
        actor=company.actor(requester),
        subject_id=subject,
        facts=facts,
        plan=plan_for(facts, now),
        summary=summary_of(company, facts),
        content_hash=content_of(facts, subject),
        now=now,
    )


def plan_for(facts: Facts, now: datetime) -> Plan:
    """Return the way of a subject under the policies in force."""
    return selectors.routing_context(facts.group_path, facts.requester_id, now).plan(facts)


def seat_of(request: ApprovalRequest, member: Membership, name: str = "") -> StageSeat:
    """Return where somebody sits in a request; the stage's name tells two seats apart."""
    seats = StageSeat.objects.filter(request=request, membership=member)
    return (seats.filter(stage__name=name) if name else seats).get()


def decide(
    company: Company,
    request: ApprovalRequest,
    name: str,
    choice: str = "APPROVE",
    *,
    comment: str = "",
    stage_name: str = "",
    content_hash: str | None = None,
    now: datetime = NOW,
) -> Verdict:
    """Have one of the cast decide in the app."""
    return services.decide(
        actor=company.actor(name),
        seat_id=seat_of(request, company.people[name], stage_name).id,
        choice=choice,
        comment=comment,
        content_hash=request.content_hash if content_hash is None else content_hash,
        channel="APP",
        now=now,
    )
