from datetime import timedelta
from uuid import UUID

import pytest

from accounts import services as accounts
from accounts.models import User
from approvals import services
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import Mode
from approvals.services import VerdictCode
from procurement.audit.models import AuditEvent
from procurement.core.actors import SystemActor
from procurement.core.errors import NotFound
from procurement.core.ids import new_id
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company, make_member, seat, system
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    SUPERVISOR,
    Answered,
    ask,
    decide,
    publish,
    seat_of,
    stage,
    through,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=2)


def status_of(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(id=request.id).status


def stages_of(request: ApprovalRequest) -> list[tuple[str, str]]:
    found = Stage.objects.filter(request=request).order_by("number")
    return [(one.name, one.status) for one in found]


def actions() -> list[str]:
    found = AuditEvent.objects.filter(action__startswith="approval.").order_by("id")
    return list(found.values_list("action", flat=True))


def mailed(template: str) -> list[str]:
    found = OutboxMessage.objects.filter(template=template).order_by("created_at", "id")
    return [address.split(".")[0] for address in found.values_list("recipient", flat=True)]


def test_one_approval_passes_a_single_stage(company: Company, handler: Answered) -> None:
    request = ask(company)
    verdict = decide(company, request, "Bob", comment="Fine.", now=LATER)
    assert (verdict.code, verdict.request_status) == (VerdictCode.DECIDED, "APPROVED")
    assert stages_of(request) == [("Supervisor", "APPROVED")]
    assert handler.told == [("approved", request.subject_id)]
    decision = Decision.objects.get()
    assert (decision.comment, decision.content_hash, decision.decided_at) == (
        "Fine.",
        request.content_hash,
        LATER,
    )
    assert actions() == ["approval.requested", "approval.decided", "approval.closed"]


def test_an_automatic_request_is_approved_when_it_is_opened(
    company: Company, handler: Answered
) -> None:
    request = ask(company, "60.00")
    assert (status_of(request), stages_of(request), handler.told) == ("APPROVED", [], [])
    assert mailed("decision_request") == []
    assert actions() == ["approval.requested"]


def test_side_by_side_everybody_has_to_agree(company: Company, handler: Answered) -> None:
    request = ask(company, "4800.00")
    assert decide(company, request, "Dana").request_status == "PENDING"
    assert handler.told == []
    assert decide(company, request, "Erin").request_status == "APPROVED"
    assert handler.told == [("approved", request.subject_id)]


def test_stages_follow_each_other(company: Company, handler: Answered) -> None:
    publish(company, through(stage(SUPERVISOR), stage(FINANCE)), reason="In sequence", now=LATER)
    request = ask(company, now=LATER)
    assert mailed("decision_request") == ["bob"]
    assert decide(company, request, "Dana").code is VerdictCode.NOT_YET
    decide(company, request, "Bob", now=LATER)
    assert stages_of(request) == [("Supervisor", "APPROVED"), ("Finance", "OPEN")]
    assert mailed("decision_request") == ["bob", "dana"]
    decide(company, request, "Dana", now=LATER)
    assert status_of(request) == "APPROVED"
    assert actions()[1:] == [
        "approval.decided",
        "approval.stage_opened",
        "approval.decided",
        "approval.closed",
    ]


def test_a_rejection_ends_everything_and_says_why(company: Company, handler: Answered) -> None:
    publish(company, through(stage(SUPERVISOR), stage(FINANCE)), reason="In sequence", now=LATER)
    request = ask(company, now=LATER)
    verdict = decide(company, request, "Bob", "REJECT", comment=" Too dear. ", now=LATER)
    assert (verdict.code, status_of(request)) == (VerdictCode.DECIDED, "REJECTED")
    assert stages_of(request) == [("Supervisor", "REJECTED"), ("Finance", "SKIPPED")]
    assert handler.told == [("rejected: Too dear.", request.subject_id)]
    assert not StageSeat.objects.filter(closed_at__isnull=True).exists()
    (mail,) = OutboxMessage.objects.filter(template="decided")
    assert mail.recipient.startswith("alice")
    assert (mail.context["outcome"], mail.context["comment"]) == ("REJECTED", "Too dear.")
    assert mail.context["path"].endswith(f"/orders/{request.subject_id}/")


@pytest.mark.parametrize("comment", ["", "   ", "\n"])
def test_rejecting_needs_a_reason(company: Company, handler: Answered, comment: str) -> None:
    request = ask(company)
    verdict = decide(company, request, "Bob", "REJECT", comment=comment)
    assert verdict.code is VerdictCode.COMMENT_NEEDED
    assert (status_of(request), Decision.objects.count()) == ("PENDING", 0)


def test_deciding_twice_counts_once(company: Company, handler: Answered) -> None:
    request = ask(company)
    decide(company, request, "Bob")
    again = decide(company, request, "Bob", "REJECT", comment="No, wait.")
    assert again.code is VerdictCode.ALREADY_DECIDED
    assert again.sentence == "You have decided already: you approved this."
    assert handler.told == [("approved", request.subject_id)]
    assert actions().count("approval.decided") == 1


def test_a_decision_on_other_content_does_not_count(company: Company, handler: Answered) -> None:
    request = ask(company)
    verdict = decide(company, request, "Bob", content_hash="0" * 64)
    assert verdict.code is VerdictCode.OVERTAKEN
    assert status_of(request) == "PENDING"


def test_nobody_decides_in_somebody_elses_seat(company: Company, handler: Answered) -> None:
    request = ask(company)
    verdict = services.decide(
        actor=company.actor("Erin"),
        seat_id=seat_of(request, company.people["Bob"]).id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="API",
        now=LATER,
    )
    assert verdict.code is VerdictCode.NOT_YOURS
    assert actions() == ["approval.requested", "approval.refused"]


def test_the_system_decides_nothing(company: Company, handler: Answered) -> None:
    request = ask(company)
    verdict = services.decide(
        actor=SystemActor(company.organization.id, "Sweeper"),
        seat_id=seat_of(request, company.people["Bob"]).id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="APP",
        now=LATER,
    )
    assert verdict.code is VerdictCode.NOT_YOURS


def test_somebody_suspended_decides_nothing(company: Company, handler: Answered) -> None:
    request = ask(company)
    bob = company.actor("Bob")
    accounts.suspend_member(
        actor=system(company.organization),
        membership=company.people["Bob"],
        reason="Left",
        now=NOW,
    )
    verdict = services.decide(
        actor=bob,
        seat_id=seat_of(request, company.people["Bob"]).id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="EMAIL",
        now=LATER,
    )
    assert verdict.code is VerdictCode.ACCESS_ENDED
    assert Decision.objects.count() == 0


def test_a_link_that_has_ended_decides_nothing(company: Company, handler: Answered) -> None:
    request = ask(company)
    verdict = services.decide(
        actor=company.actor("Bob"),
        seat_id=seat_of(request, company.people["Bob"]).id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="EMAIL",
        link_expires_at=LATER,
        now=LATER,
    )
    assert verdict.code is VerdictCode.EXPIRED
    assert status_of(request) == "PENDING"


def test_where_anyone_may_agree_the_first_answer_settles_it(
    company: Company, handler: Answered
) -> None:
    either = stage(DIRECTOR, FINANCE, mode=Mode.ANY, name="Either")
    publish(company, through(either), reason="Either will do", now=LATER)
    request = ask(company, now=LATER)
    decide(company, request, "Dana")
    assert decide(company, request, "Erin").code is VerdictCode.SETTLED
    assert handler.told == [("approved", request.subject_id)]


def test_one_of_several_people_in_a_role_answers_for_it(
    company: Company, handler: Answered
) -> None:
    frank = make_member(company.organization, company.root, "Frank Finance", "FINANCE")
    company.people["Frank"] = frank
    request = ask(company, "4800.00")
    decide(company, request, "Frank")
    assert status_of(request) == "PENDING"
    decide(company, request, "Erin")
    assert status_of(request) == "APPROVED"
    assert decide(company, request, "Dana").code is VerdictCode.SETTLED


def test_whoever_agreed_before_is_not_asked_again(company: Company, handler: Answered) -> None:
    either = stage(SUPERVISOR, FINANCE, mode=Mode.ANY, name="Either")
    publish(company, through(either, stage(SUPERVISOR)), reason="Twice", now=LATER)
    request = ask(company, now=LATER)
    decide(company, request, "Bob", stage_name="Either")
    assert stages_of(request) == [("Either", "APPROVED"), ("Supervisor", "SKIPPED")]
    assert status_of(request) == "APPROVED"


def test_whoever_has_not_agreed_before_is_asked(company: Company, handler: Answered) -> None:
    either = stage(SUPERVISOR, FINANCE, mode=Mode.ANY, name="Either")
    publish(company, through(either, stage(SUPERVISOR)), reason="Twice", now=LATER)
    request = ask(company, now=LATER)
    decide(company, request, "Dana")
    assert stages_of(request) == [("Either", "APPROVED"), ("Supervisor", "OPEN")]
    assert decide(company, request, "Bob", stage_name="Supervisor").request_status == "APPROVED"


def test_withdrawing_ends_the_question(company: Company, handler: Answered) -> None:
    request = ask(company)
    withdrawn = services.withdraw_request(
        actor=company.actor("Alice"),
        subject_kind=request.subject_kind,
        subject_id=request.subject_id,
        now=LATER,
    )
    assert withdrawn is not None
    assert (status_of(request), stages_of(request)) == (
        "WITHDRAWN",
        [("Supervisor", "SKIPPED")],
    )
    verdict = decide(company, request, "Bob")
    assert (verdict.code, verdict.sentence.startswith("The request was taken back")) == (
        VerdictCode.SETTLED,
        True,
    )
    assert actions() == ["approval.requested", "approval.withdrawn"]


def test_changed_content_asks_anew_and_the_former_link_is_overtaken(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    services.supersede_request(
        actor=company.actor("Alice"),
        subject_kind=request.subject_kind,
        subject_id=request.subject_id,
        now=LATER,
    )
    second = ask(company, "700.00", subject_id=request.subject_id, now=LATER)
    assert decide(company, request, "Bob").code is VerdictCode.OVERTAKEN
    assert decide(company, second, "Bob").code is VerdictCode.DECIDED
    assert (status_of(request), status_of(second)) == ("SUPERSEDED", "APPROVED")


def test_nothing_pending_nothing_withdrawn(company: Company, handler: Answered) -> None:
    for take_back in (services.withdraw_request, services.supersede_request):
        assert (
            take_back(
                actor=company.actor("Alice"),
                subject_kind="requisition",
                subject_id=new_id(),
                now=NOW,
            )
            is None
        )


def test_an_unknown_seat_is_not_found(company: Company) -> None:
    with pytest.raises(NotFound):
        services.decide(
            actor=company.actor("Bob"),
            seat_id=UUID(int=1),
            choice="APPROVE",
            comment="",
            content_hash="",
            channel="APP",
            now=NOW,
        )


def test_without_a_way_nothing_is_opened(company: Company) -> None:
    accounts.vacate_position(
        actor=system(company.organization),
        position=seat(
            company.organization, "supervisor", company.groups["Facilities"], company.people["Bob"]
        ),
        group=company.groups["Facilities"],
        now=NOW,
    )
    with pytest.raises(services.NotRoutable, match="Nobody who could decide fills the seat"):
        ask(company)
    assert ApprovalRequest.objects.count() == 0


class TestReseating:
    def leave(self, company: Company, name: str) -> None:
        """End somebody's sign-in behind the back of everything that hangs on them."""
        User.objects.filter(id=company.people[name].user_id).update(is_active=False)

    def reseat(self, company: Company) -> int:
        return services.reseat_requests(actor=system(company.organization), now=LATER)

    def test_somebody_who_left_is_replaced_and_the_next_one_is_mailed(
        self, company: Company, handler: Answered
    ) -> None:
        grace = make_member(company.organization, company.root, "Grace Manager")
        company.people["Grace"] = grace
        seat(company.organization, "supervisor", company.root, grace)
        request = ask(company)
        self.leave(company, "Bob")
        assert self.reseat(company) == 1
        assert mailed("decision_request") == ["bob", "grace"]
        assert self.reseat(company) == 0
        assert decide(company, request, "Grace").request_status == "APPROVED"
        assert "approval.reseated" in actions()

    def test_a_suspension_seats_others_at_once(self, company: Company, handler: Answered) -> None:
        grace = make_member(company.organization, company.root, "Grace Manager")
        company.people["Grace"] = grace
        seat(company.organization, "supervisor", company.root, grace)
        request = ask(company)
        accounts.suspend_member(
            actor=company.actor("Adam"),
            membership=company.people["Bob"],
            reason="Left",
            now=LATER,
        )
        assert mailed("decision_request") == ["bob", "grace"]
        assert decide(company, request, "Grace").request_status == "APPROVED"

    def test_a_seat_that_nobody_can_fill_waits_for_an_administrator(
        self, company: Company, handler: Answered
    ) -> None:
        request = ask(company)
        self.leave(company, "Bob")
        assert self.reseat(company) == 0
        assert status_of(request) == "PENDING"

    def test_what_others_have_decided_stands(self, company: Company, handler: Answered) -> None:
        frank = make_member(company.organization, company.root, "Frank Finance", "FINANCE")
        company.people["Frank"] = frank
        seat(company.organization, "director", company.groups["Facilities"], company.people["Tom"])
        request = ask(company, "4800.00")
        decide(company, request, "Dana")
        self.leave(company, "Dana")
        self.leave(company, "Tom")
        assert self.reseat(company) == 1
        assert decide(company, request, "Erin").request_status == "APPROVED"

    def test_a_coming_stage_is_refilled_before_it_opens(
        self, company: Company, handler: Answered
    ) -> None:
        frank = make_member(company.organization, company.root, "Frank Finance", "FINANCE")
        company.people["Frank"] = frank
        document = through(stage(SUPERVISOR), stage(FINANCE))
        publish(company, document, reason="In sequence", now=LATER)
        request = ask(company, now=LATER)
        self.leave(company, "Dana")
        decide(company, request, "Bob", now=LATER)
        assert mailed("decision_request") == ["bob", "frank"]
        assert decide(company, request, "Frank", now=LATER).request_status == "APPROVED"
