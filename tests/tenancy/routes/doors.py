"""What a door is, and who of the cast stands before it."""

from dataclasses import dataclass

ALICE, BOB, ERIN, DANA, ADAM, TOM = "Alice", "Bob", "Erin", "Dana", "Adam", "Tom"
EVERYBODY = (ALICE, BOB, ERIN, DANA, ADAM, TOM)
# Who holds a role that shows them Field Service; everybody else sees their own group alone.
VIEWERS = (ALICE, DANA, ADAM, TOM)
# Who sees Alice's order: herself, the one who is asked, and whose role shows them orders there.
ORDER_VIEWERS = (ALICE, BOB, DANA, ADAM, TOM)
KEEPERS = (DANA, ADAM)
# Whose way through the doors of Field Service shows what a role may do there.
BY_ROLE = {
    "ADMINISTRATOR": ADAM,
    "FINANCE": DANA,
    "REQUISITIONER": ALICE,
    "TECHNICIAN": TOM,
}


@dataclass(frozen=True)
class Door:
    """One route and method, and the members who get in."""

    method: str
    route: str
    inside: tuple[str, ...]


def get(route: str, *inside: str) -> Door:
    """Return a door that is read through."""
    return Door("GET", route, inside)


def post(route: str, *inside: str) -> Door:
    """Return a door that is written through."""
    return Door("POST", route, inside)


def both(route: str, *inside: str) -> tuple[Door, Door]:
    """Return the two doors of a form: shown and sent."""
    return get(route, *inside), post(route, *inside)
