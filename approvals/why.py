"""Why a subject goes the way it goes, as pages and the API tell it: stage by stage, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.permissions import Permission
from approvals.counterfactuals import Change
from approvals.reasons import Origin, StageReason, stage_reasons
from approvals.rederiving import Derivation
from approvals.routing import Facts, InForce, Plan
from approvals.selectors import RequestDetail, StageDetail
from procurement.core.actors import Actor


@dataclass(frozen=True, slots=True)
class WhyPerson:
    """Somebody who sits in a stage, and why it is them."""

    name: str
    seat: str
    why: str


@dataclass(frozen=True, slots=True)
class WhyStage:
    """A stage with what asked for it, who sits in it, and what would have avoided it.

    Without an ``origin``, its route could not be worked out again from what is stored.
    """

    number: int
    name: str
    because: str
    origin: Origin | None
    people: tuple[WhyPerson, ...]
    avoided: str
    changes: tuple[Change, ...]


def why_planned(plan: Plan, facts: Facts, policies: Sequence[InForce]) -> tuple[WhyStage, ...]:
    """Return why each stage of a plan would be asked; ``policies`` are those it was routed on."""
    reasons = stage_reasons(facts, policies, plan.route)
    return tuple(
        _told(
            stage.number,
            stage.name,
            stage.because,
            tuple(
                WhyPerson(person.name, _seat(person.label, person.group_name), person.why)
                for person in stage.people
            ),
            reasons[stage.step],
        )
        for stage in plan.stages
    )


def why_taken(detail: RequestDetail, derivation: Derivation | None) -> tuple[WhyStage, ...]:
    """Return why each stage of a request was asked; no SQL."""
    reasons: tuple[StageReason, ...] = ()
    if derivation is not None:
        reasons = stage_reasons(derivation.facts, derivation.policies, derivation.route)
    return tuple(
        _told(
            one.stage.number,
            one.stage.name,
            one.stage.because,
            tuple(_people(one)),
            reasons[one.stage.step] if reasons and one.stage.step is not None else None,
        )
        for one in detail.stages
    )


def besides(sentences: Sequence[str], stages: Sequence[WhyStage]) -> tuple[str, ...]:
    """Return what an explanation says besides what is told stage by stage."""
    told = {stage.because for stage in stages}
    told |= {person.why for stage in stages for person in stage.people}
    told |= {f"{stage.origin.words}." for stage in stages if stage.origin}
    return tuple(sentence for sentence in sentences if sentence not in told)


def readable_groups(actor: Actor, path: Sequence[UUID]) -> frozenset[UUID]:
    """Return the groups on a path whose policy page an actor may read. No SQL."""
    return frozenset(
        group
        for depth, group in enumerate(path, start=1)
        if actor.can(Permission.VIEW_GROUP, path[:depth])
    )


def _people(one: StageDetail) -> list[WhyPerson]:
    return [
        WhyPerson(seat.membership.user.name or seat.membership.user.email, seat.place, seat.told)
        for seat in one.seats
        if seat.vacated_at is None
    ]


def _seat(label: str, group_name: str) -> str:
    return f"{label} of {group_name}" if group_name else label


def _told(
    number: int,
    name: str,
    because: str,
    people: tuple[WhyPerson, ...],
    reason: StageReason | None,
) -> WhyStage:
    return WhyStage(
        number=number,
        name=name,
        because=because,
        origin=reason.origin if reason else None,
        people=people,
        avoided=reason.avoided if reason else "",
        changes=reason.changes if reason else (),
    )
