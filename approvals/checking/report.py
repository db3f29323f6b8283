"""The check of one document, and of all policies of an organization (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from approvals.checking.content import content_findings
from approvals.checking.findings import Finding, FindingCode
from approvals.checking.seats import SeatCheck
from approvals.checking.staffing import Answers, Reach, Staffing, reaches
from approvals.routing import ApproverKind, InForce, PolicyDocument, Rule, RuleKind

_ORDER = {code: place for place, code in enumerate(FindingCode)}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in the policy of a group."""

    group_id: UUID
    group_name: str
    policy_name: str
    version_id: UUID
    finding: Finding

    @property
    def key(self) -> str:
        """Return what tells it apart from all other findings of the organization."""
        return f"{self.group_id}|{self.finding.key}"


def check_policy(
    document: PolicyDocument,
    group_id: UUID,
    staffing: Staffing,
    others: Mapping[UUID, PolicyDocument] | None = None,
) -> tuple[Finding, ...]:
    """Return what is amiss with a group's document, in force or draft, the gravest first.

    ``others`` are the documents in force on other groups, above and below.
    """
    documents = {**(others or {}), group_id: document}
    reach = reaches(staffing.places.values(), frozenset(documents))[group_id]
    return _checked(document, group_id, reach, Answers(staffing), documents)


def check_policies(policies: Sequence[InForce], staffing: Staffing) -> list[Found]:
    """Return what is amiss with all policies of an organization, policy by policy."""
    documents = {policy.group_id: policy.document for policy in policies}
    reach = reaches(staffing.places.values(), frozenset(documents))
    answers = Answers(staffing)
    return [
        Found(policy.group_id, policy.group_name, policy.policy_name, policy.version_id, finding)
        for policy in sorted(policies, key=lambda one: (one.group_name, str(one.group_id)))
        for finding in _checked(
            policy.document, policy.group_id, reach[policy.group_id], answers, documents
        )
    ]


def named_seats(documents: Iterable[PolicyDocument]) -> dict[ApproverKind, frozenset[str]]:
    """Return the seats that documents name, by kind; a kind that none names is left out.

    A category's owner is named by the codes of the categories that a rule asks about.
    """
    found: dict[ApproverKind, set[str]] = {}
    for document in documents:
        for stage in document.stages():
            for spec in stage.approvers:
                found.setdefault(spec.kind, set()).add(spec.value)
        if owners := found.get(ApproverKind.CATEGORY_OWNER):
            owners.update(code for rule in document.rules for code in rule.when.categories)
            owners.discard("")
    return {kind: frozenset(values) for kind, values in found.items()}


def _checked(
    document: PolicyDocument,
    group_id: UUID,
    reach: Reach,
    answers: Answers,
    documents: Mapping[UUID, PolicyDocument],
) -> tuple[Finding, ...]:
    places = answers.staffing.places
    refusals = _refusals_above(group_id, answers.staffing, documents)
    found = (
        *content_findings(document, group_id, places, refusals),
        *SeatCheck(document, reach, answers).findings(),
    )
    return tuple(sorted(found, key=lambda one: (not one.is_blocking, _ORDER[one.code])))


def _refusals_above(
    group_id: UUID, staffing: Staffing, documents: Mapping[UUID, PolicyDocument]
) -> list[Rule]:
    """Return the mandatory rules above a group that let nothing through."""
    place = staffing.places.get(group_id)
    return [
        rule
        for above in (place.path[:-1] if place else ())
        if above in documents
        for rule in documents[above].rules
        if rule.kind is RuleKind.REFUSE and rule.is_mandatory
    ]
