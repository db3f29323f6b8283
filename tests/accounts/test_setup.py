"""Setting an organization up: steps follow from what is there, and figures keep their currency."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts import selectors, services
from accounts.models import Organization
from accounts.setup import SetupStep, StepState, progress
from accounts.web import org_reverse
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.orders import make_market

CODES = ("a", "b", "c", "d")


@given(st.sets(st.sampled_from(CODES)), st.sets(st.sampled_from(CODES)))
def test_the_first_step_that_is_neither_done_nor_left_out_is_next(
    done: set[str], skipped: set[str]
) -> None:
    steps = [
        SetupStep(code, place, code, "", "", "home", is_done=code in done)
        for place, code in enumerate(CODES)
    ]
    found = progress(reversed(steps), skipped)
    assert [one.step.code for one in found.steps] == list(CODES)
    left = [code for code in CODES if code not in done | skipped]
    assert (found.next.code if found.next else None) == next(iter(left), None)
    assert found.is_complete is not bool(left)
    assert found.done == len(done)
    assert sum(one.state is StepState.NEXT for one in found.steps) == bool(left)


@pytest.fixture
def company() -> Company:
    return make_company()


def change(company: Company, who: str = "Adam", **particulars: Any) -> Organization:
    known = services.particulars_of(company.organization)
    return services.change_organization(
        actor=company.actor(who),
        organization=company.organization,
        particulars=replace(known, **particulars),
        now=NOW,
    )


def states(company: Company) -> dict[str, str]:
    organization = Organization.objects.get(id=company.organization.id)
    found = selectors.setup_progress(organization, now=NOW)
    return {one.step.code: one.state.value for one in found.steps}


@pytest.mark.django_db
@pytest.mark.database
def test_steps_are_done_by_what_is_there(company: Company) -> None:
    with company.scope():
        assert states(company) == {
            "particulars": "NEXT",
            "groups": "DONE",
            "people": "DONE",
            "policy": "OPEN",
            "seats": "DONE",
            "budget": "OPEN",
            "training": "OPEN",
        }
        change(company, legal_name="Northwind Works LLC", tax_country="US")
        assert states(company)["particulars"] == "DONE"
        event = AuditEvent.objects.get(action="organization.changed")
        assert event.before == {"legal_name": "", "tax_country": ""}
        assert event.after == {"legal_name": "Northwind Works LLC", "tax_country": "US"}
    market = make_market("Fabrikam")
    with market.scope():
        assert {states(market)[code] for code in ("policy", "budget")} == {"DONE"}


@pytest.mark.django_db
@pytest.mark.database
def test_a_step_is_left_out_and_taken_up_again(company: Company) -> None:
    with company.scope():
        adam = company.actor("Adam")
        for skip, state in ((True, "SKIPPED"), (False, "NEXT")):
            services.skip_setup_step(
                actor=adam,
                organization=company.organization,
                step="particulars",
                skip=skip,
                now=NOW,
            )
            assert states(company)["particulars"] == state
        with pytest.raises(NotFound):
            services.skip_setup_step(
                actor=adam, organization=company.organization, step="lunch", now=NOW
            )


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("currency", "usd"),
        ("time_zone", "Mars/Olympus"),
        ("tax_country", "USA"),
        ("sign_in_above", Decimal(-1)),
    ],
)
def test_wrong_particulars_are_refused_beside_their_field(
    company: Company, field: str, value: Any
) -> None:
    with company.scope():
        with pytest.raises(DomainError) as refusal:
            change(company, **{field: value})
        assert refusal.value.field == field


@pytest.mark.django_db
@pytest.mark.database
def test_the_currency_stays_once_amounts_are_kept_in_it(company: Company) -> None:
    with company.scope():
        assert change(company, currency="EUR").currency == "EUR"
    market = make_market("Fabrikam")
    with market.scope(), pytest.raises(DomainError, match="kept in USD already"):
        change(market, currency="EUR")


@pytest.mark.django_db
@pytest.mark.database
def test_only_who_shapes_the_whole_organization_changes_it(company: Company) -> None:
    with company.scope(), pytest.raises(NotAllowed):
        change(company, "Dana", name="Dana’s")


@pytest.mark.django_db
def test_home_leads_to_the_guide_until_it_is_put_away(client: Client, company: Company) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)

    def address(name: str, **names: str) -> str:
        return org_reverse(company.organization, name, **names)

    assert "3 of 7 steps done" in client.get(address("home")).content.decode()
    html = client.get(address("setup:guide")).content.decode()
    assert "Enter particulars" in html
    assert "Look at the typical start" in html
    client.post(address("setup:skip", step="budget"))
    assert "Take it up again" in client.get(address("setup:guide")).content.decode()
    client.post(address("setup:close"))
    assert "steps done" not in client.get(address("home")).content.decode()
    client.post(address("setup:close"), {"again": "yes"})
    assert "steps done" in client.get(address("home")).content.decode()
    client.force_login(company.people["Alice"].user, backend=BACKEND)
    assert "steps done" not in client.get(address("home")).content.decode()


@pytest.mark.django_db
def test_particulars_are_saved_and_wrong_ones_kept_in_the_form(
    client: Client, company: Company
) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    address = org_reverse(company.organization, "setup:organization")
    sent = {
        "name": "Northwind Works",
        "legal_name": "Northwind Works GmbH",
        "tax_country": "de",
        "tax_number": "DE123456789",
        "currency": "eur",
        "time_zone": "Europe/Berlin",
        "address": "Hafenstraße 1\n20457 Hamburg",
    }
    wrong = client.post(address, {**sent, "time_zone": "Mars"})
    assert wrong.status_code == 422
    assert "Northwind Works GmbH" in wrong.content.decode()
    assert client.post(address, sent).status_code == 302
    company.organization.refresh_from_db()
    assert (company.organization.tax_country, company.organization.currency) == ("DE", "EUR")


@pytest.mark.django_db
def test_the_api_reads_and_changes_the_same(client: Client, company: Company) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    root = "/api/v1/accounts"
    sent = {"legal_name": "Northwind Works LLC", "tax_country": "US", "sign_in_above": "500.00"}
    changed = client.patch(f"{root}/organization/", sent, content_type="application/json")
    assert changed.json()["legal_name"] == "Northwind Works LLC"
    assert changed.json()["sign_in_above"] == "500.00"
    guide = client.patch(
        f"{root}/setup/",
        {"skip": ["budget", "policy", "training"], "is_closed": True},
        content_type="application/json",
    ).json()
    assert (guide["is_complete"], guide["is_closed"]) == (True, True)
