import threading
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from accounts.models import Organization
from procurement.audit import sealing, verification
from procurement.audit.actions import AuditAction
from procurement.audit.chain import Leaf, seal_digest
from procurement.audit.models import AuditEvent, AuditSeal
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from tests.audit.conftest import settle
from tests.factories.accounts import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def write(organization: Organization, count: int = 3) -> list[AuditEvent]:
    """Record events, each in a transaction of its own."""
    events = []
    for index in range(count):
        with tenancy.scope(organization.id):
            events.append(
                record(
                    actor=SystemActor(organization.id, "Alice Requester"),
                    action=AuditAction.PURCHASE_ORDER_PLACED,
                    subject_type="purchase_order",
                    subject_id=uuid4(),
                    subject_label=f"PO-2026-{index:04}",
                    after={"total": "640.00", "lines": [1, 2.5, None, "é"]},
                    reason="Ergonomic chairs",
                    now=NOW,
                )
            )
    return events


def seal(organization: Organization, batch_size: int = 2, *, settled: bool = True) -> int:
    if settled:
        settle(organization)
    with tenancy.scope(organization.id):
        return sealing.seal_events(organization_id=organization.id, now=NOW, batch_size=batch_size)


def findings(
    organization: Organization, anchor: verification.Head | None = None
) -> list[verification.Finding]:
    with tenancy.scope(organization.id):
        return list(verification.findings(organization.id, anchor=anchor))


def head(organization: Organization) -> verification.Head:
    with tenancy.scope(organization.id):
        found = verification.extent(organization.id).head
    assert found is not None
    return found


def behind_the_back(
    organization: Organization, table: str, statement: str, *values: UUID | int
) -> None:
    """Do what only the owner of a table can: switch its guard off, change rows, switch it on."""
    with tenancy.scope(organization.id), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def verify(organization: Organization) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit_trail", organization=organization.slug, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def sealed(organization: Organization) -> tuple[Organization, list[AuditEvent]]:
    events = write(organization, 5)
    assert seal(organization) == 6  # the opening of the organization is the first event
    return organization, events


