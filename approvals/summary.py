"""What approvers are shown of a subject: plain text and figures, stored with the request.

Whoever owns the subject writes it when asking for approval, so that mails and pages of later stages
need to ask nobody. It is the content that decisions are bound to, not a live view.
"""

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from typing import Any, Self

from procurement.core.meters import Meter
from procurement.core.money import format_money

_DEVIATING = ("RESTRICTED", "BLOCKED")


@dataclass(frozen=True, slots=True)
class BudgetEffect:
    """What the subject does to one budget: the figures of its meter, frozen."""

    label: str
    sublabel: str
    cap: Decimal
    spent: Decimal
    committed: Decimal
    reserved: Decimal
    this_order: Decimal
    free: Decimal
    used_percent_before: Decimal
    used_percent_after: Decimal
    state: str
    currency: str
    sentence: str = ""

    @classmethod
    def of(cls, meter: Meter) -> Self:
        """Freeze a meter."""
        figures = {name.name: getattr(meter, name.name) for name in fields(cls)}
        return cls(**{**figures, "state": str(meter.state)})

    def to_json(self) -> dict[str, str]:
        """Return the figures as text."""
        return {name.name: str(getattr(self, name.name)) for name in fields(self)}

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**_read(cls, stored))


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line: what, from whom, how much; what guided buying says, what the requester answers.

    ``quantity`` is written as people read it (``2``, ``1.5 kg``). ``key`` tells the line from the
    others of its subject, however often it is edited, and ``supplier_key`` its supplier from one of
    the same name; both are empty in what was stored before there were any.
    """

    name: str
    supplier: str
    sku: str
    quantity: str
    unit_price: Decimal
    amount: Decimal
    guidance: str = ""
    reason: str = ""
    justification: str = ""
    key: str = ""
    supplier_key: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the line as text."""
        return {name.name: str(getattr(self, name.name)) for name in fields(self)}

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**_read(cls, stored))

    def words(self, currency: str, first_name: str) -> dict[str, str]:
        """Return what mails say of the line: from whom and how many, and why it deviates."""
        price = format_money(self.unit_price, currency)
        said = f"{first_name} wrote: “{self.justification}”" if self.justification else ""
        reason = self.reason if self.guidance in _DEVIATING else ""
        return {
            "meta": f"{self.supplier} · {self.quantity} at {price}",
            "why": " ".join(part for part in (reason, said) if part),
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """What mails and pages say of a subject that is no order, in sentences of its own.

    ``headline`` says who asks for what, ``extent`` in a few words how much it is. ``approved`` is
    what happens once it is, ``ended`` what does when it is rejected or nobody decides in time, and
    ``again`` what its requester can do then.
    """

    headline: str
    extent: str
    approved: str
    ended: str
    again: str

    def to_json(self) -> dict[str, str]:
        """Return the sentences."""
        return {name.name: getattr(self, name.name) for name in fields(self)}

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**_read(cls, stored))


@dataclass(frozen=True, slots=True)
class SubjectSummary:
    """A subject as approvers see it.

    ``noun`` is what it is called (``Order``), ``label`` its number, ``title`` its name if it has
    one. ``details`` are further (name, value) pairs, such as where it is delivered. ``wording`` is
    how it is spoken of where it is no order.
    ``organization_name`` heads the mails; ``asks_to_sign_in`` has them say that the link alone
    is not enough. ``requester_key`` and ``group_key`` tell them from others
    of the same name; both are empty in what was stored before there were any.
    """

    organization_name: str
    noun: str
    label: str
    title: str
    requester_name: str
    group_name: str
    currency: str
    total: Decimal
    lines: tuple[SummaryLine, ...]
    note: str = ""
    budgets: tuple[BudgetEffect, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    asks_to_sign_in: bool = False
    requester_key: str = ""
    group_key: str = ""
    wording: Wording | None = None

    @property
    def suppliers(self) -> tuple[str, ...]:
        """Return the suppliers in the order of the lines, each once."""
        return tuple(dict.fromkeys(line.supplier for line in self.lines))

    @property
    def headline(self) -> str:
        """Return who asks for what: ``Alice Requester asks to buy “Tools” for Field Service``."""
        if self.wording is not None:
            return self.wording.headline
        what = f"“{self.title}”" if self.title else _counted(len(self.lines), "item")
        return f"{self.requester_name} asks to buy {what} for {self.group_name}"

    @property
    def extent(self) -> str:
        """Return how much there is: ``3 lines from 2 suppliers``."""
        if self.wording is not None:
            return self.wording.extent
        lines, suppliers = len(self.lines), self.suppliers
        source = suppliers[0] if len(suppliers) == 1 else _counted(len(suppliers), "supplier")
        return f"{_counted(lines, 'line')} from {source}" if suppliers else _counted(lines, "line")

    @property
    def first_name(self) -> str:
        """Return how the requester is called in a sentence about them."""
        return self.requester_name.split(maxsplit=1)[0] if self.requester_name else "The requester"

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object, money as text; sentences for mails ride along."""
        return {
            "organization_name": self.organization_name,
            "noun": self.noun,
            "label": self.label,
            "title": self.title,
            "requester_name": self.requester_name,
            "group_name": self.group_name,
            "currency": self.currency,
            "total": str(self.total),
            "lines": [
                {**line.to_json(), **line.words(self.currency, self.first_name)}
                for line in self.lines
            ],
            "note": self.note,
            "budgets": [budget.to_json() for budget in self.budgets],
            "details": [list(detail) for detail in self.details],
            "asks_to_sign_in": self.asks_to_sign_in,
            "headline": self.headline,
            "extent": self.extent,
            "first_name": self.first_name,
            "requester_key": self.requester_key,
            "group_key": self.group_key,
            **({"wording": self.wording.to_json()} if self.wording is not None else {}),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            organization_name=stored["organization_name"],
            noun=stored["noun"],
            label=stored["label"],
            title=stored["title"],
            requester_name=stored["requester_name"],
            group_name=stored["group_name"],
            currency=stored["currency"],
            total=Decimal(stored["total"]),
            lines=tuple(SummaryLine.from_json(line) for line in stored["lines"]),
            note=stored["note"],
            budgets=tuple(BudgetEffect.from_json(budget) for budget in stored["budgets"]),
            details=_pairs(stored["details"]),
            asks_to_sign_in=stored.get("asks_to_sign_in", False),
            requester_key=stored.get("requester_key", ""),
            group_key=stored.get("group_key", ""),
            wording=Wording.from_json(stored["wording"]) if "wording" in stored else None,
        )


def _read(kind: type, stored: dict[str, str]) -> dict[str, Any]:
    """Return a dataclass's fields from text; one that came later may be missing."""
    return {
        name.name: Decimal(stored[name.name]) if name.type is Decimal else stored[name.name]
        for name in fields(kind)
        if name.name in stored or name.default is MISSING
    }


def _pairs(stored: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in stored)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
