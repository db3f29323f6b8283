from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from typing_extensions import override

from accounts import dependents, selectors, services
from accounts.dependents import Dependent
from accounts.duties import DutyKind
from accounts.effects import EffectKind, SeatDemand, fingerprint
from accounts.models import DutyAcceptance, Membership, Role, RoleGrant
from accounts.selectors import DutyRow
from accounts.web import org_reverse
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotFound
from tests.factories.accounts import NOW, Company, make_company, make_member

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = date(2026, 11, 24)
BOTH = DutyKind.ADMIN_AND_FINANCE


class Orders(Dependent):
    """A floor that relies on the supervisors of one group."""

    group_id: UUID

    @override
    def seats_relied_on(self, *, now: datetime) -> Sequence[SeatDemand]:
        return [SeatDemand("supervisor", self.group_id, "the policy “Orders”")]


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW):
        yield make_company()


@pytest.fixture
def orders(company: Company) -> Iterator[Orders]:
    found = Orders()
    found.group_id = company.root.id
    dependents.register(found)
    yield found
    dependents._dependents.remove(found)


@pytest.fixture
def duncan(company: Company) -> Membership:
    """Somebody who is administrator above and finance below."""
    with company.scope():
        member = make_member(
            company.organization, company.groups["Workplace"], "Duncan Both", Role.FINANCE
        )
        services.grant_role(
            actor=company.actor("Adam"),
            membership=member,
            group=company.groups["Facilities"],
            role=Role.ADMINISTRATOR,
            now=NOW,
        )
        return member


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def rows(company: Company, who: str = "Adam", on: date = TODAY) -> list[DutyRow]:
    return selectors.duty_rows(selectors.standing_conflicts(company.actor(who), on=on, now=NOW))


def accept(
    company: Company, member: Membership, *, until: date = TODAY, reason: str = "Dana looks over it"
) -> DutyAcceptance:
    return services.accept_duty_conflict(
        actor=company.actor("Adam"),
        membership=member,
        group=company.groups["Workplace"],
        kind=BOTH,
        reason=reason,
        until_on=until,
        now=NOW,
    )


def test_administrator_and_finance_in_one_person_are_told_where_both_reach(
    company: Company, duncan: Membership
) -> None:
    with company.scope():
        (row,) = rows(company)
    assert (row.kind, row.person.name, row.group_name) == (BOTH, "Duncan Both", "Workplace")
    assert row.sentence.startswith("Duncan Both is administrator and finance of Workplace")


def test_whoever_buys_and_alone_approves_is_told_until_a_deputy_is_named(
    company: Company, orders: Orders
) -> None:
    facilities, bob = company.groups["Facilities"], company.people["Bob"]
    with company.scope():
        adam = company.actor("Adam")
        effects = services.preview_grant(
            actor=adam, membership=bob, group=facilities, role=Role.REQUISITIONER, now=NOW
        )
        assert [(effect.kind, effect.sentence) for effect in effects] == [
            (
                EffectKind.DUTY_CONFLICT,
                (
                    "Bob Supervisor buys for Facilities and alone answers as Supervisor there: for "
                    "their own orders, nobody could be asked."
                ),
            )
        ]
        assert not RoleGrant.objects.filter(membership=bob).exists()
        services.grant_agreed_role(
            actor=adam,
            membership=bob,
            group=facilities,
            role=Role.REQUISITIONER,
            seen=fingerprint(effects),
            now=NOW,
        )
        assert [row.kind for row in rows(company)] == [DutyKind.REQUESTER_AND_SOLE_APPROVER]
        services.fill_position(
            actor=adam,
            position=selectors.positions().get(code="supervisor"),
            group=facilities,
            membership=company.people["Tom"],
            is_deputy=True,
            now=NOW,
        )
        assert rows(company) == []


def test_releasing_a_deputy_warns_of_the_conflict_that_comes_back(
    company: Company, orders: Orders
) -> None:
    facilities, bob = company.groups["Facilities"], company.people["Bob"]
    with company.scope():
        adam = company.actor("Adam")
        seat: dict[str, Any] = {
            "position": selectors.positions().get(code="supervisor"),
            "group": facilities,
        }
        services.fill_position(
            actor=adam, membership=company.people["Tom"], is_deputy=True, now=NOW, **seat
        )
        services.grant_role(
            actor=adam, membership=bob, group=facilities, role=Role.REQUISITIONER, now=NOW
        )
        effects = services.preview_vacating(actor=adam, is_deputy=True, now=NOW, **seat)
    assert EffectKind.DUTY_CONFLICT in {effect.kind for effect in effects}


def test_a_grant_is_refused_where_other_duties_meet_than_were_shown(
    company: Company, duncan: Membership
) -> None:
    with company.scope(), pytest.raises(Conflict):
        services.grant_agreed_role(
            actor=company.actor("Adam"),
            membership=company.people["Dana"],
            group=company.root,
            role=Role.ADMINISTRATOR,
            seen=fingerprint([]),
            now=NOW,
        )


