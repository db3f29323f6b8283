from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from typing_extensions import override

from accounts import dependents, selectors, services
from accounts.dependents import Dependent
from accounts.effects import EffectKind, SeatDemand, fingerprint
from accounts.models import Position, PositionHolder
from accounts.web import org_reverse
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed
from tests.factories.accounts import NOW, Company, make_company, make_group, make_member, seat

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Orders(Dependent):
    """Something that relies on seats: what each test says."""

    def __init__(self) -> None:
        self.demands: list[SeatDemand] = []

    @override
    def seats_relied_on(self, *, now: datetime) -> Sequence[SeatDemand]:
        return self.demands


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def orders() -> Iterator[Orders]:
    """Let one floor more take part, as long as the test runs."""
    found = Orders()
    dependents.register(found)
    yield found
    dependents._dependents.remove(found)


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def supervisor() -> Position:
    return selectors.positions().get(code="supervisor")


def address(company: Company, name: str, **kwargs: object) -> str:
    return org_reverse(company.organization, name, **kwargs)


def test_a_preview_of_filling_a_seat_is_the_change_itself_and_leaves_nothing(
    company: Company,
) -> None:
    facilities, tom = company.groups["Facilities"], company.people["Tom"]
    with company.scope():
        adam = company.actor("Adam")
        effects = services.preview_filling(
            actor=adam, position=supervisor(), group=facilities, membership=tom, now=NOW
        )
        assert [effect.sentence for effect in effects][:1] == [
            "Tom Technician becomes Supervisor of Facilities in place of Bob Supervisor."
        ]
        assert PositionHolder.objects.current().get(group=facilities).membership_id != tom.id
        services.fill_position(
            actor=adam,
            position=supervisor(),
            group=facilities,
            membership=tom,
            seen=fingerprint(effects),
            now=NOW,
        )
        assert PositionHolder.objects.current().get(group=facilities).membership_id == tom.id


def test_filling_a_seat_is_refused_where_it_is_not_what_was_shown(company: Company) -> None:
    facilities = company.groups["Facilities"]
    with company.scope():
        adam = company.actor("Adam")
        effects = services.preview_filling(
            actor=adam,
            position=supervisor(),
            group=facilities,
            membership=company.people["Tom"],
            now=NOW,
        )
        with pytest.raises(Conflict, match="not what you were shown"):
            services.fill_position(
                actor=adam,
                position=supervisor(),
                group=facilities,
                membership=company.people["Dana"],
                seen=fingerprint(effects),
                now=NOW,
            )
        holder = PositionHolder.objects.current().get(group=facilities)
        assert holder.membership_id == company.people["Bob"].id


def test_vacating_says_who_answers_from_now_on_or_that_nobody_does(
    company: Company, orders: Orders
) -> None:
    facilities, root = company.groups["Facilities"], company.root
    with company.scope():
        orders.demands = [SeatDemand("supervisor", root.id, "the policy “Orders”")]
        adam = company.actor("Adam")
        effects = services.preview_vacating(
            actor=adam, position=supervisor(), group=facilities, now=NOW
        )
        assert [effect.sentence for effect in effects] == [
            "Bob Supervisor is Supervisor of Facilities no more.",
            (
                "Nobody answers for Supervisor of Facilities any more; it is asked for by the "
                "policy “Orders”."
            ),
        ]
        seat(company.organization, "supervisor", root, company.people["Erin"])
        effects = services.preview_vacating(
            actor=adam, position=supervisor(), group=facilities, now=NOW
        )
        assert [effect.sentence for effect in effects] == [
            (
                "Bob Supervisor is Supervisor of Facilities no more. Erin Director of Northwind "
                "Works answers from now on."
            )
        ]


def test_ending_somebodys_access_tells_of_the_seats_left_unanswered(
    company: Company, orders: Orders
) -> None:
    with company.scope():
        field_service = company.groups["Field Service"]
        orders.demands = [SeatDemand("supervisor", field_service.id, "the policy “Service”")]
        effects = services.preview_suspension(
            actor=company.actor("Adam"), membership=company.people["Bob"], now=NOW
        )
    assert (
        "Nobody answers for Supervisor of Facilities any more; it is asked for by the policy "
        "“Service”."
    ) in [effect.sentence for effect in effects if effect.kind is EffectKind.SEAT_CHANGED]


