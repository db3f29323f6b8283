"""From the words of a file to groups, suppliers and categories: found, made, or foreseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from accounts import selectors as accounts
from accounts import services as people
from approvals import selectors as approvals
from approvals.routing import InForce, Seats
from approvals.starting import POLICY_NAME, starting_policy
from budgets import selectors as budgets
from budgets.services import open_past_periods
from catalogs import selectors as catalogs
from catalogs import services as catalog
from catalogs.merchant_codes import segment_for
from catalogs.models import CategoryMapping
from catalogs.selectors import CategoryRef
from catalogs.services import proposed_category
from catalogs.spelling import key_of
from catalogs.unspsc import lineage
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from procurement.orders.history.evaluation import NOBODY, Order
from procurement.orders.history.planning import (
    NO_CATEGORY,
    CategoryChoice,
    GroupPlan,
    KnownGroup,
    choose_category,
    plan_groups,
)
from procurement.orders.history.spool import Spool

UNNAMED_SUPPLIER = "Unnamed supplier"
_SCHEMES = (CategoryMapping.Scheme.GL, CategoryMapping.Scheme.MCC)


@dataclass(frozen=True, slots=True)
class Created:
    """How much of what the file speaks of was not there before."""

    groups: int
    suppliers: int
    categories: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What each word of the file stands for, by its number, and the order that governs it all."""

    places: tuple[KnownGroup, ...]
    suppliers: tuple[UUID, ...]
    categories: tuple[CategoryRef | None, ...]
    buyers: tuple[UUID | None, ...]
    order: Order
    created: Created


def prepare(*, actor: Actor, spool: Spool, currency: str, on: date, now: datetime) -> Prepared:
    """Make what is missing, open the budgets' past periods and read what governs the organization.

    ``on`` is today in the organization's time zone: buying rules and policies are those of today.
    """
    plan = _group_plan(actor, spool)
    people.import_groups(actor=actor, groups=plan.missing, now=now)
    spellings = _spellings(spool)
    known = catalogs.suppliers_by_spelling(spellings)
    by_spelling = catalog.resolve_suppliers(actor=actor, spellings=spellings, now=now)
    choices = _choices(spool)
    before = len(catalogs.categories_by_code())
    refs = _made_categories(actor, choices, now)
    if spool.rows:
        open_past_periods(actor=actor, first=spool.first_on, last=spool.last_on, now=now)
    new_suppliers = {by_spelling[one] for one in spellings if one not in known}
    return _prepared(
        spool,
        plan,
        by_spelling,
        [refs.get(choice) for choice in choices],
        _order(actor, plan, spool, currency, on, now),
        Created(
            len(plan.missing),
            len(new_suppliers),
            len(catalogs.categories_by_code()) - before,
        ),
    )


def foresee(*, actor: Actor, spool: Spool, currency: str, on: date, now: datetime) -> Prepared:
    """Read what is there and foresee what `prepare` would make. Writes nothing."""
    plan = _group_plan(actor, spool)
    spellings = _spellings(spool)
    by_spelling, new_suppliers = _foreseen_suppliers(
        spellings, catalogs.suppliers_by_spelling(spellings)
    )
    choices = _choices(spool)
    refs, new_categories = _foreseen_categories(choices)
    return _prepared(
        spool,
        plan,
        by_spelling,
        [refs.get(choice) for choice in choices],
        _order(actor, plan, spool, currency, on, now),
        Created(len(plan.missing), new_suppliers, new_categories),
    )


def foresee_new(*, spool: Spool, name: str, currency: str) -> Prepared:
    """Foresee everything for an organization that does not exist yet. No database at all."""
    root_id = new_id()
    root = KnownGroup(root_id, (root_id,), name)
    plan = plan_groups(list(spool.places), spool.place_names, [root], new_id)
    by_spelling, new_suppliers = _foreseen_suppliers(_spellings(spool), {})
    choices = [choose_category(kind, {}, _is_known_mcc) for kind in spool.kinds]
    refs = {choice: _foreseen_category(choice) for choice in set(choices) - {NO_CATEGORY}}
    policy = InForce(new_id(), root_id, name, starting_policy(currency), POLICY_NAME, 1)
    groups = _with_planned([root], plan)
    order = Order(
        currency=currency,
        groups=groups,
        rules=(),
        policies=(policy,),
        seats=Seats({one.id: one.name for one in groups.values()}, {}, {}, (), {}),
        spans=(),
    )
    created = Created(len(plan.missing), new_suppliers, len({ref.code for ref in refs.values()}))
    return _prepared(
        spool, plan, by_spelling, [refs.get(choice) for choice in choices], order, created
    )


def _prepared(
    spool: Spool,
    plan: GroupPlan,
    by_spelling: Mapping[str, UUID],
    categories: Iterable[CategoryRef | None],
    order: Order,
    created: Created,
) -> Prepared:
    members = _members(spool) if any(spool.buyers) and order.seats.people else {}
    return Prepared(
        places=plan.places,
        suppliers=tuple(by_spelling[one or UNNAMED_SUPPLIER] for one in spool.suppliers),
        categories=tuple(categories),
        buyers=tuple(members.get(one.strip().casefold()) for one in spool.buyers),
        order=order,
        created=created,
    )


