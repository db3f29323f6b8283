"""Keeping training pages: written, revised as new versions, put away and brought back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from accounts.models import OrgGroup, TrainingPage, TrainingRequirement, TrainingVersion
from accounts.permissions import Permission, require
from accounts.selectors import latest_version, root_group
from accounts.starters import STARTERS
from accounts.training import MOST_LINKS, Link, wrong_with
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError
from procurement.core.locking import lock

LONGEST_TEXT = 20_000
LONGEST_TITLE = 200
# Addresses that pages of their own stand at.
_TAKEN = frozenset({"manage", "due"})
_SLUG_LENGTH = 50


@transaction.atomic
def create_training_page(
    *,
    actor: Actor,
    title: str,
    body: str,
    links: Sequence[Link] = (),
    slug: str = "",
    now: datetime,
) -> TrainingPage:
    """Write a training page, last in the list; its address is made of ``slug`` or the title.

    Raises `DomainError` for a title or text that is empty or too long, or a link that will not do.
    """
    _lock_pages(actor)
    title = _checked_title(title)
    page = TrainingPage.objects.create(
        organization_id=actor.organization_id,
        slug=_free_slug(slug or title),
        title=title,
        place=min(TrainingPage.objects.count(), 32_000),
        created_at=now,
    )
    _publish(actor, page, 1, body, links, must_repeat=False, now=now)
    return page


@transaction.atomic
def revise_training_page(
    *,
    actor: Actor,
    page: TrainingPage,
    title: str,
    place: int,
    body: str,
    links: Sequence[Link],
    must_repeat: bool = False,
    after: int,
    now: datetime,
) -> TrainingVersion:
    """Change what a page says, by a new version, and how it is listed; return what it says now.

    ``after`` is the number of the version that was edited; raises `Conflict` where another has been
    published since. ``must_repeat`` asks those who have read the page before to read it again.
    """
    current = _lock_page(actor, page)
    latest = latest_version(current)
    if latest.number != after:
        raise Conflict(
            f"Version {latest.number} was published by {latest.published_by} meanwhile. Look at "
            "it, and change that one."
        )
    _list_as(actor, current, _checked_title(title), place, now)
    is_same = (latest.body, latest.links) == (_checked_text(body), _stored(links))
    if is_same and not must_repeat:
        return latest
    return _publish(actor, current, after + 1, body, links, must_repeat=must_repeat, now=now)


@transaction.atomic
def archive_training_page(*, actor: Actor, page: TrainingPage, now: datetime) -> TrainingPage:
    """Put a page away: nobody finds it, nobody has to read it; who has read it stays on record."""
    current = _lock_page(actor, page)
    if current.archived_at is not None:
        return current
    TrainingRequirement.objects.filter(page=current, ended_at__isnull=True).update(ended_at=now)
    current.archived_at = now
    current.save(update_fields=["archived_at"])
    record_training(actor, AuditAction.TRAINING_ARCHIVED, current, now)
    return current


@transaction.atomic
def restore_training_page(*, actor: Actor, page: TrainingPage, now: datetime) -> TrainingPage:
    """Bring a page back; whether it has to be read is to be said anew."""
    current = _lock_page(actor, page)
    if current.archived_at is None:
        return current
    current.archived_at = None
    current.save(update_fields=["archived_at"])
    record_training(actor, AuditAction.TRAINING_RESTORED, current, now)
    return current


@transaction.atomic
def add_starter_pages(*, actor: Actor, now: datetime) -> list[TrainingPage]:
    """Write the pages to begin with, those that are there already left out; return the new ones."""
    _lock_pages(actor)
    there = set(TrainingPage.objects.values_list("slug", flat=True))
    return [
        create_training_page(
            actor=actor, title=starter.title, body=starter.body, slug=starter.slug, now=now
        )
        for starter in STARTERS
        if starter.slug not in there
    ]


def record_training(
    actor: Actor,
    action: AuditAction,
    page: TrainingPage,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    group_id: UUID | None = None,
) -> None:
    """Leave a line about a page in the trail."""
    record(
        actor=actor,
        action=action,
        subject_type="training_page",
        subject_id=page.id,
        subject_label=page.title,
        group_id=group_id or root_group().id,
        before=before,
        after=after,
        now=now,
    )


def _lock_pages(actor: Actor) -> None:
    """Have one person write pages at a time, so that neither addresses nor places are taken twice.

    Training is of the whole organization: it is written by those who manage its people.
    """
    root = root_group()
    require(actor, Permission.MANAGE_PEOPLE, root)
    lock(OrgGroup.objects.filter(id=root.id))


def _lock_page(actor: Actor, page: TrainingPage) -> TrainingPage:
    require(actor, Permission.MANAGE_PEOPLE, root_group())
    (current,) = lock(TrainingPage.objects.filter(id=page.id))
    return current


def _list_as(actor: Actor, page: TrainingPage, title: str, place: int, now: datetime) -> None:
    before = {"title": page.title, "place": page.place}
    page.title, page.place = title, min(max(place, 0), 32_000)
    after = {"title": page.title, "place": page.place}
    if before == after:
        return
    page.save(update_fields=["title", "place"])
    record_training(actor, AuditAction.TRAINING_CHANGED, page, now, before=before, after=after)


def _publish(
    actor: Actor,
    page: TrainingPage,
    number: int,
    body: str,
    links: Sequence[Link],
    *,
    must_repeat: bool,
    now: datetime,
) -> TrainingVersion:
    version = TrainingVersion.objects.create(
        organization_id=actor.organization_id,
        page=page,
        number=number,
        body=_checked_text(body),
        links=_stored(links),
        must_repeat=must_repeat,
        published_by=actor.label,
        published_at=now,
    )
    after = {"version": number, "must_repeat": must_repeat, "links": len(version.links)}
    record_training(actor, AuditAction.TRAINING_PUBLISHED, page, now, after=after)
    return version


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise DomainError("Give the page a title.", field="title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(f"A title has {LONGEST_TITLE} characters at most.", field="title")
    return title


def _checked_text(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not body:
        raise DomainError("Write a few lines.", field="body")
    if len(body) > LONGEST_TEXT:
        raise DomainError(
            f"A page has {LONGEST_TEXT:,} characters at most. Shorten it, or make two of it.",
            field="body",
        )
    return body


def _stored(links: Sequence[Link]) -> list[dict[str, Any]]:
    if len(links) > MOST_LINKS:
        raise DomainError(f"A page has {MOST_LINKS} links at most.", field="links")
    for link in links:
        wrong = wrong_with(link)
        if wrong is not None:
            raise DomainError(f"{link.label or link.url}: {wrong[1]}", field="links")
    return [asdict(link) for link in links]


def _free_slug(wanted: str) -> str:
    base = slugify(wanted)[:_SLUG_LENGTH].strip("-") or "page"
    taken = _TAKEN | set(
        TrainingPage.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
