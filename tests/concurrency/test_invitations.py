"""Workers, administrators and invited people at once: one proceeds, and nobody is asked twice.

The control takes the lock off the batch: both workers then find the same lines ready.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, close_old_connections, connection, models

from accounts import selectors, services
from accounts.models import InvitationBatch, Membership
from procurement.core.errors import DomainError
from procurement.outbox.models import OutboxMessage
from tests.accounts.invited import check, invitation_of, invite, letters_to, member, run
from tests.factories.accounts import NOW, PASSWORD, Company, make_company

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

EMAILS = [f"p{number}@example.com" for number in range(20)]


@pytest.fixture
def company() -> Company:
    return make_company()


def at_once(company: Company, *actions: Callable[[], Any]) -> list[str]:
    """Run actions on connections of their own, released at the same moment; return refusals."""
    gate = threading.Barrier(len(actions))

    def go(action: Callable[[], Any]) -> str:
        close_old_connections()
        connection.ensure_connection()
        try:
            gate.wait(timeout=30)
            with company.scope():
                action()
        except (DomainError, IntegrityError) as refusal:
            return str(refusal) or type(refusal).__name__
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(actions)) as pool:
        return [job.result(timeout=60) for job in [pool.submit(go, action) for action in actions]]


def running(company: Company) -> UUID:
    with company.scope():
        batch = check(company, " ".join(EMAILS))
        services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)
        return batch.id


def invite_one_step(batch_id: UUID) -> Callable[[], bool]:
    return lambda: services.invite_next(batch_id=batch_id, now=NOW, most=10)


def test_of_two_workers_at_one_batch_each_line_is_taken_by_one(company: Company) -> None:
    batch_id = running(company)
    assert at_once(company, *[invite_one_step(batch_id)] * 3) == ["", "", ""]
    with company.scope():
        batch = InvitationBatch.objects.get(id=batch_id)
        done = batch.processed
        assert done in (10, 20)
        assert OutboxMessage.objects.filter(template="invitation").count() == done
        run(batch)
        assert [letters_to(email) for email in EMAILS] == [1] * len(EMAILS)


def test_without_the_lock_both_workers_take_the_same_lines(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = running(company)
    both_have_read = threading.Barrier(2)

    def read(self: Any, **_: Any) -> Any:
        both_have_read.wait(timeout=30)
        return self

    with monkeypatch.context() as patch:
        patch.setattr(models.QuerySet, "select_for_update", read)
        refusals = at_once(company, *[invite_one_step(batch_id)] * 2)
    with company.scope():
        invited = selectors.fates_of(InvitationBatch.objects.get(id=batch_id))["INVITED"]
        mails = OutboxMessage.objects.filter(template="invitation").count()
    # Whoever comes second fails on a constraint, or calls people known whom the first has mailed.
    assert any(refusals) or invited != mails


def test_of_revoking_and_accepting_at_once_one_wins_and_both_agree(company: Company) -> None:
    with company.scope():
        invite(company, EMAILS[0])
        invitation = invitation_of(EMAILS[0])

    def accept() -> None:
        services.accept_invitation(
            organization=company.organization,
            invitation_id=invitation.id,
            link_expires_at=invitation.expires_at,
            signed_in=None,
            name="Pat",
            password=PASSWORD,
            now=NOW,
        )

    def revoke() -> None:
        services.revoke_invitation(actor=company.actor("Adam"), invitation=invitation, now=NOW)

    refusals = at_once(company, accept, revoke)
    assert sorted(map(bool, refusals)) == [False, True]
    with company.scope():
        status = invitation_of(EMAILS[0]).status
        assert (status, member(EMAILS[0]).status) in {
            ("ACCEPTED", Membership.Status.ACTIVE),
            ("REVOKED", Membership.Status.SUSPENDED),
        }
