"""What a line of the ledger says in words (pure)."""

from decimal import Decimal

from budgets.movements import EntryKind
from procurement.core.money import format_money

_PLAIN = {
    EntryKind.RESERVE: "Reserved",
    EntryKind.COMMIT: "Committed",
    EntryKind.RELEASE: "Released",
    EntryKind.SPEND: "Spent",
    EntryKind.CREDIT: "Credited",
    EntryKind.HISTORY: "Imported",
    EntryKind.SHIFT: "Moved with its group",
    EntryKind.CHANGE: "Changed with its order",
    EntryKind.ROLL: "Moved to another period",
    EntryKind.ADJUST: "Adjusted",
    EntryKind.FREEZE: "Frozen: takes no new orders",
    EntryKind.THAW: "Taken up again",
    EntryKind.CLOSE: "Closed",
    EntryKind.REOPEN: "Reopened for late invoices",
}


def line_words(kind: str, delta_cap: Decimal, currency: str, *, used: Decimal = Decimal(0)) -> str:
    """Say what a line moved: ``Cap raised by $500.00``, ``$250.00 carried over to here``.

    ``used`` is the change of everything used, whose sign tells where what is rolled came from.
    """
    by = format_money(abs(delta_cap), currency)
    is_more = delta_cap >= 0
    match EntryKind(kind):
        case EntryKind.OPEN:
            return f"Opened with {by}"
        case EntryKind.CAP:
            return f"Cap {'raised' if is_more else 'lowered'} by {by}"
        case EntryKind.CARRY:
            return f"Unused {by} carried over {'to here' if is_more else 'to the next period'}"
        case EntryKind.TRANSFER:
            return f"{by} {'received from' if is_more else 'given to'} another budget"
        case EntryKind.ROLL:
            return f"Moved {'here from' if used > 0 else 'on to'} another period"
        case plain:
            return _PLAIN[plain]
