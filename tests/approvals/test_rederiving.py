"""Every stored request, routed again: what agrees stays silent, what was altered is named."""

from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import change_group
from approvals import selectors
from approvals.models import ApprovalRequest
from approvals.rederiving import StoredRequest, StoredStage, derive, differences
from approvals.routing import Flag
from tests.approvals.cast import TYPICAL as PURE_TYPICAL
from tests.approvals.cast import VERSION, in_force, key
from tests.approvals.cast import facts as pure_facts
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.approvals import ask, publish

STAGE, REQUEST = "approvals_stage", "approvals_approvalrequest"
ALTERATIONS = [
    (STAGE, "name = 'Nobody'", "stage 1, name: stored “Nobody”, derived “Supervisor”"),
    (STAGE, "because = 'So it was.'", "stage 1, because: stored “So it was.”"),
    (
        REQUEST,
        "explanation = jsonb_set(explanation, '{tier}', '0')",
        "tier: stored 1, derived 2",
    ),
    (
        REQUEST,
        "explanation = jsonb_set(explanation, '{sentences,0}', '\"Never mind.\"')",
        "sentence 1: stored “Never mind.”",
    ),
    (
        REQUEST,
        "facts = jsonb_set(facts, '{amount}', '\"60.00\"')",
        "stage 1: stored, not derived",
    ),
    (REQUEST, "facts = facts - 'amount'", "what is stored cannot be read: KeyError: 'amount'"),
]


def rederive(company: Company) -> tuple[int, str]:
    out = StringIO()
    slug = company.organization.slug
    try:
        call_command("rederive_approvals", organization=slug, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def behind_the_back(company: Company, table: str, change: str, request_id: UUID) -> None:
    """Change a row as somebody could who holds the database's password."""
    of_request = "id" if table == REQUEST else "request_id"
    with company.scope(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER guard")
        cursor.execute(f"UPDATE {table} SET {change} WHERE {of_request} = %s", [request_id])
        assert cursor.rowcount == 1
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER guard")


def several(company: Company) -> list[ApprovalRequest]:
    """Open requests of every tier, and one whose restriction asks somebody twice."""
    return [
        ask(company, "60.00"),
        ask(company, "640.00"),
        ask(company, "4800.00"),
        ask(company, "640.00", flags=frozenset({Flag.RESTRICTED.value})),
    ]


@pytest.fixture
def requests(made: Company) -> list[ApprovalRequest]:
    with made.scope():
        publish(made)
        return several(made)


@pytest.fixture
def made(db: None) -> Company:
    return make_company()


def test_requests_of_every_kind_agree(made: Company, requests: list[ApprovalRequest]) -> None:
    assert rederive(made) == (0, f"{len(requests)} requests agree\n")


def test_later_versions_and_new_names_change_nothing_for_what_was_asked(
    made: Company, requests: list[ApprovalRequest]
) -> None:
    with made.scope():
        publish(made, replace(PURE_TYPICAL, tiers=PURE_TYPICAL.tiers[1:]), reason="Stricter")
        change_group(
            actor=system(made.organization),
            group=made.root,
            name="Northwind Holding",
            code="",
            kind=made.root.kind,
            now=NOW,
        )
    assert rederive(made) == (0, f"{len(requests)} requests agree\n")


@pytest.mark.parametrize(("table", "change", "said"), ALTERATIONS)
def test_what_was_altered_is_named_among_those_that_agree(
    made: Company, requests: list[ApprovalRequest], table: str, change: str, said: str
) -> None:
    behind_the_back(made, table, change, requests[1].id)
    code, told = rederive(made)
    assert code == 1
    assert f"{made.organization.slug}: R-2026-0418 ({requests[1].id}): {said}" in told
    assert "1 request differs, 3 requests agree." in told
    assert not any(str(one.id) in told for one in requests if one.id != requests[1].id)


def test_an_organization_that_does_not_exist_is_another_failure(db: None) -> None:
    with pytest.raises(CommandError) as raised:
        call_command("rederive_approvals", organization="nowhere")
    assert raised.value.returncode == 2


def test_batches_hold_memory_and_queries_down(
    made: Company, requests: list[ApprovalRequest]
) -> None:
    told: list[int] = []
    with made.scope(), CaptureQueriesContext(connection) as queries:
        found = list(selectors.rederivations(told.append, batch=3))
    assert [one.request_id for one in found] == sorted(one.id for one in requests)
    assert told == [3, 1]
    assert len(queries) == 6  # two batches of two, their one version, and the empty end


def test_a_request_that_agrees_says_what_it_was_routed_on(
    made: Company, requests: list[ApprovalRequest]
) -> None:
    with made.scope():
        detail = selectors.request_for(made.actor("Alice"), requests[1].id)
        derived = selectors.derivation_of(detail)
    assert derived is not None
    assert [stage.spec.name for stage in derived.route.stages] == ["Supervisor"]


def stored(facts: dict[str, Any] | None = None) -> StoredRequest:
    again = derive(bare(), {VERSION: in_force()}).route
    stages = tuple(
        StoredStage(step, one.spec.name, one.spec.mode.value, one.because)
        for step, one in enumerate(again.stages)
    )
    explanation = {
        "sentences": list(again.sentences),
        "tier": again.tier,
        "left_out": [],
        "called": {str(VERSION): "Northwind Works"},
    }
    kept = bare()
    return replace(kept, stages=stages, explanation=explanation, facts=facts or kept.facts)


def bare() -> StoredRequest:
    return StoredRequest(key(1), "R-1", pure_facts("640.00").to_json(), {}, VERSION, ())


def compared(request: StoredRequest) -> tuple[str, ...]:
    return differences(request, derive(request, {VERSION: in_force()}).route)


def test_what_was_stored_as_it_is_derived_agrees() -> None:
    assert compared(stored()) == ()


def test_a_stage_that_is_neither_passed_nor_left_out_is_missed() -> None:
    request = replace(stored(), stages=())
    assert compared(request) == ("stage 1: derived (Supervisor), not stored",)
    left_out = {**request.explanation, "left_out": [0]}
    assert compared(replace(request, explanation=left_out)) == ()


def test_facts_that_policy_refuses_are_a_difference() -> None:
    (said,) = compared(stored(facts=pure_facts(currency="CAD").to_json()))
    assert said.startswith("policy refuses it: The policy “Northwind Works orders”")


def test_without_the_names_of_then_only_the_name_may_differ() -> None:
    request = stored()
    without = {name: kept for name, kept in request.explanation.items() if name != "called"}
    renamed = replace(in_force(), group_name="Northwind Holding")
    again = derive(replace(request, explanation=without), {VERSION: renamed}).route
    assert differences(replace(request, explanation=without), again) == ()
    assert differences(request, again) != ()
