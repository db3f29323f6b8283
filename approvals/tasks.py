"""Celery entry points of approvals."""

from datetime import timedelta
from uuid import UUID

import structlog
from celery import shared_task

from approvals import selectors, services
from approvals.absence_feeds import FeedUnreadable
from approvals.absence_feeds.fetching import FeedUnreachable, fetch
from procurement.core import clock, jobs, tenancy
from procurement.core.actors import SystemActor

logger = structlog.get_logger(__name__)


@shared_task(base=jobs.TenantTask, name="approvals.reseat")
def reseat(*, organization_id: str) -> int:
    """Replace people who lost their access wherever something waits for them."""
    actor = SystemActor(UUID(organization_id), "Approvals")
    return services.reseat_requests(actor=actor, now=clock.now())


@shared_task(base=jobs.TenantTask, name="approvals.ask_deputies")
def ask_deputies(*, organization_id: str) -> int:
    """Tell whoever stands in for somebody what waits for them; return how much was told."""
    actor = SystemActor(UUID(organization_id), "Absences")
    return services.ask_deputies(actor=actor, now=clock.now())


@shared_task(name="approvals.read_absence_feeds")
def read_absence_feeds(*, organization_id: str) -> int:
    """Read the calendars of absences; return how many absences have changed.

    No transaction is open while a stranger's server answers, and one that fails keeps no other from
    being read.
    """
    organization = UUID(organization_id)
    actor = SystemActor(organization, "Calendar of absences")
    with tenancy.scope(organization):
        feeds = selectors.feeds_to_read()
    changed = 0
    for feed_id, url in feeds:
        try:
            text = fetch(url)
            with tenancy.scope(organization):
                changed += services.follow_feed(
                    actor=actor, feed_id=feed_id, text=text, now=clock.now()
                )
        except (FeedUnreachable, FeedUnreadable) as error:
            with tenancy.scope(organization):
                services.note_unread_feed(feed_id=feed_id, why=str(error))
        except Exception:  # whatever is wrong with one, the others are read
            logger.exception("absences.feed_failed", feed_id=str(feed_id))
    return changed


@shared_task(base=jobs.TenantTask, name="approvals.check_policies")
def check_policies(*, organization_id: str) -> int:
    """Check all policies for dead ends; return how many are new since the last check."""
    actor = SystemActor(UUID(organization_id), "Policy check")
    return services.check_policies(actor=actor, now=clock.now()).began


@shared_task(name="approvals.watch_clock")
def watch_clock(*, organization_id: str) -> int:
    """Remind, ask the next in line, warn and end what nobody decided; return for how many requests.

    Each request is a transaction of its own, so that one that fails keeps no other from its time.
    """
    organization = UUID(organization_id)
    actor = SystemActor(organization, "Clock")
    now = clock.now()
    with tenancy.scope(organization):
        due = services.requests_due(organization_id=organization, now=now)
    watched = 0
    for request_id in due:
        try:
            with tenancy.scope(organization):
                watched += services.watch_request(actor=actor, request_id=request_id, now=now)
        except Exception:  # whatever is wrong with one, the others have their time
            logger.exception("clock.request_failed", request_id=str(request_id))
    return watched


jobs.every(timedelta(minutes=1), "approvals.reseat")
jobs.every(timedelta(minutes=1), "approvals.ask_deputies")
jobs.every(timedelta(minutes=5), "approvals.watch_clock")
jobs.every(timedelta(hours=1), "approvals.read_absence_feeds")
jobs.every(timedelta(days=1), "approvals.check_policies")
