"""What every setting of a cap is held to: the figure itself, its terms, and the budget above it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from accounts import selectors as accounts
from accounts.models import Position
from accounts.permissions import Permission, require
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.planning import cap_objection
from budgets.ratio import Cap, newly_overgiven, refusal, refusal_above
from budgets.selectors.terms import SCOPE_ROWS, caps_like, terms_of
from budgets.terms import BudgetTerms, problem_with
from catalogs.models import Category, Supplier
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotFound
from procurement.core.locking import lock


def locked_budget(actor: Actor, budget_id: UUID) -> Budget:
    """Lock a budget that an actor may change, with what it is limited to; raises `NotFound`.

    One SQL query.
    """
    found = lock(Budget.objects.filter(id=budget_id).select_related(*SCOPE_ROWS))
    if not found or not actor.can(Permission.VIEW_BUDGETS, found[0].group.path):
        raise NotFound("There is no such budget, or it is not yours to see.")
    require(actor, Permission.MANAGE_BUDGETS, found[0].group)
    return found[0]


def check_cap(cap: Decimal, currency: str) -> None:
    """Raise `DomainError` for a cap that cannot be. No SQL."""
    if objection := cap_objection(cap, currency):
        raise DomainError(objection, field="cap")


def check_terms(terms: BudgetTerms) -> None:
    """Raise `DomainError` for terms that cannot be. No SQL."""
    problem = problem_with(terms)
    if problem is not None:
        raise DomainError(problem.sentence, field=problem.field)


def check_scope(terms: BudgetTerms) -> None:
    """Raise `DomainError` where what a budget would be limited to is not there, or not in use.

    One SQL query for each part that is set.
    """
    if terms.category_id and not Category.objects.filter(id=terms.category_id).exists():
        raise DomainError("There is no such category.", field="category")
    if terms.supplier_id and not Supplier.objects.filter(id=terms.supplier_id).exists():
        raise DomainError("There is no such supplier.", field="supplier")
    if (
        terms.membership_id
        and not accounts.active_members().filter(id=terms.membership_id).exists()
    ):
        raise DomainError("This person has no access; choose somebody else.", field="membership")
    if terms.position_id and not Position.objects.in_use().filter(id=terms.position_id).exists():
        raise DomainError("There is no such seat any more.", field="position")


def check_ratio(budget: Budget, before: Sequence[Cap], currency: str) -> None:
    """Raise `DomainError` where a budget, as it has been written, breaks what one gives out.

    ``before`` are the caps of its kind and scope (`caps_like`) from before it was, read while
    `hold_caps` kept others from setting some. One SQL query.
    """
    after = caps_like(PeriodKind(budget.kind), terms_of(budget))
    for one in newly_overgiven(before, after):
        if one.cap.budget_id == budget.id:
            raise DomainError(refusal_above(one, currency), field="cap")
        raise DomainError(refusal(one, one.given - budget.cap, currency), field="cap")
