"""The check of the tree: what is odd, who is asked to look, and when."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts import selectors, services
from accounts.health import MOST_PEOPLE, Finding, FindingKind, GroupState, findings
from accounts.models import HierarchyReview, Membership, OrgGroup
from accounts.web import org_reverse
from procurement.audit.models import AuditEvent
from procurement.outbox.models import OutboxMessage
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company, make_group, system

TODAY = date(2026, 11, 24)


def state(name: str = "Depot", **known: Any) -> GroupState:
    usual = {"people": 1, "children": 0, "grants": 1, "is_root": False, "ends_on": None}
    return GroupState(UUID(int=1), name, **{**usual, **known})


def kinds(found: list[Finding]) -> list[FindingKind]:
    return [one.kind for one in found]


def test_a_group_with_somebody_in_it_is_not_odd() -> None:
    assert findings([state()], {}, today=TODAY) == []


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        ({"people": 0, "grants": 0}, FindingKind.EMPTY),
        ({"people": MOST_PEOPLE + 1}, FindingKind.OVERSIZED),
        ({"children": 101}, FindingKind.OVERSIZED),
        ({"ends_on": date(2026, 11, 23)}, FindingKind.ENDED),
        ({"name": "Rollout 2024"}, FindingKind.NAMED_AFTER_PAST),
        ({"name": "FY2025 Projects"}, FindingKind.NAMED_AFTER_PAST),
        ({"name": "Q3 2023 Relocation"}, FindingKind.NAMED_AFTER_PAST),
    ],
)
def test_each_oddity_is_found(known: dict[str, Any], kind: FindingKind) -> None:
    assert kinds(findings([state(**known)], {}, today=TODAY)) == [kind]


@pytest.mark.parametrize("name", ["Rollout 2026", "Plan 2027", "Building 3041", "Unit 12024"])
def test_a_name_without_a_year_that_has_gone_is_not_odd(name: str) -> None:
    assert findings([state(name)], {}, today=TODAY) == []


def test_the_root_may_be_empty_and_the_last_day_itself_is_not_over() -> None:
    root = state(people=0, grants=0, is_root=True)
    assert findings([root, state(ends_on=TODAY)], {}, today=TODAY) == []


def test_a_site_is_known_when_a_group_bears_its_name_however_it_is_written() -> None:
    found = findings([state("Depot  North")], {"depot north": 3, "Harbour": 1}, today=TODAY)
    assert [(one.kind, one.group, one.group_id) for one in found] == [
        (FindingKind.PLACE_WITHOUT_GROUP, "Harbour", None)
    ]
    assert found[0].sentence.startswith("1 person works at Harbour")


@given(st.lists(st.builds(state, st.text(max_size=20), people=st.integers(0, 300)), max_size=6))
def test_the_order_of_groups_changes_nothing(states: list[GroupState]) -> None:
    there, back = (findings(some, {}, today=TODAY) for some in (states, states[::-1]))
    assert sorted(map(str, there)) == sorted(map(str, back))


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_a_check_is_kept_and_on_record_and_changes_nothing(company: Company) -> None:
    with company.scope():
        make_group(company.organization, company.root, "Rollout 2024")
        Membership.objects.filter(id=company.people["Alice"].id).update(site="Harbour")
        groups = list(OrgGroup.objects.order_by("id").values())
        review = services.review_hierarchy(actor=company.actor("Adam"), now=NOW)
        assert review.counts["NAMED_AFTER_PAST"] == 1
        assert review.counts["PLACE_WITHOUT_GROUP"] == 1
        assert list(OrgGroup.objects.order_by("id").values()) == groups
        assert AuditEvent.objects.filter(action="tree.reviewed").count() == 1
        assert not OutboxMessage.objects.exists(), "whoever asked needs no mail"


def test_twice_a_year_the_administrators_are_asked_to_look_and_once_only(company: Company) -> None:
    with company.scope():
        actor = system(company.organization)
        assert services.review_when_due(actor=actor, now=NOW + timedelta(days=181)) is None
        due = NOW + timedelta(days=183)
        review = services.review_when_due(actor=actor, now=due)
        assert review is not None
        assert review.asked_of == ["Adam Administrator"]
        assert services.review_when_due(actor=actor, now=due + timedelta(days=1)) is None
        assert HierarchyReview.objects.count() == 1
        (message,) = OutboxMessage.objects.all()
        context = {**message.context, "base_url": "https://buy.example", "recipient": "adam@x"}
        text = render_to_string("email/hierarchy_review.txt", context)
        html = render_to_string("email/hierarchy_review.html", context)
        subject = render_to_string("email/hierarchy_review.subject.txt", context)
        path = org_reverse(company.organization, "accounts:check")
        assert f"https://buy.example{path}" in text
        assert f"https://buy.example{path}" in html
        assert "to look at in the groups" in subject
        for sentence in message.context["sentences"]:
            assert sentence in text


def test_the_check_takes_no_more_queries_for_a_large_tree(company: Company) -> None:
    with company.scope():
        adam = company.actor("Adam")
        with CaptureQueriesContext(connection) as few:
            selectors.check_hierarchy(adam, on=TODAY, now=NOW)
        for number in range(40):
            make_group(company.organization, company.groups["Workplace"], f"Desk {number}")
        with CaptureQueriesContext(connection) as many:
            selectors.check_hierarchy(adam, on=TODAY, now=NOW)
        assert len(many) == len(few) <= 9


def test_the_page_says_what_to_do_and_leads_to_the_group(client: Client, company: Company) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    address = org_reverse(company.organization, "accounts:check")
    assert "Not checked yet" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    html = client.get(address).content.decode()
    assert "Engineering has no people" in html
    assert (
        org_reverse(
            company.organization, "accounts:group", group_id=company.groups["Engineering"].id
        )
        in html
    )
