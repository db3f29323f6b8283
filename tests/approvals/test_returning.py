"""Stages that were left out for somebody, once others decide in their place."""

from datetime import timedelta

import pytest

from accounts import services as accounts
from accounts.models import OrgGroup
from approvals import selectors, services
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.routing import Mode, needed
from approvals.services import handing
from procurement.core.ids import new_id
from tests.approvals import naive
from tests.approvals.acting import addressed, asked, hand_over, story, trail
from tests.factories.accounts import NOW, Company, make_member, seat, system
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    SUPERVISOR,
    ask,
    decide,
    publish,
    stage,
    through,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("handler"),
]

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def both(company: Company) -> Company:
    """The company, with Bob as supervisor and director, and both asked in turn, then finance."""
    fill(company, "director", company.groups["Facilities"], "Bob")
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR), stage(FINANCE)), reason="In turn")
    return company


def fill(company: Company, code: str, group: OrgGroup, name: str) -> None:
    seat(company.organization, code, group, company.people[name])


def leave(company: Company, name: str) -> None:
    """End somebody's access for good."""
    accounts.suspend_member(
        actor=company.actor("Adam"),
        membership=company.people[name],
        reason="Left us.",
        now=LATER,
    )


def lose_access(company: Company, name: str) -> None:
    """End somebody's access behind the services, as the platform does."""
    user = company.people[name].user
    user.is_active = False
    user.save(update_fields=["is_active"])


def stages_of(request: ApprovalRequest) -> list[tuple[str, int, int | None, str]]:
    found = Stage.objects.filter(request=request).order_by("number")
    return [(one.name, one.wave, one.step, one.status) for one in found]


def seated(request: ApprovalRequest, name: str) -> list[str]:
    """Who sits in a stage, by first name."""
    found = StageSeat.objects.filter(
        request=request, stage__name=name, vacated_at__isnull=True
    ).select_related("membership__user")
    return sorted(one.membership.user.name.split()[0] for one in found)


def agrees(request: ApprovalRequest) -> bool:
    stored = ApprovalRequest.objects.select_related("policy_version__policy__group")
    found = stored.get(id=request.id)
    again = {one.request_id: one.differences for one in selectors.rederivations()}
    return selectors.agrees(found, found.stages.all()) and not again[request.id]


def test_who_is_supervisor_and_director_leaves_and_two_take_over(both: Company) -> None:
    people = both.people
    people["Hugo"] = make_member(both.organization, both.groups["Facilities"], "Hugo Head")
    request = ask(both)
    assert stages_of(request) == [("Supervisor", 1, 0, "OPEN"), ("Finance", 2, 2, "WAITING")]
    fill(both, "supervisor", both.groups["Field Service"], "Hugo")
    leave(both, "Bob")
    # The director's seat above is Erin's.
    assert asked(request) == {"Hugo"}
    assert (seated(request, "Supervisor"), seated(request, "Director")) == (["Hugo"], ["Erin"])
    assert agrees(request)
    decide(both, request, "Hugo", now=LATER)
    # The waves of a request are fixed, so the director is asked beside finance, who come next.
    assert asked(request) == {"Erin", "Dana"}
    decide(both, request, "Dana", now=LATER)
    assert ApprovalRequest.objects.get(id=request.id).status == "PENDING"
    decide(both, request, "Erin", now=LATER)
    assert ApprovalRequest.objects.get(id=request.id).status == "APPROVED"
    assert agrees(request)


def test_what_comes_back_is_told_on_record_and_as_an_effect_of_the_change(both: Company) -> None:
    both.people["Hugo"] = make_member(both.organization, both.groups["Facilities"], "Hugo Head")
    request = ask(both)
    fill(both, "supervisor", both.groups["Field Service"], "Hugo")
    effects = accounts.preview_suspension(
        actor=both.actor("Adam"), membership=both.people["Bob"], now=LATER
    )
    assert "R-2026-0418, Director: Erin Director is asked, too." in [
        one.sentence for one in effects
    ]
    assert len(stages_of(request)) == 2
    leave(both, "Bob")
    told = [event.reason for event in trail("approval.reseated")]
    assert told.count("Whoever was to answer this, too, is not asked any more.") == 1
    assert [kind for kind, _ in story(request)] == ["REPLACED"]
    assert "“Director” has to agree after all." in story(request)[0][1]


def test_nothing_comes_back_where_somebody_else_takes_over_all_of_it(both: Company) -> None:
    both.people["Hugo"] = make_member(both.organization, both.groups["Facilities"], "Hugo Head")
    request = ask(both)
    for code in ("supervisor", "director"):
        fill(both, code, both.groups["Field Service"], "Hugo")
    leave(both, "Bob")
    assert stages_of(request) == [("Supervisor", 1, 0, "OPEN"), ("Finance", 2, 2, "WAITING")]
    assert asked(request) == {"Hugo"}
    services.reseat_requests(actor=system(both.organization), now=LATER)
    assert len(stages_of(request)) == 2