def test_nobody_is_deputy_of_themselves(company: Company) -> None:
    with company.scope(), pytest.raises(DomainError, match="cannot stand in for themselves"):
        services.fill_position(
            actor=company.actor("Adam"),
            position=supervisor(),
            group=company.groups["Facilities"],
            membership=company.people["Bob"],
            is_deputy=True,
            now=NOW,
        )


def test_vacant_seats_stand_at_the_topmost_group_with_whom_they_concern(
    company: Company, orders: Orders, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        orders.demands = [SeatDemand("supervisor", company.root.id, "the policy “Orders”")]
        for number in range(30):
            make_group(company.organization, company.groups["Engineering"], f"Team {number}")
        adam = company.actor("Adam")
        with django_assert_max_num_queries(7):
            found = selectors.seat_findings(adam, now=NOW)
        with django_assert_max_num_queries(5):
            assert selectors.vacancy_count(adam, now=NOW) == 1
    (row,) = found.vacant
    assert (row.group_name, row.position_name) == ("Northwind Works", "Supervisor")
    assert row.groups == 32
    (lone,) = found.lone
    assert lone.alone is not None
    assert (lone.group_name, lone.alone.name, lone.groups) == ("Facilities", "Bob Supervisor", 3)


def test_a_seat_held_by_somebody_without_access_is_vacant_and_says_so(
    company: Company, orders: Orders, adam: Client
) -> None:
    with company.scope():
        orders.demands = [
            SeatDemand("supervisor", company.groups["Facilities"].id, "the policy “Orders”")
        ]
        services.suspend_member(
            actor=company.actor("Adam"), membership=company.people["Bob"], reason="Left", now=NOW
        )
        (row,) = selectors.seat_findings(company.actor("Adam"), now=NOW).vacant
        assert [person.name for person in row.absent] == ["Bob Supervisor"]
    html = adam.get(address(company, "accounts:vacancies")).content.decode()
    assert "Without access" in html
    assert "Bob Supervisor held it" in html
    groups = adam.get(address(company, "accounts:groups")).content.decode()
    assert "1 seat that policies rely on is vacant" in groups


def test_administrators_of_a_part_see_the_vacancies_of_that_part(
    company: Company, orders: Orders
) -> None:
    with company.scope():
        orders.demands = [SeatDemand("supervisor", company.root.id, "the policy “Orders”")]
        engineering = company.groups["Engineering"]
        ede = make_member(company.organization, engineering, "Ede Engineer", "ADMINISTRATOR")
        actor = selectors.actor_for(
            user_id=ede.user_id, organization_id=ede.organization_id, now=NOW
        )
        assert actor is not None
        (row,) = selectors.seat_findings(actor, now=NOW).vacant
        assert (row.group_name, row.groups) == ("Engineering", 1)
        assert selectors.vacancy_count(actor, now=NOW) == 1


def test_what_a_policy_relies_on_cannot_be_archived(company: Company, orders: Orders) -> None:
    with company.scope():
        orders.demands = [SeatDemand("supervisor", company.root.id, "the policy “Orders”")]
        with pytest.raises(Conflict, match="asked for by the policy “Orders”"):
            services.archive_position(
                actor=company.actor("Adam"), position=supervisor(), root=company.root, now=NOW
            )


def test_an_archived_kind_of_seat_is_left_by_all_and_can_be_restored(company: Company) -> None:
    later = NOW + timedelta(hours=1)
    with company.scope():
        adam = company.actor("Adam")
        position = supervisor()
        services.archive_position(actor=adam, position=position, root=company.root, now=later)
        assert not selectors.positions().filter(code="supervisor").exists()
        assert not PositionHolder.objects.current().filter(position=position).exists()
        assert PositionHolder.objects.get(position=position).until == later
        position.refresh_from_db()
        services.restore_position(actor=adam, position=position, root=company.root, now=later)
        assert supervisor() == position
        actions = AuditEvent.objects.filter(subject_id=position.id).values_list("action", flat=True)
        assert {"position.archived", "position.restored"} <= set(actions)


def test_two_kinds_of_seats_do_not_share_a_name(company: Company) -> None:
    with company.scope(), pytest.raises(DomainError, match="Another seat is called"):
        services.rename_position(
            actor=company.actor("Adam"),
            position=supervisor(),
            root=company.root,
            name="director",
            now=NOW,
        )


def test_only_those_who_shape_the_whole_organization_name_kinds_of_seats(
    company: Company,
) -> None:
    with company.scope(), pytest.raises(NotAllowed):
        services.rename_position(
            actor=company.actor("Dana"),
            position=supervisor(),
            root=company.root,
            name="Boss",
            now=NOW,
        )


def test_the_page_shows_effects_first_and_carries_them_out_when_agreed(
    adam: Client, company: Company
) -> None:
    facilities, tom = company.groups["Facilities"], company.people["Tom"]
    page = address(company, "accounts:fill-position", group_id=facilities.id)
    with company.scope():
        position = supervisor()
    shown = adam.get(page, {"position": str(position.id)}).content.decode()
    assert f'value="{company.people["Bob"].id}" checked' in shown
    sent = {"position": str(position.id), "is_deputy": "no", "membership": str(tom.id)}
    response = adam.post(page, sent)
    html = response.content.decode()
    assert response.status_code == 200
    assert "What this changes" in html
    assert "in place of Bob Supervisor" in html
    seen = html.split('name="seen" value="')[1].split('"')[0]
    stale = adam.post(page, {**sent, "seen": "f" * 64})
    assert stale.status_code == 409
    assert "not what you were shown" in stale.content.decode()
    assert adam.post(page, {**sent, "seen": seen}).status_code == 302
    with company.scope():
        assert PositionHolder.objects.current().get(group=facilities).membership_id == tom.id


def test_kinds_of_seats_are_introduced_renamed_and_archived_on_their_page(
    adam: Client, company: Company
) -> None:
    new = address(company, "accounts:create-position")
    assert adam.post(new, {"name": "HR partner"}).status_code == 302
    again = adam.post(new, {"name": "hr  PARTNER"})
    assert again.status_code == 422
    assert "already" in again.content.decode()
    with company.scope():
        position = selectors.positions().get(name="HR partner")
    rename = address(company, "accounts:rename-position", position_id=position.id)
    assert adam.post(rename, {"name": "People partner"}).status_code == 302
    html = adam.get(address(company, "accounts:positions")).content.decode()
    assert "People partner" in html
    archive = address(company, "accounts:archive-position", position_id=position.id)
    assert adam.post(archive).status_code == 302
    assert "Archived" in adam.get(address(company, "accounts:positions")).content.decode()


def test_the_api_previews_fills_and_lists_seats(adam: Client, company: Company) -> None:
    facilities, tom = company.groups["Facilities"], company.people["Tom"]
    headers = {"X-Organization": company.organization.slug}
    path = f"/api/v1/accounts/groups/{facilities.id}/seats/"
    with company.scope():
        body = {"position": str(supervisor().id), "membership": str(tom.id), "is_deputy": True}
    preview = adam.post(
        path, {**body, "preview": True}, content_type="application/json", headers=headers
    ).json()
    assert preview["effects"][0]["sentence"] == (
        "Tom Technician becomes deputy Supervisor of Facilities."
    )
    done = adam.post(
        path, {**body, "seen": preview["seen"]}, content_type="application/json", headers=headers
    ).json()
    (state,) = [one for one in done["seats"] if one["code"] == "supervisor"]
    assert (state["holder"]["person"]["name"], state["deputy"]["person"]["name"]) == (
        "Bob Supervisor",
        "Tom Technician",
    )
    positions = adam.get("/api/v1/accounts/positions/", headers=headers).json()
    assert [one["code"] for one in positions["positions"]] == ["director", "supervisor"]
    assert positions["positions"][1]["deputies"] == 1
    refused = adam.post(
        path,
        {**body, "membership": str(company.people["Bob"].id)},
        content_type="application/json",
        headers=headers,
    )
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "membership"


def test_the_api_lists_vacancies(adam: Client, company: Company, orders: Orders) -> None:
    with company.scope():
        orders.demands = [SeatDemand("buyer", company.root.id, "the policy “Orders”")]
    headers = {"X-Organization": company.organization.slug}
    body = adam.get("/api/v1/accounts/vacancies/", headers=headers).json()
    assert body["total"] == 1
    assert (body["seats"][0]["name"], body["seats"][0]["position"]) == ("Buyer", None)
