from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from budgets import selectors, services
from budgets.models import BudgetPeriod, LedgerEntry
from procurement.audit.models import AuditEvent
from procurement.core.errors import NotAllowed, NotFound
from procurement.core.ids import new_id
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


def period_of(company: Company) -> BudgetPeriod:
    with company.scope():
        return BudgetPeriod.objects.get(budget__group__name="Workplace", committed__gt=0)


def tampered(company: Company, **counters: object) -> BudgetPeriod:
    period = period_of(company)
    with company.scope():
        BudgetPeriod.objects.filter(id=period.id).update(**counters)
    return period


def behind_the_back(company: Company, statement: str) -> None:
    """Change the ledger as somebody could who holds the database's password."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE budgets_ledgerentry DISABLE TRIGGER append_only")
    with company.scope(), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE budgets_ledgerentry ENABLE TRIGGER append_only")


def rebuild(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("rebuild_counters", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def events(company: Company) -> list[AuditEvent]:
    with company.scope():
        return list(AuditEvent.objects.filter(action="ledger.counters_rebuilt"))


def test_counters_that_differ_are_set_to_the_ledger_and_each_is_on_record(
    company: Company,
) -> None:
    period = tampered(company, committed="640.11", entries=3)
    code, said = rebuild()
    assert code == 0
    assert (
        f"period {period.id} (Workplace, Q4 2026): committed 640.11 → 640.10, entries 3 → 4" in said
    )
    assert "1 of 1 differing periods rebuilt" in said
    with company.scope():
        assert not list(selectors.discrepancies())
    (event,) = events(company)
    assert (event.actor_kind, event.subject_label) == ("SYSTEM", "Workplace, Q4 2026")
    assert event.before == {"committed": "640.11", "entries": 3}
    assert event.after == {"period_id": str(period.id), "committed": "640.10", "entries": 4}


def test_counters_that_agree_are_left_alone(company: Company) -> None:
    code, said = rebuild()
    assert (code, events(company)) == (0, [])
    assert "0 of 0 differing periods" in said


def test_a_dry_run_tells_and_changes_nothing(company: Company) -> None:
    tampered(company, reserved="61.00")
    code, said = rebuild("--dry-run")
    assert code == 1
    assert "reserved 61.00 → 60.00" in said
    assert "1 of 1 differing periods would be rebuilt" in said
    assert "1 period still differs from the ledger." in said
    assert str(period_of(company).reserved) == "61.00"
    assert events(company) == []


def test_a_broken_ledger_is_named_and_its_counters_are_left_while_others_are_rebuilt(
    company: Company,
) -> None:
    period = period_of(company)
    with company.scope():
        line = LedgerEntry.objects.get(period=period, kind="COMMIT")
        other = BudgetPeriod.objects.get(budget__group=company.root, committed__gt=0)
        BudgetPeriod.objects.filter(id=other.id).update(spent=5)
    behind_the_back(company, f"DELETE FROM budgets_ledgerentry WHERE id = '{line.id}'")
    code, said = rebuild("--organization", company.organization.slug)
    assert code == 1
    assert (
        f"The ledger of period {period.id} (Workplace, Q4 2026) is broken: entry 3 is missing"
        in (said)
    )
    assert "1 of 2 differing periods rebuilt" in said
    assert [event.group_id for event in events(company)] == [company.root.id]
    assert period_of(company).committed == period.committed


def test_an_entry_lost_at_the_end_is_not_written_off(company: Company) -> None:
    period = period_of(company)
    with company.scope():
        last = LedgerEntry.objects.get(period=period, number=4)
    behind_the_back(company, f"DELETE FROM budgets_ledgerentry WHERE id = '{last.id}'")
    code, said = rebuild()
    assert code == 1
    assert "it ends with entry 3, and 4 have been written" in said


def test_an_altered_balance_is_not_built_on(company: Company) -> None:
    period = tampered(company, reserved="61.00")
    with company.scope():
        line = LedgerEntry.objects.get(period=period, number=2)
    behind_the_back(
        company, f"UPDATE budgets_ledgerentry SET used_after = 1 WHERE id = '{line.id}'"
    )
    code, said = rebuild()
    assert code == 1
    assert "entry 2 says 1.00 are used after it" in said


def test_rebuilding_needs_the_right_and_a_period_of_ones_own(company: Company) -> None:
    period = tampered(company, reserved="61.00")
    with company.scope(), pytest.raises(NotAllowed):
        services.rebuild_counters(actor=company.actor("Alice"), period_id=period.id, now=NOW)
    with company.scope(), pytest.raises(NotFound):
        services.rebuild_counters(actor=system(company.organization), period_id=new_id(), now=NOW)
    other = make_company("Contoso")
    with other.scope(), pytest.raises(NotFound):
        services.rebuild_counters(actor=system(other.organization), period_id=period.id, now=NOW)


def test_one_organization_that_is_not_there_is_said_so(company: Company) -> None:
    code, said = rebuild("--organization", "nobody")
    assert code == 2
    assert "no organization" in said


def test_looking_at_a_period_takes_a_turn_and_three_queries_and_setting_it_two_more(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    period = tampered(company, reserved="61.00")
    actor = system(company.organization)
    turn, savepoint = 1, 2
    with company.scope():
        with django_assert_num_queries(turn + 5 + savepoint):
            services.rebuild_counters(actor=actor, period_id=period.id, now=NOW)
        with django_assert_num_queries(turn + 3 + savepoint):
            services.rebuild_counters(actor=actor, period_id=period.id, now=NOW)