def test_an_acceptance_holds_to_its_last_day_and_the_conflict_then_stands_again(
    company: Company, duncan: Membership
) -> None:
    with company.scope():
        accepted = accept(company, duncan, until=TODAY + timedelta(days=30))
        (row,) = rows(company, on=TODAY + timedelta(days=30))
        assert row.acceptance == accepted
        (row,) = rows(company, on=TODAY + timedelta(days=31))
        assert (row.acceptance, row.lapsed) == (None, accepted)
        again = accept(company, duncan, until=TODAY + timedelta(days=60))
        (row,) = rows(company, on=TODAY + timedelta(days=31))
        assert row.acceptance == again
        assert DutyAcceptance.objects.filter(ended_at__isnull=True).count() == 1


def test_an_acceptance_can_be_taken_back(company: Company, duncan: Membership) -> None:
    with company.scope():
        accepted = accept(company, duncan)
        services.reopen_duty_conflict(
            actor=company.actor("Adam"), acceptance=accepted, now=NOW + timedelta(hours=1)
        )
        (row,) = rows(company)
        assert row.acceptance is None
        actions = AuditEvent.objects.filter(subject_id=duncan.id).values_list("action", flat=True)
        assert {"duty.accepted", "duty.reopened"} <= set(actions)


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (TODAY - timedelta(days=1), "Fine", "until_on"),
        (TODAY + timedelta(days=367), "Fine", "until_on"),
        (TODAY, "  ", "reason"),
    ],
)
def test_an_acceptance_says_why_and_ends_within_a_year(
    company: Company, duncan: Membership, until: date, reason: str, field: str
) -> None:
    with company.scope(), pytest.raises(DomainError) as refusal:
        accept(company, duncan, until=until, reason=reason)
    assert refusal.value.field == field


def test_nobody_accepts_a_conflict_of_their_own_or_one_that_does_not_stand(
    company: Company, duncan: Membership
) -> None:
    with company.scope():
        with pytest.raises(NotFound):
            accept(company, company.people["Dana"])
        own = company.people["Adam"]
        with pytest.raises(DomainError, match="of their own"):
            accept(company, own)


def test_only_candidates_are_read_however_many_people_there_are(
    company: Company, duncan: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        for number in range(20):
            make_member(company.organization, company.root, f"Person {number}", Role.REQUISITIONER)
        adam = company.actor("Adam")
        with django_assert_num_queries(5):
            standing = selectors.standing_conflicts(adam, on=TODAY, now=NOW)
        with django_assert_num_queries(2):
            assert len(selectors.duty_rows(standing)) == 1


def test_the_page_lists_accepts_and_takes_back(
    adam: Client, company: Company, duncan: Membership
) -> None:
    page = org_reverse(company.organization, "accounts:duties")
    html = adam.get(page).content.decode()
    assert "Duncan Both" in html
    assert "1 open" in html
    form = org_reverse(
        company.organization,
        "accounts:accept-duty",
        holder_id=duncan.id,
        place_id=company.groups["Workplace"].id,
        kind=BOTH.value,
    )
    wrong = adam.post(form, {"reason": "", "until_on": "2020-01-01"})
    assert wrong.status_code == 422
    late = adam.post(form, {"reason": "Small team", "until_on": "2020-01-01"})
    assert late.status_code == 422
    assert "Choose today or a day to come" in late.content.decode()
    until = (TODAY + timedelta(days=90)).isoformat()
    assert adam.post(form, {"reason": "Small team", "until_on": until}).status_code == 302
    html = adam.get(page).content.decode()
    assert "Small team" in html
    csv = adam.get(org_reverse(company.organization, "accounts:duties-csv"))
    text = b"".join(csv).decode("utf-8-sig")
    assert "Duncan Both" in text
    assert f"{until},Adam Administrator,Small team" in text
    with company.scope():
        acceptance = DutyAcceptance.objects.get()
    back = org_reverse(company.organization, "accounts:reopen-duty", acceptance_id=acceptance.id)
    assert adam.post(back).status_code == 302
    assert "1 open" in adam.get(page).content.decode()


def test_granting_on_the_page_warns_and_goes_on_when_confirmed(
    adam: Client, company: Company
) -> None:
    dana = company.people["Dana"]
    page = org_reverse(company.organization, "accounts:grant-role", group_id=company.root.id)
    sent = {"membership": str(dana.id), "role": Role.ADMINISTRATOR.value}
    html = adam.post(page, sent).content.decode()
    assert "Duties that should be apart" in html
    assert "gives out the powers there and keeps the books" in html
    seen = html.split('name="seen" value="')[1].split('"')[0]
    assert adam.post(page, {**sent, "seen": seen}).status_code == 302
    with company.scope():
        assert RoleGrant.objects.filter(membership=dana, role=Role.ADMINISTRATOR).exists()


def test_the_api_lists_accepts_and_takes_back(
    adam: Client, company: Company, duncan: Membership
) -> None:
    headers = {"X-Organization": company.organization.slug}
    path = "/api/v1/accounts/duties/"
    (found,) = adam.get(path, headers=headers).json()["conflicts"]
    assert (found["kind"], found["person"]["name"]) == (BOTH.value, "Duncan Both")
    body = {
        "membership": found["person"]["membership"],
        "group": found["group"],
        "kind": found["kind"],
        "reason": "Small team",
        "until_on": TODAY.isoformat(),
    }
    made = adam.post(path, body, content_type="application/json", headers=headers)
    assert made.status_code == 201
    acceptance = f"{path}{made.json()['id']}/"
    assert adam.delete(acceptance, headers=headers).status_code == 204
    assert adam.delete(acceptance, headers=headers).status_code == 404
