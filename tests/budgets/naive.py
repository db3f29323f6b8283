"""A ledger that keeps plain figures in memory, written without looking at how the real one works.

It knows orders, budgets and periods; no lock, no SQL, no ledger line. What it says is what the real
ledger has to say after every step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal

from budgets.fiscal import PeriodKind, period_of

ZERO = Decimal(0)
CENT = Decimal("0.01")

# An amount, and what it is for.
Part = tuple[Decimal, str]


class NoRoomError(Exception):
    """A budget has too little room."""


class ClosedError(Exception):
    """A period takes nothing any more."""


class TooMuchError(Exception):
    """More would come back than was spent."""


@dataclass(eq=False)
class Book:
    """One budget: whose orders it counts, and for what."""

    group: int
    kind: PeriodKind
    cap: Decimal
    category: str = ""
    person: str = ""
    is_soft: bool = False
    block: int = 100
    marks: tuple[int, ...] = (80, 100)

    def share(self, parts: Iterable[Part]) -> Decimal:
        return sum((amount for amount, what in parts if self.category in ("", what)), ZERO)


@dataclass(eq=False)
class Page:
    """One period of a budget."""

    book: Book
    first: date
    last: date
    cap: Decimal
    status: str = "OPEN"
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    told: list[int] = field(default_factory=list)
    pending: set[int] = field(default_factory=set)

    @property
    def used(self) -> Decimal:
        return self.reserved + self.committed + self.spent

    @property
    def overrun(self) -> Decimal:
        return max(self.used - self.cap, ZERO)

    def takes(self, amount: Decimal) -> bool:
        stop = (self.cap * self.book.block / 100).quantize(CENT, rounding=ROUND_DOWN)
        return self.status == "OPEN" and (self.book.is_soft or self.used + amount <= stop)

    def move(self, held: "Held", *, reserved: Decimal, committed: Decimal, spent: Decimal) -> None:
        before = self.used
        self.reserved, held.reserved = self.reserved + reserved, held.reserved + reserved
        self.committed, held.committed = self.committed + committed, held.committed + committed
        self.spent, held.spent = self.spent + spent, held.spent + spent
        self.watch(before)

    def watch(self, before: Decimal) -> None:
        """Tell each mark once when it is reached, and forget that once it is not any more."""
        for mark in self.book.marks:
            line = self.cap * mark / 100
            if self.used < line:
                self.pending.discard(mark)
            elif before < line and mark not in self.pending:
                self.pending.add(mark)
                self.told.append(mark)


@dataclass(eq=False)
class Held:
    """What an order has on one page."""

    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    has_left: bool = False

    @property
    def open(self) -> Decimal:
        return self.reserved + self.committed


@dataclass(eq=False)
class Order:
    """An order: for which group, by whom, and where it stands."""

    group: int
    person: str
    on: date
    held: dict[Page, Held] = field(default_factory=dict)

    def of(self, book: Book) -> list[tuple[Page, Held]]:
        """Return its pages of a budget, the earliest first."""
        found = [(page, held) for page, held in self.held.items() if page.book is book]
        return sorted(found, key=lambda one: one[0].first)

    @property
    def books(self) -> list[Book]:
        return list(dict.fromkeys(page.book for page in self.held))


@dataclass
class NaiveLedger:
    """All budgets of one path of groups; ``books`` of group 0 count what is below it, too."""

    books: list[Book]
    pages: dict[tuple[Book, date], Page] = field(default_factory=dict)

    def page(self, book: Book, on: date) -> Page:
        span = period_of(book.kind, on)
        fresh = Page(book, span.starts_on, span.ends_on, book.cap)
        return self.pages.setdefault((book, span.starts_on), fresh)

    def page_for(self, book: Book, order: Order) -> Page:
        """Return the page of an order's day; where that is closed, the one on which it stands."""
        page = self.page(book, order.on)
        stands = [other for other, held in order.of(book) if held.open]
        return stands[0] if page.status == "CLOSED" and stands else page

    def reserve(self, order: Order, parts: Sequence[Part]) -> None:
        """Have an order use exactly its parts from now on, whatever it holds."""
        covering = [
            book
            for book in self.books
            if book.group <= order.group
            and book.person in ("", order.person)
            and any(book.category in ("", what) for _, what in parts)
        ]
        is_placed = any(held.committed or held.spent for held in order.held.values())
        wanted: dict[Page, Decimal] = {}
        for book in covering:
            spent = sum((held.spent for _, held in order.of(book)), ZERO)
            wanted[self.page_for(book, order)] = max(book.share(parts) - spent, ZERO)
        nothing = Held()
        steps = {
            page: wanted.get(page, ZERO) - order.held.get(page, nothing).open
            for page in [*order.held, *(one for one in wanted if one not in order.held)]
        }
        if any(step > 0 and not page.takes(step) for page, step in steps.items()):
            raise NoRoomError
        if any(step and page.status == "CLOSED" for page, step in steps.items()):
            raise ClosedError
        growing = {page.book for page, step in steps.items() if step > 0}
        for page, step in steps.items():
            if not step:
                continue
            held = order.held.setdefault(page, Held())
            held.has_left = page not in wanted and page.book in growing
            if step > 0:
                reserved, committed = (ZERO, step) if is_placed else (step, ZERO)
            else:
                reserved = -min(held.reserved, -step)
                committed = step - reserved
            page.move(held, reserved=reserved, committed=committed, spent=ZERO)

    def commit(self, order: Order) -> None:
        moving = {page: held for page, held in order.held.items() if held.reserved}
        if any(page.status == "CLOSED" for page in moving):
            raise ClosedError
        for page, held in moving.items():
            amount = held.reserved
            page.move(held, reserved=-amount, committed=amount, spent=ZERO)

    def release(self, order: Order, parts: Sequence[Part] | None = None) -> None:
        steps: list[tuple[Page, Held, Decimal]] = []
        for book in order.books:
            left = book.share(parts) if parts is not None else None
            for page, held in order.of(book):
                amount = held.open if left is None else min(left, held.open)
                left = None if left is None else left - amount
                if amount:
                    steps.append((page, held, amount))
        if any(page.status == "CLOSED" for page, _, _ in steps):
            raise ClosedError
        for page, held, amount in steps:
            reserved = min(held.reserved, amount)
            page.move(held, reserved=-reserved, committed=reserved - amount, spent=ZERO)

    def spend(self, order: Order, parts: Sequence[Part], *, is_final: bool) -> None:
        steps: list[tuple[Page, Held, tuple[Decimal, Decimal, Decimal]]] = []
        for book in order.books:
            left = book.share(parts)
            pages = [(page, held) for page, held in order.of(book) if not held.has_left]
            for page, held in pages if left else ():
                spent = left if page is pages[-1][0] else min(left, held.open)
                committed = held.committed if is_final else min(held.committed, spent)
                reserved = held.reserved if is_final else min(held.reserved, spent - committed)
                left -= spent
                if spent or committed or reserved:
                    steps.append((page, held, (reserved, committed, spent)))
        if any(page.status == "CLOSED" for page, _, _ in steps):
            raise ClosedError
        for page, _, (reserved, committed, spent) in steps:
            more = spent - reserved - committed
            if more > 0 and not page.book.is_soft and page.used + more > page.cap:
                raise NoRoomError
        for page, held, (reserved, committed, spent) in steps:
            page.move(held, reserved=-reserved, committed=-committed, spent=spent)

    def credit(self, order: Order, parts: Sequence[Part]) -> None:
        steps: list[tuple[Page, Held, Decimal]] = []
        for book in order.books:
            left = book.share(parts)
            for page, held in reversed(order.of(book)):
                amount = min(left, held.spent)
                left -= amount
                if amount:
                    steps.append((page, held, amount))
            if left:
                raise TooMuchError
        if any(page.status == "CLOSED" for page, _, _ in steps):
            raise ClosedError
        for page, held, amount in steps:
            page.move(held, reserved=ZERO, committed=ZERO, spent=-amount)
