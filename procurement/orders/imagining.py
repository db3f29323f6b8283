"""Orders that nobody has placed: what somebody imagines, as a draft that can be judged (pure)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from catalogs.guidance import ItemFacts, Outcome, Ruleset
from procurement.orders.assessment import NOTHING, Assessment, Refusal
from procurement.orders.draft import Draft, DraftLine

MOST_LINES = 10
LONGEST_AHEAD = 366  # days
# An imagined order is explained well enough; whether it is good enough is for its approvers.
REASON = "Imagined, to see what would happen."


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A line as somebody imagines it; texts name things as people write them, empty for none.

    ``item`` is an item's SKU, which brings category, supplier and price along. ``amount`` is what
    the line comes to; without one, an item's price is taken ``quantity`` times.
    """

    amount: Decimal | None = None
    item: str = ""
    quantity: Decimal = Decimal(1)
    category: str = ""
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """An order as somebody imagines it. ``requester`` is a name or address, empty for oneself."""

    lines: tuple[WishedLine, ...]
    on: date
    requester: str = ""
    asks_exception: bool = False


class ImaginedOutcome(StrEnum):
    """What would become of an imagined order."""

    AUTOMATIC = "AUTOMATIC"
    ASKED = "ASKED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Imagined:
    """What would happen to an order: the judgement of the cart, and what stands in the way.

    ``refusals`` are all reasons why it could not be submitted, worded for the reader, who sees what
    it does to budgets only where ``shows_budgets`` says so.
    """

    assessment: Assessment
    requester_name: str
    is_own: bool
    refusals: tuple[Refusal, ...]
    shows_budgets: bool

    @property
    def outcome(self) -> ImaginedOutcome:
        """Return what would become of it."""
        if self.refusals:
            return ImaginedOutcome.REFUSED
        if self.assessment.plan.is_automatic:
            return ImaginedOutcome.AUTOMATIC
        return ImaginedOutcome.ASKED


def explained(draft: Draft, rules: Ruleset, *, asks_exception: bool) -> Draft:
    """Return a draft whose lines are justified, those that are blocked only where that is asked."""
    lines = []
    for line in draft.lines:
        judged = rules.judge(ItemFacts(line.item_id, line.supplier_id, line.category_path))
        is_blocked = judged.outcome is Outcome.BLOCKED
        reason = "" if is_blocked and not asks_exception else REASON
        lines.append(replace(line, justification=reason))
    return replace(draft, lines=tuple(lines))


def in_the_way(assessment: Assessment, *, may_buy: bool, shows_budgets: bool) -> list[Refusal]:
    """Return why an imagined order could not be submitted; ``may_buy`` speaks of its requester."""
    draft = assessment.draft
    found = []
    if not may_buy:
        sentence = (
            f"{draft.requester_name} may not place orders for {draft.group_name}. An administrator "
            "can grant the role Requisitioner there."
        )
        found.append(Refusal("REQUESTER", sentence))
    exceptional = {
        one.line.id: one.line.title
        for one in assessment.lines
        if one.needs_justification and one.guidance.outcome is Outcome.BLOCKED
    }
    for refusal in assessment.refusals:
        if refusal.code == "LIMIT" and not may_buy:
            continue  # who may not buy at all has no limit to speak of
        if refusal.line_id in exceptional:
            sentence = _could_ask(exceptional[refusal.line_id])
            found.append(replace(refusal, sentence=sentence))
        elif refusal.code == "BUDGET" and not shows_budgets:
            sentence = "A budget has too little room for it. Finance can say which."
            found.append(replace(refusal, sentence=sentence))
        else:
            found.append(refusal)
    return list(dict.fromkeys(found))


def _could_ask(title: str) -> str:
    return (
        f"{title}: it is blocked by a buying rule that allows exceptions. Say that an exception "
        "is asked for, and see who would decide on it."
    )


def line_of(
    number: int,
    wished: WishedLine,
    *,
    title: str,
    currency: str,
    unit_price: Decimal,
    supplier: tuple[UUID, str] | None = None,
    category: tuple[UUID, tuple[str, ...]] | None = None,
    item: tuple[UUID, str, str, bool] | None = None,
) -> DraftLine:
    """Return the line of a draft for a wished one.

    ``supplier`` is id and name, ``category`` id and path, ``item`` id, SKU, unit and whether it is
    offered. An amount that was wished stands for the whole line.
    """
    item_id, sku, unit, is_available = item or (NOTHING, "", "", True)
    supplier_id, supplier_name = supplier or (NOTHING, "No supplier named")
    category_id, category_path = category or (None, ())
    as_amount = wished.amount is not None
    return DraftLine(
        id=UUID(int=number),
        item_id=item_id,
        title=title,
        sku=sku,
        unit=unit,
        supplier_id=supplier_id,
        supplier_name=supplier_name,
        category_id=category_id,
        category_path=category_path,
        quantity=Decimal(1) if as_amount else wished.quantity,
        unit_price=wished.amount if wished.amount is not None else unit_price,
        currency=currency,
        justification="",
        is_available=is_available,
    )
