"""What plans would change, and the table of caps that they are made on.

Nothing is written here: the services carry out what these say, after asking once more with
everything locked.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts import selectors as accounts
from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission, require
from budgets.fiscal import FiscalCalendar, Period
from budgets.models import Budget
from budgets.planning import (
    LEAST_GROWTH,
    MOST_GROWTH,
    NewBudget,
    OwnShare,
    Plan,
    PlannedCap,
    Slot,
    SplitBy,
    grow,
    own_shares,
    roll_up,
    split,
    weigh,
)
from budgets.ratio import next_below
from budgets.rules import ZERO
from budgets.selectors.settings import fiscal_calendar
from budgets.selectors.slots import (
    in_tree_order,
    manageable,
    period_in,
    slots_in,
)
from budgets.selectors.terms import extra_room, terms_of
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id


def require_planner(actor: Actor) -> None:
    """Raise `NotAllowed` for who may set no budget at all. No SQL."""
    groups = actor.groups_with(Permission.MANAGE_BUDGETS)
    if groups is not None and not groups:
        raise NotAllowed(
            "Planning budgets takes the role Finance or Administrator on a group. "
            "An administrator can grant it."
        )


def draft_caps(actor: Actor, rows: Sequence[PlannedCap], *, today: date) -> Plan:
    """Say what caps change that were given one by one. Two SQL queries."""
    require_planner(actor)
    periods = list({row.period: None for row in rows})
    return _weighed(actor, slots_in(periods) if periods else (), rows, today)


def draft_copy(
    actor: Actor,
    *,
    from_code: str,
    to_code: str,
    percent: Decimal,
    group_ids: Collection[UUID] = (),
    today: date,
) -> Plan:
    """Say what changes when a period's caps are copied to another, grown by a percentage.

    ``group_ids`` narrows it to these groups and all below them. What was carried over, transferred
    or granted once is room of the one period and is not copied. Raises `DomainError` for periods
    that are not of one kind. Four SQL queries.
    """
    require_planner(actor)
    calendar = fiscal_calendar()
    source = period_in(calendar, from_code, field="from_period")
    target = period_in(calendar, to_code, field="to_period")
    if source.kind is not target.kind:
        raise DomainError("Copy a month to a month, a year to a year.", field="to_period")
    if source == target:
        raise DomainError("Choose another period than the one to copy.", field="to_period")
    if not LEAST_GROWTH <= percent <= MOST_GROWTH:
        raise DomainError("Give a growth from -100 to 1,000 percent.", field="percent")
    slots = slots_in([source, target])
    wanted = [
        slot
        for slot in manageable(actor, slots)
        if not group_ids or not set(group_ids).isdisjoint(slot.covering.group_path)
    ]
    there = {one.covering.budget_id for one in wanted if one.covering.period == target}
    past = [one for one in wanted if one.covering.period == source]
    extra = extra_room([one.covering.period_id for one in past if one.covering.period_id])
    rows = [
        PlannedCap(
            one.covering.budget_id,
            target,
            grow(_lasting(one, extra), percent, one.covering.currency),
        )
        for one in past
        if one.covering.budget_id in there
    ]
    return _weighed(actor, [one for one in slots if one.covering.period == target], rows, today)


def draft_split(
    actor: Actor,
    *,
    budget_id: UUID,
    code: str,
    by: SplitBy,
    amount: Decimal | None = None,
    makes_missing: bool = False,
    today: date,
) -> Plan:
    """Say what changes when a budget, or an amount of it, is shared out among those next below.

    ``makes_missing`` gives a budget to each group below it that has none and leads to none. SPENT
    goes by what each spent in the period before, PEOPLE by the active members of each group and
    below it. Raises `NotFound`, and `DomainError` where nothing is below. At most seven SQL
    queries.
    """
    require_planner(actor)
    calendar = fiscal_calendar()
    period = period_in(calendar, code)
    slots = slots_in([period])
    parent = next((one for one in slots if one.covering.budget_id == budget_id), None)
    if parent is None or not actor.can(Permission.VIEW_BUDGETS, parent.covering.group_path):
        raise NotFound("There is no such budget in this period, or it is not yours to see.")
    require(actor, Permission.MANAGE_BUDGETS, parent.covering.group_path)
    below = next_below([slot.as_cap for slot in slots]).get(budget_id, ())
    known = {slot.covering.budget_id: slot for slot in slots}
    children = [known[cap.budget_id] for cap in below]
    made: list[NewBudget] = []
    if makes_missing:
        made = _missing(parent, children, today)
        new = [_as_slot(one, parent) for one in made]
        slots, children = (*slots, *new), [*children, *new]
    if not children:
        raise DomainError(
            "No budget of the same kind and scope is below it. Have the missing ones made.",
            field="makes_missing",
        )
    children = in_tree_order(children)
    total = parent.covering.cap if amount is None else amount
    weights = _weights(children, by, calendar, period)
    shares = split(total, weights, parent.covering.currency)
    rows = [
        PlannedCap(child.covering.budget_id, period, share)
        for child, share in zip(children, shares, strict=True)
    ]
    caps = {row.budget_id: row.cap for row in rows}
    return _weighed(actor, slots, rows, today, [replace(one, cap=caps[one.id]) for one in made])


def draft_roll_up(actor: Actor, *, code: str, own: OwnShare, today: date) -> Plan:
    """Say what changes when each cap becomes the sum of those next below it and its own share.

    Only what the actor may plan. Four SQL queries.
    """
    require_planner(actor)
    calendar = fiscal_calendar()
    period = period_in(calendar, code)
    earlier = calendar.before(period)
    slots = slots_in([earlier, period])
    mine = [one.as_cap for one in manageable(actor, slots) if one.covering.period == period]
    shares: Mapping[UUID, Decimal] = {}
    if own is OwnShare.KEPT:
        shares = own_shares([one.as_cap for one in slots if one.covering.period == earlier])
    rolled = roll_up(mine, shares)
    rows = [PlannedCap(budget_id, period, rolled[budget_id]) for budget_id in next_below(mine)]
    return _weighed(actor, [one for one in slots if one.covering.period == period], rows, today)


def _weighed(
    actor: Actor,
    slots: Collection[Slot],
    rows: Sequence[PlannedCap],
    today: date,
    new: Sequence[NewBudget] = (),
) -> Plan:
    """Weigh a plan; what somebody may see and not plan is refused as such."""
    wanted = {row.budget_id for row in rows}
    for slot in slots:
        if slot.covering.budget_id in wanted and actor.can(
            Permission.VIEW_BUDGETS, slot.covering.group_path
        ):
            require(actor, Permission.MANAGE_BUDGETS, slot.covering.group_path)
    # Of others' budgets nothing is told, not even that there are some; they count in sums.
    hidden = {
        slot.covering.budget_id
        for slot in slots
        if not actor.can(Permission.VIEW_BUDGETS, slot.covering.group_path)
    }
    named = [replace(row, budget_id=new_id()) if row.budget_id in hidden else row for row in rows]
    organization = accounts.organization_by_id(tenancy.current())
    return weigh(slots, named, today=today, currency=organization.currency, new=new)


def _lasting(slot: Slot, extra: Mapping[UUID, Decimal]) -> Decimal:
    """Return the cap without the room that the one period has beside it."""
    period_id = slot.covering.period_id
    beside = extra.get(period_id, ZERO) if period_id else ZERO
    return max(slot.covering.cap - beside, ZERO)


def _weights(
    children: Sequence[Slot], by: SplitBy, calendar: FiscalCalendar, period: Period
) -> list[Decimal]:
    match by:
        case SplitBy.EQUALLY:
            return [Decimal(1)] * len(children)
        case SplitBy.SPENT:
            past = {
                one.covering.budget_id: one.covering.spent
                for one in slots_in([calendar.before(period)])
            }
            return [past.get(child.covering.budget_id, ZERO) for child in children]
        case SplitBy.PEOPLE:
            return _people(children)


def _people(children: Sequence[Slot]) -> list[Decimal]:
    """Return how many people are active in each child's group and below it. One SQL query."""
    groups = [child.covering.group_id for child in children]
    paths = Membership.objects.filter(
        status=Membership.Status.ACTIVE, group__path__overlap=groups
    ).values_list("group__path", flat=True)
    heads = Counter(group_id for path in paths for group_id in path)
    return [Decimal(heads[group_id]) for group_id in groups]


