"""Training pages, who has to read them, and where a person stands."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max

from accounts.actors import MemberActor
from accounts.models import (
    TrainingAcknowledgement,
    TrainingPage,
    TrainingRequirement,
    TrainingVersion,
)
from accounts.training import Obligation, Reading, Standing, obligations_of, standings
from procurement.core.clock import local_date
from procurement.core.errors import NotFound

# One row for each requirement in force: the lowest version that counts is the first, or the latest
# that asks everybody to read it again.
_FACTS = """(
SELECT jsonb_agg(jsonb_build_array(
           tp.id, tp.slug, tp.title, tq.roles, tq.before_buying, tq.every_months, tq.required_from,
           tv.number, (tv.published_at AT TIME ZONE {zone})::date,
           (tr.last_at AT TIME ZONE {zone})::date, (tr.counted_at AT TIME ZONE {zone})::date
       ) ORDER BY tp.place, tp.title)::text
FROM accounts_trainingrequirement tq
JOIN accounts_trainingpage tp
  ON tp.organization_id = tq.organization_id AND tp.id = tq.page_id AND tp.archived_at IS NULL
CROSS JOIN LATERAL (
    SELECT number, published_at FROM accounts_trainingversion
    WHERE organization_id = tp.organization_id AND page_id = tp.id
      AND (must_repeat OR number = 1)
    ORDER BY number DESC LIMIT 1) tv
LEFT JOIN LATERAL (
    SELECT max(a.acknowledged_at) AS last_at,
           max(a.acknowledged_at) FILTER (WHERE r.number >= tv.number) AS counted_at
    FROM accounts_trainingacknowledgement a
    JOIN accounts_trainingversion r
      ON r.organization_id = a.organization_id AND r.id = a.version_id
    WHERE a.organization_id = tq.organization_id AND a.membership_id = {member}
      AND r.page_id = tp.id) tr ON true
WHERE tq.organization_id = {organization} AND tq.ended_at IS NULL)"""


def training_sql(*, organization: str, member: str, zone: str) -> str:
    """Return an SQL expression of what a member has to have read, for a statement of any floor.

    The arguments are column names of that statement. `training_of` reads its value.
    """
    return _FACTS.format(organization=organization, member=member, zone=zone)


_ASKED = "SELECT {facts} FROM accounts_organization o WHERE o.id = %s"
_OF_ALL = _ASKED.format(
    facts=training_sql(organization="o.id", member="NULL::uuid", zone="o.time_zone")
)
_OF_ONE = _ASKED.format(facts=training_sql(organization="o.id", member="%s", zone="o.time_zone"))


def training_of(value: str | None) -> tuple[tuple[Obligation, Reading], ...]:
    """Return what somebody has to have read, and has, from the value of `training_sql`."""
    return obligations_of(json.loads(value)) if value else ()


def obligations(organization_id: UUID) -> list[Obligation]:
    """Return every page that holders of some role have to have read. One SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ALL, [organization_id])
        (value,) = cursor.fetchone()
    return [obligation for obligation, _ in training_of(value)]


def own_standings(actor: MemberActor, *, time_zone: str) -> list[Standing]:
    """Return where the actor stands with each page that they have to have read. One SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ONE, [actor.membership_id, actor.organization_id])
        (value,) = cursor.fetchone()
    return standings(training_of(value), roles_by_day(actor, time_zone))


def roles_by_day(actor: MemberActor, time_zone: str) -> dict[str, date]:
    """Return the roles of an actor with the day since when they have held each. No SQL."""
    return {role: local_date(since, time_zone) for role, since in actor.roles.items()}


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A training page as its reader finds it listed.

    ``standing`` is None where they need not read it; ``read_at`` None where they have not.
    """

    page: TrainingPage
    standing: Standing | None
    read_at: datetime | None
    is_due: bool
    is_blocking: bool


def own_training(actor: MemberActor, *, on: date, time_zone: str) -> list[OwnPage]:
    """Return all pages for their reader, those due first. Three SQL queries."""
    by_page = {one.obligation.page_id: one for one in own_standings(actor, time_zone=time_zone)}
    read = dict(
        TrainingAcknowledgement.objects.filter(membership_id=actor.membership_id)
        .values_list("version__page_id")
        .annotate(at=Max("acknowledged_at"))
    )
    pages = TrainingPage.objects.filter(archived_at__isnull=True).order_by("place", "title", "id")
    listed = [_own(page, by_page.get(page.id), read.get(page.id), on) for page in pages]
    return sorted(listed, key=lambda one: (not one.is_blocking, not one.is_due))


def _own(
    page: TrainingPage, standing: Standing | None, read_at: datetime | None, on: date
) -> OwnPage:
    return OwnPage(
        page=page,
        standing=standing,
        read_at=read_at,
        is_due=standing is not None and standing.is_due(on),
        is_blocking=standing is not None and standing.blocks(on),
    )


def training_version(slug: str, *, with_archived: bool = False) -> TrainingVersion:
    """Return the latest version of a page, with the page. One SQL query; raises `NotFound`."""
    found = TrainingVersion.objects.filter(page__slug=slug).select_related("page")
    if not with_archived:
        found = found.filter(page__archived_at__isnull=True)
    latest = found.order_by("-number").first()
    if latest is None:
        raise NotFound("There is no such training page, or it has been archived.")
    return latest


def latest_version(page: TrainingPage) -> TrainingVersion:
    """Return what a page says now. One SQL query."""
    return TrainingVersion.objects.filter(page=page).select_related("page").latest("number")


def last_read(actor: MemberActor, page: TrainingPage) -> TrainingAcknowledgement | None:
    """Return when the actor last read a page, and in which version. One SQL query."""
    return (
        TrainingAcknowledgement.objects.filter(
            membership_id=actor.membership_id, version__page=page
        )
        .select_related("version")
        .order_by("-acknowledged_at")
        .first()
    )


def requirement_of(page: TrainingPage) -> TrainingRequirement | None:
    """Return the requirement of a page that is in force, or None. One SQL query."""
    return TrainingRequirement.objects.filter(page=page, ended_at__isnull=True).first()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A training page as those see it who keep it."""

    page: TrainingPage
    version: TrainingVersion
    requirement: TrainingRequirement | None


def kept_pages() -> list[KeptPage]:
    """Return all pages with their latest versions, the archived last. Two SQL queries."""
    latest = (
        TrainingVersion.objects.select_related("page")
        .order_by("page_id", "-number")
        .distinct("page_id")
    )
    required = {
        one.page_id: one for one in TrainingRequirement.objects.filter(ended_at__isnull=True)
    }
    kept = [KeptPage(one.page, one, required.get(one.page_id)) for one in latest]
    return sorted(kept, key=_in_order)


def _in_order(kept: KeptPage) -> tuple[bool, int, str, str]:
    return kept.page.archived_at is not None, kept.page.place, kept.page.title, str(kept.page.id)