def _members(spool: Spool) -> dict[str, UUID]:
    """Return the active members whom the file's buyers name by address or unmistakable name."""
    wanted = {one.strip().casefold() for one in spool.buyers if one.strip()}
    found: dict[str, set[UUID]] = {}
    for member in accounts.active_members().select_related("user"):
        for word in (member.user.email, member.user.name):
            if word.casefold() in wanted:
                found.setdefault(word.casefold(), set()).add(member.id)
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1}


# Groups


def _group_plan(actor: Actor, spool: Spool) -> GroupPlan:
    return plan_groups(list(spool.places), spool.place_names, _known_groups(actor), new_id)


def _known_groups(actor: Actor) -> list[KnownGroup]:
    return [
        KnownGroup(node.id, node.path, node.name, node.code, node.kind)
        for node in accounts.group_tree(actor)
        if node.is_active
    ]


def _with_planned(known: Iterable[KnownGroup], plan: GroupPlan) -> dict[UUID, KnownGroup]:
    groups = {group.id: group for group in known}
    for new in plan.missing:
        groups.setdefault(new.id, KnownGroup(new.id, new.path, new.name, new.code, new.kind))
    return groups


def _order(
    actor: Actor, plan: GroupPlan, spool: Spool, currency: str, on: date, now: datetime
) -> Order:
    groups = _with_planned(_known_groups(actor), plan)
    ids = list(groups)
    routing = approvals.routing_context(ids, NOBODY, now)
    return Order(
        currency=currency,
        groups=groups,
        rules=catalogs.rules_for(ids, on),
        policies=routing.policies,
        seats=Seats(
            group_names={one.id: one.name for one in groups.values()},
            positions=routing.seats.positions,
            roles=routing.seats.roles,
            manager_chain=(),
            people=routing.seats.people,
        ),
        spans=budgets.spans_between(spool.first_on, spool.last_on) if spool.rows else (),
    )


# Suppliers


def _spellings(spool: Spool) -> list[str]:
    return [one or UNNAMED_SUPPLIER for one in spool.suppliers]


def _foreseen_suppliers(
    spellings: Iterable[str], known: Mapping[str, UUID]
) -> tuple[dict[str, UUID], int]:
    by_spelling = dict(known)
    keys: set[str] = set()
    for spelling in spellings:
        if spelling not in known:
            key = key_of(spelling)
            keys.add(key)
            by_spelling[spelling] = uuid5(NAMESPACE_OID, key)
    return by_spelling, len(keys)


# Categories


def _is_known_mcc(code: str) -> bool:
    return segment_for(code) is not None


def _choices(spool: Spool) -> list[CategoryChoice]:
    accounts_mapped = catalogs.mapped_categories(CategoryMapping.Scheme.GL)
    merchants_mapped = catalogs.mapped_categories(CategoryMapping.Scheme.MCC)
    paths = {code: ref.path for code, ref in accounts_mapped.items()}
    return [
        choose_category(kind, paths, lambda code: code in merchants_mapped or _is_known_mcc(code))
        for kind in spool.kinds
    ]


def _names(choices: Iterable[CategoryChoice], scheme: str) -> dict[str, str]:
    """Return the name of each code of a scheme: the first that the file gives."""
    names: dict[str, str] = {}
    for choice in choices:
        if choice.scheme == scheme and not names.get(choice.code):
            names[choice.code] = choice.name
    return names


def _made_categories(
    actor: Actor, choices: list[CategoryChoice], now: datetime
) -> dict[CategoryChoice, CategoryRef]:
    own = catalog.ensure_categories(actor=actor, names=_names(choices, "CODE"), now=now)
    found = {("CODE", code): ref for code, ref in own.items()}
    for scheme in _SCHEMES:
        mapped = catalog.resolve_categories(
            actor=actor, scheme=scheme, names=_names(choices, scheme), now=now
        )
        found |= {(scheme.value, code): ref for code, ref in mapped.items()}
    return {choice: found[choice.scheme, choice.code] for choice in set(choices) - {NO_CATEGORY}}


def _foreseen_categories(
    choices: list[CategoryChoice],
) -> tuple[dict[CategoryChoice, CategoryRef], int]:
    known = catalogs.categories_by_code()
    mapped = {scheme.value: catalogs.mapped_categories(scheme) for scheme in _SCHEMES}
    found: dict[CategoryChoice, CategoryRef] = {}
    new: set[str] = set()
    for choice in set(choices) - {NO_CATEGORY}:
        ref = mapped.get(choice.scheme, {}).get(choice.code) or _foreseen_category(choice)
        if ref.code not in known:
            new.add(ref.code)
        found[choice] = known.get(ref.code, ref)
    return found, len(new)


def _foreseen_category(choice: CategoryChoice) -> CategoryRef:
    code, name = choice.code, choice.name
    if choice.scheme != "CODE":
        code, name = proposed_category(CategoryMapping.Scheme(choice.scheme), code, name)
    return CategoryRef(uuid5(NAMESPACE_OID, code), code, name, lineage(code))
