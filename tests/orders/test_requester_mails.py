"""What a requester is told of the end of an order, and that each link leads to the very place."""

import re
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from procurement.orders import services
from procurement.outbox.models import OutboxMessage
from tests.factories.world import World
from tests.orders.pages import Reader, order_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NO = "There’s one at the depot & it works."


def letters(world: World, template: str = "decided") -> dict[str, str]:
    """Return the newest mail of a kind, as the outbox renders it."""
    with world.company.scope():
        context = OutboxMessage.objects.filter(template=template).latest("id").context
    context = context | {"base_url": "https://procure.example"}
    return {
        part: render_to_string(f"email/{template}.{part}", context)
        for part in ("subject.txt", "txt", "html")
    }


def rejected(world: World, *lines: tuple[str, int]) -> UUID:
    order = order_of(world, *lines)
    with world.company.scope():
        world.decide(order, "Bob", choice="REJECT", comment=NO)
    return order


def links(letter: str) -> list[str]:
    return re.findall(r"https://procure\.example([^\s\"<]+)", letter)


def test_a_rejection_says_by_whom_and_why_and_links_to_each_way_on(
    world: World, alice: Reader
) -> None:
    order = rejected(world, ("restricted", 1))
    told = letters(world)
    assert NO in told["txt"]
    assert "Bob Supervisor rejected it" in told["txt"]
    assert "There’s one at the depot &amp; it works." in told["html"]
    page = alice.get(f"{order}/").content.decode()
    for part in ("txt", "html"):
        anchors = {link.partition("#")[2] for link in links(told[part])} - {""}
        assert {"edit", "now", "appeal", "rebuild", "cancel"} <= anchors
        assert all(link.startswith(f"/{world.slug}/orders/{order}/") for link in links(told[part]))
        for anchor in anchors:
            assert f'id="{anchor}"' in page, anchor


def test_what_deviates_from_nothing_needs_no_more_reasons(world: World) -> None:
    rejected(world, ("kit", 2))
    assert "say more on why" not in letters(world)["txt"]


def test_the_answer_to_an_appeal_says_that_it_holds_and_offers_no_other(world: World) -> None:
    order = rejected(world, ("kit", 2))
    with world.company.scope():
        alice = world.company.actor("Alice")
        services.appeal(actor=alice, requisition_id=order, reason="It is broken.", now=world.now)
        world.decide(order, "Adam", choice="REJECT", comment="Then repair it.")
    told = letters(world)
    for part in ("txt", "html"):
        assert "Your appeal was rejected" in told[part]
        assert "The answer to an appeal holds for this content." in told[part]
        assert "#appeal" not in told[part]


def test_an_approval_says_what_happens_next(world: World) -> None:
    order = order_of(world, ("kit", 2))
    with world.company.scope():
        world.decide(order, "Bob", comment="Fine.")
    told = letters(world)
    for part in ("txt", "html"):
        assert "It is placed with its suppliers, and its page shows each step." in told[part]
        assert "#edit" not in told[part]
