"""Exceptions that become policy, through the page and the API."""

import re
from html import unescape
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics import tasks
from analytics.models import BacktestRun
from approvals.models import PolicyVersion
from catalogs.models import BuyingRule
from procurement.audit.models import AuditEvent
from procurement.orders.models import Requisition
from procurement.orders.selectors import draft_of, preview
from tests.factories.world import World
from tests.orders.pages import Reader, fill, text
from tests.orders.test_api import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def agreed(world: World, item: str, *, times: int = 3) -> None:
    """Have Alice order an item that needs a reason, and somebody agree, a few times."""
    with world.company.scope():
        for _ in range(times):
            order = world.order((item, 1))
            for name in ("Erin", "Bob"):
                world.decide(order, name)


def adopting(item: str, world: World, **more: str) -> str:
    chosen = {"by": "ITEM", "outcome": "BLOCKED", "key": str(world.items[item].id)} | more
    return "exceptions/adopt/?" + "&".join(f"{name}={value}" for name, value in chosen.items())


def hidden_fields(page: Any) -> dict[str, Any]:
    """Return what the button that tries a proposal on the past would send."""
    html = page.content.decode()
    form = re.search(
        r'<form method="post" action="[^"]*backtests/new/\?group=([^"]+)">(.*?)</form>', html
    )
    assert form is not None, html
    found: dict[str, Any] = {"group": form[1]}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[2]):
        found.setdefault(name, []).append(unescape(value))
    return found


def group_of(world: World) -> str:
    return str(world.company.groups["Field Service"].id)


@pytest.fixture
def adam(world: World) -> Reader:
    return Reader(world, "Adam")


def test_the_empty_page_teaches(adam: Reader) -> None:
    assert "From three orders on that were all approved" in text(adam.get("exceptions/"))


def test_the_page_counts_and_proposes(world: World, adam: Reader) -> None:
    agreed(world, "exception")
    said = text(adam.get("exceptions/"))
    assert "3 exceptions for this item, all approved." in said
    assert "Prefer Petrol drill for ice for Field Service" in said
    assert "$720.00" in said
    assert "Erin Director" in said


def test_adopting_shows_what_changes_asks_why_and_spares_the_question(
    world: World, adam: Reader
) -> None:
    agreed(world, "exception")
    address = adopting("exception", world)
    assert "is preferred for Field Service and every group below it" in text(adam.get(address))
    refused = adam.post(address, {"group": group_of(world), "reason": ""})
    assert refused.status_code == 422
    done = adam.post(address, {"group": group_of(world), "reason": "Always agreed to."})
    assert done.status_code == 302
    fill(world, ("exception", 1))
    with world.company.scope():
        alice = world.company.actor("Alice")
        (line,) = preview(alice, draft_of(alice), now=world.now).lines
        assert line.guidance.outcome == "PREFERRED"
        assert AuditEvent.objects.filter(action="exception.adopted").count() == 1


def test_restricted_orders_that_were_all_approved_change_the_policy(
    world: World, adam: Reader
) -> None:
    with world.company.scope():
        for _ in range(3):
            order = world.order(("restricted", 3))
            for name in ("Bob", "Erin", "Dana"):
                world.decide(order, name)
    address = adopting("restricted", world, by="CATEGORY", outcome="RESTRICTED", key="CORE-DRILLS")
    said = text(adam.get(address))
    assert "go to the supervisor alone" in said
    sent = hidden_fields(adam.get(address))
    start = f"/{world.slug}/insights/backtests/new/"
    tried = adam.client.post(f"{start}?group={sent.pop('group')}", sent)
    assert tried.status_code == 302, tried.content
    with world.company.scope():
        run = BacktestRun.objects.get()
        assert run.document["rules"][0]["kind"] == "TIERS"
        assert run.label.startswith("Restricted lines") or run.label in said
    done = adam.post(address, {"group": group_of(world), "reason": "Bob knows the rigs."})
    assert done.status_code == 302
    fill(world, ("restricted", 3))
    with world.company.scope():
        latest = PolicyVersion.objects.order_by("-number").first()
        assert latest is not None
        assert latest.number == 2
        alice = world.company.actor("Alice")
        plan = preview(alice, draft_of(alice), now=world.now).plan
        assert [stage.name for stage in plan.stages] == ["Supervisor"]


