"""The pages and the API of files of groups: upload, look, agree."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import OrgGroup, TreeImport
from accounts.web import org_reverse
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.database]

API = "/api/v1/accounts/groups"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def address(company: Company, name: str, **kwargs: Any) -> str:
    return org_reverse(company.organization, f"accounts:{name}", **kwargs)


def upload(adam: Client, company: Company, text: str, **sent: str) -> Any:
    file = SimpleUploadedFile("groups.csv", text.encode(), content_type="text/csv")
    return adam.post(address(company, "import-tree"), {"file": file, **sent})


def only_import(company: Company) -> TreeImport:
    with company.scope():
        return TreeImport.objects.get()


def test_a_file_is_uploaded_looked_over_and_applied(adam: Client, company: Company) -> None:
    workplace = company.groups["Workplace"]
    text = f"id,parent_id,name,kind\n{workplace.id},Engineering,Desks,site\nx,Facilities,Grounds,\n"
    sent = upload(adam, company, text)
    planned = only_import(company)
    page = address(company, "tree-import", import_id=planned.id)
    assert sent["Location"] == page
    shown = adam.get(page)
    html = shown.content.decode()
    assert "1 new, 1 moved, 1 changed and 0 archived; 0 as before." in html
    assert "Tom Technician ceases to be Technician of Desks." in html
    assert "Grounds" in html
    changes = adam.get(f"{page}?show=changes").content.decode()
    assert "Kind: Site instead of Team" in changes
    assert "Facilities" in adam.get(f"{page}?show=moves").content.decode()
    done = adam.post(
        address(company, "apply-tree", import_id=planned.id), {"seen": shown.context["seen"]}
    )
    assert done["Location"] == address(company, "groups")
    with company.scope():
        assert OrgGroup.objects.get(id=workplace.id).name == "Desks"
    after = adam.get(page).content.decode()
    assert "Applied" in after
    assert "Change the groups" not in after


def test_problems_stand_beside_their_lines_and_come_as_a_file(
    adam: Client, company: Company
) -> None:
    upload(adam, company, "name,parent,kind\nAnnex,Nowhere,\nBarn,Facilities,galaxy\n")
    planned = only_import(company)
    html = adam.get(address(company, "tree-import", import_id=planned.id)).content.decode()
    assert "2 problems keep this file from being applied" in html
    assert "There is no group “Nowhere”" in html
    assert "Change the groups" not in html
    file = adam.get(address(company, "tree-problems-csv", import_id=planned.id))
    content = file.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["line", "column", "problem"]
    assert [row[:2] for row in rows[1:]] == [["2", "parent"], ["3", "kind"]]


def test_what_is_no_table_stays_on_the_form(adam: Client, company: Company) -> None:
    answer = upload(adam, company, "budget,owner\n1,2\n")
    assert answer.status_code == 422
    assert 'id="id_file_error"' in answer.content.decode()
    assert upload(adam, company, "").status_code == 422
    assert adam.post(address(company, "import-tree")).status_code == 422


def test_a_tree_that_has_changed_since_is_compared_again(adam: Client, company: Company) -> None:
    upload(adam, company, "name,parent\nAnnex,Facilities\n")
    planned = only_import(company)
    with company.scope():
        make_group(company.organization, company.root, "In the meantime")
    apply = address(company, "apply-tree", import_id=planned.id)
    refused = adam.post(apply, {"seen": planned.plan["seen"]})
    assert refused.status_code == 409
    assert "The groups have changed since" in refused.content.decode()
    adam.post(address(company, "renew-tree", import_id=planned.id))
    seen = only_import(company).plan["seen"]
    assert adam.post(apply, {"seen": seen}).status_code == 302
    assert only_import(company).status == TreeImport.Status.APPLIED


def test_a_file_is_discarded_and_stays_in_the_list(adam: Client, company: Company) -> None:
    upload(adam, company, "name,parent\nAnnex,Facilities\n")
    planned = only_import(company)
    adam.post(address(company, "discard-tree", import_id=planned.id))
    html = adam.get(address(company, "import-tree")).content.decode()
    assert "groups.csv" in html
    assert "Discarded" in html


def test_the_download_is_uploaded_again_without_a_change(adam: Client, company: Company) -> None:
    file = adam.get(address(company, "export-tree"))
    content = file.getvalue()
    upload(adam, company, content.decode(), archive_missing="on")
    planned = only_import(company)
    html = adam.get(address(company, "tree-import", import_id=planned.id)).content.decode()
    assert "There is nothing to change" in html


def test_pages_of_a_plan_take_a_few_queries_however_long_it_is(
    adam: Client, company: Company
) -> None:
    def queries(groups: int) -> int:
        lines = "".join(f"Annex {number},Facilities\n" for number in range(groups))
        with company.scope():
            planned = services.plan_tree_import(
                actor=company.actor("Adam"),
                file_name="groups.csv",
                content=f"name,parent\n{lines}",
                now=NOW,
            )
        with CaptureQueriesContext(connection) as counted:
            adam.get(address(company, "tree-import", import_id=planned.id))
        return len(counted)

    queries(1)
    assert queries(2) == queries(80)


def send(client: Client, method: str, path: str, data: Any = None) -> Any:
    return getattr(client, method)(f"{API}{path}", data=data or {}, content_type="application/json")


def test_the_api_plans_applies_and_exports(adam: Client, company: Company) -> None:
    workplace = company.groups["Workplace"]
    text = f"id,parent_id,name\n{workplace.id},Engineering,Desks\nx,Facilities,Grounds\n"
    made = send(adam, "post", "/imports/", {"file_name": "groups.csv", "content": text})
    assert made.status_code == 201
    plan = made.json()
    assert plan["counts"]["additions"] == 1
    assert plan["moves"][0]["to_place"] == "Engineering"
    assert plan["changes"][0]["changes"] == [
        {"field": "name", "before": "Workplace", "after": "Desks"}
    ]
    assert "POWER_LOST" in {effect["kind"] for effect in plan["effects"]}
    assert (
        send(adam, "post", f"/imports/{plan['id']}/apply/", {"seen": "0" * 64}).status_code == 409
    )
    again = send(adam, "post", f"/imports/{plan['id']}/again/").json()
    assert again["seen"] == plan["seen"]
    done = send(adam, "post", f"/imports/{plan['id']}/apply/", {"seen": plan["seen"]})
    assert done.json()["status"] == "APPLIED"
    assert adam.get(f"{API}/imports/{plan['id']}/").json()["status"] == "APPLIED"
    assert send(adam, "delete", f"/imports/{plan['id']}/").status_code == 409
    listed = adam.get(f"{API}/imports/").json()
    assert [one["file_name"] for one in listed["imports"]] == ["groups.csv"]
    file = adam.get(f"{API}/export.csv")
    assert b"Grounds" in file.getvalue()
    assert adam.get(f"{API}/imports/{uuid4()}/").status_code == 404


def test_the_api_discards(adam: Client, company: Company) -> None:
    plan = send(
        adam, "post", "/imports/", {"file_name": "a.csv", "content": "name,parent\nA,Facilities\n"}
    ).json()
    assert send(adam, "delete", f"/imports/{plan['id']}/").status_code == 204
    assert only_import(company).status == TreeImport.Status.DISCARDED


def test_whoever_may_not_shape_the_tree_sees_neither_button_nor_page(
    client: Client, company: Company
) -> None:
    client.force_login(company.people["Dana"].user, backend=BACKEND)
    root = address(company, "group", group_id=company.root.id)
    html = client.get(root).content.decode()
    assert address(company, "export-tree") in html
    assert address(company, "import-tree") not in html
    assert client.get(address(company, "import-tree")).status_code == 403
