from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from procurement.audit.chain import GENESIS, Leaf, difference, seal_digest

KEY = b"k" * 32
leaves = st.lists(
    st.builds(Leaf, st.uuids(), st.binary(min_size=32, max_size=32)),
    min_size=1,
    max_size=8,
    unique_by=lambda leaf: leaf.event_id,
)


def digest(
    events: list[Leaf], *, key: bytes = KEY, previous: bytes = GENESIS, number: int = 1
) -> bytes:
    return seal_digest(key=key, previous=previous, number=number, leaves=events)


@given(leaves)
def test_the_same_events_give_the_same_seal(events: list[Leaf]) -> None:
    assert digest(events) == digest(list(events))
    assert len(digest(events)) == 32


@given(leaves, st.data())
def test_changing_any_one_event_changes_the_seal(events: list[Leaf], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events) - 1))
    other = data.draw(
        st.binary(min_size=32, max_size=32).filter(lambda d: d != events[index].digest)
    )
    altered = [*events]
    altered[index] = Leaf(events[index].event_id, other)
    assert digest(altered) != digest(events)


@given(leaves, st.data())
def test_leaving_one_event_out_changes_the_seal(events: list[Leaf], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events) - 1))
    assert digest(events[:index] + events[index + 1 :]) != digest(events)


@given(leaves)
def test_a_seal_is_bound_to_the_one_before_to_its_number_and_to_the_key(events: list[Leaf]) -> None:
    sealed = digest(events)
    assert digest(events, previous=b"x" * 32) != sealed
    assert digest(events, number=2) != sealed
    assert digest(events, key=b"another") != sealed


@given(st.lists(st.uuids(), unique=True, max_size=8))
def test_nothing_differs_when_exactly_the_sealed_events_are_there(ids: list[UUID]) -> None:
    assert difference(ids, ids).is_none


@given(st.lists(st.uuids(), unique=True, min_size=3, max_size=8), st.uuids())
def test_a_missing_and_an_inserted_event_are_named(ids: list[UUID], stranger: UUID) -> None:
    if stranger in ids:
        return
    found = [*ids[:1], stranger, *ids[2:]]
    result = difference(ids, found)
    assert result.missing == (ids[1],)
    assert result.inserted == (stranger,)
    assert not result.is_reordered


def test_events_in_another_order_differ() -> None:
    ids = [UUID(int=1), UUID(int=2), UUID(int=3)]
    assert difference(ids, [ids[1], ids[0], ids[2]]).is_reordered
