"""One version of a policy in full, and how it differs from another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import OrgGroup
from accounts.permissions import Permission
from approvals.differences import Difference, differences
from approvals.models import ApprovalPolicy
from approvals.policy_words import Section, in_sections
from approvals.selectors.policies import VersionRow, policy_page
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A version, what it says in words, and what is different in it from ``against``.

    ``versions`` are all of the policy, the latest first. ``going_back`` is what publishing this
    version again would change of the last one; it is empty for a version that says the same.
    """

    group: OrgGroup
    policy: ApprovalPolicy
    row: VersionRow
    versions: tuple[VersionRow, ...]
    against: VersionRow | None
    changes: tuple[Difference, ...]
    going_back: tuple[Difference, ...]
    may_publish: bool

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return what the version says."""
        return in_sections(self.row.document)

    @property
    def last(self) -> VersionRow:
        """Return the latest version, be it in force or coming."""
        return self.versions[0]

    @property
    def others(self) -> tuple[VersionRow, ...]:
        """Return the versions that it can be compared with."""
        return tuple(row for row in self.versions if row is not self.row)


def version_page(
    actor: Actor, group_id: UUID, number: int, now: datetime, *, against: int | None = None
) -> VersionPage:
    """Return a version of a group's policy beside another, by default the one before it.

    Four SQL queries. Raises `NotFound` for a group that is not the actor's to see, and for numbers
    that no version has.
    """
    page = policy_page(actor, group_id, now)
    row = _numbered(page.versions, number)
    if page.policy is None or row is None:
        raise NotFound("There is no such version.")
    other = _numbered(page.versions, number - 1 if against is None else against)
    if other is None and against is not None:
        raise NotFound(f"There is no version {against} to compare with.")
    return VersionPage(
        group=page.group,
        policy=page.policy,
        row=row,
        versions=page.versions,
        against=other,
        changes=differences(other.document, row.document) if other else (),
        going_back=differences(page.versions[0].document, row.document),
        may_publish=actor.can(Permission.MANAGE_POLICIES, page.group.path),
    )


def _numbered(versions: Sequence[VersionRow], number: int) -> VersionRow | None:
    return next((row for row in versions if row.version.number == number), None)
