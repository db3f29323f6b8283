"""The pages that change the tree: choose, look at what would change, agree."""

import pytest
from django.test import Client

from accounts.models import OrgGroup
from accounts.web import org_reverse
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import Company, make_company, make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def address(company: Company, name: str, group: str) -> str:
    return org_reverse(company.organization, f"accounts:{name}", group_id=company.groups[group].id)


def parent_of(company: Company, group: str) -> str:
    with company.scope():
        found = OrgGroup.objects.select_related("parent").get(id=company.groups[group].id)
        assert found.parent is not None
        return found.parent.name


def test_a_move_is_shown_before_it_is_made(adam: Client, company: Company) -> None:
    move = address(company, "move-group", "Workplace")
    sent = {"target": str(company.groups["Engineering"].id), "reason": "They share a floor"}
    shown = adam.post(move, sent)
    html = shown.content.decode()
    assert shown.status_code == 200
    assert "Tom Technician ceases to be Technician of Workplace." in html
    assert "Confirm: move Workplace" in html
    assert "They share a floor" in html
    assert parent_of(company, "Workplace") == "Facilities"
    done = adam.post(move, {**sent, "seen": shown.context["seen"]})
    assert done.status_code == 302
    assert parent_of(company, "Workplace") == "Engineering"


def test_what_has_changed_in_the_meantime_is_shown_anew(adam: Client, company: Company) -> None:
    move = address(company, "move-group", "Workplace")
    sent = {"target": str(company.groups["Engineering"].id)}
    stale = adam.post(move, sent).context["seen"]
    with company.scope():
        make_group(company.organization, company.groups["Workplace"], "Desks")
    answer = adam.post(move, {**sent, "seen": stale})
    assert answer.status_code == 409
    assert "is not what you were shown" in answer.content.decode()
    assert answer.context["seen"] != stale
    assert parent_of(company, "Workplace") == "Facilities"


def test_a_refusal_stands_beside_the_target_and_nothing_is_lost(
    adam: Client, company: Company
) -> None:
    move = address(company, "move-group", "Facilities")
    answer = adam.post(
        move, {"target": str(company.groups["Field Service"].id), "reason": "To tidy up"}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_target_error"' in html
    assert "To tidy up" in html


def test_a_group_is_found_by_name_with_its_place(adam: Client, company: Company) -> None:
    with company.scope():
        make_group(company.organization, company.groups["Field Service"], "Field Tools")
    move = address(company, "move-group", "Workplace")
    html = adam.post(move, {"find_person": "target", "target_q": "field"}).content.decode()
    assert "Northwind Works › Facilities › Field Service" in html
    assert "Engineering" not in html.split("Below which group?")[1]
    find = org_reverse(company.organization, "accounts:find-groups")
    part = adam.get(find, {"field": "target", "target_q": "tools"}).content.decode()
    assert "Field Tools" in part
    assert "<html" not in part


def test_an_archived_group_says_so_and_can_be_restored(adam: Client, company: Company) -> None:
    archive = address(company, "archive-group", "Workplace")
    seen = adam.post(archive, {"reason": "Given up"}).context["seen"]
    assert adam.post(archive, {"reason": "Given up", "seen": seen}).status_code == 302
    html = adam.get(address(company, "group", "Workplace")).content.decode()
    assert "Archived" in html
    assert address(company, "move-group", "Workplace") not in html
    restore = address(company, "restore-group", "Workplace")
    seen = adam.post(restore, {}).context["seen"]
    assert adam.post(restore, {"seen": seen}).status_code == 302
    with company.scope():
        assert OrgGroup.objects.get(id=company.groups["Workplace"].id).is_active


def test_a_last_day_before_the_first_is_refused_beside_its_field(
    adam: Client, company: Company
) -> None:
    edit = address(company, "change-group", "Workplace")
    sent = {"name": "Workplace", "kind": "TEAM", "starts_on": "2026-12-01", "ends_on": "2026-11-01"}
    answer = adam.post(edit, sent)
    assert answer.status_code == 422
    assert "The last day lies before the first" in answer.content.decode()
    assert adam.post(edit, {**sent, "ends_on": "2027-01-31"}).status_code == 302
    assert "to Jan 31, 2027" in adam.get(address(company, "group", "Workplace")).content.decode()