def test_events_are_sealed_in_batches_that_continue_each_other(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    with tenancy.scope(organization.id):
        seals = list(AuditSeal.objects.order_by("number"))
    assert [found.event_count for found in seals] == [2, 2, 2]
    assert [event_id for found in seals for event_id in found.event_ids][1:] == [
        event.id for event in events
    ]
    assert bytes(seals[1].previous_digest) == bytes(seals[0].digest)
    assert seal(organization) == 0
    assert verify(organization)[0] == 0


def test_new_events_are_sealed_by_the_next_run(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, _ = sealed
    write(organization, 1)
    assert findings(organization) == []
    assert seal(organization) == 1
    assert findings(organization) == []


def test_an_event_of_a_transaction_that_overlaps_a_running_one_waits(
    organization: Organization,
) -> None:
    seal(organization)
    started, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with tenancy.scope(organization.id):
                actor = SystemActor(organization.id, "Slow writer")
                record(
                    actor=actor,
                    action=AuditAction.REQUISITION_SUBMITTED,
                    subject_type="requisition",
                    subject_id=uuid4(),
                    subject_label="R-1",
                    now=NOW,
                )
                started.set()
                finish.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        assert started.wait(10)
        write(organization, 2)
        assert seal(organization, settled=False) == 0, (
            "what the slow one writes would come before them"
        )
    finally:
        finish.set()
        thread.join()
    assert seal(organization) == 3
    assert findings(organization) == []


def test_the_database_refuses_to_change_the_trail(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    for statement in (
        "UPDATE audit_auditevent SET reason = 'x' WHERE id = %s",
        "DELETE FROM audit_auditevent WHERE id = %s",
    ):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            tenancy.scope(organization.id),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [events[0].id])


@pytest.mark.parametrize(
    "assignment",
    [
        "reason = 'Something else'",
        "actor_label = 'Mallory'",
        "after = jsonb_set(after, '{total}', '\"640.01\"')",
        "at = at + interval '1 microsecond'",
        "digest = sha256('forged')",
        "group_id = gen_random_uuid()",
    ],
)
def test_an_altered_event_is_named_exactly(
    sealed: tuple[Organization, list[AuditEvent]], assignment: str
) -> None:
    organization, events = sealed
    behind_the_back(
        organization,
        "audit_auditevent",
        f"UPDATE audit_auditevent SET {assignment} WHERE id = %s",
        events[2].id,
    )
    code, output = verify(organization)
    assert code == 1
    assert [finding.event_id for finding in findings(organization)] == [events[2].id]
    assert f"event altered: Event {events[2].id}" in output
    assert "PO-2026-0002" in output


def test_an_altered_event_is_named_before_it_is_sealed(organization: Organization) -> None:
    (event,) = write(organization, 1)
    behind_the_back(
        organization,
        "audit_auditevent",
        "UPDATE audit_auditevent SET reason = 'x' WHERE id = %s",
        event.id,
    )
    code, output = verify(organization)
    assert code == 1
    assert str(event.id) in output


def test_a_deleted_event_is_named_exactly(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    behind_the_back(
        organization,
        "audit_auditevent",
        "DELETE FROM audit_auditevent WHERE id = %s",
        events[3].id,
    )
    code, output = verify(organization)
    assert code == 1
    assert f"event missing: Event {events[3].id}" in output
    assert [finding.kind for finding in findings(organization)] == [verification.Kind.EVENT_MISSING]


def test_an_event_inserted_among_sealed_ones_is_named(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    (forged,) = write(organization, 1)
    behind_the_back(
        organization,
        "audit_auditevent",
        "UPDATE audit_auditevent SET transaction_id = "
        "(SELECT transaction_id FROM audit_auditevent WHERE id = %s) WHERE id = %s",
        events[-2].id,
        forged.id,
    )
    (finding,) = findings(organization)
    assert finding.kind == verification.Kind.EVENT_INSERTED
    assert finding.event_id == forged.id


def test_an_altered_seal_breaks_the_chain_at_its_place(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, _ = sealed
    behind_the_back(
        organization,
        "audit_auditseal",
        "UPDATE audit_auditseal SET digest = sha256('forged') WHERE number = %s",
        2,
    )
    first, *_ = findings(organization)
    assert first.kind == verification.Kind.SEAL_BROKEN
    assert first.seal == 2
    assert verify(organization)[0] == 1


def test_a_deleted_seal_is_named(sealed: tuple[Organization, list[AuditEvent]]) -> None:
    organization, _ = sealed
    behind_the_back(
        organization, "audit_auditseal", "DELETE FROM audit_auditseal WHERE number = %s", 2
    )
    first, *_ = findings(organization)
    assert first.kind == verification.Kind.SEAL_MISSING
    assert first.seal == 2


def test_removing_an_event_from_its_seal_as_well_does_not_hide_it(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    behind_the_back(
        organization, "audit_auditevent", "DELETE FROM audit_auditevent WHERE id = %s", events[2].id
    )
    behind_the_back(
        organization,
        "audit_auditseal",
        "UPDATE audit_auditseal SET event_ids = array_remove(event_ids, %s), event_count = 1 "
        "WHERE number = 2",
        events[2].id,
    )
    (finding,) = findings(organization)
    assert finding.kind == verification.Kind.SEAL_BROKEN
    assert finding.seal == 2


def test_a_batch_sealed_anew_by_whoever_holds_the_key_does_not_go_on_to_the_next(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    behind_the_back(
        organization, "audit_auditevent", "DELETE FROM audit_auditevent WHERE id = %s", events[2].id
    )
    with tenancy.scope(organization.id):
        found = AuditSeal.objects.get(number=2)
        kept = AuditEvent.objects.get(id=events[1].id)
    forged = seal_digest(
        key=sealing.audit_key(),
        previous=bytes(found.previous_digest),
        number=2,
        leaves=[Leaf(kept.id, bytes(kept.digest))],
    )
    behind_the_back(
        organization,
        "audit_auditseal",
        "UPDATE audit_auditseal SET event_ids = array_remove(event_ids, %s), event_count = 1, "
        f"digest = decode('{forged.hex()}', 'hex') WHERE number = 2",
        events[2].id,
    )
    (finding,) = findings(organization)
    assert (finding.kind, finding.seal) == (verification.Kind.SEAL_BROKEN, 3)
    assert "does not continue seal 2" in finding.sentence


def test_a_trail_that_was_cut_back_does_not_hold_a_head_noted_earlier(
    sealed: tuple[Organization, list[AuditEvent]],
) -> None:
    organization, events = sealed
    noted = head(organization)
    assert findings(organization, noted) == []
    behind_the_back(
        organization, "audit_auditseal", "DELETE FROM audit_auditseal WHERE number = %s", 3
    )
    for event in events[-2:]:
        behind_the_back(
            organization,
            "audit_auditevent",
            "DELETE FROM audit_auditevent WHERE id = %s",
            event.id,
        )
    assert findings(organization) == [], "a chain cannot tell by itself that its end is gone"
    (finding,) = findings(organization, noted)
    assert finding.kind == verification.Kind.SEAL_MISSING
    write(organization, 2)
    seal(organization)
    (finding,) = findings(organization, noted)
    assert finding.kind == verification.Kind.SEAL_BROKEN


def test_two_runs_at_once_seal_everything_once(organization: Organization) -> None:
    write(organization, 4)
    settle(organization)
    with tenancy.scope(organization.id):
        sealed_here = sealing.seal_events(organization_id=organization.id, now=NOW)
        result: list[int] = []

        def other() -> None:
            try:
                result.append(seal(organization, settled=False))
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert (sealed_here, result) == (5, [0])
    assert findings(organization) == []


def test_unusable_arguments_of_the_command_exit_with_two(organization: Organization) -> None:
    for arguments in (
        {"organization": "nobody-has-this"},
        {"anchor": "7:ab"},
        {"anchor": "seven", "organization": organization.slug},
    ):
        with pytest.raises(CommandError) as refused:
            call_command("verify_audit_trail", **arguments)
        assert refused.value.returncode == 2


@pytest.mark.usefixtures("sealed")
def test_a_trail_is_its_own_organization_s_alone() -> None:
    with tenancy.scope(UUID(int=1)):
        assert AuditSeal.objects.count() == 0
        assert AuditEvent.objects.count() == 0
    assert AuditEvent.objects.count() == 0, "without an active organization nothing is seen"
