"""What would happen to an order that nobody has placed: the judgement of the cart, asked ahead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission
from accounts.selectors import group_for, within
from approvals.routing import PolicyDocument
from approvals.selectors import Trial
from catalogs.guidance import Target
from catalogs.models import CatalogItem, Category, Supplier
from catalogs.selectors import categories_by_code, supplier_named, target_named
from procurement.core import tenancy, writes
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.orders.assessment import NOTHING, assess
from procurement.orders.draft import Draft, DraftLine, OpenDays
from procurement.orders.imagining import (
    LONGEST_AHEAD,
    MOST_LINES,
    Imagined,
    Wish,
    WishedLine,
    explained,
    in_the_way,
    line_of,
)
from procurement.orders.selectors.drafts import surroundings_of

_PLACE = f"""
SELECT (SELECT min(l.amount) FROM accounts_rolelimit l
        WHERE l.organization_id = o.id AND l.role = 'REQUISITIONER'
          AND l.group_id = ANY(%(path)s)),
       (SELECT a.code FROM accounts_orggroup a
        WHERE a.organization_id = o.id AND a.id = ANY(%(path)s) AND a.code <> ''
        ORDER BY cardinality(a.path) DESC LIMIT 1),
       {accounts.training_sql(organization="o.id", member="m.id", zone="o.time_zone")}
