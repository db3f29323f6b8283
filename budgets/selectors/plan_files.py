"""Caps as a file has them, what its lines can mean, and the files that were uploaded."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts import selectors as accounts
from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission
from budgets.fiscal import Period
from budgets.models import Budget, BudgetImport
from budgets.plan_files import BudgetLine, Directory, KnownBudget, KnownGroup, Sheet
from budgets.selectors.plan_tables import plan_choices
from budgets.selectors.slots import in_tree_order, slots_in
from budgets.selectors.terms import SCOPE_ROWS, terms_of
from catalogs import selectors as catalogs
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

_BEGINS_WITHIN = timedelta(minutes=1)
_ENDS_WITHIN = timedelta(minutes=11)


def budget_lines(actor: Actor, period: Period | None, *, today: date) -> list[BudgetLine]:
    """Return the budgets that an actor may see, a line for each in each period.

    They are those of ``period``, by default of the running and the next one of every kind. Seven
    SQL queries at most, however many lines.
    """
    periods = [period] if period else plan_choices(today, further=1)
    slots = [
        slot
        for slot in slots_in(periods)
        if actor.can(Permission.VIEW_BUDGETS, slot.covering.group_path)
    ]
    rows = Budget.objects.select_related(*SCOPE_ROWS).in_bulk(
        list({slot.covering.budget_id for slot in slots})
    )
    ids = {one for slot in slots for one in slot.covering.group_path}
    names = dict(OrgGroup.objects.filter(id__in=ids).values_list("id", "name"))
    organization = accounts.organization_by_id(tenancy.current())
    found: list[BudgetLine] = []
    for slot in in_tree_order(slots):
        budget = rows[slot.covering.budget_id]
        found.append(
            BudgetLine(
                group_id=budget.group_id,
                way=tuple(names[one] for one in slot.covering.group_path),
                code=budget.group.code,
                kind=budget.kind,
                period=slot.covering.period.code,
                category=budget.category.code if budget.category else "",
                supplier=budget.supplier.name if budget.supplier else "",
                person=budget.membership.user.email if budget.membership else "",
                seat=budget.position.code if budget.position else "",
                terms=terms_of(budget),
                cap=slot.covering.cap,
                currency=organization.currency,
            )
        )
    return found


def directory_for(actor: Actor, sheet: Sheet) -> Directory:
    """Return what the lines of a file can mean. At most eight SQL queries."""
    groups = list(OrgGroup.objects.order_by("id"))
    names = {group.id: group.name for group in groups}
    rows = sheet.rows
    budgets = [
        KnownBudget(one.id, one.group_id, one.kind, terms_of(one))
        for one in Budget.objects.filter(is_active=True)
    ]
    holders = {one.terms.membership_id for one in budgets if one.terms.membership_id}
    return Directory(
        groups=[
            KnownGroup(
                id=group.id,
                path=tuple(group.path),
                way=tuple(names[one] for one in group.path),
                name=group.name,
                code=group.code,
                is_open=group.is_active,
                can_manage=actor.can(Permission.MANAGE_BUDGETS, group.path),
            )
            for group in groups
        ],
        categories=_categories({row.category for row in rows if row.category}),
        suppliers=_suppliers({row.supplier for row in rows if row.supplier}),
        people=_people({row.person.casefold() for row in rows if row.person}, holders),
        seats=_seats(is_asked=any(row.seat for row in rows)),
        budgets=budgets,
    )


def budget_imports() -> QuerySet[BudgetImport]:
    """Return the files that were uploaded, newest first, without what is in them."""
    return BudgetImport.objects.defer("content", "plan").order_by("-created_at", "-id")


def budget_import_for(import_id: UUID) -> BudgetImport:
    """Return an uploaded file with its plan. One SQL query; raises `NotFound`."""
    found = BudgetImport.objects.defer("content").filter(id=import_id).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def stalled_imports(now: datetime) -> list[UUID]:
    """Return the files that are to be applied and that no worker can be at. One SQL query.

    A job begins within a minute, and is ended after ten.
    """
    lost = Q(attempts=0, touched_at__lte=now - _BEGINS_WITHIN)
    stopped = Q(touched_at__lte=now - _ENDS_WITHIN)
    found = BudgetImport.objects.filter(lost | stopped, status=BudgetImport.Status.APPLYING)
    return list(found.order_by("touched_at", "id").values_list("id", flat=True))


def _categories(codes: set[str]) -> dict[str, tuple[UUID, str]]:
    if not codes:
        return {}
    found = catalogs.categories_by_code(codes)
    return {code: (one.category_id, one.name) for code, one in found.items()}


def _suppliers(spellings: set[str]) -> dict[str, tuple[UUID, str]]:
    if not spellings:
        return {}
    found = catalogs.suppliers_by_spelling(spellings)
    names = catalogs.supplier_names(set(found.values()))
    return {spelling: (one, names[one]) for spelling, one in found.items()}


def _people(addresses: set[str], holders: Iterable[UUID]) -> dict[str, tuple[UUID, str]]:
    """Return who has an address: active members, and those who have a budget of their own."""
    if not addresses:
        return {}
    rows = (
        Membership.objects.annotate(address=Lower("user__email"))
        .filter(Q(status=Membership.Status.ACTIVE) | Q(id__in=list(holders)), address__in=addresses)
        .values_list("address", "id", "user__name")
    )
    return {address: (member_id, name or address) for address, member_id, name in rows}


def _seats(*, is_asked: bool) -> dict[str, tuple[UUID, str]]:
    if not is_asked:
        return {}
    return {one.code.casefold(): (one.id, one.name) for one in accounts.positions()}
