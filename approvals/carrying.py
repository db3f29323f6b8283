"""Which approvals stand in the request that goes on from a former one, and who is asked again.

Pure. The preview of a changed subject and its submit ask this very function.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.changes import changes_between, standing
from approvals.routing import Mode, Plan, PlannedStage, is_passed, tolerances_heard
from approvals.routing.words import enumerated
from approvals.summary import SubjectSummary

# What a policy cannot keep apart in one sentence is not spelled out beyond this many changes.
_MOST_PHRASES = 3


@dataclass(frozen=True, slots=True)
class FormerApproval:
    """An approval that counts in a request: whose it is, and what was shown when it was given.

    ``holder_id`` is whose seat it answers, ``membership_id`` who decided, for themselves or
    ``on_behalf_of_id``. ``content`` is that of the decision really made, however often it has been
    carried over since.
    """

    decision_id: UUID
    holder_id: UUID
    name: str
    membership_id: UUID
    on_behalf_of_id: UUID | None
    comment: str
    channel: str
    decided_at: datetime
    content: SubjectSummary


@dataclass(frozen=True, slots=True)
class Addition:
    """An approver whom somebody had added; only an administrator takes them off, no edit does."""

    holder_id: UUID
    name: str
    email: str
    added_by_id: UUID
    wave: int
    stage_name: str
    because: str
    label: str
    why: str
    told: str


@dataclass(frozen=True, slots=True)
class Former:
    """The request from which another one goes on, as far as it counts there."""

    request_id: UUID
    approvals: tuple[FormerApproval, ...] = ()
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """An approval that stands, although ``phrases`` have changed since."""

    approval: FormerApproval
    phrases: tuple[str, ...]

    @property
    def because(self) -> str:
        """Return why it stands, in a sentence."""
        if not self.phrases:
            return "Nothing has changed since."
        return f"Policy lets it stand; since then, {_together(self.phrases)}."

    @property
    def sentence(self) -> str:
        """Say to the requester that nobody has to be asked."""
        return f"{_possessive(self.approval.name)} approval stands."


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """Somebody who had agreed, and has not to this."""

    holder_id: UUID
    name: str
    phrases: tuple[str, ...]

    @property
    def told(self) -> str:
        """Tell them why they are asked again."""
        return f"You approved this before; since then, {_together(self.phrases)}."

    @property
    def sentence(self) -> str:
        """Say to the requester who is asked again, and why."""
        return f"{self.name} is asked again: {_together(self.phrases)}."


@dataclass(frozen=True, slots=True)
class Carried:
    """What a request takes over from the former one. ``is_enough`` when nobody is left to ask."""

    former: Former
    kept: tuple[Kept, ...]
    asked_again: tuple[AskedAgain, ...]
    additions: tuple[Addition, ...]
    is_enough: bool

    @property
    def approvers(self) -> frozenset[UUID]:
        """Return whose approval stands."""
        return frozenset(one.approval.holder_id for one in self.kept)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what becomes of each approval that was given before."""
        kept = tuple(one.sentence for one in self.kept)
        return (*kept, *(one.sentence for one in self.asked_again))


def carry(former: Former, plan: Plan, after: SubjectSummary) -> Carried:
    """Decide which approvals stand for ``after``, whose way is ``plan``.

    Policy as it is heard now says which changes let one stand. Whoever is not asked by the new plan
    has nothing to keep.
    """
    seated = {person.membership_id for stage in plan.stages for person in stage.people}
    additions = tuple(one for one in former.additions if one.holder_id not in seated)
    seated |= {one.holder_id for one in additions}
    kept, asked_again = [], []
    route = plan.route
    for approval in former.approvals if route.policy is not None else ():
        if approval.holder_id not in seated:
            continue
        assert route.policy is not None
        tolerances = tolerances_heard(route.policy, route.above)
        answer = standing(tolerances, changes_between(approval.content, after))
        if answer.stands:
            kept.append(Kept(approval, answer.phrases))
        else:
            asked_again.append(AskedAgain(approval.holder_id, approval.name, answer.phrases))
    approvers = {one.approval.holder_id for one in kept}
    return Carried(
        former=former,
        kept=tuple(kept),
        asked_again=tuple(asked_again),
        additions=additions,
        is_enough=plan.is_ready
        and all(passes(stage, approvers) for stage in plan.stages)
        and all(one.holder_id in approvers for one in additions),
    )


def asked_first(plan: Plan, carried: Carried | None) -> tuple[str, ...]:
    """Return the names of those who are asked when a subject sets out, each once."""
    approvers = carried.approvers if carried else frozenset()
    further = carried.additions if carried else ()
    left = {
        stage.wave: [one for one in plan.stages if one.wave == stage.wave]
        for stage in plan.stages
        if not passes(stage, approvers)
    }
    last = max((stage.wave for stage in plan.stages), default=1)
    for one in further:
        if one.holder_id not in approvers:
            left.setdefault(min(one.wave, last), [])
    if not left:
        return ()
    wave = min(left)
    people = [
        person.name
        for stage in left[wave]
        if not passes(stage, approvers)
        for person in stage.people
        if person.membership_id not in approvers
    ]
    added = [
        one.name
        for one in further
        if one.holder_id not in approvers and min(one.wave, last) == wave
    ]
    return tuple(dict.fromkeys([*people, *added]))


def passes(stage: PlannedStage, approvers: AbstractSet[UUID]) -> bool:
    """Tell whether a planned stage has passed by approvals that stand already."""
    slots = {person.membership_id: person.slots for person in stage.people}
    return is_passed(Mode(stage.mode), slots, approvers, stage.at_least)


def _together(phrases: Sequence[str]) -> str:
    shown = list(phrases[:_MOST_PHRASES])
    more = len(phrases) - len(shown)
    if more:
        shown.append("there is one more change" if more == 1 else f"there are {more} more changes")
    return enumerated(shown)


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"
