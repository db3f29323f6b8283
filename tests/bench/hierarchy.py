"""Groups and people at the size of a large company: the tree, a moved branch, who may do what."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors, services
from accounts.models import (
    GroupPlacement,
    Membership,
    MembershipPlacement,
    Organization,
    OrgGroup,
    Role,
    RoleGrant,
    User,
)
from accounts.permissions import Permission
from accounts.services.placements import keep_group_history
from accounts.services.roles import renew_permissions
from approvals import selectors as approvals
from approvals.routing import ApproverKind, ApproverSpec
from procurement.core import tenancy
from procurement.core.ids import new_id
from procurement.core.planner import count_anew
from tests.bench.submits import database
from tests.factories.accounts import NOW, make_organization, system
from tests.factories.approvals import TYPICAL, stage, through

BRANCHES = 10
_BY_MANAGERS = through(stage(ApproverSpec(ApproverKind.MANAGER_LIMIT)))
SIZES = ((1_000, 5_000), (10_000, 50_000))


def run() -> None:
    """Measure at two sizes, and print a table."""
    logging.disable(logging.WARNING)
    with database():
        print("\nGroups and people: best of five, in ms, and SQL queries")
        print(f"{'':44}" + "".join(f"{groups:>9,} groups" for groups, _ in SIZES))
        columns = [dict(_measured(groups, people)) for groups, people in SIZES]
        for name in columns[0]:
            cells = (
                f"{spent:>9.1f} ({queries:>2})" for spent, queries in (c[name] for c in columns)
            )
            print(f"{name:<44}" + "   ".join(cells))


def _measured(groups: int, people: int) -> Iterator[tuple[str, tuple[float, int]]]:
    organization = make_organization(f"Bench {groups}")
    with tenancy.scope(organization.id):
        tops = _fill(organization, groups, people)
    actor = system(organization)
    with tenancy.scope(organization.id):
        member = Membership.objects.filter(status="ACTIVE").earliest("id")
        leaf = OrgGroup.objects.filter(parent__in=tops).earliest("id")
        yield (
            "permission check of a request",
            _best(
                lambda: selectors.actor_for(
                    user_id=member.user_id, organization_id=organization.id, now=NOW
                )
            ),
        )
        yield ("what a person can do, where", _best(lambda: selectors.access_of(member.id, at=NOW)))
        yield (
            "who can do something on a group, a page",
            _best(lambda: selectors.holders_on(leaf.id, Permission.PLACE_ORDERS, at=NOW, limit=25)),
        )
        yield (
            "tree around one group",
            _best(lambda: selectors.tree_around(actor, leaf, on=NOW.date(), now=NOW)),
        )
        root = selectors.root_group()
        for words, document in (("seats", TYPICAL), ("managers by limit", _BY_MANAGERS)):
            yield (
                f"dead ends of a draft asking {words}",
                _best(partial(approvals.draft_findings, root, document, NOW), times=2),
            )
        branch, target = tops[0], tops[1]
        yield (
            "preview of moving a tenth of all groups",
            _best(
                lambda: services.preview_move(actor=actor, group=branch, target=target, now=NOW),
                times=2,
            ),
        )


def _fill(organization: Organization, groups: int, people: int) -> list[OrgGroup]:
    """Make a tree of three levels with people in its leaves, in bulk; return the second level."""
    root = selectors.root_group()
    tops = _groups(organization, [root] * BRANCHES, "Division")
    rest = groups // BRANCHES - 1
    leaves = _groups(organization, [top for top in tops for _ in range(rest)], "Unit")
    keep_group_history([group.id for group in (*tops, *leaves)], now=NOW)
    users = User.objects.bulk_create(
        (
            User(email=f"p{number}@{organization.slug}.example", name=f"Person {number}")
            for number in range(people)
        ),
        batch_size=5_000,
    )
    members = Membership.objects.bulk_create(
        (
            Membership(
                organization_id=organization.id,
                user=user,
                group=leaves[number % len(leaves)],
                created_at=NOW,
            )
            for number, user in enumerate(users)
        ),
        batch_size=5_000,
    )
    MembershipPlacement.objects.bulk_create(
        (
            MembershipPlacement(
                organization_id=organization.id,
                membership=member,
                group_id=member.group_id,
                status=member.status,
                since=NOW,
            )
            for member in members
        ),
        batch_size=5_000,
    )
    RoleGrant.objects.bulk_create(
        (
            RoleGrant(
                organization_id=organization.id,
                membership=member,
                group_id=member.group_id,
                role=Role.REQUISITIONER,
                granted_at=NOW,
                starts_at=NOW,
            )
            for member in members
        ),
        batch_size=5_000,
    )
    count_anew(OrgGroup, GroupPlacement, Membership, MembershipPlacement, RoleGrant, User)
    renew_permissions(now=NOW)
    return tops


def _groups(organization: Organization, parents: list[OrgGroup], name: str) -> list[OrgGroup]:
    ids = [new_id() for _ in parents]
    return OrgGroup.objects.bulk_create(
        (
            OrgGroup(
                id=group_id,
                organization_id=organization.id,
                parent=parent,
                path=[*parent.path, group_id],
                name=f"{name} {place}",
            )
            for place, (group_id, parent) in enumerate(zip(ids, parents, strict=True))
        ),
        batch_size=5_000,
    )


def _best(work: Callable[[], Any], *, times: int = 5) -> tuple[float, int]:
    """Return the shortest of some runs in milliseconds, and how many SQL queries one takes."""
    with _counted() as queries:
        work()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1_000)
    return min(spent), len(queries)


@contextmanager
def _counted() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as queries:
        yield queries
