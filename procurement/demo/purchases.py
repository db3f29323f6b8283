"""Two years of purchases of the demo's company, drawn from real figures (pure, seeded).

The same seed and day give the same purchases. What is drawn, and from where, stands in
`procurement.demo.figures`; who buys and what stands in `company` and `offers`.
"""

import csv
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from random import Random
from typing import Generic, TextIO, TypeVar

from procurement.demo import figures
from procurement.demo.categories import CATEGORIES
from procurement.demo.company import SEED, DemoCompany, DemoGroup, DemoPerson
from procurement.demo.merchants import Merchant, merchants
from procurement.demo.offers import DemoSupplier, Offer, suppliers

HISTORY_MONTHS = 24
LINES_A_YEAR = 6_400
HEADER = (
    "Order Number",
    "Transaction Date",
    "Posting Date",
    "Department",
    "Cost Center",
    "Requester",
    "Supplier",
    "UNSPSC",
    "Category",
    "Description",
    "Amount (USD)",
)
_CENT = Decimal("0.01")
_FARTHEST_PIECES = 40
_CLOSE_ENOUGH = Decimal("0.30")
_TIER_BELOW, _TIER_TOP = 700, 999
# Of the rows that repeat another one, so many are copies and not originals.
_COPIES = 0.63
# How much less likely a group is to buy outside its trade.
_STRANGE = 0.3
# UNSPSC segments that a division buys from, and those that everybody does.
_EVERYBODYS = frozenset({"44", "50", "78", "80", "83", "86", "90"})
_TRADES_OF = {
    "Operations": frozenset({"15", "24", "25", "27", "30", "31", "39", "40", "46", "53", "72"}),
    "Engineering": frozenset({"27", "31", "32", "39", "41", "43", "45", "46", "52"}),
    "Marketing": frozenset({"43", "45", "52", "53", "56", "82"}),
    "Finance and Legal": frozenset({"43", "56"}),
    "Sales": frozenset({"43", "52", "82"}),
    "People": frozenset({"43", "52", "53", "56", "82"}),
}
_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True)
class Purchase:
    """One line of the history; ``amount`` in the company's currency, below zero for a refund."""

    order: str
    transacted_on: date
    posted_on: date
    department: str
    cost_centre: str
    buyer: str
    supplier: str
    category: str
    category_name: str
    description: str
    amount: Decimal


