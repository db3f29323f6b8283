"""Every stored request, routed again from its own facts and versions and compared."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from approvals.models import ApprovalRequest, PolicyVersion, Stage
from approvals.rederiving import (
    UNREADABLE,
    Derivation,
    StoredRequest,
    StoredStage,
    derive,
    differences,
)
from approvals.routing import DocumentError, InForce, PolicyDocument
from approvals.selectors.requests import RequestDetail

BATCH = 500


@dataclass(frozen=True, slots=True)
class Rederived:
    """A request after it was routed again; ``differences`` is empty where all agrees."""

    request_id: UUID
    label: str
    differences: tuple[str, ...]


def rederivations(
    checked: Callable[[int], object] | None = None, *, batch: int = BATCH
) -> Iterator[Rederived]:
    """Route every request of the active organization again, in the order of their ids.

    At most three SQL queries a batch, and memory for one batch and the versions met so far.
    ``checked`` is told how many requests each batch held.
    """
    versions: dict[UUID, InForce] = {}
    last: UUID | None = None
    while found := _batch(last, batch):
        _load(versions, found)
        for stored in found:
            yield Rederived(stored.id, stored.label, _compared(stored, versions))
        if checked is not None:
            checked(len(found))
        last = found[-1].id


def request_count() -> int:
    """Return how many requests the active organization has. One SQL query."""
    return ApprovalRequest.objects.count()


def derivation_of(detail: RequestDetail) -> Derivation | None:
    """Return how a request's facts lead to its stages, or None where they do not any more.

    No SQL, or one query where groups above have had a say.
    """
    stored = stored_of(detail)
    own = detail.request.policy_version
    try:
        versions = {own.id: _in_force(own)}
        _load(versions, [stored])
        derived = derive(stored, versions)
    except UNREADABLE:
        return None
    return None if differences(stored, derived.route) else derived


def stored_of(detail: RequestDetail) -> StoredRequest:
    """Return what is stored of a request's way. No SQL."""
    request = detail.request
    return StoredRequest(
        id=request.id,
        label=request.subject_label,
        facts=request.facts,
        explanation=request.explanation,
        version_id=request.policy_version_id,
        stages=tuple(
            StoredStage(one.stage.step, one.stage.name, one.stage.mode, one.stage.because)
            for one in detail.stages
            if one.stage.step is not None
        ),
    )


def _compared(stored: StoredRequest, versions: dict[UUID, InForce]) -> tuple[str, ...]:
    try:
        derived = derive(stored, versions)
        return differences(stored, derived.route)
    except UNREADABLE as error:
        return (f"what is stored cannot be read: {type(error).__name__}: {error}",)


def _batch(last: UUID | None, size: int) -> list[StoredRequest]:
    """Return the next requests after an id, with their stages. Two SQL queries."""
    requests = ApprovalRequest.objects.order_by("id")
    if last is not None:
        requests = requests.filter(id__gt=last)
    rows = list(
        requests.values_list("id", "subject_label", "facts", "explanation", "policy_version_id")[
            :size
        ]
    )
    if not rows:
        return []
    stages = (
        Stage.objects.filter(request_id__in=[row[0] for row in rows], step__isnull=False)
        .order_by("request_id", "number")
        .values_list("request_id", "step", "name", "mode", "because")
    )
    of_request = {
        request_id: tuple(
            StoredStage(step, name, mode, because)
            for _, step, name, mode, because in found
            if step is not None
        )
        for request_id, found in groupby(stages, key=lambda row: row[0])
    }
    return [StoredRequest(*row, of_request.get(row[0], ())) for row in rows]


def _load(versions: dict[UUID, InForce], requests: Iterable[StoredRequest]) -> None:
    """Add the versions that requests were routed on, where missing. At most one SQL query."""
    wanted = {
        version_id for stored in requests for version_id in (stored.version_id, *stored.above)
    }
    missing = wanted - versions.keys()
    if not missing:
        return
    found = PolicyVersion.objects.filter(id__in=missing).select_related("policy__group")
    for version in found:
        try:
            versions[version.id] = _in_force(version)
        except DocumentError:
            # Whatever was routed on it is reported as unreadable.
            continue


def _in_force(version: PolicyVersion) -> InForce:
    policy = version.policy
    return InForce(
        version_id=version.id,
        group_id=policy.group_id,
        group_name=policy.group.name,
        document=PolicyDocument.from_json(version.document),
        policy_name=policy.name,
        number=version.number,
    )
