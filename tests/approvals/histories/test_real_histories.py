"""17,117 real approval cases, run event by event through the state machine of a request.

Nothing that a rule looks at differs between two cases with the same sequence of events, so each
sequence passes the real services once, on the real database, and stands for all of its cases.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from approvals import services
from approvals.models import ApprovalRequest
from approvals.routing import ApproverKind, ApproverSpec
from approvals.services import VerdictCode
from approvals.timeliness import spread_of
from procurement.core.ids import new_id
from tests.approvals.histories.cases import (
    NOBODY_KNOWN,
    REQUESTER,
    ROLES,
    Happening,
    cases_in,
    rounds_of,
)
from tests.factories.accounts import NOW, Company, make_company, make_group, make_member, seat
from tests.factories.approvals import Answered, answering, ask, decide, publish, stage, through
from tests.orders.history.files import shared_data

pytestmark = [pytest.mark.django_db, pytest.mark.data]

FILES = ("approvals_domestic_declarations.csv.gz", "approvals_request_for_payment.csv.gz")

# What becomes of a case that keeps our rules.
PAID = "approved by all who were asked, and paid"
APPROVED = "approved by all who were asked, not paid in the file"
REJECTED = "rejected, and not asked for again"
TAKEN_BACK = "rejected or taken back, and left in the cart"
WAITING = "still waiting when the file ends"
NEVER_SENT = "saved, never submitted"
ENDS = (PAID, APPROVED, REJECTED, TAKEN_BACK, WAITING, NEVER_SENT)

# Why our rules carry a case no further; each would be a finding of an audit.
BY_NOBODY = "rejected by nobody on record: a decision needs somebody who answers for it"
OUT_OF_TURN = "decided before the stage that comes first had agreed"
TWICE = "decided again by somebody whose decision stands"
AFTER_THE_END = "decided on something that was decided already"
TAKEN_BACK_LATE = "taken back by its requester after the last approval: the order is out"
SENT_TWICE = "submitted again while the former submission waits or is approved"
UNAPPROVED = "paid without the approval of everybody asked"


@dataclass
class Runner:
    """Runs sequences of events through the services, each about a subject of its own."""

    company: Company
    handler: Answered
    groups: dict[tuple[str, ...], str] = field(default_factory=dict)

    def run(self, happenings: tuple[Happening, ...]) -> str:
        """Return the end of a sequence, or why it goes no further."""
        rounds = iter(rounds_of(happenings))
        subject, request, state = new_id(), None, NEVER_SENT
        for step, happening in enumerate(happenings):
            now = NOW + timedelta(minutes=step)
            match happening.did:
                case "SAVED":
                    continue
                case "SUBMITTED":
                    if request is not None and _status(request) in ("PENDING", "APPROVED"):
                        return SENT_TWICE
                    group = self.group_of(next(rounds))
                    request = ask(self.company, "640.00", group=group, subject_id=subject, now=now)
                    state = WAITING
                case "PAID":
                    if request is None or _status(request) != "APPROVED":
                        return UNAPPROVED
                    state = PAID
                case _:
                    assert request is not None
                    refusal = self._decided(request, happening, now)
                    if refusal:
                        return refusal
                    state = _after(request, happening)
        return state

    def _decided(self, request: ApprovalRequest, happening: Happening, now: datetime) -> str:
        if happening.role == NOBODY_KNOWN:
            return BY_NOBODY
        if happening.role == REQUESTER:
            return self._taken_back(request, now)
        is_approval = happening.did != "REJECTED"
        verdict = decide(
            self.company,
            request,
            happening.role,
            "APPROVE" if is_approval else "REJECT",
            comment="" if is_approval else "As the file has it.",
            now=now,
        )
        return {
            VerdictCode.DECIDED: "",
            VerdictCode.NOT_YET: OUT_OF_TURN,
            VerdictCode.ALREADY_DECIDED: TWICE,
            VerdictCode.SETTLED: AFTER_THE_END,
        }[verdict.code]

    def _taken_back(self, request: ApprovalRequest, now: datetime) -> str:
        status = _status(request)
        if status == "APPROVED":
            return TAKEN_BACK_LATE
        if status == "PENDING":
            services.withdraw_request(
                actor=self.company.actor("Alice"),
                subject_kind=request.subject_kind,
                subject_id=request.subject_id,
                now=now,
            )
        return ""

    def group_of(self, asked: tuple[str, ...]) -> str:
        """Return a group whose policy asks these roles, one after the other."""
        if asked not in self.groups:
            name = "Asks " + ", ".join(asked).lower()
            company = self.company
            company.groups[name] = make_group(company.organization, company.root, name)
            publish(company, through(*(stage(_seat(role)) for role in asked)), company.groups[name])
            self.groups[asked] = name
        return self.groups[asked]


def _seat(role: str) -> ApproverSpec:
    return ApproverSpec(ApproverKind.POSITION, _code(role), role.capitalize())


def _code(role: str) -> str:
    return role.lower().replace("_", "-").replace(" ", "-")


def _status(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.values_list("status", flat=True).get(id=request.id)


def _after(request: ApprovalRequest, happening: Happening) -> str:
    if happening.role == REQUESTER:
        return TAKEN_BACK
    return {"APPROVED": APPROVED, "REJECTED": REJECTED, "PENDING": WAITING}[_status(request)]


@pytest.fixture
def runner() -> Iterator[Runner]:
    company = make_company()
    with company.scope(), answering() as handler:
        for role in ROLES:
            member = make_member(company.organization, company.root, f"{role.capitalize()} Person")
            company.people[role] = member
            seat(company.organization, _code(role), company.root, member)
        yield Runner(company, handler)


def test_every_real_case_reaches_its_end_or_is_refused_for_a_reason_of_audit(
    runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [case for name in FILES for case in cases_in(shared_data(name))]
    sequences = Counter(case.happenings for case in cases)
    became = {sequence: runner.run(sequence) for sequence in sequences}
    counted: Counter[str] = Counter()
    for case in cases:
        counted[became[case.happenings]] += 1
    with capsys.disabled():
        print(f"\n{len(cases):,} cases, {len(sequences)} different sequences of events")
        for words, number in counted.most_common():
            print(f"{number:>7,}  {'' if words in ENDS else 'REFUSED: '}{words}")
    assert len(cases) == 17_117
    assert counted == {
        PAID: 16_017,
        TAKEN_BACK: 733,
        NEVER_SENT: 206,
        BY_NOBODY: 148,
        APPROVED: 9,
        UNAPPROVED: 2,
        OUT_OF_TURN: 1,
        SENT_TWICE: 1,
    }


@pytest.mark.parametrize("name", FILES)
def test_the_time_to_decide_is_what_a_plain_count_says(name: str) -> None:
    took = [one for case in cases_in(shared_data(name)) for one in case.times_to_decide]
    found = spread_of(took)
    assert found is not None
    print(f"{name}: {found.count:,} decisions; {found.sentence}")
    assert found.count == len(took)
    within = sum(one <= found.ninetieth for one in took)
    assert within * 10 >= len(took) * 9
    below = sum(one < found.ninetieth for one in took)
    assert below * 10 < len(took) * 9, "and nothing shorter has nine of ten within it"
    assert sum(one <= found.median for one in took) * 2 >= len(took)
    assert sum(one >= found.median for one in took) * 2 >= len(took)
