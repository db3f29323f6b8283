"""What would happen to an imagined order, as the page tells it."""

from dataclasses import dataclass

from approvals.display import RouteStep, planned_steps
from approvals.reasons import HeldRule, held_rules
from approvals.routing.words import enumerated
from approvals.why import WhyStage, besides, why_planned
from budgets.rules import Meter
from procurement.core.money import format_money
from procurement.orders.assessment import AssessedLine
from procurement.orders.imagining import Imagined, ImaginedOutcome

_KINDS = {
    ImaginedOutcome.AUTOMATIC: "good",
    ImaginedOutcome.ASKED: "",
    ImaginedOutcome.REFUSED: "stop",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer: ``title`` in one line, then everything that led to it.

    ``meters`` are empty where no budget is touched, or the reader may not see budgets.
    """

    outcome: ImaginedOutcome
    kind: str
    title: str
    total: str
    obstacles: tuple[str, ...]
    steps: tuple[RouteStep, ...]
    why: tuple[WhyStage, ...]
    reasons: tuple[str, ...]
    rules: tuple[HeldRule, ...]
    lines: tuple[AssessedLine, ...]
    meters: tuple[Meter, ...]
    shows_budgets: bool


def answer_of(imagined: Imagined) -> Answer:
    """Return what the page shows of an imagined order."""
    assessment = imagined.assessment
    plan, facts = assessment.plan, assessment.facts
    why = why_planned(plan, facts, assessment.policies)
    effects = assessment.effects if imagined.shows_budgets else ()
    return Answer(
        outcome=imagined.outcome,
        kind=_KINDS[imagined.outcome],
        title=title_of_answer(imagined),
        total=format_money(assessment.total, assessment.draft.currency),
        obstacles=tuple(refusal.sentence for refusal in imagined.refusals),
        steps=planned_steps(plan) if plan.is_ready else (),
        why=why,
        reasons=besides(plan.sentences, why) if plan.route.is_routable else (),
        rules=held_rules(facts, plan.route),
        lines=assessment.lines,
        meters=tuple(effect.meter for effect in effects),
        shows_budgets=imagined.shows_budgets,
    )


def title_of_answer(imagined: Imagined) -> str:
    """Return what would become of the order, in one line."""
    match imagined.outcome:
        case ImaginedOutcome.REFUSED:
            return "It could not be submitted"
        case ImaginedOutcome.AUTOMATIC:
            return "Approved at once; nobody is asked"
        case ImaginedOutcome.ASKED:
            stages = imagined.assessment.plan.stages
            first = [
                person.name
                for stage in stages
                if stage.wave == stages[0].wave
                for person in stage.people
            ]
            return f"{enumerated(list(dict.fromkeys(first)))} would be asked first"
