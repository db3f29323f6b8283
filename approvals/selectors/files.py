"""Policies as files: what is written into one, and what one would change here."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import yaml
from django.db.models.functions import Lower

from accounts.models import Membership, OrgGroup, Position, Role
from accounts.permissions import Permission
from accounts.selectors import organization_by_id, within
from approvals.differences import Difference, differences
from approvals.models import PolicyVersion
from approvals.policy_files import (
    FilePolicy,
    FileProblem,
    Names,
    Place,
    Wanted,
    Written,
    parse,
    policies_in,
    wanted_by,
)
from approvals.policy_words import Section, in_sections
from approvals.routing import ApproverKind, PolicyDocument, check_document
from approvals.vocabulary import CATEGORIES, vocabulary_of
from procurement.core.actors import Actor

# Names of suppliers without an id that is known here are looked up one by one, up to this many.
_MOST_LOOKED_UP = 200
_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class PlannedPolicy:
    """What a policy of a file would change: the group's last version, if any, and how it differs.

    ``place`` is the group as the file names it, ``line`` where the policy starts.
    """

    group: OrgGroup
    place: str
    name: str
    line: int
    last_number: int
    document: PolicyDocument
    changes: tuple[Difference, ...]

    @property
    def is_new(self) -> bool:
        """Tell whether the group has no policy of its own yet."""
        return self.last_number == 0

    @property
    def is_change(self) -> bool:
        """Tell whether publishing it would change anything."""
        return self.is_new or bool(self.changes)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return everything that the policy says."""
        return in_sections(self.document)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would change, and everything that keeps it from being published.

    ``seen`` stands for exactly this file and the versions it was compared with.
    """

    policies: tuple[PlannedPolicy, ...]
    problems: tuple[FileProblem, ...]
    seen: str

    @property
    def changed(self) -> tuple[PlannedPolicy, ...]:
        """Return the policies that would get another version."""
        return tuple(one for one in self.policies if one.is_change)

    @property
    def unchanged(self) -> tuple[PlannedPolicy, ...]:
        """Return the policies that are as the file says already."""
        return tuple(one for one in self.policies if not one.is_change)

    @property
    def is_publishable(self) -> bool:
        """Tell whether there is something to publish, and nothing in its way."""
        return bool(self.changed) and not self.problems


def policies_to_write(
    actor: Actor, group_id: UUID | None = None, number: int | None = None
) -> tuple[list[Written], Names]:
    """Return the last version of each policy that an actor may write, in the order of the tree.

    Narrowed to a group, and to one version of its policy, where they are given. Three SQL queries.
    """
    versions = PolicyVersion.objects.filter(
        within(actor, Permission.MANAGE_POLICIES, "policy__group__")
    ).select_related("policy")
    if group_id is not None:
        versions = versions.filter(policy__group_id=group_id)
    if number is not None:
        versions = versions.filter(number=number)
    last = versions.order_by("policy__group__path", "policy_id", "-number").distinct(
        "policy__group__path", "policy_id"
    )
    written = [
        Written(
            version.policy.group_id,
            version.policy.name,
            version.number,
            PolicyDocument.from_json(version.document),
        )
        for version in last
    ]
    members = {
        UUID(seat.value)
        for one in written
        for stage in one.document.stages()
        for seat in stage.approvers
        if seat.kind is ApproverKind.PERSON
    }
    people = Membership.objects.filter(id__in=members).values_list("id", "user__email")
    return written, Names(groups=_places(_all_groups()), people=dict(people))


def import_plan(actor: Actor, text: str) -> ImportPlan:
    """Return what a file of policies would change, group by group; nothing is written.

    Eight SQL queries, one more for each supplier that is found by name alone.
    """
    root = parse(text)
    if isinstance(root, FileProblem):
        return ImportPlan((), (root,), "")
    groups = _all_groups()
    versions = _last_versions()
    read = policies_in(root, _names_here(root, groups, versions))
    currency = organization_by_id(actor.organization_id).currency
    by_id = {group.id: group for group in groups}
    places = {place.id: " / ".join(place.names) or "/" for place in _places(groups)}
    planned: list[PlannedPolicy] = []
    problems = list(read.problems)
    for one in read.policies:
        group, last = by_id[one.group_id], versions.get(one.group_id)
        policy = _planned(one, group, places[group.id], last)
        planned.append(policy)
        problems.extend(_problems(actor, one, policy, currency))
    told = [text, *(f"{one.group.id}:{one.last_number}" for one in planned)]
    seen = hashlib.sha256("\n".join(told).encode(errors="replace")).hexdigest()
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
    return ImportPlan(tuple(planned), tuple(ordered), seen)


def _planned(
    one: FilePolicy, group: OrgGroup, place: str, last: PolicyVersion | None
) -> PlannedPolicy:
    return PlannedPolicy(
        group=group,
        place=place,
        name=last.policy.name if last else one.name,
        line=one.line,
        last_number=last.number if last else 0,
        document=one.document,
        changes=differences(PolicyDocument.from_json(last.document), one.document) if last else (),
    )


def _problems(
    actor: Actor, one: FilePolicy, policy: PlannedPolicy, currency: str
) -> Iterable[FileProblem]:
    """Yield what keeps a policy that was read from being published."""
    if not actor.can(Permission.MANAGE_POLICIES, policy.group.path):
        yield FileProblem(one.line, f"The policy of {policy.place} is not yours to write.")
    if not policy.group.is_active:
        yield FileProblem(one.line, f"{policy.place} is archived.")
    if one.document.currency != currency:
        yield FileProblem(
            one.line, f"Amounts are in {one.document.currency}; this organization keeps {currency}."
        )
    for problem in check_document(one.document):
        yield FileProblem(one.line_at(problem.where), problem.sentence)


def _all_groups() -> list[OrgGroup]:
    return list(OrgGroup.objects.order_by("path"))


def _places(groups: Sequence[OrgGroup]) -> tuple[Place, ...]:
    names = {group.id: group.name for group in groups}
    return tuple(
        Place(group.id, tuple(names[above] for above in group.path[1:]), group.code)
        for group in groups
    )


def _last_versions() -> dict[UUID, PolicyVersion]:
    """Return the last version of each policy, by its group. One SQL query."""
    last = (
        PolicyVersion.objects.select_related("policy")
        .order_by("policy_id", "-number")
        .distinct("policy_id")
    )
    return {version.policy.group_id: version for version in last}


def _names_here(
    root: yaml.Node, groups: Sequence[OrgGroup], versions: dict[UUID, PolicyVersion]
) -> Names:
    """Return what a file can name here, looked up as far as it names anything."""
    wanted = wanted_by(root)
    people = (
        Membership.objects.filter(status=Membership.Status.ACTIVE, user__is_active=True)
        .annotate(address=Lower("user__email"))
        .filter(address__in=wanted.emails)
        .values_list("id", "user__email")
    )
    terms = _named_already(versions.values())
    for kind, asked in wanted.terms.items():
        terms.setdefault(kind, {}).update(_looked_up(kind, asked))
    return Names(
        groups=_places(groups),
        people=dict(people),
        positions=frozenset(Position.objects.in_use().values_list("code", flat=True)),
        roles=frozenset(Role.values),
        terms=terms,
        categories=_categories(wanted, versions.values()),
    )


def _named_already(versions: Iterable[PolicyVersion]) -> dict[str, dict[str, str]]:
    """Return what the policies of the organization name, with what they call it."""
    terms: dict[str, dict[str, str]] = {}
    for version in versions:
        for rule in PolicyDocument.from_json(version.document).rules:
            for kind in ("suppliers", "payment_methods"):
                for value in getattr(rule.when, kind):
                    terms.setdefault(kind, {})[str(value)] = rule.when.label(value)
    return terms


def _looked_up(kind: str, asked: Iterable[tuple[str, str]]) -> dict[str, str]:
    vocabulary = vocabulary_of(kind)
    if vocabulary is None:
        return {}
    found = vocabulary.labels([given for given, _ in asked if _is_uuid(given)])
    names = sorted({name for given, name in asked if given not in found and name})
    for name in names[:_MOST_LOOKED_UP]:
        for term in vocabulary.find(name, limit=_CANDIDATES):
            found.setdefault(term.value, term.label)
    return found


def _categories(wanted: Wanted, versions: Iterable[PolicyVersion]) -> frozenset[str] | None:
    vocabulary = vocabulary_of(CATEGORIES)
    if vocabulary is None:
        return None
    named = {
        code
        for version in versions
        for rule in PolicyDocument.from_json(version.document).rules
        for code in rule.when.categories
    }
    return frozenset(vocabulary.labels(sorted(wanted.categories))) | named


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
