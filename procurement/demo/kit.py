"""Sample values for the page that shows every component in all its states."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from budgets.rules import BudgetState, Meter
from procurement.core import clock
from procurement.core.paging import Page

_ICONS = (
    "home catalog cart order inbox groups policy budget chart audit search plus minus check x down "
    "right arrow up fall clock ask download info bell person move edit truck invoice lock alert "
    "mail more card sliders calendar tool glasses tablet box camera beaker bolt book theme"
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Group name", help_text="As people say it")
    cap = forms.DecimalField(label="Cap for the quarter", localize=False)
    period = forms.ChoiceField(choices=[("QUARTER", "Quarter"), ("YEAR", "Year")])
    note = forms.CharField(widget=forms.Textarea, required=False, label="Note to the approvers")
    carry = forms.BooleanField(required=False, label="Carry unused room over")
    pay = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="Pay with",
        choices=[("PO", "Purchase order, net 30"), ("CARD", "Company card ending 4417")],
    )


@dataclass(frozen=True, slots=True)
class _Event:
    who: str
    what: str
    at: datetime
    why: str = ""
    icon: str = "arrow"
    kind: str = ""


def samples() -> dict[str, Any]:
    """Return the context of the kit page."""
    now = clock.now()
    form = SampleForm({"name": "Field Service", "cap": "12000", "period": "QUARTER", "pay": "PO"})
    form.add_error("cap", "$13,280.00 is already used. Enter that or more.")
    form.add_error("name", "Another group in Facilities has this name.")
    return {
        "meters": _meters(),
        "stages": _stages(),
        "events": _events(now),
        "form": form,
        "blank": SampleForm(),
        "page": Page(items=(), number=2, pages=10, total=48, first=6, last=10, query="q=tablet&"),
        "icons": _ICONS.split(),
    }


def _meter(label: str, amounts: tuple[str, str, str, str], cap: str, **more: Any) -> Meter:
    spent, committed, reserved, this_order = (Decimal(amount) for amount in amounts)
    before = spent + committed + reserved
    limit = Decimal(cap)
    return Meter(
        label=label,
        sublabel="Q4 2026",
        cap=limit,
        spent=spent,
        committed=committed,
        reserved=reserved,
        this_order=this_order,
        free=limit - before - this_order,
        used_percent_before=before * 100 / limit,
        used_percent_after=(before + this_order) * 100 / limit,
        currency="USD",
        state=more.get("state", BudgetState.OK),
        sentence=more.get("sentence", ""),
    )


def _meters() -> tuple[Meter, ...]:
    return (
        _meter("On track", ("23396.45", "5887.70", "3070.00", "0"), "60000"),
        _meter(
            "Warned by this order",
            ("8350.00", "2460.00", "1830.00", "640.00"),
            "16000",
            state=BudgetState.WARN,
            sentence="Passes the 80% mark. Finance is told; the order is still allowed.",
        ),
        _meter(
            "An order that does not fit",
            ("9600.00", "3060.00", "980.00", "3000.00"),
            "16000",
            state=BudgetState.STOP,
            sentence="$640.00 over the cap of $16,000.00. Dana Finance can raise it.",
        ),
        _meter("Nothing used yet", ("0", "0", "0", "0"), "20000"),
    )


def _stages() -> list[dict[str, Any]]:
    def seat(name: str, where: str, outcome: str = "", kind: str = "") -> dict[str, str]:
        return {"name": name, "seat": where, "outcome": outcome, "kind": kind}

    approved = "Approved Mon, Nov 16, 2:31 PM"
    erin = seat("Erin Director", "Director of Operations")
    dana = seat("Dana Finance", "Finance of Operations", "Rejected Nov 16", "stop")
    return [
        {
            "state": "done",
            "rule": "For the restricted line",
            "people": [seat("Bob Supervisor", "Supervisor of Facilities", approved, "good")],
        },
        {
            "state": "now",
            "rule": "Side by side, both must agree",
            "people": [erin, dana],
            "side": True,
        },
        {"state": "stop", "rule": "A stage that stopped", "people": []},
        {"state": "next", "rule": "2 purchase orders go out", "people": [], "icon": "truck"},
    ]


def _events(now: datetime) -> list[_Event]:
    return [
        _Event(
            "Bob Supervisor",
            "approved as Supervisor of Facilities",
            now - timedelta(minutes=12),
            why="“One camera for three vans is fair.”",
            icon="check",
            kind="good",
        ),
        _Event(
            "The system",
            "reserved $640.00 on Field Service, which passes its 80% mark",
            now - timedelta(days=1),
            icon="budget",
            kind="warn",
        ),
        _Event("Alice Requester", "submitted $640.00", now - timedelta(days=3)),
        _Event("Alice Requester", "opened the order", now - timedelta(days=420), icon="order"),
    ]