def test_handing_over_one_of_two_answers_leaves_the_other_to_be_given(both: Company) -> None:
    request = ask(both)
    hand_over(both, request, "Bob", "Erin", now=LATER)
    assert (seated(request, "Supervisor"), seated(request, "Director")) == (["Erin"], ["Bob"])
    assert asked(request) == {"Erin"}
    decide(both, request, "Erin", now=LATER)
    assert asked(request) == {"Bob", "Dana"}
    assert agrees(request)


def test_who_loses_access_behind_our_back_is_followed_by_everybody_needed(both: Company) -> None:
    both.people["Hugo"] = make_member(both.organization, both.groups["Facilities"], "Hugo Head")
    request = ask(both)
    fill(both, "supervisor", both.groups["Field Service"], "Hugo")
    lose_access(both, "Bob")
    for _ in range(2):
        services.reseat_requests(actor=system(both.organization), now=LATER)
    assert [name for name, *_ in stages_of(request)] == ["Supervisor", "Finance", "Director"]
    assert seated(request, "Director") == ["Erin"]


def test_a_stage_that_comes_back_in_the_open_wave_opens_at_once(company: Company) -> None:
    fill(company, "director", company.groups["Facilities"], "Bob")
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR)), reason="In turn")
    company.people["Hugo"] = make_member(company.organization, company.root, "Hugo Head")
    request = ask(company)
    # Somebody else is asked beside him, and he is gone before they have answered.
    services.add_approver(
        actor=company.actor("Bob"),
        request_id=request.id,
        member_id=company.people["Dana"].id,
        reason="It is much.",
        now=NOW,
    )
    fill(company, "supervisor", company.groups["Field Service"], "Hugo")
    leave(company, "Bob")
    assert stages_of(request)[-1] == ("Director", 2, 1, "WAITING")
    decide(company, request, "Hugo", now=LATER)
    decide(company, request, "Dana", now=LATER)
    assert asked(request) == {"Erin"}
    assert "erin" in addressed("decision_request")


def test_where_nobody_can_sit_it_waits_for_an_administrator_and_is_not_lost(
    company: Company,
) -> None:
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR)), reason="In turn")
    fill(company, "supervisor", company.root, "Dana")
    fill(company, "director", company.groups["Facilities"], "Bob")
    leave(company, "Erin")
    request = ask(company)
    assert [name for name, *_ in stages_of(request)] == ["Supervisor"]
    leave(company, "Bob")
    assert [name for name, *_ in stages_of(request)] == ["Supervisor", "Director"]
    assert (asked(request), seated(request, "Director")) == ({"Dana"}, ["Bob"])
    decide(company, request, "Dana", now=LATER)
    assert ApprovalRequest.objects.get(id=request.id).status == "PENDING"
    fill(company, "director", company.root, "Tom")
    services.reseat_requests(actor=system(company.organization), now=LATER)
    assert asked(request) == {"Tom"}
    decide(company, request, "Tom", now=LATER)
    assert ApprovalRequest.objects.get(id=request.id).status == "APPROVED"


def test_the_next_in_line_speaks_for_whoever_was_to_answer_both(both: Company) -> None:
    request = ask(both)
    organization = system(both.organization)
    overdue = Stage.objects.get(request=request, status="OPEN").due_at
    assert overdue is not None
    services.watch_request(actor=organization, request_id=request.id, now=overdue)
    (further,) = asked(request) - {"Bob"}
    decide(both, request, further, now=overdue)
    # A replacement elsewhere does not ask the director anew: their line has answered.
    leave(both, "Dana")
    assert [name for name, *_ in stages_of(request)] == ["Supervisor", "Finance"]


def test_a_seat_that_was_left_out_of_a_stage_is_asked_after_all(company: Company) -> None:
    fill(company, "director", company.groups["Facilities"], "Bob")
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR, FINANCE)), reason="In turn")
    request = ask(company)
    assert seated(request, "Director") == ["Dana"]
    hand_over(company, request, "Bob", "Erin", now=LATER)
    assert seated(request, "Director") == ["Bob", "Dana"]
    assert agrees(request)


def test_control_what_was_left_out_and_is_never_asked_is_noticed(
    both: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "bring_back", lambda *_, **__: [])
    request = ask(both)
    hand_over(both, request, "Bob", "Erin", now=LATER)
    for name in ("Erin", "Dana"):
        decide(both, request, name, now=LATER)
    request.refresh_from_db()
    assert request.status == "APPROVED"
    with pytest.raises(AssertionError, match="Director was left out and never answered"):
        naive.assert_agreed_to(request, LATER)


def test_who_is_needed_is_who_nobody_can_answer_for() -> None:
    anna, bert, carl = new_id(), new_id(), new_id()
    assert needed(Mode.ALL, {anna: [1], bert: [2], carl: [2]}) == {anna}
    assert needed(Mode.ANY, {anna: [1], bert: [2]}) == set()
    assert needed(Mode.ANY, {anna: [1]}) == {anna}
    assert needed(Mode.AT_LEAST, {anna: [1], bert: [2], carl: [3]}, 2) == set()
    assert needed(Mode.AT_LEAST, {anna: [1], bert: [2]}, 2) == {anna, bert}
