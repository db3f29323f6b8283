"""What the database itself refuses, whoever writes to it."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from procurement.core.ids import new_id
from tests.factories.accounts import NOW, Company
from tests.factories.approvals import Answered, ask, decide, seat_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def refused(write: Callable[[], object], words: str) -> None:
    def write_for_good() -> None:
        """Checks that wait for the commit are made at once."""
        with transaction.atomic():
            write()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match=words):
        write_for_good()


def decision(seat: StageSeat, **changes: object) -> Decision:
    values: dict[str, object] = {
        "id": new_id(),
        "organization_id": seat.organization_id,
        "request_id": seat.request_id,
        "seat_id": seat.id,
        "membership_id": seat.membership_id,
        "requester_id": seat.requester_id,
        "content_hash": seat.content_hash,
        "choice": "APPROVE",
        "channel": "APP",
        "decided_at": NOW,
    }
    return Decision(**{**values, **changes})


def test_the_requester_cannot_be_seated(company: Company) -> None:
    request = ask(company)
    seat = seat_of(request, company.people["Bob"])
    alice = company.people["Alice"].id
    seat.id, seat.membership_id = new_id(), alice
    refused(lambda: seat.save(force_insert=True), "never_the_requester")


def test_a_seat_cannot_lie_about_who_asks(company: Company) -> None:
    request = ask(company)
    seat = seat_of(request, company.people["Bob"])
    seat.id, seat.membership_id = new_id(), company.people["Alice"].id
    seat.requester_id = company.people["Erin"].id
    refused(lambda: seat.save(force_insert=True), "stageseat_content")


def test_the_requester_cannot_decide(company: Company) -> None:
    seat = seat_of(ask(company), company.people["Bob"])
    alice = company.people["Alice"].id
    refused(lambda: decision(seat, membership_id=alice).save(force_insert=True), "open seat")
    for_alice = decision(seat, on_behalf_of_id=alice)
    refused(lambda: for_alice.save(force_insert=True), "open seat")


def test_the_requester_cannot_decide_even_where_no_trigger_looks(company: Company) -> None:
    seat = seat_of(ask(company), company.people["Bob"])
    alice = company.people["Alice"].id
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE approvals_decision DISABLE TRIGGER guard")
    refused(
        lambda: decision(seat, membership_id=alice).save(force_insert=True),
        "decision_never_the_requester",
    )
    refused(
        lambda: decision(seat, on_behalf_of_id=alice).save(force_insert=True),
        "decision_never_for_the_requester",
    )


def test_a_decision_cannot_be_about_other_content(company: Company) -> None:
    seat = seat_of(ask(company), company.people["Bob"])
    other = decision(seat, content_hash="0" * 64)
    refused(lambda: other.save(force_insert=True), "decision_content")


def test_a_decision_needs_a_seat_that_is_asked(company: Company, handler: Answered) -> None:
    request = ask(company)
    seat = seat_of(request, company.people["Bob"])
    elsewhere = decision(seat, membership_id=company.people["Erin"].id)
    refused(lambda: elsewhere.save(force_insert=True), "open seat")
    decide(company, request, "Bob")
    refused(lambda: decision(seat).save(force_insert=True), "open seat")


def test_a_rejection_says_why(company: Company) -> None:
    seat = seat_of(ask(company), company.people["Bob"])
    refused(
        lambda: decision(seat, choice="REJECT", comment=" ").save(force_insert=True), "says_why"
    )


def test_decisions_are_append_only(company: Company, handler: Answered) -> None:
    decide(company, ask(company), "Bob")
    refused(lambda: Decision.objects.update(choice="REJECT", comment="x"), "append-only")
    refused(lambda: Decision.objects.all().delete(), "append-only")


def test_a_request_is_not_approved_before_its_stages(company: Company) -> None:
    request = ask(company)
    rows = ApprovalRequest.objects.filter(id=request.id)
    refused(lambda: rows.update(status="APPROVED", closed_at=NOW), "have not passed")
    refused(lambda: rows.update(status="REJECTED", closed_at=NOW), "rejected by nobody")


@pytest.mark.parametrize("status", ["APPROVED", "SKIPPED"])
def test_a_stage_does_not_pass_without_anybody(company: Company, status: str) -> None:
    ask(company)
    refused(lambda: Stage.objects.update(status=status), "nobody who sits in the stage has agreed")


def test_what_has_ended_stays_ended(company: Company, handler: Answered) -> None:
    request = ask(company)
    decide(company, request, "Bob")
    rows = ApprovalRequest.objects.filter(id=request.id)
    refused(lambda: rows.update(status="PENDING", closed_at=None), "final")
    refused(lambda: Stage.objects.update(status="OPEN"), "final")


@pytest.mark.parametrize(
    "change",
    [
        {"content_hash": "0" * 64},
        {"amount": 1},
        {"facts": {}},
        {"summary": {}},
        {"subject_id": new_id()},
    ],
)
def test_what_was_asked_for_cannot_change(company: Company, change: dict[str, object]) -> None:
    ask(company)
    refused(lambda: ApprovalRequest.objects.update(**change), "cannot change")


def test_seats_and_stages_stay_what_they_are(company: Company) -> None:
    ask(company)
    refused(lambda: Stage.objects.update(mode="ANY"), "cannot change")
    erin = company.people["Erin"].id
    refused(lambda: StageSeat.objects.update(membership_id=erin), "cannot change")
    refused(lambda: StageSeat.objects.all()._raw_delete("default"), "kept")
    refused(lambda: Stage.objects.all()._raw_delete("default"), "kept")
    refused(lambda: ApprovalRequest.objects.all()._raw_delete("default"), "kept")


def test_a_subject_has_one_pending_request(company: Company) -> None:
    request = ask(company)
    refused(lambda: ask(company, subject_id=request.subject_id), "one_pending")
