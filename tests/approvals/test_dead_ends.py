"""Dead ends of stored policies: kept from being published, mailed once, told before a change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.effects import Effect, fingerprint
from accounts.models import Role
from approvals import selectors, services
from approvals.checking import Finding, FindingCode
from approvals.models import PolicyVersion
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Conditions,
    PolicyDocument,
    Rule,
    RuleKind,
    Tier,
)
from procurement.audit.models import AuditEvent
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company, make_company, make_group, seat, signed_in, system
from tests.factories.approvals import FINANCE, SUPERVISOR, publish, stage, through
from tests.factories.owners import SOFTWARE, own, person, seat_of_group

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=1)
WHY = "The seat is filled on Monday."
MANAGER = ApproverSpec(ApproverKind.MANAGER)
BY_LIMIT = ApproverSpec(ApproverKind.MANAGER_LIMIT)
OWNER = ApproverSpec(ApproverKind.CATEGORY_OWNER)
ASTRONAUT = ApproverSpec(ApproverKind.POSITION, "astronaut", "Astronaut")
# Everybody who orders stands in Facilities, where Bob supervises and Erin directs.
PASSABLE = replace(
    through(stage(FINANCE)), restricted=(stage(FINANCE),), exception=(stage(FINANCE),)
)


@pytest.fixture
def world() -> Iterator[Company]:
    """The company with a seat that nobody holds."""
    with time_machine.travel(LATER):
        company = make_company()
        with company.scope():
            accounts.create_position(
                actor=system(company.organization),
                root=company.root,
                name="Astronaut",
                code="astronaut",
                now=NOW,
            )
        yield company


@pytest.fixture
def company(world: Company) -> Iterator[Company]:
    with world.scope():
        yield world


def asking(*approvers: ApproverSpec) -> PolicyDocument:
    """A policy that asks these seats about every amount, and finance about all else."""
    return replace(PASSABLE, tiers=(Tier(None, (stage(*approvers),)),))


def found(
    company: Company, document: PolicyDocument, code: FindingCode, group: str = "Field Service"
) -> list[Finding]:
    findings = selectors.draft_findings(company.groups[group], document, LATER)
    return [one for one in findings if one.code is code]


def at(company: Company, tail: str) -> str:
    return f"/{company.organization.slug}/{tail}"


def accepted_in_trail(company: Company) -> Any:
    with company.scope():
        event = AuditEvent.objects.filter(action="policy.published").latest("id")
    assert event.after is not None
    return event.after.get("accepted")


def test_a_policy_that_everybody_can_pass_has_no_dead_end(company: Company) -> None:
    assert selectors.draft_findings(company.root, PASSABLE, LATER) == ()


def test_an_empty_seat_is_found_and_filling_it_mends_it(company: Company) -> None:
    (empty,) = found(company, asking(ASTRONAUT), FindingCode.EMPTY_SEAT)
    assert empty.sentence.startswith("Nobody answers for Astronaut in Field Service:")
    seat(company.organization, "pilot", company.root, company.people["Erin"])
    pilot = ApproverSpec(ApproverKind.POSITION, "pilot", "Pilot")
    assert found(company, asking(pilot), FindingCode.EMPTY_SEAT) == []


def test_a_holder_whose_access_has_ended_leaves_an_empty_seat(company: Company) -> None:
    accounts.suspend_member(
        actor=company.actor("Adam"), membership=company.people["Bob"], reason="Left", now=LATER
    )
    (empty,) = found(company, asking(SUPERVISOR), FindingCode.EMPTY_SEAT)
    assert "(Bob Supervisor has no access)" in empty.sentence


def test_whoever_would_decide_on_their_own_orders_alone_is_found(company: Company) -> None:
    accounts.grant_role(
        actor=system(company.organization),
        membership=company.people["Bob"],
        group=company.groups["Field Service"],
        role=Role.REQUISITIONER,
        now=NOW,
    )
    (alone,) = found(company, asking(SUPERVISOR), FindingCode.ONLY_REQUESTER)
    assert alone.people == (company.people["Bob"].id,)


def test_whoever_orders_and_has_no_manager_is_found(company: Company) -> None:
    assert found(company, asking(MANAGER), FindingCode.NO_MANAGER) == []
    accounts.suspend_member(
        actor=company.actor("Adam"), membership=company.people["Bob"], reason="Left", now=LATER
    )
    (none,) = found(company, asking(MANAGER), FindingCode.NO_MANAGER)
    assert none.sentence.startswith("Alice Requester has no manager who could decide")


def set_limit(company: Company, name: str, amount: str | None) -> None:
    services.set_approval_limit(
        actor=system(company.organization),
        membership=company.people[name],
        amount=Decimal(amount) if amount else None,
        now=NOW,
    )


def test_managers_without_a_limit_are_found_from_stored_limits(company: Company) -> None:
    (none,) = found(company, asking(BY_LIMIT), FindingCode.NO_LIMIT)
    assert none.people == (company.people["Alice"].id,)
    set_limit(company, "Bob", "500.00")
    (in_part,) = found(company, asking(BY_LIMIT), FindingCode.NO_LIMIT)
    assert (none.is_blocking, in_part.is_blocking) == (True, False)
    set_limit(company, "Bob", None)
    assert found(company, asking(BY_LIMIT), FindingCode.NO_LIMIT) == []


def test_holders_whose_limits_end_below_a_tier_are_found(company: Company) -> None:
    set_limit(company, "Bob", "500.00")
    document = replace(
        PASSABLE,
        tiers=(
            Tier(Decimal("400.00"), (stage(SUPERVISOR),)),
            Tier(Decimal("1000.00"), (stage(SUPERVISOR),)),
            Tier(None, (stage(SUPERVISOR),)),
        ),
    )
    second, third = found(company, document, FindingCode.NO_LIMIT)
    assert (second.where, third.where) == ("tiers.1.stages.0", "tiers.2.stages.0")
    assert second.is_blocking
    assert "the approval limits of Bob Supervisor let nobody agree to more than $500.00" in (
        second.sentence
    )
    assert "above that could not be submitted" in second.sentence
    assert "above that" not in third.sentence


def test_categories_without_an_owner_are_found_from_stored_owners(company: Company) -> None:
    rule = Rule(
        "software",
        "Software",
        RuleKind.ASK_BEFORE,
        Conditions(categories=(SOFTWARE.code,)),
        (stage(OWNER),),
    )
    document = replace(PASSABLE, rules=(rule,))
    (nobody,) = found(company, document, FindingCode.NO_OWNER)
    assert nobody.where == "rules.0.stages.0"
    own(company, person(company.people["Erin"]), company.groups["Engineering"])
    assert len(found(company, document, FindingCode.NO_OWNER)) == 1, "that is elsewhere"
    own(company, seat_of_group("supervisor", company.groups["Workplace"]))
    assert found(company, document, FindingCode.NO_OWNER) == [], "Facilities' supervisor answers"


def test_what_gets_orders_stuck_is_published_only_with_a_reason(company: Company) -> None:
    with pytest.raises(services.PolicyHasDeadEnds) as refused:
        publish(company, asking(ASTRONAUT), accepted=" ")
    assert refused.value.findings[0].code is FindingCode.EMPTY_SEAT
    assert PolicyVersion.objects.count() == 0
    publish(company, asking(ASTRONAUT), accepted=WHY)
    event = AuditEvent.objects.get(action="policy.published")
    assert event.after is not None
    assert event.after["accepted"] == WHY


def test_going_back_asks_why_before_it_publishes_a_dead_end(world: Company) -> None:
    address = at(world, f"approvals/policies/{world.root.id}/versions/2/again/")
    with world.scope():
        publish(world, PASSABLE)
        publish(world, asking(ASTRONAUT), reason="Space", accepted=WHY)
        publish(world, PASSABLE, reason="Back", now=LATER)
    client, given = signed_in(world, "Adam"), {"reason": "Once more", "based_on": 3}
    refused = client.post(address, given)
    assert refused.status_code == 400
    assert b"Nobody answers for Astronaut" in refused.content
    assert b"tick this and say why" in refused.content
    assert client.post(address, {**given, "accept": "on"}).status_code == 400, "why is missing"
    assert client.post(address, {**given, "accept": "on", "accepted": WHY}).status_code == 302
    assert accepted_in_trail(world) == WHY


def exported(company: Company) -> str:
    """A file that would put the second last version in force again."""
    with company.scope():
        publish(company, asking(ASTRONAUT), accepted=WHY)
        text = services.export_policies(actor=company.actor("Adam"), now=NOW)
        publish(company, PASSABLE, reason="Back", now=NOW)
    return text


def test_a_file_with_dead_ends_is_published_only_with_a_reason(world: Company) -> None:
    text = exported(world)
    client, address = signed_in(world, "Adam"), at(world, "approvals/policies/import/publish/")
    with world.scope():
        seen = selectors.import_plan(world.actor("Adam"), text).seen
    given = {"content": text, "seen": seen, "reason": "Try"}
    refused = client.post(address, given)
    assert refused.status_code == 400
    assert b"Nobody answers for Astronaut" in refused.content
    given |= {"accept": "on", "accepted": WHY}
    assert client.post(address, given).status_code == 302
    assert accepted_in_trail(world) == WHY


def test_the_api_names_each_dead_end_and_takes_a_reason(world: Company) -> None:
    text = exported(world)
    client = signed_in(world, "Adam")
    address = "/api/v1/approvals/policies/import/"
    of = {"X-Organization": world.organization.slug}
    given = {"content": text, "reason": "Try"}
    refused = client.post(address, given, content_type="application/json", headers=of)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert error["field"] == "tiers.0.stages.0"
    assert error["detail"].startswith("Nobody answers for Astronaut")
    done = client.post(
        address, {**given, "accepted": WHY}, content_type="application/json", headers=of
    )
    assert done.status_code == 201
    assert accepted_in_trail(world) == WHY


@pytest.fixture
def file(world: Company, tmp_path: Any) -> Any:
    file = tmp_path / "policies.yaml"
    file.write_text(exported(world))
    return file


def test_the_command_names_each_dead_end_and_takes_a_reason(world: Company, file: Any) -> None:
    given = [str(file), "--organization", world.organization.slug, "--publish"]
    given += ["--reason", "Try"]
    said = StringIO()
    with pytest.raises(CommandError, match="--accept-dead-ends"):
        call_command("import_policies", *given, stdout=StringIO(), stderr=said)
    assert "Nobody answers for Astronaut" in said.getvalue()
    call_command("import_policies", *given, "--accept-dead-ends", WHY, stdout=StringIO())
    assert accepted_in_trail(world) == WHY


def test_the_page_the_file_and_the_api_list_the_same_findings(world: Company) -> None:
    with world.scope():
        publish(world, asking(ASTRONAUT), accepted=WHY)
    client = signed_in(world, "Adam")
    sentence = "Nobody answers for Astronaut"
    page = client.get(at(world, "approvals/policies/check/"))
    assert sentence in page.content.decode()
    file = client.get(at(world, "approvals/policies/check/csv/"))
    body = file.getvalue()
    assert sentence in body.decode()
    of = {"X-Organization": world.organization.slug}
    listed = client.get("/api/v1/approvals/policies/check/", headers=of).json()
    assert listed["total"] == 1
    assert listed["findings"][0]["finding"]["sentence"].startswith(sentence)


def test_a_check_takes_as_many_queries_for_many_groups_as_for_few(company: Company) -> None:
    publish(company, asking(ASTRONAUT, MANAGER, BY_LIMIT, OWNER, FINANCE), accepted=WHY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            selectors.organization_findings(company.actor("Adam"), LATER)
        return len(seen)

    few = queries()
    for number in range(8):
        make_group(company.organization, company.groups["Facilities"], f"Depot {number}")
    assert queries() == few <= 14


def test_administrators_have_mail_of_what_is_new_and_only_once(company: Company) -> None:
    def mails() -> int:
        return OutboxMessage.objects.filter(template="policy_check").count()

    publish(company, PASSABLE)
    actor = system(company.organization)
    assert services.check_policies(actor=actor, now=LATER).began == 0
    assert mails() == 0
    publish(company, asking(ASTRONAUT), reason="Space", accepted=WHY, now=LATER)
    check = services.check_policies(actor=actor, now=LATER + timedelta(minutes=1))
    assert (check.began, mails()) == (1, 1)
    services.check_policies(actor=actor, now=LATER + timedelta(minutes=2))
    services.check_policies(actor=actor, now=LATER + timedelta(days=1))
    assert mails() == 1
    assert selectors.organization_findings(company.actor("Alice"), LATER) == []


def dead_ends(effects: list[Effect]) -> list[str]:
    return [one.sentence for one in effects if one.sentence.startswith("A dead end")]


def test_an_off_boarding_tells_the_dead_ends_it_brings_before_it_does(company: Company) -> None:
    publish(company, asking(SUPERVISOR), company.groups["Facilities"])
    adam, bob = company.actor("Adam"), company.people["Bob"]
    preview = accounts.preview_suspension(actor=adam, membership=bob, now=LATER)
    (told,) = dead_ends(preview)
    assert "Nobody answers for Supervisor in Field Service" in told
    assert fingerprint(
        accounts.preview_suspension(actor=adam, membership=bob, now=LATER)
    ) == fingerprint(preview)
    erin = company.people["Erin"]
    assert dead_ends(accounts.preview_suspension(actor=adam, membership=erin, now=LATER)) == []


def test_a_move_tells_the_dead_ends_it_brings_before_it_does(company: Company) -> None:
    publish(company, asking(SUPERVISOR), accepted="Engineering has none.")
    adam = company.actor("Adam")
    group, target = company.groups["Field Service"], company.groups["Engineering"]
    preview = accounts.preview_move(actor=adam, group=group, target=target, now=LATER)
    (told,) = dead_ends(preview)
    assert "Supervisor in" in told
    home = company.groups["Workplace"]
    assert dead_ends(accounts.preview_move(actor=adam, group=group, target=home, now=LATER)) == []
