"""What happens if the cart is submitted now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from approvals.display import RouteStep, planned_steps
from approvals.routing.words import enumerated
from approvals.why import why_planned
from budgets.rules import Meter
from catalogs.guidance import Outcome
from procurement.core.money import format_money
from procurement.orders.assessment import AssessedLine, Assessment, Refusal
from procurement.orders.blocked import Blocked
from procurement.orders.display.words import purchase_orders_go_out


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way of a submit; ``anchor`` is where it can be put right.

    ``training`` names a training page that has to be read first.
    """

    words: str
    anchor: str = ""
    training: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The aside of the cart. ``button`` says what pressing it does, and for how much.

    ``avoided`` says for each stage what would have avoided it, where anything would.
    ``counted`` says which earlier orders count with it towards the tiers, ``carried`` what becomes
    of approvals that were given before it was changed; ``all_stand`` when those are enough.
    ``blocked`` are the budgets that stop it, where asking for more of them or waiting is a way on;
    ``counts_in`` names the periods that it counts in, where they are not today's.
    """

    by_supplier: Sequence[tuple[str, Decimal]]
    total: Decimal
    currency: str
    button: str
    obstacles: tuple[Obstacle, ...]
    steps: tuple[RouteStep, ...]
    is_automatic: bool
    reasons: tuple[str, ...]
    meters: tuple[Meter, ...]
    avoided: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    all_stand: bool = False
    blocked: tuple[Blocked, ...] = ()
    counts_in: str = ""

    @property
    def renews_on(self) -> date | None:
        """Return the day by which all budgets that stop it have begun anew."""
        return max((one.renews_on for one in self.blocked), default=None)

    @property
    def is_open(self) -> bool:
        """Tell whether nothing stands in the way."""
        return not self.obstacles


def outlook(assessment: Assessment, more: Sequence[Obstacle] = ()) -> Outlook:
    """Return what the aside shows. ``more`` stands in the way besides the refusals."""
    plan = assessment.plan
    carried = assessment.carried
    steps: tuple[RouteStep, ...] = ()
    avoided: tuple[str, ...] = ()
    if plan.is_ready and not any(_is_in_the_way(assessed) for assessed in assessment.lines):
        sending = purchase_orders_go_out(len(assessment.by_supplier))
        approvers = carried.approvers if carried else frozenset()
        steps = (*planned_steps(plan, approvers), RouteStep("next", sending, icon="truck"))
        why = why_planned(plan, assessment.facts, assessment.policies)
        avoided = tuple(dict.fromkeys(stage.avoided for stage in why if stage.avoided))
    is_later = assessment.charged_on > assessment.facts.on
    return Outlook(
        by_supplier=assessment.by_supplier,
        total=assessment.total,
        currency=assessment.draft.currency,
        button=button_of(assessment),
        obstacles=(*more, *(_obstacle(refusal, assessment) for refusal in assessment.refusals)),
        steps=steps,
        is_automatic=plan.is_automatic,
        reasons=plan.sentences,
        meters=tuple(effect.meter for effect in assessment.effects),
        avoided=avoided,
        counted=plan.route.counted.sentences if plan.route.counted else (),
        carried=carried.sentences if carried else (),
        all_stand=assessment.needs_nobody and not plan.is_automatic,
        blocked=assessment.blocked if assessment.lacks_only_room and not more else (),
        counts_in=enumerated(assessment.periods) if is_later else "",
    )


def button_of(assessment: Assessment) -> str:
    """Return the words of the submit button: ``Submit $640.00``, ``Place order for $60.00``."""
    amount = format_money(assessment.total, assessment.draft.currency)
    return f"Place order for {amount}" if assessment.needs_nobody else f"Submit {amount}"


def _obstacle(refusal: Refusal, assessment: Assessment) -> Obstacle:
    assessed = _line_of(assessment, refusal.line_id)
    if assessed is None:
        return Obstacle(refusal.sentence, training=refusal.training)
    line = assessed.line
    if not _is_in_the_way(assessed):
        return Obstacle(f"Say why you need “{line.title}”.", f"id_justification-{line.id}")
    is_blocked = assessed.guidance.outcome is Outcome.BLOCKED
    why = "is blocked" if is_blocked else "cannot be ordered any more"
    return Obstacle(f"“{line.title}” {why}. Remove it.", f"line-{line.id}")


def _is_in_the_way(assessed: AssessedLine) -> bool:
    """Tell whether a line has to go before anybody can decide on the rest."""
    if not assessed.problem:
        return False
    can_be_explained = assessed.needs_justification and assessed.line.is_available
    return not can_be_explained


def _line_of(assessment: Assessment, line_id: UUID | None) -> AssessedLine | None:
    return next((one for one in assessment.lines if one.line.id == line_id), None)