FROM accounts_organization o
JOIN accounts_membership m ON m.organization_id = o.id AND m.id = %(requester)s
WHERE o.id = %(organization)s
"""


def imagine(
    actor: MemberActor,
    group_id: UUID,
    wish: Wish,
    *,
    now: datetime,
    document: PolicyDocument | None = None,
) -> Imagined:
    """Return what would happen to an order of a group, if it were submitted on the day wished.

    ``document`` is tried in place of the policy that the group has of its own. Who may see the
    group's policies may ask for themselves; for somebody else, who sees everybody's orders there or
    writes its policies, since the answer tells what others have ordered and what budgets hold.
    Amounts are in the organization's currency; nothing is written. Nine SQL queries, one more
    for another requester, one where a policy asks about the orders before it, and up to three for
    each item, category or supplier that is named.

    Raises `NotFound` for a group that is not the actor's to see, `DomainError` with the ``field``
    (``on``, ``requester``, ``lines.0.supplier``) for what cannot be understood.
    """
    group = group_for(actor, group_id)
    organization = accounts.organization_by_id(actor.organization_id)
    at = _instant(wish.on, organization.time_zone, now)
    requester = _requester(actor, group, wish.requester, at)
    lines = _lines(wish.lines, organization.currency)
    draft = _draft(group, requester, organization.currency, lines)
    around = surroundings_of(
        requester,
        draft,
        on=wish.on,
        time_zone=organization.time_zone,
        now=at,
        trial=Trial(group.id, group.name, document) if document is not None else None,
    )
    draft = explained(draft, around.rules, asks_exception=wish.asks_exception)
    assessment = assess(draft, around)
    shows_budgets = actor.can(Permission.VIEW_BUDGETS, group.path)
    may_buy = requester.can(Permission.PLACE_ORDERS, group.path)
    return Imagined(
        assessment=assessment,
        requester_name=requester.name,
        is_own=requester.membership_id == actor.membership_id,
        refusals=tuple(in_the_way(assessment, may_buy=may_buy, shows_budgets=shows_budgets)),
        shows_budgets=shows_budgets,
    )


def _instant(on: date, time_zone: str, now: datetime) -> datetime:
    """Return when an order of a day would be submitted: now, or as that day begins."""
    today = local_date(now, time_zone)
    if not today <= on <= today + timedelta(days=LONGEST_AHEAD):
        raise DomainError("Choose today, or a day within the next year.", field="on")
    return now if on == today else datetime.combine(on, time(), ZoneInfo(time_zone))


def _requester(actor: MemberActor, group: OrgGroup, text: str, at: datetime) -> MemberActor:
    text = " ".join(text.split())
    if text and not any(
        actor.can(permission, group.path)
        for permission in (Permission.VIEW_ORDERS, Permission.MANAGE_POLICIES)
    ):
        needed = Permission.VIEW_ORDERS.label
        sentence = f"Leave it empty: to ask for others takes the permission “{needed}”."
        raise DomainError(sentence, field="requester")
    user_id = _user_named(actor, text) if text else actor.user_id
    found = accounts.actor_for(user_id=user_id, organization_id=actor.organization_id, now=at)
    if found is None:
        raise DomainError(f"“{text}” is not active here.", field="requester")
    return found


def _user_named(actor: MemberActor, text: str) -> UUID:
    people = Membership.objects.filter(
        within(actor, Permission.VIEW_GROUP, "group__"),
        Q(user__email__iexact=text) | Q(user__name__iexact=text),
    )
    found = list(people.values_list("user_id", flat=True)[:2])
    if not found:
        sentence = f"Nobody whom you may see is called “{text}”. Write a full name or an address."
        raise DomainError(sentence, field="requester")
    if len(found) > 1:
        sentence = f"Several people are called “{text}”. Write the email address."
        raise DomainError(sentence, field="requester")
    return found[0]


def _draft(
    group: OrgGroup, requester: MemberActor, currency: str, lines: Sequence[DraftLine]
) -> Draft:
    """Return a draft as the cart would be. One SQL query."""
    role_limit, cost_centre, training = writes.execute(
        _PLACE,
        {
            "organization": tenancy.current(),
            "path": list(group.path),
            "requester": requester.membership_id,
        },
    ).fetchone() or (None, "", None)
    return Draft(
        id=NOTHING,
        number="",
        revision=1,
        group_id=group.id,
        group_name=group.name,
        group_path=tuple(group.path),
        requester_id=requester.membership_id,
        requester_name=requester.name,
        currency=currency,
        note="",
        lines=tuple(lines),
        open_days=OpenDays(group.is_active, group.starts_on, group.ends_on),
        role_limit=role_limit,
        training=accounts.training_of(training),
        cost_centre=cost_centre or "",
    )


def _lines(wished: Sequence[WishedLine], currency: str) -> list[DraftLine]:
    if not wished:
        raise DomainError("Enter an amount.", field="lines.0.amount")
    if len(wished) > MOST_LINES:
        raise DomainError(f"Enter {MOST_LINES} lines at most.", field="lines")
    lines = []
    for index, line in enumerate(wished):
        try:
            lines.append(_line(index + 1, line, currency))
        except DomainError as refused:
            raise DomainError(refused.message, field=f"lines.{index}.{refused.field}") from refused
    known = categories_by_code({code for line in lines for code in line.category_path})
    return [
        replace(
            line,
            category_names=tuple(
                (code, known[code].name) for code in line.category_path if code in known
            ),
        )
        for line in lines
    ]


def _line(number: int, wished: WishedLine, currency: str) -> DraftLine:
    if wished.item.strip():
        return _line_of_item(number, wished)
    if wished.amount is None:
        raise DomainError("Enter an amount, or name an item that has a price.", field="amount")
    category, supplier = _category(wished.category), _supplier(wished.supplier)
    names = [one.name for one in (category, supplier) if one is not None]
    return line_of(
        number,
        wished,
        title=" from ".join(names) if names else f"Line {number}",
        currency=currency,
        unit_price=wished.amount,
        supplier=(supplier.id, supplier.name) if supplier else None,
        category=(category.id, tuple(category.path)) if category else None,
    )


def _line_of_item(number: int, wished: WishedLine) -> DraftLine:
    item = _named(Target.ITEM, wished.item, "item")
    assert isinstance(item, CatalogItem)
    for name in ("category", "supplier"):
        if getattr(wished, name).strip():
            raise DomainError(f"Leave it empty: the item has its own {name}.", field=name)
    category = item.category
    return line_of(
        number,
        wished,
        title=item.title,
        currency=item.currency,
        unit_price=item.price,
        supplier=(item.supplier_id, item.supplier.name),
        category=(category.id, tuple(category.path)),
        item=(
            item.id,
            item.sku,
            item.unit,
            item.is_active and item.supplier.status == Supplier.Status.ACTIVE,
        ),
    )


def _category(text: str) -> Category | None:
    if not text.strip():
        return None
    found = _named(Target.CATEGORY, text, "category")
    assert isinstance(found, Category)
    return found


def _supplier(text: str) -> Supplier | None:
    if not text.strip():
        return None
    try:
        return supplier_named(text.strip())
    except DomainError as refused:
        raise DomainError(refused.message, field="supplier") from refused


def _named(kind: Target, text: str, field: str) -> Any:
    try:
        return target_named(kind, text)
    except DomainError as refused:
        raise DomainError(refused.message, field=field) from refused
