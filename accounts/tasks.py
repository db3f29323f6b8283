"""Background entry points of accounts."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from accounts import selectors, services
from procurement.core import clock, jobs, tenancy
from procurement.core.actors import SystemActor


@shared_task(name="accounts.fan_out")
def fan_out(*, task: str) -> int:
    """Enqueue a tenant task for every organization, each with its own scope; return how many."""
    organization_ids = selectors.organization_ids()
    for organization_id in organization_ids:
        jobs.enqueue(task, organization_id=str(organization_id))
    return len(organization_ids)


@shared_task(base=jobs.TenantTask, name="accounts.review_hierarchy")
def review_hierarchy(*, organization_id: str) -> bool:
    """Check the tree when that is due; tell whether it was."""
    actor = SystemActor(UUID(organization_id), "Hierarchy check")
    return services.review_when_due(actor=actor, now=clock.now()) is not None


@shared_task(base=jobs.TenantTask, name="accounts.follow_ended_grants")
def follow_ended_grants(*, organization_id: str) -> int:
    """Ask others where somebody waits whose role has run out; return how many people that were."""
    actor = SystemActor(UUID(organization_id), "Roles that have run out")
    return services.follow_ended_grants(actor=actor, now=clock.now())


@shared_task(base=jobs.TenantTask, name="accounts.renew_permissions")
def renew_permissions(*, organization_id: str) -> int:  # noqa: ARG001 – the scope is of it
    """Drop the permissions of grants that have run out; return how many rows changed."""
    return services.renew_permissions(now=clock.now())


@shared_task(base=jobs.TenantTask, name="accounts.carry_out_moves")
def carry_out_moves(*, organization_id: str) -> int:
    """Have people whose move has come be at home where they work now; return how many."""
    actor = SystemActor(UUID(organization_id), "Planned moves")
    return services.carry_out_due_moves(actor=actor, now=clock.now())


@shared_task(base=jobs.TenantTask, name="accounts.remind_of_training")
def remind_of_training(*, organization_id: str) -> int:
    """Remind people of training that is due; return how many."""
    actor = SystemActor(UUID(organization_id), "Training")
    return services.remind_of_training(actor=actor, now=clock.now())


@shared_task(base=jobs.TenantTask, name="accounts.end_gone_devices")
def end_gone_devices(*, organization_id: str, message_ids: list[str]) -> int:
    """End the devices that their push services no longer know; return how many."""
    return services.end_gone_devices(
        actor=SystemActor(UUID(organization_id), "Notifications on devices"),
        message_ids=[UUID(message_id) for message_id in message_ids],
        now=clock.now(),
    )


@shared_task(name="accounts.send_invitations")
def send_invitations(*, organization_id: str, batch_id: str) -> int:
    """Invite the people of a batch, step by step; return how many steps it took.

    Each step is a transaction of its own: a worker that is killed goes on behind the last one.
    """
    steps = 0
    has_more = True
    while has_more:
        with tenancy.scope(UUID(organization_id)):
            has_more = services.invite_next(batch_id=UUID(batch_id), now=clock.now())
        steps += 1
    return steps


@shared_task(base=jobs.TenantTask, name="accounts.resume_invitations")
def resume_invitations(*, organization_id: str) -> int:
    """Have invitations gone on with whose worker has stopped; return how many batches there are.

    Where one is still at work, the second finds the batch locked and leaves it alone.
    """
    waiting = selectors.running_batch_ids()
    for batch_id in waiting:
        jobs.enqueue(
            "accounts.send_invitations", organization_id=organization_id, batch_id=str(batch_id)
        )
    return len(waiting)


jobs.every(timedelta(minutes=1), "accounts.carry_out_moves")
jobs.every(timedelta(days=1), "accounts.review_hierarchy")
jobs.every(timedelta(minutes=5), "accounts.follow_ended_grants")
jobs.every(timedelta(hours=1), "accounts.renew_permissions")
jobs.every(timedelta(hours=1), "accounts.remind_of_training")
jobs.every(timedelta(minutes=1), "accounts.resume_invitations")
