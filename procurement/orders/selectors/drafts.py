"""The cart, and what an order would have to pass if it were submitted now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.training import Obligation, in_the_way, standings
from approvals import selectors as approvals
from budgets import selectors as budgets
from budgets.charges import Charge
from budgets.rules import Covering, PeriodStatus
from catalogs import selectors as catalogs
from catalogs.guidance import Ruleset
from procurement.core import tenancy, writes
from procurement.core.clock import local_date
from procurement.core.errors import NotFound
from procurement.core.locking import rely_on_tree
from procurement.orders.assessment import SUBJECT_KIND, Assessment, Surroundings
from procurement.orders.draft import Draft, DraftLine, OpenDays
from procurement.orders.judging import judge
from procurement.orders.models import Requisition, RequisitionLine
from procurement.orders.selectors.earlier import orders_before

_HEAD = f"""
SELECT r.id, r.number, r.revision, r.status, r.currency, r.note, r.requester_id,
       coalesce(nullif(u.name, ''), u.email), g.id, g.name, g.path, o.time_zone, o.name,
       g.is_active, g.starts_on, g.ends_on,
       (SELECT min(l.amount) FROM accounts_rolelimit l
        WHERE l.organization_id = r.organization_id AND l.role = 'REQUISITIONER'
          AND l.group_id = ANY(g.path)),
       (SELECT a.code FROM accounts_orggroup a
        WHERE a.organization_id = r.organization_id AND a.id = ANY(g.path) AND a.code <> ''
        ORDER BY cardinality(a.path) DESC LIMIT 1),
       o.sign_in_above,
       r.wanted_on, coalesce(r.charged_on, (r.submitted_at AT TIME ZONE o.time_zone)::date),
       r.waiting_since, coalesce(
           (SELECT s.charged_on = 'DELIVERY' FROM budgets_budgetsettings s
            WHERE s.organization_id = o.id), false),
       {accounts.training_sql(organization="o.id", member="m.id", zone="o.time_zone")}
FROM orders_requisition r
JOIN accounts_orggroup g ON g.id = r.group_id
JOIN accounts_membership m ON m.id = r.requester_id
JOIN accounts_user u ON u.id = m.user_id
JOIN accounts_organization o ON o.id = r.organization_id
WHERE r.id = %s
"""

_LINES = """
SELECT l.id, l.item_id, l.title, l.sku, l.unit, l.supplier_id, s.name, l.category_id, c.path,
       l.quantity, l.unit_price, i.currency, l.justification,
       i.is_active AND s.status = 'ACTIVE',
       ARRAY(SELECT ARRAY[a.code, a.name] FROM catalogs_category a
             WHERE a.organization_id = l.organization_id AND a.code = ANY(c.path))
