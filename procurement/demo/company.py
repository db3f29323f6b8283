"""The demo's company: groups, people, seats, policy and rules (pure, and the same every time)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

NAME = "Northwind Works"
SLUG = "northwind"
CURRENCY = "USD"
TIME_ZONE = "America/New_York"
DOMAIN = "northwind.example"
PASSWORD = "northwind-demo"  # noqa: S105 – of people who exist in the demo only
SEED = 20_261_124

NEIGHBOUR_NAME = "Contoso Labs"
NEIGHBOUR_SLUG = "contoso"
NEIGHBOUR_DOMAIN = "contoso.example"


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """A group of the demo; ``weight`` is its share of the purchases."""

    name: str
    parent: str
    kind: str
    code: str
    people: int
    weight: float


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo with the groups on which they hold roles and seats."""

    name: str
    email: str
    title: str
    group: str
    roles: tuple[tuple[str, str], ...] = ()
    """Role and the group it is granted on."""
    seats: tuple[tuple[str, str], ...] = ()
    """Position code and group."""
    manager: str = ""
    """The manager's address."""
    is_cast: bool = False


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """Everything about the company that does not depend on the day."""

    groups: tuple[DemoGroup, ...]
    people: tuple[DemoPerson, ...] = field(default=())

    def buyers_of(self, group: str) -> list[DemoPerson]:
        """Return who may buy for a group by a role on it."""
        return [person for person in self.people if ("REQUISITIONER", group) in person.roles]


# name | kind (D department, C cost centre, T team) | code | people | weight; depth by indentation.
_TREE = """
Operations | D | 4000 | 2 | 0.5
  Facilities | D | 4200 | 2 | 2
    Field Service | T | 4200-11 | 9 | 13
    Workplace | T | 4200-17 | 7 | 8
    Grounds | T | 4200-23 | 3 | 5
  Logistics | D | 4300 | 3 | 2
    Depot North | C | 4300-11 | 6 | 9
    Depot South | C | 4300-12 | 6 | 8
    Fleet | C | 4300-20 | 4 | 7
    Shipping | C | 4300-30 | 3 | 4
  Safety and Quality | T | 4400-10 | 2 | 2
Engineering | D | 5000 | 2 | 1.1
  Platform | D | 5100 | 3 | 4.4
    Cloud Operations | C | 5100-11 | 6 | 8.8
    Data | C | 5100-12 | 4 | 4.4
    Security | C | 5100-13 | 3 | 4.4
  Product Design | D | 5200 | 3 | 4.4
    Prototyping | C | 5200-11 | 4 | 11
    Research | C | 5200-12 | 3 | 3.3
  Embedded | D | 5300 | 2 | 2.2
    Firmware | C | 5300-11 | 4 | 3.3
    Test Lab | C | 5300-12 | 3 | 8.8
Marketing | D | 6000 | 2 | 1.1
  Events | T | 6100-11 | 5 | 8.8
  Brand | D | 6200 | 2 | 2.2
    Studio | C | 6200-11 | 2 | 3.3
    Web | C | 6200-12 | 2 | 1.76
  Field Marketing | T | 6300-11 | 2 | 2.64
Finance and Legal | D | 7000 | 2 | 1.1
  Accounting | T | 7100-11 | 4 | 1.76
  Legal | T | 7300-11 | 2 | 1.76
  Procurement | T | 7400-11 | 2 | 1.32
Sales | D | 8000 | 1 | 1.1
  Sales East | T | 8100-11 | 2 | 2.2
  Sales West | T | 8100-12 | 2 | 2.2
  Customer Care | T | 8200-11 | 2 | 2.2
People | D | 9000 | 1 | 0.88
  Hiring | T | 9100-11 | 1 | 1.1
  Learning | T | 9200-11 | 1 | 1.76
"""

_KINDS = {"D": "DEPARTMENT", "C": "COST_CENTRE", "T": "TEAM"}


_CHIEF, _ERIN, _BOB = f"maya@{DOMAIN}", f"erin@{DOMAIN}", f"bob@{DOMAIN}"

