"""The ledger against a naive one that keeps plain figures in memory, step by step.

Three groups stand above each other, with budgets by month, quarter and year, one of them for a
category and soft, one of a single person. Orders come, change, are placed, billed and refunded at
moments around the ends of periods, in a time zone in which the day differs from the server's; caps
go up and down, periods freeze and close. After each step counters, ledger and model say the same,
and no hard cap is exceeded but by what was imported.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts import selectors as accounts
from accounts.models import Membership, OrgGroup, Role
from budgets import selectors, services
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetAlert, BudgetPeriod
from budgets.movements import Document
from budgets.services import HistoryPosting, Reservation
from catalogs.models import Category
from catalogs.services import ensure_categories
from procurement.core import tenancy
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from tests.budgets.naive import (
    Book,
    ClosedError,
    NaiveLedger,
    NoRoomError,
    Order,
    Page,
    Part,
    TooMuchError,
)
from tests.factories.accounts import NOW, make_group, make_member, make_organization, system
from tests.factories.budgets import make_budget
from tests.factories.catalogs import keeper

START = date(2026, 1, 1)
SOFTWARE, TOOLS = "43230000", "27110000"
PEOPLE = ("Alice", "Bob")
GROUPS = 3

# 4:59 and 5:00 AM UTC on the first of a month are the last and the first minute of New York's.
moments = st.sampled_from(
    [
        datetime(2026, 12, 1, 4, 59, tzinfo=UTC),
        datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
        datetime(2027, 1, 1, 4, 59, tzinfo=UTC),
        datetime(2027, 1, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
    ]
)
# Round figures that meet on the caps and their marks, and any others.
amounts = st.one_of(
    st.sampled_from(["0.01", "10", "50", "100", "160", "250", "399.99", "400"]).map(Decimal),
    st.integers(min_value=1, max_value=60_000).map(lambda n: Decimal(n) / 100),
)
parts = st.lists(
    st.tuples(amounts, st.sampled_from([SOFTWARE, TOOLS])), min_size=1, max_size=2, unique=True
)
statuses = st.sampled_from(["OPEN", "FROZEN", "CLOSED", "REOPENED"])


def books() -> list[Book]:
    return [
        Book(0, PeriodKind.YEAR, Decimal(3000), marks=(50, 80, 90, 100)),
        Book(0, PeriodKind.QUARTER, Decimal(400), category=SOFTWARE, is_soft=True),
        Book(1, PeriodKind.QUARTER, Decimal(1200), block=95, marks=(80, 95)),
        Book(1, PeriodKind.MONTH, Decimal(800), is_soft=True),
        Book(2, PeriodKind.MONTH, Decimal(400), person="Alice"),
        Book(2, PeriodKind.MONTH, Decimal(600)),
    ]


def charges_of(bought: Sequence[Part]) -> list[Charge]:
    return [Charge(amount, (category,)) for amount, category in bought]


class Ledger(RuleBasedStateMachine):
    """What may happen to orders, budgets and periods, in any order."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.organization = make_organization()
        self.actor = system(self.organization)
        self.scope = tenancy.scope(self.organization.id)
        self.scope.__enter__()
        self.groups: list[OrgGroup] = [accounts.root_group()]
        for name in ("Department", "Team"):
            self.groups.append(make_group(self.organization, self.groups[-1], name))
        self.people: dict[str, Membership] = {
            name: make_member(self.organization, self.groups[2], name, Role.REQUISITIONER)
            for name in PEOPLE
        }
        ensure_categories(actor=keeper(self.organization.id), names={SOFTWARE: "Software"}, now=NOW)
        category = Category.objects.get(code=SOFTWARE)
        self.model = NaiveLedger(books())
        self.budgets: list[Budget] = []
        for book in self.model.books:
            budget = make_budget(
                self.organization,
                self.groups[book.group],
                book.cap,
                kind=book.kind,
                starts_on=START,
            )
            Budget.objects.filter(id=budget.id).update(
                category=category if book.category else None,
                membership=self.people.get(book.person),
                enforcement="SOFT" if book.is_soft else "HARD",
                block_percent=book.block,
                marks=[mark for mark in book.marks if mark not in (80, book.block)],
            )
            self.budgets.append(budget)
            for period in BudgetPeriod.objects.filter(budget=budget):
                self.model.page(book, period.starts_on)
        self.book_of = {
            budget.id: book for budget, book in zip(self.budgets, self.model.books, strict=True)
        }
        self.documents: dict[Order, Document] = {}
        self.recapped: set[Page] = set()

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)

    def day(self, at: datetime) -> date:
        return local_date(at, self.organization.time_zone)

    def both(
        self, real: Callable[[], Reservation | object], naive: Callable[[], None], *, twice: bool
    ) -> None:
        """Take a step in both ledgers; they take it or refuse it for the same reason."""
        try:
            naive()
        except ClosedError:
            with pytest.raises(Conflict):
                real()
            return
        except TooMuchError:
            with pytest.raises(DomainError):
                real()
            return
        except NoRoomError:
            verdict = real()
            assert isinstance(verdict, Reservation)
            assert verdict.blocking
            assert not verdict.is_reserved
            return
        for _ in range(2 if twice else 1):
            verdict = real()
            assert not isinstance(verdict, Reservation) or verdict.is_reserved

    def reserve_both(self, order: Order, bought: Sequence[Part], at: datetime) -> None:
        document = self.documents[order]
        requester_id = self.people[order.person].id

        def real() -> Reservation:
            return services.reserve(
                actor=self.actor,
                covering=selectors.covering(
                    self.groups[order.group].path, order.on, requester_id=requester_id
                ),
                charges=charges_of(bought),
                document=document,
                now=at,
            )

        self.both(real, lambda: self.model.reserve(order, bought), twice=True)

    @initialize(target=orders, bought=parts, at=moments)
    def begin(self, bought: list[Part], at: datetime) -> object:
        return self.submit(GROUPS - 1, "Alice", bought, at)

    @rule(
        target=orders,
        group=st.integers(min_value=0, max_value=GROUPS - 1),
        person=st.sampled_from(PEOPLE),
        bought=parts,
        at=moments,
    )
    def submit(self, group: int, person: str, bought: list[Part], at: datetime) -> Order:
        order = Order(group, person, self.day(at))
        self.documents[order] = Document("REQUISITION", new_id(), "An order", order.on)
        self.reserve_both(order, bought, at)
        return order

    @rule(order=orders, bought=parts, at=moments)
    def change(self, order: Order, bought: list[Part], at: datetime) -> None:
        self.reserve_both(order, bought, at)

    @rule(order=orders, bought=parts, at=moments)
    def change_on_another_day(self, order: Order, bought: list[Part], at: datetime) -> None:
        order.on = self.day(at)
        self.reserve_both(order, bought, at)

    @rule(order=orders, at=moments)
    def place(self, order: Order, at: datetime) -> None:
        self.both(
            lambda: services.commit(actor=self.actor, document=self.documents[order], now=at),
            lambda: self.model.commit(order),
            twice=True,
        )

    @rule(order=orders, at=moments)
    def reject_or_cancel(self, order: Order, at: datetime) -> None:
        self.both(
            lambda: services.release(actor=self.actor, document=self.documents[order], now=at),
            lambda: self.model.release(order),
            twice=True,
        )

    @rule(order=orders, given_back=parts, at=moments)
    def deliver_short(self, order: Order, given_back: list[Part], at: datetime) -> None:
        reference = str(new_id())
        self.both(
            lambda: services.release(
                actor=self.actor,
                document=self.documents[order],
                charges=charges_of(given_back),
                reference=reference,
                now=at,
            ),
            lambda: self.model.release(order, given_back),
            twice=True,
        )

    @rule(order=orders, billed=parts, is_final=st.booleans(), at=moments)
    def bill(self, order: Order, billed: list[Part], is_final: bool, at: datetime) -> None:
        reference = str(new_id())
        self.both(
            lambda: services.spend(
                actor=self.actor,
                document=self.documents[order],
                charges=charges_of(billed),
                reference=reference,
                is_final=is_final,
                now=at,
            ),
            lambda: self.model.spend(order, billed, is_final=is_final),
            twice=True,
        )

    @rule(order=orders, refunded=parts, at=moments)
    def refund(self, order: Order, refunded: list[Part], at: datetime) -> None:
        reference = str(new_id())
        self.both(
            lambda: services.credit(
                actor=self.actor,
                document=self.documents[order],
                charges=charges_of(refunded),
                reference=reference,
                now=at,
            ),
            lambda: self.model.credit(order, refunded),
            twice=True,
        )

    @rule(index=st.sampled_from([0, 2, 5]), amount=amounts, back=st.booleans(), at=moments)
    def import_history(self, index: int, amount: Decimal, back: bool, at: datetime) -> None:
        on, book = self.day(at), self.model.books[index]
        found = services.ensure_periods(
            actor=self.actor,
            covering=[
                one
                for one in selectors.covering([self.groups[book.group].id], on)
                if one.budget_id == self.budgets[index].id
            ],
            now=at,
        )
        assert found[0].period_id is not None
        amount = -amount if back else amount
        posting = HistoryPosting(found[0].period_id, new_id(), "Import", on, amount)
        for _ in range(2):
            services.record_history(
                actor=self.actor, document_kind="IMPORTED", postings=[posting], now=at
            )
        page = self.model.page(book, on)
        page.spent += amount
        self.recapped.add(page)

    @rule(index=st.integers(min_value=0, max_value=5), cents=st.integers(0, 400_000), at=moments)
    def change_cap(self, index: int, cents: int, at: datetime) -> None:
        cap, today, book = Decimal(cents) / 100, self.day(at), self.model.books[index]
        # A period to come that has a cap of its own was planned so.
        pages = [
            page
            for page in self.model.pages.values()
            if page.book is book
            and page.last >= today
            and page.status != "CLOSED"
            and (page.first <= today or page.cap == book.cap)
        ]
        if cap == book.cap:
            return

        def real() -> object:
            return services.change_cap(
                actor=self.actor, budget_id=self.budgets[index].id, cap=cap, now=at
            )

        if any(page.used > cap and cap < page.cap for page in pages):
            with pytest.raises(DomainError):
                real()
            return
        real()
        book.cap = cap
        for page in pages:
            page.cap = cap
        self.recapped.update(pages)

    @rule(order=orders, which=st.integers(min_value=0, max_value=7), status=statuses)
    def freeze_thaw_close_or_reopen(self, order: Order, which: int, status: str) -> None:
        pages = list(order.held)
        if which < len(pages):
            page = pages[which]
            budget = self.budgets[self.model.books.index(page.book)]
            BudgetPeriod.objects.filter(budget=budget, starts_on=page.first).update(status=status)
            page.status = status

    @invariant()
    def counters_ledger_and_model_say_the_same(self) -> None:
        assert list(selectors.discrepancies()) == []
        stored = {
            (self.book_of[period.budget_id], period.starts_on): period
            for period in BudgetPeriod.objects.all()
        }
        for key, page in self.model.pages.items():
            if key not in stored:
                assert not page.used
                continue
            period = stored[key]
            assert [period.cap, period.reserved, period.committed, period.spent] == [
                page.cap,
                page.reserved,
                page.committed,
                page.spent,
            ]
            assert period.overrun == page.overrun

    @invariant()
    def no_hard_cap_is_exceeded_but_by_what_was_imported(self) -> None:
        for page in self.model.pages.values():
            assert page.book.is_soft or page in self.recapped or page.used <= page.cap

    @invariant()
    def each_mark_is_told_once_each_time_it_is_reached(self) -> None:
        told: dict[tuple[Book, date], list[int]] = {}
        for alert in BudgetAlert.objects.select_related("period").order_by("id"):
            key = (self.book_of[alert.period.budget_id], alert.period.starts_on)
            told.setdefault(key, []).append(alert.threshold)
        for key, page in self.model.pages.items():
            if page not in self.recapped:
                assert sorted(told.get(key, [])) == sorted(page.told)


@pytest.mark.django_db
@pytest.mark.database
def test_the_ledger_always_says_what_a_naive_model_says() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
