"""Who holds what above a subject, at one moment: the people that seats can be filled from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """A membership that may be seated, while it is active."""

    membership_id: UUID
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Seats:
    """Who holds what, on a group and its ancestors, at one moment.

    ``positions``, their ``deputies`` and ``roles`` are keyed by (code, group); ``manager_chain``
    leads from the requester's manager upwards; ``people`` knows everybody named anywhere here.
    ``limits`` are personal approval limits in the organization's currency, None for no upper one;
    who is missing has none. ``category_owners`` are keyed by (category code, group). ``chains``
    lead from the managers of further people upwards: looking for who is next in line needs them.
    """

    group_names: Mapping[UUID, str]
    positions: Mapping[tuple[str, UUID], tuple[UUID, ...]]
    roles: Mapping[tuple[str, UUID], tuple[UUID, ...]]
    manager_chain: tuple[UUID, ...]
    people: Mapping[UUID, Person]
    deputies: Mapping[tuple[str, UUID], tuple[UUID, ...]] = field(default_factory=dict)
    limits: Mapping[UUID, Decimal | None] = field(default_factory=dict)
    category_owners: Mapping[tuple[str, UUID], tuple[UUID, ...]] = field(default_factory=dict)
    chains: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
