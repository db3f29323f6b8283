"""Who has training due: the list, its file and reminders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q

from accounts.models import Membership, RoleGrant, TrainingAcknowledgement
from accounts.permissions import Permission
from accounts.selectors.groups import within
from accounts.selectors.training import obligations
from accounts.training import NEVER, Obligation, Reading, Standing, standings
from procurement.core.actors import Actor
from procurement.core.clock import local_date


@dataclass(frozen=True, slots=True)
class DueFilters:
    """How the list is narrowed; empty values narrow nothing.

    ``group_id`` keeps people at home in a group or below; ``blocking`` those who may not buy;
    ``among`` certain people (memberships).
    """

    page: str = ""
    group_id: UUID | None = None
    blocking: bool = False
    among: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class DueRow:
    """A page that somebody has to read by now; from ``blocks_on`` on they cannot buy."""

    membership_id: UUID
    name: str
    email: str
    group_id: UUID
    group_name: str
    page_slug: str
    page_title: str
    since: date
    blocks_on: date | None
    is_blocking: bool
    is_again: bool


@dataclass(slots=True)
class _Holder:
    """Somebody with roles in force, each with the day since when."""

    membership_id: UUID
    name: str
    email: str
    group_id: UUID
    group_name: str
    roles: dict[str, date]


def due_rows(
    actor: Actor, filters: DueFilters | None = None, *, on: date, time_zone: str, now: datetime
) -> list[DueRow]:
    """Return what is due on a day of people whom the actor manages, what is due longest first.

    Three SQL queries, however many people and pages there are.
    """
    filters = filters or DueFilters()
    asked = [
        one
        for one in obligations(actor.organization_id)
        if not filters.page or one.slug == filters.page
    ]
    if not asked:
        return []
    holders = _holders(actor, asked, filters, time_zone, now)
    read = _readings(actor, asked, holders, filters, time_zone)
    rows = [
        _row(holder, found, on)
        for holder in holders.values()
        for found in _standings(holder, asked, read)
        if found.is_due(on) and (found.blocks(on) or not filters.blocking)
    ]
    return sorted(rows, key=lambda row: (row.since, row.name.casefold(), row.page_title))


def _standings(
    holder: _Holder, asked: Iterable[Obligation], read: Mapping[tuple[UUID, UUID], Reading]
) -> list[Standing]:
    facts = [(one, read.get((holder.membership_id, one.page_id), NEVER)) for one in asked]
    return standings(facts, holder.roles)


def _row(holder: _Holder, found: Standing, on: date) -> DueRow:
    assert found.due_on is not None
    return DueRow(
        membership_id=holder.membership_id,
        name=holder.name,
        email=holder.email,
        group_id=holder.group_id,
        group_name=holder.group_name,
        page_slug=found.obligation.slug,
        page_title=found.obligation.title,
        since=found.due_on,
        blocks_on=found.blocks_on,
        is_blocking=found.blocks(on),
        is_again=found.is_again,
    )


def _holders(
    actor: Actor, asked: Iterable[Obligation], filters: DueFilters, zone: str, now: datetime
) -> dict[UUID, _Holder]:
    """Return who holds a role that some page is asked of. One SQL query."""
    roles = {role for one in asked for role in one.roles}
    grants = RoleGrant.objects.in_force(now).filter(
        within(actor, Permission.MANAGE_PEOPLE, "membership__group__"),
        role__in=roles,
        membership__status=Membership.Status.ACTIVE,
        membership__user__is_active=True,
    )
    if filters.group_id is not None:
        grants = grants.filter(membership__group__path__contains=[filters.group_id])
    if filters.among is not None:
        grants = grants.filter(membership_id__in=filters.among)
    rows = grants.values_list(
        "membership_id",
        "membership__user__name",
        "membership__user__email",
        "membership__group_id",
        "membership__group__name",
        "role",
        "starts_at",
    )
    found: dict[UUID, _Holder] = {}
    for member, name, email, group, group_name, role, starts_at in rows:
        holder = found.setdefault(
            member, _Holder(member, name or email, email, group, group_name, {})
        )
        since = local_date(starts_at, zone)
        holder.roles[role] = min(since, holder.roles.get(role, since))
    return found


def _readings(
    actor: Actor,
    asked: Iterable[Obligation],
    holders: Mapping[UUID, _Holder],
    filters: DueFilters,
    zone: str,
) -> Mapping[tuple[UUID, UUID], Reading]:
    """Return when people last read pages, by person and page. One SQL query, none for nobody."""
    if not holders:
        return {}
    pages, counting = Q(), Q()
    for one in asked:
        pages |= Q(version__page_id=one.page_id)
        counting |= Q(version__page_id=one.page_id, version__number__gte=one.counts_from)
    acknowledged = TrainingAcknowledgement.objects.filter(
        pages, within(actor, Permission.MANAGE_PEOPLE, "membership__group__")
    )
    if filters.among is not None:
        acknowledged = acknowledged.filter(membership_id__in=filters.among)
    rows = acknowledged.values_list("membership_id", "version__page_id").annotate(
        last=Max("acknowledged_at"), counted=Max("acknowledged_at", filter=counting)
    )
    return {
        (member, page): Reading(
            local_date(last, zone), local_date(counted, zone) if counted else None
        )
        for member, page, last, counted in rows
    }
