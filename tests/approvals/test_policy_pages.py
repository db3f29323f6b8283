from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import selectors
from approvals.routing import Aggregation, Conditions, CountedBy, CountedTo, Part, Rule, RuleKind
from tests.factories.accounts import NOW, Company, make_company, signed_in
from tests.factories.approvals import DIRECTOR, SUPERVISOR, TYPICAL, publish, stage, through

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def rules(count: int) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            f"centre-{number}",
            f"Centre {number}",
            RuleKind.ASK_AFTER,
            Conditions(cost_centres=(str(number),)),
            (stage(DIRECTOR),),
            is_mandatory=number == 0,
        )
        for number in range(count)
    )


@pytest.fixture
def world() -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        company = make_company()
        with company.scope():
            counted = Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)
            publish(
                company,
                replace(
                    TYPICAL,
                    rules=rules(1),
                    aggregations=(counted,),
                    mandatory=frozenset({Part.AGGREGATIONS}),
                ),
            )
        yield company


@pytest.fixture
def adam(world: Company) -> Client:
    return signed_in(world, "Adam")


def at(company: Company, tail: str = "") -> str:
    return f"/{company.organization.slug}/approvals/policies/{tail}"


def test_a_group_with_its_own_policy_shows_what_is_mandatory_from_above(
    world: Company, adam: Client
) -> None:
    facilities = world.groups["Facilities"]
    with world.scope():
        publish(world, through(stage(SUPERVISOR)), facilities, reason="Own")
    page = adam.get(at(world, f"{facilities.id}/")).content.decode()
    assert page.count("Mandatory, from Northwind Works") == 2
    assert "Orders on cost centre 0 also ask the director at the end." in page
    assert "within 30 days count together towards the tiers." in page
    below = adam.get(at(world, f"{world.groups['Field Service'].id}/")).content.decode()
    assert "Inherited from Facilities" in below


def test_the_list_of_policies_says_how_many_rules_there_are(world: Company, adam: Client) -> None:
    assert "the director and finance · 1 rule" in adam.get(at(world)).content.decode()


@pytest.mark.parametrize("tail", ["", "edit/"])
def test_many_rules_take_no_more_statements_than_one(
    world: Company, adam: Client, tail: str
) -> None:
    path = at(world, f"{world.root.id}/{tail}")
    adam.get(path)
    with CaptureQueriesContext(connection) as one:
        adam.get(path)
    with world.scope():
        publish(world, replace(TYPICAL, rules=rules(40)), reason="Many")
    with CaptureQueriesContext(connection) as many:
        page = adam.get(path).content.decode()
    assert "Centre 39" in page
    assert len(many) == len(one)


def test_groups_and_cost_centres_are_found_below_the_group_of_the_policy(world: Company) -> None:
    with world.scope():
        facilities = world.groups["Facilities"]
        type(facilities).objects.filter(id=world.groups["Field Service"].id).update(code="4100")
        found = selectors.find_terms(facilities, "groups", "field serv")
        assert [(term.label, term.note) for term in found] == [("Field Service", "4100")]
        centres = selectors.find_terms(facilities, "cost_centres", "41")
        assert [(term.value, term.note) for term in centres] == [("4100", "Field Service")]
        assert selectors.find_terms(facilities, "groups", "engineering") == []
        assert selectors.find_terms(facilities, "groups", "  ") == []
        assert selectors.find_terms(facilities, "planets", "mars") == []
        named = {found[0].value: "Field Service"}
        assert selectors.term_labels("groups", [found[0].value, "no id"]) == named
        assert selectors.term_labels("cost_centres", ["4100"]) == {"4100": "4100"}
        assert selectors.term_labels("planets", ["mars"]) == {}
