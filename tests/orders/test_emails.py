"""What a supplier is told, and what it is not."""

import json

from django.template.loader import render_to_string

from procurement.orders import selectors
from procurement.orders.emails import purchase_order_context
from procurement.orders.models import PurchaseOrder
from procurement.outbox.models import OutboxMessage
from tests.factories.world import JUSTIFICATION, World


def letters_of(world: World) -> dict[str, str]:
    """Return the newest purchase order's mail: subject, text and HTML, as the outbox renders it."""
    with world.company.scope():
        placed = PurchaseOrder.objects.select_related(
            "supplier", "group", "requester__user"
        ).latest("number")
        lines = selectors.purchase_order_lines(placed)
        context = purchase_order_context(placed, lines, world.company.organization)
    context = json.loads(json.dumps(context)) | {"recipient": "orders@halden.example"}
    return {
        part: render_to_string(f"email/purchase_order.{part}", context)
        for part in ("subject.txt", "txt", "html")
    }


def test_text_and_html_say_the_same_lines_and_total(world: World) -> None:
    with world.company.scope():
        world.order(("bits", 3))
    letters = letters_of(world)
    assert letters["subject.txt"].strip() == "Purchase order PO-2026-0001 from Northwind Works"
    for part in ("txt", "html"):
        for words in (
            "PO-2026-0001",
            "Northwind Works orders from Halden Tools for Field Service.",
            "Drill bits, set of 19",
            "Your number HT-0419 · 3 each at $30.00",
            "$90.00",
            "Please quote PO-2026-0001 on your confirmation, packing slip and invoice.",
            "Questions go to Alice Requester",
        ):
            assert words in letters[part], (part, words)


def test_what_only_approvers_may_read_stays_in_the_house(world: World) -> None:
    with world.company.scope():
        cart = world.add("restricted", 1)
        world.justify(cart, "restricted")
        cart.note = "Do not tell Orrin that the other rig broke."
        cart.save()
        world.submit(cart)
        world.decide(cart.id, "Bob", comment="Their price is still the best.")
    for letter in letters_of(world).values():
        for secret in (JUSTIFICATION, cart.note, "still the best", "Restricted", "budget"):
            assert secret not in letter


def test_names_with_ampersands_are_written_as_they_are_in_plain_text(world: World) -> None:
    with world.company.scope():
        world.order(("bits", 1))
        organization = world.company.organization
        organization.name = "Smith & Sons <Ltd>"
        organization.save()
    letters = letters_of(world)
    assert "Smith & Sons <Ltd>" in letters["subject.txt"]
    assert "Smith & Sons <Ltd>" in letters["txt"]
    assert "Smith &amp; Sons &lt;Ltd&gt;" in letters["html"]


def test_the_day_is_the_organizations_own(world: World) -> None:
    """At 15:00 UTC it is the 24th in New York, and the 25th in Auckland."""
    with world.company.scope():
        world.order(("bits", 1))
        organization = world.company.organization
        organization.time_zone = "Pacific/Auckland"
        organization.save()
    assert "Date:        Wed, Nov 25" in letters_of(world)["txt"]


def test_each_supplier_gets_one_mail_with_its_own_lines(world: World) -> None:
    with world.company.scope():
        world.order(("bits", 1), ("glasses", 1))
        sent = OutboxMessage.objects.filter(template="purchase_order").order_by("recipient")
        told = {one.recipient: [line["title"] for line in one.context["lines"]] for one in sent}
    assert told == {
        "orders@halden.example": ["Drill bits, set of 19"],
        "orders@orrin.example": ["Safety glasses, box of 12"],
    }


def test_a_supplier_is_told_whom_to_bill_once_that_is_known(world: World) -> None:
    organization = world.company.organization
    organization.legal_name, organization.tax_number = "Northwind Works LLC", "12-3456789"
    organization.address = "1 Harbour Road\nSeattle WA 98101\n"
    with world.company.scope():
        world.order(("bits", 1))
    told = "Bill to Northwind Works LLC, 1 Harbour Road, Seattle WA 98101, tax number 12-3456789."
    letters = letters_of(world)
    assert told in letters["txt"]
    assert told in letters["html"]
