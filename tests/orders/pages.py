"""Reading the pages of orders in tests, and pressing their buttons."""

import re
from typing import Any
from uuid import UUID

from django.test import Client

from procurement.orders.models import Requisition, RequisitionLine
from tests.answers import Answer
from tests.factories.world import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Reader:
    """Somebody signed in, reading and pressing buttons below ``/<organization>/orders/``."""

    def __init__(self, world: World, name: str) -> None:
        self.root = f"/{world.slug}/orders/"
        self.client = Client()
        self.client.force_login(world.company.people[name].user, BACKEND)

    def get(self, path: str = "", **headers: str) -> Answer:
        return self.client.get(self.root + path, headers=headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Answer:
        return self.client.post(self.root + path, data or {}, headers=headers)

    def partial(self, path: str, data: Any = None) -> Answer:
        return self.post(path, data, **{"HX-Request": "true"})


def text(answer: Answer) -> str:
    """Return a page's words without its markup, runs of blanks as one."""
    markup = answer.content.decode()
    words = re.sub(r"<(script|svg|symbol)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())


def fill(world: World, *lines: tuple[str, int]) -> Requisition:
    with world.company.scope():
        for item, quantity in lines:
            cart = world.add(item, quantity)
        return cart


def typed(world: World, cart: Requisition, **changes: str) -> dict[str, str]:
    """Return what the cart's form posts, with changes such as ``kit="3"`` for a quantity."""
    with world.company.scope():
        cart.refresh_from_db()
        posted = {
            "requisition": str(cart.id),
            "group": str(changes.pop("group", cart.group_id)),
            "note": changes.pop("note", cart.note),
        }
        for key, item in world.items.items():
            line = RequisitionLine.objects.filter(requisition=cart, item=item).first()
            if line is not None:
                posted[f"quantity-{line.id}"] = changes.pop(key, str(line.quantity.normalize()))
                why = changes.pop(f"why_{key}", line.justification)
                posted[f"justification-{line.id}"] = why
    return posted | changes


def lines(world: World, cart: Requisition) -> dict[str, RequisitionLine]:
    with world.company.scope():
        found = RequisitionLine.objects.filter(requisition=cart).select_related("item")
        return {line.title: line for line in found}


def status(world: World, order: UUID) -> str:
    with world.company.scope():
        return Requisition.objects.get(id=order).status


def order_of(world: World, *bought: tuple[str, int]) -> UUID:
    with world.company.scope():
        return world.order(*bought)
