import pytest

from procurement.audit.actions import AuditAction
from procurement.audit.words import PHRASES, action_name, changes, sentence


@pytest.mark.parametrize("action", list(AuditAction))
def test_every_action_has_a_phrase_that_names_its_subject_once(action: AuditAction) -> None:
    assert PHRASES[action].count("{subject}") == 1
    told = sentence(action, "S-1", None)
    assert told.subject == "S-1"
    assert "{" not in str(told)


@pytest.mark.parametrize(
    ("action", "subject", "after", "words"),
    [
        (
            "purchase_order.placed",
            "PO-2026-0007",
            {"supplier": "Kestrel IT", "total": "4800.00", "currency": "USD"},
            "placed PO-2026-0007 with Kestrel IT for $4,800.00",
        ),
        ("approval.decided", "R-7", {"choice": "APPROVE", "seat": "Supervisor of Facilities"},
         "approved R-7 as Supervisor of Facilities"),
        ("approval.decided", "R-7", {"choice": "REJECT", "seat": "Director"},
         "rejected R-7 as Director"),
        ("position.filled", "Supervisor of Facilities", {"holder": "Bob Supervisor"},
         "seated Bob Supervisor as Supervisor of Facilities"),
        ("role.granted", "Dana Finance", {"role": "FINANCE", "group": "Northwind Works"},
         "made Dana Finance finance of Northwind Works"),
        ("budget.set", "Facilities, quarterly", {"cap": "60000.00"},
         "set the budget Facilities, quarterly to $60,000.00"),
        ("organization.created", "Northwind", {}, "opened Northwind"),
        ("lamp.switched_on", "the lamp", {}, "switched on the lamp"),
    ],
)  # fmt: skip
def test_a_line_reads_like_a_sentence(
    action: str, subject: str, after: dict[str, str], words: str
) -> None:
    assert str(sentence(action, subject, after, currency="USD")) == words


def test_what_somebody_typed_is_never_taken_for_a_field() -> None:
    told = sentence("group.created", "{parent} {0.__class__}", {"parent": "{subject}"})
    assert str(told) == "created the group {parent} {0.__class__} below {subject}"


def test_changes_stand_side_by_side() -> None:
    found = changes({"cap": "100.00", "gone": True}, {"cap": "200.00", "stages": [{"name": "A"}]})
    assert [(change.name, change.was, change.becomes) for change in found] == [
        ("Cap", "100.00", "200.00"),
        ("Stages", "", "name: A"),
        ("Gone", "yes", ""),
    ]


def test_actions_are_named_by_noun_and_verb() -> None:
    assert action_name("purchase_order.placed") == "Purchase order: placed"