def test_a_proposed_preference_is_tried_on_the_past_before_it_is_adopted(
    world: World, adam: Reader
) -> None:
    agreed(world, "exception")
    sent = hidden_fields(adam.get(adopting("exception", world)))
    start = f"/{world.slug}/insights/backtests/new/?group={sent.pop('group')}"
    answer = adam.client.post(start, sent)
    assert answer.status_code == 302, answer.content
    with world.company.scope():
        run = BacktestRun.objects.get()
    tasks.run_backtest(organization_id=str(world.company.organization.id), run_id=str(run.id))
    with world.company.scope():
        run.refresh_from_db()
        assert run.status == BacktestRun.Status.DONE, run.failure
        assert run.rule is not None
        assert run.changed == 3
        for change in run.changes.all():
            assert "Director" in [stage["name"] for stage in change.before["stages"]]
            assert "Director" not in [stage["name"] for stage in change.after["stages"]]
        assert not BuyingRule.objects.filter(effect="PREFER", item=world.items["exception"])
    shown = adam.client.post(start, {**sent, "first": "2026-12-31", "last": "2026-01-01"})
    assert shown.status_code == 422
    assert "&quot;effect&quot;: &quot;PREFER&quot;" in shown.content.decode(), "it comes along"


def test_a_proposal_that_has_changed_meanwhile_is_not_adopted(world: World, adam: Reader) -> None:
    agreed(world, "exception")
    root = str(world.company.root.id)
    answer = adam.post(adopting("exception", world), {"group": root, "reason": "Always."})
    assert answer.status_code == 409
    with world.company.scope():
        assert not BuyingRule.objects.filter(
            effect="PREFER", item=world.items["exception"]
        ).exists()


def test_finance_sees_what_is_proposed_and_cannot_put_it_in_force(world: World) -> None:
    agreed(world, "exception")
    dana = Reader(world, "Dana")
    assert "Somebody else can put this in force" in text(dana.get(adopting("exception", world)))
    answer = dana.post(
        adopting("exception", world), {"group": group_of(world), "reason": "Always."}
    )
    assert answer.status_code == 403


def test_the_csv_holds_the_same_rows(world: World, adam: Reader) -> None:
    agreed(world, "exception", times=1)
    answer: Any = adam.get("exceptions.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("BLOCKED,Item,Petrol drill for ice,Field Service,1,1,0,0,240.00,USD")


def test_the_api_lists_and_adopts(world: World) -> None:
    agreed(world, "exception")
    caller = Caller(world, "Adam")
    listed = caller("get", "exceptions/")
    (row,) = listed.json()["results"]
    assert (row["orders"], row["approved"], row["may_adopt"]) == (3, 3, True)
    sent = {name: row[name] for name in ("outcome", "by", "key", "group")} | {"reason": "Always."}
    adopted = caller("post", "exceptions/adopt/", sent)
    assert adopted.status_code == 200, adopted.content
    assert adopted.json()["sentence"] == row["proposal"]


def test_the_page_costs_the_same_however_much_there_is(
    world: World, adam: Reader, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agreed(world, "exception", times=4)
    with django_assert_max_num_queries(16):
        adam.get("exceptions/")


def test_what_nobody_decided_in_time_is_counted_and_proposes_nothing(
    world: World, adam: Reader
) -> None:
    agreed(world, "exception", times=3)
    with world.company.scope():
        late = world.order(("exception", 1))
        Requisition.objects.filter(id=late).update(status="EXPIRED", closed_at=world.now)
    page = text(adam.get("exceptions/"))
    assert "4 exceptions for this item: 3 approved, 1 not decided in time." in page
    assert "Look at what changes" not in page


def test_what_was_rejected_stays_so_when_it_is_given_up_afterwards(
    world: World, adam: Reader, alice: Reader
) -> None:
    with world.company.scope():
        rejected, taken_back = world.order(("exception", 1)), world.order(("exception", 1))
        world.decide(rejected, "Erin", choice="REJECT", comment="Take the electric one.")
    for order in (rejected, taken_back):
        alice.post(f"{order}/cancel/")
    page = text(adam.get("exceptions/"))
    assert "1 exception for this item: 1 rejected." in page


def test_an_exception_is_asked_for_from_the_catalog_and_marked_in_lists(
    world: World, alice: Reader
) -> None:
    item = world.items["exception"]
    page = alice.client.get(f"/{world.slug}/catalog/items/{item.id}/").content.decode()
    assert "Ask for an exception" in page
    reason = f"{alice.root}cart/?justify={item.id}"
    assert f'name="next" value="{reason}"' in page
    added = alice.post("cart/add/", {"item_id": str(item.id), "next": reason})
    assert added["Location"] == reason
    cart = alice.client.get(reason).content.decode()
    assert re.search(r'<textarea[^>]*name="justification-[^>]*autofocus', cart)
    with world.company.scope():
        order = world.order(("exception", 1))
        world.order(("kit", 2))
    found = text(alice.get("?guidance=BLOCKED"))
    assert "Petrol drill for ice R-2026-0001 Exception" in found
    assert "Cordless drill kit" not in found
    decision = text(Reader(world, "Erin").get(f"{order}/"))
    assert "Petrol engines are being phased out" in decision
