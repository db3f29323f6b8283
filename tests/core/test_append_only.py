"""What is written once and never changed: the database refuses it, whoever asks."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

pytestmark = [pytest.mark.django_db, pytest.mark.database]

# What history, decisions and books rest on.
KEPT = (
    "accounts.TrainingAcknowledgement",
    "accounts.TrainingVersion",
    "approvals.Decision",
    "approvals.PolicyVersion",
    "approvals.RequestEvent",
    "audit.AuditEvent",
    "audit.AuditSeal",
    "budgets.LedgerEntry",
    "orders.RejectedLine",
)
# Of each row before it is updated or deleted, and of the whole before it is truncated.
_ROWS, _WHOLE = 1 + 2 + 8 + 16, 2 + 32


def kept_models() -> list[type[models.Model]]:
    return [apps.get_model(label) for label in KEPT]


@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model._meta.label)
def test_a_table_of_history_is_guarded_row_by_row_and_as_a_whole(
    model: type[models.Model],
) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgtype, t.tgenabled, p.proname::text FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = %s::regclass AND t.tgname LIKE 'append_only%%' ORDER BY t.tgtype",
            [table],
        )
        refuses = f"{table}_append_only"
        assert cursor.fetchall() == [(_ROWS, "O", refuses), (_WHOLE, "O", refuses)]


@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model._meta.label)
def test_a_table_of_history_is_not_emptied(model: type[models.Model]) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only: TRUNCATE refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')


def test_no_other_table_is_append_only_without_being_listed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text FROM pg_trigger t WHERE t.tgname = 'append_only'"
        )
        assert {table for (table,) in cursor.fetchall()} == {
            model._meta.db_table for model in kept_models()
        }