# The people whom the demo's pages speak of by name.
_CAST = (
    DemoPerson(
        "Maya Chief",
        _CHIEF,
        "Chief executive",
        NAME,
        seats=(("director", NAME), ("supervisor", NAME)),
        is_cast=True,
    ),
    DemoPerson(
        "Adam Administrator",
        f"adam@{DOMAIN}",
        "Procurement administrator",
        "Procurement",
        roles=(("ADMINISTRATOR", NAME),),
        manager=_CHIEF,
        is_cast=True,
    ),
    DemoPerson(
        "Dana Finance",
        f"dana@{DOMAIN}",
        "Finance partner",
        "Accounting",
        roles=(("FINANCE", NAME),),
        manager=_CHIEF,
        is_cast=True,
    ),
    DemoPerson(
        "Frank Finance",
        f"frank@{DOMAIN}",
        "Head of accounting",
        "Finance and Legal",
        roles=(("FINANCE", "Finance and Legal"),),
        seats=(("director", "Finance and Legal"), ("supervisor", "Finance and Legal")),
        manager=_CHIEF,
        is_cast=True,
    ),
    DemoPerson(
        "Erin Director",
        _ERIN,
        "Director of operations",
        "Operations",
        roles=(("TECHNICIAN", "Operations"),),
        seats=(("director", "Operations"), ("supervisor", "Operations")),
        manager=_CHIEF,
        is_cast=True,
    ),
    DemoPerson(
        "Bob Supervisor",
        _BOB,
        "Head of facilities",
        "Facilities",
        roles=(("REQUISITIONER", "Facilities"), ("TECHNICIAN", "Facilities")),
        seats=(("supervisor", "Facilities"),),
        manager=_ERIN,
        is_cast=True,
    ),
    DemoPerson(
        "Nia Planner",
        f"nia@{DOMAIN}",
        "Head of logistics",
        "Logistics",
        roles=(("REQUISITIONER", "Logistics"),),
        seats=(("supervisor", "Logistics"),),
        manager=_ERIN,
        is_cast=True,
    ),
    DemoPerson(
        "Alice Requester",
        f"alice@{DOMAIN}",
        "Field service planner",
        "Field Service",
        roles=(("REQUISITIONER", "Field Service"), ("REQUISITIONER", "Workplace")),
        manager=_BOB,
        is_cast=True,
    ),
    DemoPerson(
        "Tom Technician",
        f"tom@{DOMAIN}",
        "Field technician",
        "Field Service",
        roles=(("TECHNICIAN", "Field Service"),),
        manager=_BOB,
        is_cast=True,
    ),
)

_FIRST_NAMES = (
    "Amara Anders Beatriz Caleb Chiara Daniel Devika Elias Emeka Farah Felix Gabriela Hana Henrik "
    "Ines Isaac Jana Jorge Kaito Karim Lena Liam Lucia Malik Marta Mateo Mina Nadia Noah Olga Omar "
    "Paula Pavel Priya Quinn Rafael Rosa Samir Sofia Stefan Tara Theo Uma Victor Wanda Xavier Yara "
    "Yusuf Zoe Aiko Bruno Clara Dmitri Esther Fiona Goran Helga Ivo Joanna Kofi Leila Miguel Nora"
)
_LAST_NAMES = (
    "Abara Becker Castillo Dubois Eriksen Ferrari Garcia Hansen Ibrahim Jensen Kowalski Lindgren "
    "Moreau Nakamura Okafor Petrov Quiroga Rossi Schmidt Tanaka Ueda Vargas Weber Xu Yilmaz Zhang "
    "Almeida Bianchi Cohen Diaz Evans Fischer Gupta Haddad Ivanov Johansson Khan Larsen Mendes "
    "Novak"
)


def build_company() -> DemoCompany:
    """Return the company: 40 groups on four levels (the root among them) and 120 people."""
    groups = tuple(_groups())
    random = Random(SEED)
    return DemoCompany(groups, (*_CAST, *_staff(groups, _CAST, random)))


def _groups() -> Iterator[DemoGroup]:
    above = [NAME]
    for line in _TREE.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name, kind, code, people, weight = (part.strip() for part in line.split("|"))
        del above[depth + 1 :]
        yield DemoGroup(name, above[depth], _KINDS[kind], code, int(people), float(weight))
        above.append(name)


def _staff(
    groups: tuple[DemoGroup, ...], cast: tuple[DemoPerson, ...], random: Random
) -> Iterator[DemoPerson]:
    """Yield everybody else: a lead where the seat is vacant, then buyers, then colleagues."""
    names = _names(random, {person.name for person in cast})
    leads: dict[str, str] = {NAME: cast[0].email}
    for person in cast:
        for _, seated_on in person.seats:
            leads.setdefault(seated_on, person.email)
    for group in groups:
        missing = group.people - sum(person.group == group.name for person in cast)
        for number in range(missing):
            name = next(names)
            email = f"{name.lower().replace(' ', '.')}@{DOMAIN}"
            leads_it = group.kind == "DEPARTMENT" and group.name not in leads
            manager = leads.get(group.name) or leads[group.parent]
            if leads_it:
                leads[group.name] = email
                manager = leads[group.parent]
            yield DemoPerson(
                name,
                email,
                _title(group, number, leads_it=leads_it),
                group.name,
                roles=(("REQUISITIONER", group.name),) if number < _buyers(group) else (),
                seats=_seats(group) if leads_it else (),
                manager=manager,
            )
        leads.setdefault(group.name, leads[group.parent])


def _names(random: Random, taken: set[str]) -> Iterator[str]:
    first, last = _FIRST_NAMES.split(), _LAST_NAMES.split()
    while True:
        name = f"{random.choice(first)} {random.choice(last)}"
        if name not in taken:
            taken.add(name)
            yield name


def _title(group: DemoGroup, number: int, *, leads_it: bool) -> str:
    if leads_it:
        level = "Director" if group.parent == NAME else "Head"
        return f"{level} of {group.name.lower()}"
    return f"{group.name} coordinator" if number == 0 else f"{group.name} specialist"


def _buyers(group: DemoGroup) -> int:
    """Return how many people of a group buy for it: about one in three, one at least."""
    return max(1, group.people // 3)


def _seats(group: DemoGroup) -> tuple[tuple[str, str], ...]:
    """Return the seats that the head of a department fills; a top one is its director too."""
    supervisor = ("supervisor", group.name)
    return (("director", group.name), supervisor) if group.parent == NAME else (supervisor,)
