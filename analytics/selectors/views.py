"""A view of spend, resolved: which rows an actor may see of what they asked for."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Min

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission
from analytics.filters import UNCATEGORISED, SpendFilter, Structure
from analytics.models import SpendFact
from analytics.periods import Period
from catalogs.models import Category, Supplier
from catalogs.unspsc import SEGMENTS
from procurement.core.actors import Actor
from procurement.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Anchor:
    """A group that a view stands on: it shows this group and everything below."""

    id: UUID
    name: str
    path: tuple[UUID, ...]

    @property
    def is_root(self) -> bool:
        """Tell whether it is the whole organization."""
        return len(self.path) == 1


@dataclass(frozen=True, slots=True)
class SpendView:
    """What was asked for, within what its actor may see. Made by `spend_view` alone."""

    organization_id: UUID
    asked: SpendFilter
    anchors: tuple[Anchor, ...]

    @property
    def group_name(self) -> str:
        """Return the groups in words."""
        if len(self.anchors) == 1:
            return "All groups" if self.anchors[0].is_root else self.anchors[0].name
        return ", ".join(anchor.name for anchor in self.anchors)

    def over(self, period: Period) -> "SpendView":
        """Return the same view over another period."""
        return replace(self, asked=replace(self.asked, period=period))

    @property
    def facts(self) -> str:
        """Return the rows in SQL: `analytics_spendfact` as ``f``, with today's groups if asked."""
        if self.asked.structure is Structure.THEN:
            return "analytics_spendfact f"
        return (
            "analytics_spendfact f LEFT JOIN accounts_orggroup today "
            "ON today.organization_id = f.organization_id AND today.id = f.group_id"
        )

    @property
    def group_path(self) -> str:
        """Return the SQL of the way from the root down to the group that a row counts on."""
        if self.asked.structure is Structure.THEN:
            return "f.group_path"
        return "coalesce(today.path, f.group_path)"

    def where(self) -> tuple[str, dict[str, Any]]:
        """Return the condition in SQL on the `facts`, with its parameters."""
        asked = self.asked
        conditions = ["f.organization_id = %(organization_id)s"]
        parameters: dict[str, Any] = {
            "organization_id": self.organization_id,
            "anchors": [anchor.id for anchor in self.anchors],
            "since": asked.period.since,
            "until": asked.period.until,
            "supplier_id": asked.supplier_id,
            "category": asked.category,
            "source": asked.source,
        }
        conditions.append('f."on" BETWEEN %(since)s AND %(until)s')
        if not any(anchor.is_root for anchor in self.anchors):
            conditions.append(f"{self.group_path} && %(anchors)s::uuid[]")
        if asked.supplier_id:
            conditions.append("f.supplier_id = %(supplier_id)s")
        if asked.category == UNCATEGORISED:
            conditions.append("f.category_path = '{}'")
        elif asked.category:
            conditions.append("f.category_path @> ARRAY[%(category)s]::varchar[]")
        if asked.source:
            conditions.append("f.source = %(source)s")
        return " AND ".join(conditions), parameters


def spend_view(actor: Actor, asked: SpendFilter) -> SpendView:
    """Resolve what was asked for: the group, or else all groups whose reports the actor may see.

    One SQL query. Raises `NotAllowed` where the actor may see no reports at all, `NotFound` for a
    group whose reports are not theirs to see.
    """
    if asked.group_id is not None:
        groups = [accounts.group_for(actor, asked.group_id, Permission.VIEW_REPORTS)]
    else:
        groups = _granted(actor)
    return SpendView(
        organization_id=actor.organization_id,
        asked=asked,
        anchors=tuple(Anchor(group.id, group.name, tuple(group.path)) for group in groups),
    )


def last_day_with_spend(view: SpendView) -> date | None:
    """Return the last day on which the view, over all time, has spend. One SQL query."""
    rows = SpendFact.objects.filter(organization_id=view.organization_id)
    if not any(anchor.is_root for anchor in view.anchors):
        anchors = [anchor.id for anchor in view.anchors]
        if view.asked.structure is Structure.THEN:
            rows = rows.filter(group_path__overlap=anchors)
        else:
            below = OrgGroup.objects.filter(path__overlap=anchors)
            rows = rows.filter(group_id__in=below.values("id"))
    last: date | None = rows.aggregate(last=Max("on"))["last"]
    return last


def first_day_known(organization_id: UUID) -> date | None:
    """Return the first day of an organization on which anything was bought. One SQL query.

    What lies before it is not known; it is not nothing.
    """
    rows = SpendFact.objects.filter(organization_id=organization_id)
    first: date | None = rows.aggregate(first=Min("on"))["first"]
    return first


def supplier_name(supplier_id: UUID) -> str:
    """Return a supplier's name as it is now. One SQL query."""
    name = Supplier.objects.filter(id=supplier_id).values_list("name", flat=True).first()
    return name or "A supplier that is gone"


def category_name(code: str) -> str:
    """Return a category's name. One SQL query at most."""
    if code == UNCATEGORISED:
        return "Uncategorised"
    name = Category.objects.filter(code=code).values_list("name", flat=True).first()
    return name or SEGMENTS.get(code) or f"Category {code}"


def _granted(actor: Actor) -> list[OrgGroup]:
    """Return the topmost groups whose reports an actor may see, by name."""
    granted = actor.groups_with(Permission.VIEW_REPORTS)
    if granted is None:
        return [accounts.root_group()]
    if not granted:
        raise NotAllowed(
            f"{actor.label} may not see reports: it takes the permission "
            f"“{Permission.VIEW_REPORTS.label}” on a group. An administrator can grant it."
        )
    groups = OrgGroup.objects.filter(id__in=granted).order_by("name", "id")
    return [group for group in groups if granted.isdisjoint(group.path[:-1])]
