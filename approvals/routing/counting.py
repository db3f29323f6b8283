"""Which amount the tiers are asked about: a subject's own, with earlier ones that count with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from approvals.routing.facts import Earlier, Facts
from approvals.routing.rules import Aggregation
from procurement.core.money import format_money

_WHOSE = {"REQUESTER": "by the same person", "GROUP": "for the group", "ADDRESS": "to the address"}


@dataclass(frozen=True, slots=True)
class Counted:
    """The amount that counts towards the tiers, and the earlier orders in it."""

    amount: Decimal
    earlier: Earlier | None
    sentences: tuple[str, ...]


def count(facts: Facts, aggregations: Iterable[Aggregation]) -> Counted:
    """Return the amount that counts: the subject's own and the most that any aggregation adds.

    Earlier orders are heard under one of the aggregations only. Sums under different ones may hold
    the same orders, so the greatest counts and they are not added up.
    """
    named = {(one.by.value, one.to.value, one.days) for one in aggregations}
    heard = [one for one in facts.earlier if (one.by, one.to, one.days) in named and one.amount > 0]
    if not heard:
        return Counted(facts.amount, None, ())
    most = max(heard, key=lambda one: (one.amount, one.by, one.to, one.label))
    total = facts.amount + most.amount
    return Counted(total, most, (_sentence(most, total, facts.currency),))


def _sentence(most: Earlier, total: Decimal, currency: str) -> str:
    orders = "1 earlier order" if most.orders == 1 else f"{most.orders} earlier orders"
    place = "from" if most.to == "SUPPLIER" else "in"
    days = "day" if most.days == 1 else f"{most.days} days"
    return (
        f"With {orders} {place} {most.label} {_WHOSE[most.by]} within the last {days} "
        f"({format_money(most.amount, currency)}), {format_money(total, currency)} counts towards "
        "the tiers."
    )
