"""Orders of the past, as their page reads them."""

from uuid import UUID

from django.db.models import QuerySet

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.permissions import Permission
from procurement.core.errors import NotFound
from procurement.orders.models import ImportedLine, ImportedOrder


def imported_order_for(actor: MemberActor, order_id: UUID) -> ImportedOrder:
    """Return an imported order of which the actor may see at least one line.

    Two SQL queries; raises `NotFound`.
    """
    found = (
        ImportedOrder.objects.filter(id=order_id).select_related("group", "history_import").first()
    )
    if found is None or not imported_lines(actor, found).exists():
        raise NotFound("There is no such order, or it is not yours to see.")
    return found


def imported_lines(actor: MemberActor, order: ImportedOrder) -> QuerySet[ImportedLine]:
    """Return the lines of an imported order that lie in groups whose orders the actor may see."""
    in_sight = accounts.within(actor, Permission.VIEW_REPORTS, "group__") | accounts.within(
        actor, Permission.VIEW_ORDERS, "group__"
    )
    return (
        ImportedLine.objects.filter(in_sight, order=order)
        .select_related("supplier", "category", "group")
        .order_by("line")
    )
