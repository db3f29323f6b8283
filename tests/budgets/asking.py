"""A budget and those who ask for more room on it."""

from decimal import Decimal
from uuid import UUID

from approvals import services as approvals
from approvals.models import ApprovalRequest
from budgets import services
from budgets.models import BudgetIncrease, BudgetPeriod
from budgets.movements import Document
from procurement.core import clock
from tests.budgets.books import assert_ledger_equals_counters
from tests.factories.accounts import make_company
from tests.factories.approvals import publish
from tests.factories.budgets import TODAY, make_budget


class Books:
    """A company with a policy, a quarterly budget of 1,000 on Facilities, and what is asked."""

    def __init__(self) -> None:
        self.company = make_company()
        with self.company.scope():
            publish(self.company)
            self.budget = make_budget(
                self.company.organization, self.company.groups["Facilities"], 1000
            )
            self.period = BudgetPeriod.objects.get(budget=self.budget, starts_on__lte=TODAY)

    def ask(
        self,
        amount: str = "250.00",
        *,
        name: str = "Alice",
        is_lasting: bool = False,
        document: Document | None = None,
        period_id: UUID | None = None,
    ) -> BudgetIncrease:
        return services.ask_for_increase(
            actor=self.company.actor(name),
            period_id=period_id or self.period.id,
            amount=Decimal(amount),
            reason="Two new fitters start in December.",
            is_lasting=is_lasting,
            document=document,
            now=clock.now(),
        )

    def request_of(self, increase: BudgetIncrease) -> ApprovalRequest:
        return ApprovalRequest.objects.get(subject_id=increase.id)

    def decide(self, increase: BudgetIncrease, choice: str = "APPROVE", name: str = "Dana") -> None:
        request = self.request_of(increase)
        verdict = approvals.decide(
            actor=self.company.actor(name),
            seat_id=request.seats.get(membership=self.company.people[name]).id,
            choice=choice,
            comment="" if choice == "APPROVE" else "Not this quarter.",
            content_hash=request.content_hash,
            channel="APP",
            now=clock.now(),
        )
        assert verdict.is_decided, verdict.sentence

    def cap(self, period: BudgetPeriod | None = None) -> Decimal:
        found = BudgetPeriod.objects.get(id=(period or self.period).id)
        assert_ledger_equals_counters(found)
        return found.cap
