"""Two administrators change the tree at once: it stays a tree, and the loser is told.

The control takes the lock away: each move looks right by itself, and the two together are a circle.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import close_old_connections, connection
from django.db.models import QuerySet

from accounts import services
from accounts.models import OrgGroup
from accounts.services.restructuring import steps
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError
from tests.factories.accounts import NOW, Company, make_company

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]


@pytest.fixture
def company() -> Company:
    return make_company()


def at_once(company: Company, *moves: tuple[str, str]) -> list[str]:
    """Move groups on connections of their own, released at the same moment; return refusals."""
    gate = threading.Barrier(len(moves))

    def run(move: tuple[str, str]) -> str:
        close_old_connections()
        connection.ensure_connection()
        group, target = (company.groups[name] for name in move)
        try:
            gate.wait(timeout=30)
            with company.scope():
                services.move_group(
                    actor=company.actor("Adam"), group=group, target=target, now=NOW
                )
        except DomainError as refusal:
            return refusal.message
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(moves)) as pool:
        return [job.result(timeout=60) for job in [pool.submit(run, move) for move in moves]]


def without_lock(patch: pytest.MonkeyPatch, readers: int) -> None:
    """Take the locks off the tree; everybody has read before anybody goes on."""
    everybody_has_read = threading.Barrier(readers)

    def read(rows: "QuerySet[Any, Any]") -> Sequence[Any]:
        found = list(rows)
        everybody_has_read.wait(timeout=30)
        return found

    def hold_nothing(organization_id: UUID) -> None:
        """Let others change the tree as well."""

    patch.setattr(steps, "hold_tree", hold_nothing)
    patch.setattr(steps, "lock", read)


def parents(company: Company) -> dict[str, UUID | None]:
    with company.scope():
        return dict(OrgGroup.objects.values_list("name", "parent_id"))


BELOW_EACH_OTHER = (("Facilities", "Engineering"), ("Engineering", "Facilities"))


@pytest.mark.parametrize("round_number", range(5))
def test_of_two_moves_below_each_other_exactly_one_is_made(
    company: Company, round_number: int
) -> None:
    refusals = at_once(company, *BELOW_EACH_OTHER)
    assert sorted(map(bool, refusals)) == [False, True]
    assert "stands below it; choose another place" in "".join(refusals)
    facilities, engineering = company.groups["Facilities"].id, company.groups["Engineering"].id
    found = parents(company)
    assert (found["Facilities"], found["Engineering"]) in (
        (engineering, company.root.id),
        (company.root.id, facilities),
    )
    with company.scope():
        assert AuditEvent.objects.filter(action="group.moved").count() == 1


def test_without_the_lock_two_groups_stand_below_each_other(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch, readers=2)
    assert at_once(company, *BELOW_EACH_OTHER) == ["", ""]
    found = parents(company)
    assert found["Facilities"] == company.groups["Engineering"].id
    assert found["Engineering"] == company.groups["Facilities"].id
