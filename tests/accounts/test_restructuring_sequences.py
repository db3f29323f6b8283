"""Any sequence of moves, merges, archives and restores, against a plain recomputation."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services
from accounts.effects import Effect, EffectKind, fingerprint
from accounts.models import (
    GroupPermission,
    GroupPlacement,
    Membership,
    MembershipPlacement,
    OrgGroup,
    PositionHolder,
    Role,
    RoleGrant,
)
from accounts.permissions import ROLE_PERMISSIONS, Permission
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError
from tests.factories.accounts import (
    Company,
    actor_of,
    make_company,
    make_group,
    make_member,
    seat,
)
from tests.factories.changes import LATER, later

pytestmark = [pytest.mark.django_db, pytest.mark.database]

_serial = count()


@pytest.fixture
def company() -> Company:
    return make_company()


Covered = dict[tuple[UUID, str], frozenset[UUID]]


def naive_paths() -> dict[UUID, list[UUID]]:
    """Return the paths that follow from parents alone."""
    parents = dict(OrgGroup.objects.values_list("id", "parent_id"))

    def way(group: UUID) -> list[UUID]:
        found: list[UUID] = []
        step: UUID | None = group
        while step is not None:
            assert step not in found, "a group stands below itself"
            found.insert(0, step)
            step = parents[step]
        return found

    return {group: way(group) for group in parents}


def naive_powers() -> Covered:
    """Return on which groups each member holds each role, from grants and parents alone."""
    paths = naive_paths()
    covered: defaultdict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for grant in RoleGrant.objects.all():
        if grant.starts_at <= LATER and (grant.ends_at is None or grant.ends_at > LATER):
            for group, path in paths.items():
                if grant.group_id in path:
                    covered[grant.membership_id, grant.role].add(group)
    return {key: frozenset(groups) for key, groups in covered.items() if groups}


def told(effects: list[Effect], kind: EffectKind) -> Counter[UUID]:
    """Return how many groups each person is told to gain or lose."""
    found: Counter[UUID] = Counter()
    for effect in effects:
        if effect.kind is kind:
            counted = re.search(r"([\d,]+) groups\.$", effect.sentence)
            found[effect.about] += int(counted[1].replace(",", "")) if counted else 1
    return found


def everything() -> list[object]:
    """Return every row that a change of the tree could touch here."""
    return [
        sorted(model.objects.values_list(), key=str)
        for model in (
            OrgGroup,
            GroupPlacement,
            Membership,
            MembershipPlacement,
            RoleGrant,
            GroupPermission,
            PositionHolder,
            AuditEvent,
        )
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "move", "merge", "archive", "restore"]),
        st.integers(0, 11),
        st.integers(0, 11),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_any_sequence_keeps_the_tree_a_tree_and_does_what_its_preview_said(
    company: Company, steps: list[tuple[str, int, int]]
) -> None:
    with company.scope():
        adam = actor_of(company.people["Adam"])
        for verb, first, second in steps:
            groups = list(OrgGroup.objects.order_by("path"))
            group, target = groups[first % len(groups)], groups[second % len(groups)]
            if verb == "create":
                if group.is_active:
                    new = make_group(company.organization, group, f"Group {next(_serial)}")
                    member = make_member(
                        company.organization, new, f"Pat {next(_serial)}", Role.TECHNICIAN
                    )
                    seat(company.organization, "supervisor", new, member)
                continue
            names: dict[str, Any] = {"group": group, "target": target}
            if verb in ("archive", "restore"):
                del names["target"]
            preview: Callable[..., list[Effect]] = getattr(services, f"preview_{verb}")
            carry_out: Callable[..., list[Effect]] = getattr(services, f"{verb}_group")
            before, had = everything(), naive_powers()
            try:
                shown = preview(actor=adam, now=LATER, **names)
            except DomainError:
                assert everything() == before
                continue
            assert everything() == before, "a preview leaves nothing behind"
            done = carry_out(actor=adam, seen=fingerprint(shown), now=LATER, **names)
            assert fingerprint(done) == fingerprint(shown)
            has = naive_powers()
            for kind, more, less in (
                (EffectKind.POWER_GAINED, has, had),
                (EffectKind.POWER_LOST, had, has),
            ):
                expected: Counter[UUID] = Counter()
                for key, covered in more.items():
                    expected[key[0]] += len(covered - less.get(key, frozenset()))
                assert told(done, kind) == +expected
            check(company)


def check(company: Company) -> None:
    """Hold the stored tree, its history and what people may do to what follows from parents."""
    stored = {group.id: group for group in OrgGroup.objects.all()}
    assert {group.id: group.path for group in stored.values()} == naive_paths()
    current = {
        one.group_id: (one.parent_id, one.is_active)
        for one in GroupPlacement.objects.filter(until__isnull=True)
    }
    assert current == {one.id: (one.parent_id, one.is_active) for one in stored.values()}
    places = dict(
        MembershipPlacement.objects.filter(until__isnull=True).values_list(
            "membership_id", "group_id"
        )
    )
    assert places == dict(Membership.objects.values_list("id", "group_id"))
    powers = naive_powers()
    for member in Membership.objects.select_related("user"):
        actor = later(member)
        for group in stored.values():
            held = {
                permission
                for role in Role.values
                if group.id in powers.get((member.id, role), frozenset())
                for permission in ROLE_PERMISSIONS[role]
            }
            assert {one for one in Permission if actor.can(one, group.path)} == held
