from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import selectors, services
from approvals.models import ApprovalRequest, PolicyVersion
from approvals.routing import Tier
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.factories.accounts import NOW, Company, signed_in, system
from tests.factories.approvals import TYPICAL, Answered, ask, make_governed_company, publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=1)
RAISED = replace(TYPICAL, tiers=(Tier(Decimal("250.00"), ()), *TYPICAL.tiers[1:]))


@pytest.fixture
def world() -> Iterator[Company]:
    """The company with two versions of its policy, the second one raising the limit."""
    with time_machine.travel(LATER + timedelta(hours=1)):
        company = make_governed_company()
        with company.scope():
            publish(company, RAISED, reason="Too many small orders", now=LATER)
        yield company


def at(company: Company, tail: str) -> str:
    return f"/{company.organization.slug}/approvals/policies/{company.root.id}/versions/{tail}"


def republish(company: Company, number: int = 1, **changes: Any) -> PolicyVersion:
    given = {"actor": company.actor("Adam"), "reason": "It went wrong", "now": LATER, **changes}
    return services.republish_version(group=company.root, number=number, **given)


def test_a_version_is_shown_in_words_with_what_is_different_in_it(world: Company) -> None:
    body = signed_in(world, "Adam").get(at(world, "2/")).content.decode()
    assert "What is different from version 1" in body
    assert "Orders up to $100.00 were approved at once; now up to $250.00 are." in body
    assert "Then up to $1,000.00" in body
    assert "The supervisor" in body
    assert "Too many small orders" in body
    assert "In force since" in body
    first = signed_in(world, "Adam").get(at(world, "1/")).content.decode()
    assert "Superseded" in first
    assert "The first version" in first
    assert "Publish this version again" in first
    assert "Publish this version again" not in body


def test_a_version_is_compared_with_any_other(world: Company) -> None:
    body = signed_in(world, "Adam").get(at(world, "1/?against=2")).content.decode()
    assert "What is different from version 2" in body
    assert "now they ask the supervisor" in body
    assert signed_in(world, "Adam").get(at(world, "1/?against=9")).status_code == 404
    assert signed_in(world, "Adam").get(at(world, "9/")).status_code == 404


def test_a_page_of_many_versions_takes_as_many_queries_as_one_of_few(world: Company) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert adam.get(at(world, "1/")).status_code == 200
        return len(seen)

    adam = signed_in(world, "Adam")
    queries()
    few = queries()
    with world.scope():
        for day in range(4):
            document = TYPICAL if day % 2 == 0 else RAISED
            publish(world, document, reason="Again", now=LATER + timedelta(minutes=day))
    assert queries() == few
    with world.scope(), CaptureQueriesContext(connection) as seen:
        adam_now = world.actor("Adam")
        before = len(seen)
        selectors.version_page(adam_now, world.root.id, 1, LATER)
        assert len(seen) - before == 4


def test_going_back_publishes_a_new_version(world: Company) -> None:
    adam = signed_in(world, "Adam")
    confirm = adam.get(at(world, "1/again/")).content.decode()
    assert "now they ask the supervisor" in confirm
    refused = adam.post(at(world, "1/again/"), {"reason": " ", "based_on": "2"})
    assert refused.status_code == 400
    answer = adam.post(at(world, "1/again/"), {"reason": "It went wrong", "based_on": "2"})
    assert answer.status_code == 302
    with world.scope():
        version = PolicyVersion.objects.get(number=3)
        assert version.document == TYPICAL.to_json()
        assert version.reason == "It went wrong"
        event = AuditEvent.objects.get(action="policy.restored")
        assert event.after is not None
        assert (event.after["restored"], event.after["number"]) == (1, 3)
        assert AuditEvent.objects.filter(action="policy.published").count() == 3


def test_going_back_is_refused_where_publishing_would_be(company: Company) -> None:
    publish(company, RAISED, reason="More", now=LATER)
    with pytest.raises(DomainError, match="Nothing has changed"):
        republish(company, 2)
    with pytest.raises(NotFound):
        republish(company, 7)
    with pytest.raises(NotAllowed):
        republish(company, actor=company.actor("Bob"))
    with pytest.raises(Conflict):
        republish(company, based_on=1)
    with pytest.raises(DomainError) as refused:
        republish(company, reason="")
    assert refused.value.field == "reason"


def test_a_conflict_is_said_on_the_page(world: Company) -> None:
    answer = signed_in(world, "Adam").post(
        at(world, "1/again/"), {"reason": "It went wrong", "based_on": "1"}
    )
    assert answer.status_code == 409
    assert "published in the meantime" in answer.content.decode()


def test_only_who_sees_the_group_sees_its_versions(world: Company) -> None:
    assert signed_in(world, "Dana").get(at(world, "1/")).status_code == 200
    assert "version again" not in signed_in(world, "Dana").get(at(world, "1/")).content.decode()
    assert signed_in(world, "Bob").get(at(world, "1/")).status_code == 404
    assert signed_in(world, "Dana").get(at(world, "1/again/")).status_code == 403


def test_a_request_keeps_the_version_it_started_on(company: Company, handler: Answered) -> None:
    first = PolicyVersion.objects.get()
    under_way = ask(company, "200.00")
    publish(company, RAISED, reason="More", now=LATER)
    later = ask(company, "200.00", now=LATER)
    assert ApprovalRequest.objects.get(id=under_way.id).policy_version_id == first.id
    assert later.policy_version_id != first.id
    assert (under_way.status, later.status) == ("PENDING", "APPROVED")
    again = selectors.rederive(under_way)
    assert again is not None
    assert again.policy is not None
    assert again.policy.version_id == first.id


@pytest.mark.parametrize("seed", range(4))
def test_what_is_in_force_at_any_moment_is_what_a_plain_search_finds(
    company: Company, seed: int
) -> None:
    dice = Random(seed)
    groups = [company.root, company.groups["Facilities"], company.groups["Field Service"]]
    for step in range(12):
        now = NOW + timedelta(hours=step + 1)
        document = replace(TYPICAL, tiers=(Tier(Decimal(101 + step), ()), *TYPICAL.tiers[1:]))
        group = dice.choice(groups)
        latest = PolicyVersion.objects.filter(policy__group=group).order_by("number").last()
        earliest = max(now, latest.in_force_from) if latest else now
        services.publish_policy(
            actor=system(company.organization),
            group=group,
            name="",
            document=document,
            reason="Step by step",
            in_force_from=earliest + timedelta(hours=dice.choice((0, 0, 1, 5, 30))),
            now=now,
        )
    published = list(PolicyVersion.objects.select_related("policy"))
    starts = [version.in_force_from for version in published]
    moments = [start + timedelta(seconds=off) for start in starts for off in (-1, 0, 1)]
    for moment in moments:
        newest: dict[Any, PolicyVersion] = {}
        for version in published:
            held = newest.get(version.policy.group_id)
            if version.in_force_from <= moment and (held is None or version.number > held.number):
                newest[version.policy.group_id] = version
        found = selectors.policies_in_force(groups[-1].path, moment)
        assert {one.version_id for one in found} == {one.id for one in newest.values()}