FROM orders_requisitionline l
JOIN catalogs_catalogitem i ON i.id = l.item_id
JOIN catalogs_supplier s ON s.id = l.supplier_id
LEFT JOIN catalogs_category c ON c.id = l.category_id
WHERE l.requisition_id = %s
ORDER BY l.position
"""


_CLOSED = frozenset({PeriodStatus.CLOSED, PeriodStatus.REOPENED})


@dataclass(frozen=True, slots=True)
class LoadedDraft:
    """An order's content as it was read, where it stands, and its organization's particulars.

    ``charged_on`` is the day whose budget periods it counts in since it was submitted, or began to
    wait for room on them at ``waiting_since``.
    """

    draft: Draft
    status: str
    time_zone: str
    organization_name: str
    sign_in_above: Decimal | None
    charged_on: date | None
    waiting_since: datetime | None


def load_draft(requisition_id: UUID, *, for_update: bool = False) -> LoadedDraft:
    """Return an order's content and status. Two SQL queries in one round trip.

    ``for_update`` locks the requisition, and keeps the tree of groups as it is, until the end of
    the transaction. Raises `NotFound`.
    """
    with writes.batch():
        if for_update:
            rely_on_tree(tenancy.current())
        heading = writes.execute(
            f"{_HEAD} FOR UPDATE OF r" if for_update else _HEAD, [requisition_id]
        )
        lining = writes.execute(_LINES, [requisition_id])
    head = heading.fetchone()
    if head is None:
        raise NotFound("There is no such order.")
    lines = tuple(_line(row) for row in lining.fetchall())
    draft = Draft(
        id=head[0],
        number=head[1],
        revision=head[2],
        group_id=head[8],
        group_name=head[9],
        group_path=tuple(head[10]),
        requester_id=head[6],
        requester_name=head[7],
        currency=head[4],
        note=head[5],
        lines=lines,
        open_days=OpenDays(*head[13:16]),
        role_limit=head[16],
        cost_centre=head[17] or "",
        training=accounts.training_of(head[23]),
        wanted_on=head[19],
        counts_by_delivery=head[22],
    )
    return LoadedDraft(draft, head[3], head[11], head[12], head[18], head[20], head[21])


def _line(row: Sequence[Any]) -> DraftLine:
    return DraftLine(
        id=row[0],
        item_id=row[1],
        title=row[2],
        sku=row[3],
        unit=row[4],
        supplier_id=row[5],
        supplier_name=row[6],
        category_id=row[7],
        category_path=tuple(row[8] or ()),
        quantity=row[9],
        unit_price=row[10],
        currency=row[11],
        justification=row[12],
        is_available=row[13],
        category_names=tuple((code, name) for code, name in row[14]),
    )


def charges_of(requisition_ids: Collection[UUID]) -> dict[UUID, tuple[Charge, ...]]:
    """Return what orders charge budgets with, by order: their lines. One SQL query."""
    lines = (
        RequisitionLine.objects.filter(requisition_id__in=requisition_ids)
        .order_by("position")
        .values_list("requisition_id", "amount", "category__path", "supplier_id")
    )
    found: dict[UUID, list[Charge]] = {one: [] for one in requisition_ids}
    for requisition_id, amount, path, supplier_id in lines:
        found[requisition_id].append(Charge(amount, tuple(path or ()), supplier_id))
    return {requisition_id: tuple(charges) for requisition_id, charges in found.items()}


def surroundings_of(
    actor: MemberActor | None,
    draft: Draft,
    *,
    on: date,
    time_zone: str,
    now: datetime,
    for_update: bool = False,
    trial: approvals.Trial | None = None,
    charged_on: date | None = None,
) -> Surroundings:
    """Read what governs an actor's order on a day of the organization.

    Without an actor, what only holds for whoever submits is left out: how much they may order at
    once, and what they have to have read. Four SQL queries, one more round trip where a policy asks
    about the orders before it, and three for an order that was submitted before; ``for_update`` has
    submits that count together follow each other. ``charged_on`` is the day whose budget periods
    it counts in already, if it does; one query more where one of them has been closed.
    """
    group_path, requester_id = draft.group_path, draft.requester_id
    routing = approvals.routing_context(group_path, requester_id, now, trial=trial)
    day, covering = _covering(draft, on, charged_on)
    before = orders_before(draft, routing.needs, on=on, time_zone=time_zone, for_update=for_update)
    return Surroundings(
        rules=Ruleset(catalogs.rules_for(group_path, on), group_path),
        policies=routing.policies,
        seats=routing.seats,
        covering=covering,
        charged_on=day,
        on=on,
        order_limit=actor.order_limit(group_path, draft.role_limit) if actor else None,
        unread=_unread(actor, draft, on, time_zone) if actor else (),
        requester_roles=routing.requester_roles,
        earlier=before.earlier,
        is_first_order=before.is_first_order,
        # Nothing was asked for before the first submit, so nothing is read for it.
        former=approvals.former_of(SUBJECT_KIND, draft.id) if draft.revision > 1 else None,
    )


def _covering(draft: Draft, on: date, charged_on: date | None) -> tuple[date, tuple[Covering, ...]]:
    """Return the day that an order counts on, and its budgets in the periods that hold it.

    What stood in a period that was closed since has moved on with its close, to the running one.
    """
    day = charged_on or draft.charged_on(on)
    found = budgets.covering(draft.group_path, day, requester_id=draft.requester_id)
    if day < on and any(one.status in _CLOSED for one in found):
        return on, budgets.covering(draft.group_path, on, requester_id=draft.requester_id)
    return day, found


def _unread(actor: MemberActor, draft: Draft, on: date, time_zone: str) -> tuple[Obligation, ...]:
    roles = accounts.roles_by_day(actor, time_zone)
    return in_the_way(standings(draft.training, roles), on)


def cart_of(actor: MemberActor) -> Requisition | None:
    """Return the draft that the actor touched last: their cart. One SQL query."""
    return (
        Requisition.objects.filter(
            requester_id=actor.membership_id, status=Requisition.Status.DRAFT
        )
        .order_by("-touched_at")
        .select_related("group")
        .first()
    )


def cart_line_count(actor: MemberActor) -> int:
    """Return how many lines are in the actor's cart. One SQL query."""
    cart = (
        Requisition.objects.filter(
            requester_id=actor.membership_id, status=Requisition.Status.DRAFT
        )
        .order_by("-touched_at")
        .values("id")[:1]
    )
    return RequisitionLine.objects.filter(requisition__in=cart).count()


def draft_of(actor: MemberActor, requisition_id: UUID | None = None) -> Draft:
    """Return a draft of the actor's own, by default the cart. Raises `NotFound`."""
    if requisition_id is None:
        cart = cart_of(actor)
        if cart is None:
            raise NotFound("The cart is empty.")
        requisition_id = cart.id
    loaded = load_draft(requisition_id)
    is_own = loaded.draft.requester_id == actor.membership_id
    if not is_own or loaded.status != Requisition.Status.DRAFT:
        raise NotFound("There is no such draft of yours.")
    return loaded.draft


def line_of_cart(actor: MemberActor, line_id: UUID) -> RequisitionLine:
    """Return a line of one of the actor's drafts. One SQL query; raises `NotFound`."""
    found = (
        RequisitionLine.objects.filter(
            id=line_id,
            requisition__requester_id=actor.membership_id,
            requisition__status=Requisition.Status.DRAFT,
        )
        .select_related("requisition")
        .first()
    )
    if found is None:
        raise NotFound("This line is not in your cart any more.")
    return found


def preview(actor: MemberActor, draft: Draft, *, now: datetime) -> Assessment:
    """Return what would happen if a draft were submitted now: the very judgement of the submit.

    Five SQL queries, one more round trip where a policy asks about the orders before it, and three
    more for an order that was submitted before; nothing is written.
    """
    organization = accounts.organization_by_id(actor.organization_id)
    on = local_date(now, organization.time_zone)
    around = surroundings_of(actor, draft, on=on, time_zone=organization.time_zone, now=now)
    return judge(draft, around)


def buying_groups(actor: MemberActor, *, on: date, chosen: UUID | None = None) -> list[OrgGroup]:
    """Return the groups that the actor may buy for on a day, by name. One SQL query.

    The one that is ``chosen`` already stays among them outside its days, so that a cart for it can
    be looked at; the judgement of the cart says why it cannot be submitted.
    """
    return [
        group
        for group in accounts.groups_where(actor, Permission.PLACE_ORDERS)
        if group.is_open_on(on) or group.id == chosen
    ]
