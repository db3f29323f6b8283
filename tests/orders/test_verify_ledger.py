from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from budgets import services
from budgets.models import BudgetPeriod, LedgerEntry
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def company() -> Company:
    company = make_company()
    with company.scope():
        make_budget(company.organization, company.root, 1000)
        make_budget(company.organization, company.groups["Workplace"], 1000)
        document = make_document("R-2026-0418")
        reserve(company.organization, company.groups["Workplace"], "640.10", document)
        services.commit(actor=system(company.organization), document=document, now=NOW)
        reserve(company.organization, company.groups["Workplace"], 60)
    return company


def verify(organization: str | None = None) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_ledger", organization=organization, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def behind_the_back(company: Company, statement: str) -> None:
    """Change the database as somebody could who holds its password."""
    table = "budgets_ledgerentry"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    with company.scope(), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def test_an_untouched_ledger_holds(company: Company) -> None:
    code, said = verify()
    assert code == 0
    assert f"{company.organization.slug}: 2 periods, 8 ledger lines, 0 orders: holds" in said


def test_one_cent_on_a_counter_is_found_and_its_row_named(company: Company) -> None:
    with company.scope():
        period = BudgetPeriod.objects.filter(budget__group__name="Workplace", committed__gt=0).get()
    behind_the_back(
        company,
        f"UPDATE budgets_budgetperiod SET committed = committed + 0.01 WHERE id = '{period.id}'",
    )
    code, said = verify()
    assert code == 1
    assert (
        f"period {period.id} (Workplace, Q4 2026): counter committed "
        "expected 640.10, found 640.11" in said
    )
    assert "1 figure off" in said


def altered_amount(line: LedgerEntry) -> tuple[str, list[str]]:
    return (
        f"UPDATE budgets_ledgerentry SET delta_reserved = 60.01 WHERE id = '{line.id}'",
        [
            "counter reserved expected 60.01, found 60.00",
            f"(no. 4, {line.document_label}): balance expected 700.11, found 700.10",
        ],
    )


def altered_balance(line: LedgerEntry) -> tuple[str, list[str]]:
    return (
        f"UPDATE budgets_ledgerentry SET used_after = 700.09 WHERE id = '{line.id}'",
        [f"ledger line {line.id} (no. 4, {line.document_label}): balance expected 700.10"],
    )


def removed(line: LedgerEntry) -> tuple[str, list[str]]:
    return (
        f"DELETE FROM budgets_ledgerentry WHERE id = '{line.id}'",
        ["counter reserved expected 0.00, found 60.00", "counter entries expected 3, found 4"],
    )


@pytest.mark.parametrize("touch", [altered_amount, altered_balance, removed])
def test_a_touched_line_is_found_and_named(
    company: Company, touch: Callable[[LedgerEntry], tuple[str, list[str]]]
) -> None:
    with company.scope():
        line = LedgerEntry.objects.get(
            period__budget__group__name="Workplace", kind="RESERVE", delta_reserved=Decimal(60)
        )
    statement, expected = touch(line)
    behind_the_back(company, statement)
    code, said = verify()
    assert code == 1
    for words in expected:
        assert words in said


def test_a_line_removed_from_the_middle_leaves_a_gap(company: Company) -> None:
    with company.scope():
        line = LedgerEntry.objects.get(period__budget__group__name="Workplace", kind="COMMIT")
    behind_the_back(company, f"DELETE FROM budgets_ledgerentry WHERE id = '{line.id}'")
    code, said = verify()
    assert code == 1
    assert "number expected 3, found 4" in said


def test_one_organization_can_be_verified_by_itself(company: Company) -> None:
    other = make_company("Contoso")
    assert other.organization.slug not in verify(company.organization.slug)[1]
    code, said = verify("nobody")
    assert code == 2
    assert "no organization" in said
