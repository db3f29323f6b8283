"""Small trees, seats and roles for the pure tests of vacancies and duties."""

from uuid import UUID

from hypothesis import strategies as st

from accounts.duties import RoleHeld
from accounts.effects import SeatDemand
from accounts.vacancies import Place, Sitting

CODES = ("supervisor", "director")
ROLES = ("ADMINISTRATOR", "FINANCE", "REQUISITIONER", "TECHNICIAN")
MEMBERS = tuple(UUID(int=900 + number) for number in range(4))


def key(number: int) -> UUID:
    return UUID(int=number + 1)


@st.composite
def trees(draw: st.DrawFn) -> list[Place]:
    size = draw(st.integers(1, 9))
    parents = [None, *(key(draw(st.integers(0, number - 1))) for number in range(1, size))]
    return [
        Place(key(number), parent, draw(st.booleans()) or number == 0, draw(st.integers(0, 5)))
        for number, parent in enumerate(parents)
    ]


def sittings(tree: list[Place]) -> st.SearchStrategy[list[Sitting]]:
    one = st.builds(
        Sitting,
        st.sampled_from(CODES),
        st.sampled_from(tree).map(lambda place: place.id),
        st.sampled_from(MEMBERS),
        st.booleans(),
        st.booleans(),
    )
    return st.lists(one, max_size=8)


def demands(tree: list[Place]) -> st.SearchStrategy[list[SeatDemand]]:
    one = st.builds(
        SeatDemand,
        st.sampled_from(CODES),
        st.sampled_from(tree).map(lambda place: place.id),
        st.sampled_from(("the policy “Orders”", "the policy “Travel”")),
        st.frozensets(st.sampled_from(tree).map(lambda place: place.id), max_size=2),
    )
    return st.lists(one, max_size=4)


def asks(demand: SeatDemand, code: str, path: list[UUID]) -> bool:
    """Tell whether a seat is demanded at the end of a path, and nothing else is in force there."""
    if demand.position_code != code or demand.group_id not in path:
        return False
    return demand.ends_on.isdisjoint(path[path.index(demand.group_id) + 1 :])


def roles(tree: list[Place]) -> st.SearchStrategy[list[RoleHeld]]:
    one = st.builds(
        RoleHeld,
        st.sampled_from(MEMBERS),
        st.sampled_from(ROLES),
        st.sampled_from(tree).map(lambda place: place.id),
    )
    return st.lists(one, max_size=10)


def path_of(tree: list[Place], group: UUID) -> list[UUID]:
    """Return the way from the root down to a group."""
    parents = {place.id: place.parent_id for place in tree}
    path = [group]
    while (parent := parents[path[0]]) is not None:
        path.insert(0, parent)
    return path
