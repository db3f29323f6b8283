"""The judgement of an order as preview and submit make it, with what approvers are shown of it.

Pure: `judge` is `assess`, and what stands of what was agreed to before the order was changed.
"""

from dataclasses import replace
from decimal import Decimal

from accounts.sign_in import must_sign_in
from approvals.carrying import carry
from approvals.summary import BudgetEffect, SubjectSummary, SummaryLine
from procurement.orders.assessment import Assessment, Surroundings, assess
from procurement.orders.draft import Draft, DraftLine


def judge(draft: Draft, surroundings: Surroundings) -> Assessment:
    """Judge an order, and which approvals of its former content stand."""
    assessment = assess(draft, surroundings)
    if surroundings.former is None:
        return assessment
    after = summary_of(assessment, "", None)
    return replace(assessment, carried=carry(surroundings.former, assessment.plan, after))


def key_of(line: DraftLine) -> str:
    """Return what tells a line from the others of its order, however often it is edited."""
    return str(line.item_id)


def summary_of(
    assessment: Assessment, organization_name: str, sign_in_above: Decimal | None
) -> SubjectSummary:
    """Return what approvers are shown of an order; above an amount, they sign in to decide it."""
    draft = assessment.draft
    return SubjectSummary(
        organization_name=organization_name,
        noun="Order",
        label=draft.number,
        title=_title(draft),
        requester_name=draft.requester_name,
        requester_key=str(draft.requester_id),
        group_name=draft.group_name,
        group_key=str(draft.group_id),
        currency=draft.currency,
        total=assessment.total,
        note=draft.note,
        lines=tuple(
            SummaryLine(
                key=key_of(assessed.line),
                supplier_key=str(assessed.line.supplier_id),
                name=assessed.line.title,
                supplier=assessed.line.supplier_name,
                sku=assessed.line.sku,
                quantity=f"{assessed.line.quantity.normalize():f}",
                unit_price=assessed.line.unit_price,
                amount=assessed.line.amount,
                guidance=assessed.guidance.outcome.value,
                reason=assessed.guidance.sentence if assessed.guidance.rule else "",
                justification=assessed.line.justification,
            )
            for assessed in assessment.lines
        ),
        budgets=tuple(BudgetEffect.of(effect.meter) for effect in assessment.effects),
        details=_details(assessment),
        asks_to_sign_in=must_sign_in(sign_in_above, assessment.total),
    )


def _details(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    wanted_on = assessment.draft.wanted_on
    if wanted_on is None:
        return ()
    return (("Wanted on", f"{wanted_on:%b} {wanted_on.day}, {wanted_on.year}"),)


def _title(draft: Draft) -> str:
    first = draft.lines[0].title
    others = len(draft.lines) - 1
    if not others:
        return first
    return f"{first} and {others} more" if others > 1 else f"{first} and one more"