def _missing(parent: Slot, children: Sequence[Slot], today: date) -> list[NewBudget]:
    """Return budgets for the groups next below that have none and lead to none. Two SQL queries."""
    above = Budget.objects.get(id=parent.covering.budget_id)
    taken = {group_id for child in children for group_id in child.covering.group_path}
    rows = OrgGroup.objects.filter(parent_id=above.group_id, is_active=True).exclude(id__in=taken)
    return [
        NewBudget(
            id=new_id(),
            group_id=group.id,
            group_path=tuple(group.path),
            group_name=group.name,
            kind=above.kind,
            terms=replace(terms_of(above), name="", children_percent=None),
            cap=ZERO,
            starts_on=max(parent.covering.period.starts_on, above.starts_on),
            words=parent.covering.scope.words,
        )
        for group in rows.order_by("name", "id")
        if group.ends_on is None or group.ends_on >= today
    ]


def _as_slot(new: NewBudget, parent: Slot) -> Slot:
    """Return a budget to be made as the plan weighs it, held as the one above it is."""
    covering = replace(
        parent.covering,
        budget_id=new.id,
        period_id=None,
        group_id=new.group_id,
        group_name=new.group_name,
        group_path=new.group_path,
        cap=ZERO,
        reserved=ZERO,
        committed=ZERO,
        spent=ZERO,
        overrun=ZERO,
        name="",
    )
    return replace(
        parent,
        covering=covering,
        first=new.starts_on,
        last=None,
        children_percent=None,
        opened=None,
        is_new=True,
    )
