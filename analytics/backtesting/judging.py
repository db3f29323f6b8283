"""Asking one set of policies about many orders of the past (pure).

Most orders are alike to a policy: the answer is kept by everything that it can depend on, and by
nothing else.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from analytics.backtesting.answers import Answer, Outcome, answer_of, objected
from approvals.routing import (
    ApproverKind,
    Facts,
    Flag,
    InForce,
    PolicyDocument,
    Seats,
    route,
    seat,
)
from catalogs.guidance import Outcome as Guided

_KEPT = 100_000
_LONGEST_CHAIN = 12


class Side:
    """The policies of one side of a comparison, with whoever holds the seats today.

    ``managers`` leads from each membership to its manager's.
    """

    def __init__(
        self, policies: Sequence[InForce], seats: Seats, managers: Mapping[UUID, UUID]
    ) -> None:
        self.policies = policies
        self._seats = seats
        self._managers = managers
        self._alike = _Alike([policy.document for policy in policies])
        self._answers: dict[tuple[object, ...], Answer] = {}
        self._by_requester: dict[UUID, Seats] = {}

    def answer(self, facts: Facts, *, is_over: bool, objections: tuple[str, ...] = ()) -> Answer:
        """Return what would become of an order; ``objections`` say why it gets nowhere at all.

        ``is_over`` says that a budget has too little room for it.
        """
        if facts.guidance == Guided.BLOCKED and Flag.BLOCKED_EXCEPTION not in facts.flags:
            return objected(Outcome.BLOCKED, objections)
        if is_over:
            return objected(Outcome.OVER_BUDGET, objections)
        key = self._alike.key(facts)
        if key is None:
            return self._asked(facts)
        found = self._answers.get(key)
        if found is None:
            found = self._asked(facts)
            if len(self._answers) < _KEPT:
                self._answers[key] = found
        return found

    def _asked(self, facts: Facts) -> Answer:
        way = route(facts, self.policies)
        return answer_of(seat(way, facts, self._seats_for(facts.requester_id)))

    def _seats_for(self, requester: UUID) -> Seats:
        found = self._by_requester.get(requester)
        if found is None:
            found = replace(self._seats, manager_chain=self._chain(requester))
            if len(self._by_requester) < _KEPT:
                self._by_requester[requester] = found
        return found

    def _chain(self, requester: UUID) -> tuple[UUID, ...]:
        chain: list[UUID] = []
        above = self._managers.get(requester)
        while above is not None and above not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(above)
            above = self._managers.get(above)
        return tuple(chain)


class _Alike:
    """Knows which facts the answers of some policies can depend on."""

    def __init__(self, documents: Iterable[PolicyDocument]) -> None:
        documents = list(documents)
        kinds = {
            approver.kind
            for document in documents
            for stage in document.stages()
            for approver in stage.approvers
        }
        self._bounds = sorted({bound for document in documents for bound in _bounds(document)})
        self._by_amount = ApproverKind.MANAGER_LIMIT in kinds
        self._names = {
            name for document in documents for rule in document.rules for name in rule.when.names
        }
        if ApproverKind.CATEGORY_OWNER in kinds:
            self._names.add("categories")

    def key(self, facts: Facts) -> tuple[object, ...] | None:
        """Return what is alike for orders with the same answer; None where each has its own.

        An order with earlier ones beside it says how much they come to, and so has its own.
        """
        if facts.earlier:
            return None
        amount = facts.amount if self._by_amount else bisect_left(self._bounds, facts.amount)
        names = self._names
        return (
            facts.group_path,
            facts.requester_id,
            amount,
            facts.flags,
            facts.guidance,
            facts.currency,
            facts.subject_kind,
            (facts.category_codes, facts.category_paths) if "categories" in names else None,
            facts.supplier_ids if "suppliers" in names else None,
            facts.payment_method_ids if "payment_methods" in names else None,
            facts.cost_centre if "cost_centres" in names else None,
            facts.requester_roles if "requester_roles" in names else None,
            facts.budget_state if "budget_states" in names else None,
            facts.is_first_order if "is_first_order" in names else None,
            facts.is_home_delivery if "is_home_delivery" in names else None,
        )


def _bounds(document: PolicyDocument) -> Iterable[Decimal]:
    """Yield each amount at which the answer of a policy may change."""
    for tiers in (document.tiers, *(rule.tiers for rule in document.rules)):
        for tier in tiers:
            if tier.up_to is not None:
                yield tier.up_to
    for rule in document.rules:
        yield from (bound for bound in (rule.when.over, rule.when.up_to) if bound is not None)