def first_day(today: date) -> date:
    """Return the day on which the history begins: the first of a month, two years back."""
    return date(today.year - HISTORY_MONTHS // 12, today.month, 1)


def purchases(company: DemoCompany, today: date) -> Iterator[Purchase]:
    """Yield all purchases posted before ``today``, by the day of the purchase."""
    return _Shopping(company, today).lines()


def write_csv(stream: TextIO, lines: Iterable[Purchase]) -> int:
    """Write purchases as the export of some card system; return how many."""
    writer = csv.writer(stream)
    writer.writerow(HEADER)
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 – the last one counts them
        writer.writerow(
            (
                line.order,
                line.transacted_on.isoformat(),
                line.posted_on.isoformat(),
                line.department,
                line.cost_centre,
                line.buyer,
                line.supplier,
                line.category,
                line.category_name,
                line.description,
                f"{line.amount:.2f}",
            )
        )
    return count


class _Wheel(Generic[_Choice]):
    """Draws from weighted choices."""

    def __init__(self, choices: Sequence[_Choice], weights: Iterable[float]) -> None:
        self._choices = choices
        self._edges = list(accumulate(weights))

    def draw(self, random: Random) -> _Choice:
        """Return one choice."""
        return self._choices[bisect_left(self._edges, random.random() * self._edges[-1])]


@dataclass(frozen=True, slots=True)
class _Basket:
    """What the lines of one order have in common."""

    number: str
    day: date
    group: DemoGroup
    buyer: DemoPerson


class _Shopping:
    """The state of the draw."""

    def __init__(self, company: DemoCompany, today: date) -> None:
        self._random = Random(SEED)
        self._company = company
        self._today = today
        self._parents = {group.name: group for group in company.groups}
        self._trades = [
            (group, _TRADES_OF[self._division(group)] | _EVERYBODYS) for group in company.groups
        ]
        named = sorted(suppliers(), key=lambda supplier: -supplier.weight)
        small = merchants(len(named))
        self._sellers: _Wheel[DemoSupplier | Merchant] = _Wheel(
            [*named, *small], _seller_weights(len(named) + len(small))
        )
        self._sizes = _Wheel(range(1, len(figures.LINES_PER_ORDER) + 1), figures.LINES_PER_ORDER)
        self._lags = _Wheel(
            [days for days, _ in figures.POSTING_DAYS], (share for _, share in figures.POSTING_DAYS)
        )
        self._bought: dict[str, list[Purchase]] = {}
        self._orders = 0

    def lines(self) -> Iterator[Purchase]:
        """Yield the lines of every order, day by day."""
        day = first_day(self._today)
        while day < self._today:
            for _ in range(self._orders_on(day)):
                yield from (line for line in self._order(day) if line.posted_on < self._today)
            day += timedelta(days=1)

    def _orders_on(self, day: date) -> int:
        """Draw how many orders a day has, about a Poisson mean of season, weekday and growth."""
        shares = figures.LINES_PER_ORDER
        lines_per_order = sum(n * share for n, share in enumerate(shares, start=1)) / sum(shares)
        years = (day - first_day(self._today)).days / 365
        mean = (
            LINES_A_YEAR
            / 365
            / lines_per_order
            * figures.SEASONS[day.month - 1]
            * figures.WEEKDAYS[day.weekday()]
            * 7
            * figures.YEARLY_GROWTH**years
        )
        limit, product, count = math.exp(-mean), self._random.random(), 0
        while product > limit:
            product *= self._random.random()
            count += 1
        return count

    def _order(self, day: date) -> Iterator[Purchase]:
        lines = self._sizes.draw(self._random)
        is_split = self._random.random() < figures.SPLIT_SHARE * lines
        sellers = [self._sellers.draw(self._random) for _ in range(1 if is_split else lines)]
        group = self._group(sellers)
        buyer = self._random.choice(self._company.buyers_of(group.name))
        if is_split:
            yield from self._split(day, group, buyer, sellers[0])
            return
        basket = self._basket(day, group, buyer)
        for seller in sellers:
            line = self._refund(basket) or self._bill(basket, seller, self._amount())
            self._bought.setdefault(group.name, []).append(line)
            yield line
            if self._random.random() < figures.DUPLICATE_SHARE * _COPIES:
                yield line

    def _group(self, sellers: Sequence[DemoSupplier | Merchant]) -> DemoGroup:
        """Draw who buys from these sellers: likelier a group whose trade they are."""
        segments = [_segment(seller) for seller in sellers]
        weights = [
            group.weight * math.prod(1 if one in trades else _STRANGE for one in segments)
            for group, trades in self._trades
        ]
        return self._random.choices([group for group, _ in self._trades], weights)[0]

    def _split(
        self, day: date, group: DemoGroup, buyer: DemoPerson, seller: DemoSupplier | Merchant
    ) -> Iterator[Purchase]:
        """Yield what should have been one order: several just below 1,000, same day and seller."""
        for _ in range(self._random.randint(2, 3)):
            amount = Decimal(self._random.randint(_TIER_BELOW * 100, _TIER_TOP * 100)) / 100
            line = self._bill(self._basket(day, group, buyer), seller, amount)
            yield replace(line, amount=min(line.amount, amount))

    def _basket(self, day: date, group: DemoGroup, buyer: DemoPerson) -> _Basket:
        self._orders += 1
        return _Basket(f"NW-{day:%y%m}-{self._orders:05d}", day, group, buyer)

    def _refund(self, basket: _Basket) -> Purchase | None:
        """Draw a refund of something the group bought before, now and then."""
        earlier = self._bought.get(basket.group.name, ())[-200:]
        if not earlier or self._random.random() >= figures.REFUND_SHARE:
            return None
        returned = self._random.choice(earlier)
        return replace(
            returned,
            order=basket.number,
            transacted_on=basket.day,
            posted_on=self._posted(basket.day),
            buyer=basket.buyer.name,
            description=f"Refund: {returned.description}" if returned.description else "Refund",
            amount=-abs(returned.amount),
        )

    def _bill(self, basket: _Basket, seller: DemoSupplier | Merchant, amount: Decimal) -> Purchase:
        if isinstance(seller, Merchant):
            category, category_name = seller.category, seller.category_name
            spelling, description = seller.name, seller.bill_for(amount)
        else:
            offer, pieces = self._fitting(seller, amount)
            category, category_name = offer.category, CATEGORIES[offer.category]
            spelling = self._random.choice(seller.spellings)
            description = f"{pieces} × {offer.title}" if pieces > 1 else offer.title
            exact = offer.price * pieces
            if abs(exact - amount) <= amount * _CLOSE_ENOUGH:
                amount = exact
            else:
                description = f"{category_name}, as quoted"
        if self._random.random() < figures.BLANK_PURPOSE_SHARE:
            description = ""
        return Purchase(
            order=basket.number,
            transacted_on=basket.day,
            posted_on=self._posted(basket.day),
            department=self._department(basket.group),
            cost_centre=basket.group.code,
            buyer=basket.buyer.name,
            supplier=spelling,
            category=category,
            category_name=category_name,
            description=description,
            amount=amount,
        )

    def _fitting(self, seller: DemoSupplier, amount: Decimal) -> tuple[Offer, int]:
        """Draw an item that comes close to an amount, and how many of it."""
        affordable = [offer for offer in seller.offers if offer.price <= amount * 5 / 4]
        offer = self._random.choice(affordable or seller.offers)
        pieces = int((amount / offer.price).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        return offer, min(max(pieces, 1), _FARTHEST_PIECES)

    def _amount(self) -> Decimal:
        """Draw an amount above zero by the spread of real ones, even on a logarithmic scale."""
        share = self._random.random()
        shares = [one for one, _ in figures.LINE_AMOUNTS]
        at = max(1, bisect_left(shares, share))
        (low_share, low), (high_share, high) = figures.LINE_AMOUNTS[at - 1 : at + 1]
        position = (share - low_share) / (high_share - low_share)
        value = math.exp(math.log(low) + position * (math.log(high) - math.log(low)))
        return Decimal(str(value)).quantize(_CENT, rounding=ROUND_HALF_UP)

    def _posted(self, day: date) -> date:
        return day + timedelta(days=self._lags.draw(self._random))

    def _division(self, group: DemoGroup) -> str:
        """Return the group right below the company that a group belongs to."""
        while group.parent in self._parents:
            group = self._parents[group.parent]
        return group.name

    def _department(self, group: DemoGroup) -> str:
        """Return the nearest department: the group itself or one above it."""
        while group.kind != "DEPARTMENT":
            group = self._parents[group.parent]
        return group.name


def _segment(seller: DemoSupplier | Merchant) -> str:
    """Return the UNSPSC segment that a seller stands for."""
    if isinstance(seller, Merchant):
        return seller.category[:2]
    return seller.offers[0].category[:2]


def _seller_weights(count: int) -> Iterator[float]:
    """Yield each seller's share by rank: as measured for the first thirty, then falling off."""
    before_rank, before_share = 0, 0.0
    for rank, share in figures.SUPPLIER_SHARES:
        each = (share - before_share) / (rank - before_rank)
        yield from (each for _ in range(rank - before_rank))
        before_rank, before_share = rank, share
    rest = [1 / rank**1.05 for rank in range(before_rank + 1, count + 1)]
    scale = (1 - before_share) / sum(rest)
    yield from (weight * scale for weight in rest)
