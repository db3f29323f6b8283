"""A replay's report as people read it in a terminal."""

from collections.abc import Iterator, Sequence

from procurement.core.money import format_money
from procurement.orders.history.evaluation import Outcome
from procurement.orders.history.report import Report

MOST_BUDGETS = 20
WORDS = {
    Outcome.AT_ONCE: "Approved at once",
    Outcome.TO_APPROVERS: "Sent to approvers",
    Outcome.RESTRICTED: "Restricted: one more approval",
    Outcome.BLOCKED: "Blocked by a buying rule",
    Outcome.OVER_BUDGET: "Out of budget",
    Outcome.NOT_COVERED: "No policy answers",
    Outcome.REFUND: "Refund",
}


def printed(report: Report) -> str:
    """Return the report as a table with headings, a blank line between its parts."""
    parts = (
        _head(report),
        _outcomes(report),
        _approvals(report),
        _budgets(report),
        _crossings(report),
        _rejects(report),
        [f"Note: {note}" for note in report.notes],
    )
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(report: Report) -> list[str]:
    kind = "Dry run, nothing was written" if report.is_rehearsal else "Loaded"
    if report.is_known:
        kind = "Loaded before"
    amount = format_money(report.amount, report.currency)
    made = ", ".join(f"{count:,} {what}" for what, count in report.created.items() if count)
    would = "would be created" if report.is_rehearsal else "created"
    read = f"{report.rows:,} rows in {report.orders:,} orders, {amount} {report.currency}"
    return [
        f"{kind}: {report.organization}",
        f"{read}; {report.rejected:,} rows rejected",
        *([f"Missing before and {would}: {made}"] if made else []),
        f"{report.seconds:,.1f} s",
    ]


def _outcomes(report: Report) -> list[str]:
    rows = [
        (WORDS[outcome], f"{count:,}", _share(count, report.orders))
        for outcome in WORDS
        if (count := report.tally.outcomes[outcome.value])
    ]
    if report.tally.unseated:
        rows.append(("… of these, a seat that nobody fills", f"{report.tally.unseated:,}", ""))
    return list(_table(("What would have become of them", "Orders", "Share"), rows))


def _approvals(report: Report) -> list[str]:
    rows = []
    for position, months in sorted(report.tally.approvals.items()):
        total = sum(months.values())
        busiest = max(months, key=lambda month: (months[month], month))
        rows.append(
            (
                position.capitalize(),
                f"{total:,}",
                f"{total / len(months):,.1f}",
                f"{months[busiest]:,} in {busiest}",
            )
        )
    return list(_table(("Who would have been asked", "Orders", "A month", "Most"), rows))


def _budgets(report: Report) -> list[str]:
    found = report.budgets_exceeded
    rows = [
        (f"{row['group']}, {row['period']}", row["cap"], row["used"], row["over"])
        for row in found[:MOST_BUDGETS]
    ]
    lines = list(_table(("Budgets exceeded", "Cap", "Used", "Over"), rows))
    if len(found) > MOST_BUDGETS:
        lines.append(f"… and {len(found) - MOST_BUDGETS:,} more; --json lists them all")
    return lines


def _crossings(report: Report) -> list[str]:
    found = report.tally.crossings.to_json()
    rows = [
        (
            f"{one['group']}, {one['period']}",
            one["cap"],
            one["warned_on"] or "never",
            one["stopped_on"] or "never",
        )
        for one in found[:MOST_BUDGETS]
    ]
    head = ("When budgets would have spoken", "Cap", "Warned", "First stopped")
    lines = list(_table(head, rows))
    if len(found) > MOST_BUDGETS:
        lines.append(f"… and {len(found) - MOST_BUDGETS:,} more; --json lists them all")
    return lines


def _rejects(report: Report) -> list[str]:
    rows = [(reason, f"{count:,}") for reason, count in report.reject_reasons.items()]
    lines = list(_table(("Rows rejected because", "Rows"), rows))
    if report.rejects_file:
        lines.append(f"Written to {report.rejects_file}")
    return lines


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table with its first column to the left and figures to the right; none if empty."""
    if not rows:
        return
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    rule = "  ".join("─" * width for width in widths)
    for number, row in enumerate((head, *rows)):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
        if number == 0:
            yield rule


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else ""
