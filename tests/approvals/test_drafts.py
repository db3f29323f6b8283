from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import selectors, services
from approvals.models import PolicyDraft, PolicyVersion
from approvals.routing import Tier
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed
from tests.approvals.test_pages import fields
from tests.factories.accounts import NOW, Company, make_member, signed_in, system
from tests.factories.approvals import TYPICAL, publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

RAISED = replace(TYPICAL, tiers=(Tier(Decimal("250.00"), ()), *TYPICAL.tiers[1:]))


def editor(company: Company) -> str:
    group = company.groups["Engineering"].id
    return f"/{company.organization.slug}/approvals/policies/{group}/edit/"


def policies(company: Company) -> str:
    return f"/{company.organization.slug}/approvals/policies/"


def keep(company: Company, name: str = "Adam", **changes: Any) -> PolicyDraft:
    given: dict[str, Any] = {
        "fields": [("tiers.0.up_to", "")],
        "based_on": 0,
        "now": NOW,
        **changes,
    }
    return services.save_draft(
        actor=company.actor(name), group=company.groups["Engineering"], **given
    )


def test_what_was_typed_is_opened_where_it_was_left(world: Company) -> None:
    adam = signed_in(world, "Adam")
    typed = fields(**{"tiers.0.up_to": "about 250", "reason": "", "draft": "save"})
    assert adam.post(editor(world), typed).status_code == 302
    body = adam.get(editor(world)).content.decode()
    assert 'value="about 250"' in body
    assert "Discard draft" in body
    assert "was published since" not in body
    assert "Engineering" in adam.get(policies(world)).content.decode()
    with world.scope():
        draft = PolicyDraft.objects.get()
        kept = [tuple(pair) for pair in draft.fields]
        assert kept.count(("exception.0.seats", "POSITION:director")) == 1
        assert kept.count(("exception.0.seats", "ROLE:FINANCE")) == 1
        assert {"csrfmiddlewaretoken", "draft"}.isdisjoint(name for name, _ in kept)
        assert selectors.draft_document(draft) is None
        assert AuditEvent.objects.filter(action="policy.draft_saved").count() == 1


def test_saving_again_keeps_one_draft_for_each_author(company: Company) -> None:
    first = keep(company)
    second = keep(company, fields=[("tiers.0.up_to", "5")], now=NOW + timedelta(minutes=5))
    assert first.id == second.id
    assert PolicyDraft.objects.get().fields == [["tiers.0.up_to", "5"]]
    root = company.root
    company.people["Nora"] = make_member(company.organization, root, "Nora Second", "ADMINISTRATOR")
    keep(company, "Nora")
    rows = selectors.drafts_in_sight(company.actor("Adam"))
    assert [(row.author, row.is_own) for row in rows] == [
        ("Adam Administrator", True),
        ("Nora Second", False),
    ]


def test_a_draft_that_says_a_policy_can_be_read_as_one(world: Company) -> None:
    signed_in(world, "Adam").post(editor(world), fields(draft="save"))
    with world.scope():
        document = selectors.draft_document(PolicyDraft.objects.get())
        assert document is not None
        assert [tier.up_to for tier in document.tiers] == [Decimal("250.00"), None]


def test_publishing_ends_the_draft(world: Company) -> None:
    adam = signed_in(world, "Adam")
    adam.post(editor(world), fields(draft="save"))
    assert adam.post(editor(world), fields()).status_code == 302
    with world.scope():
        assert not PolicyDraft.objects.exists()
        assert PolicyVersion.objects.filter(
            policy__group=world.groups["Engineering"], number=1
        ).exists()
    assert "Discard draft" not in adam.get(editor(world)).content.decode()


def test_a_refused_publication_leaves_the_draft(world: Company) -> None:
    adam = signed_in(world, "Adam")
    adam.post(editor(world), fields(draft="save"))
    assert adam.post(editor(world), fields(reason="")).status_code == 400
    with world.scope():
        assert PolicyDraft.objects.count() == 1


def test_an_author_is_told_what_was_published_since(world: Company) -> None:
    adam = signed_in(world, "Adam")
    with world.scope():
        publish(world, TYPICAL, world.groups["Engineering"])
    adam.post(editor(world), fields(draft="save", based_on="1"))
    with world.scope():
        publish(world, RAISED, world.groups["Engineering"], reason="Meanwhile")
    body = adam.get(editor(world)).content.decode()
    assert "Version 2 was published since" in body
    assert "Orders up to $100.00 were approved at once; now up to $250.00 are." in body
    assert 'name="based_on" value="2"' in body


def test_a_draft_can_be_discarded(world: Company) -> None:
    adam = signed_in(world, "Adam")
    adam.post(editor(world), fields(draft="save"))
    assert adam.post(editor(world), {"draft": "discard"}).status_code == 302
    with world.scope():
        assert not PolicyDraft.objects.exists()
        assert AuditEvent.objects.filter(action="policy.draft_discarded").count() == 1
        services.discard_draft(
            actor=world.actor("Adam"), group=world.groups["Engineering"], now=NOW
        )
        assert AuditEvent.objects.filter(action="policy.draft_discarded").count() == 1


def test_drafts_are_for_people_who_write_policies(company: Company) -> None:
    with pytest.raises(NotAllowed):
        keep(company, "Dana")
    assert selectors.drafts_in_sight(company.actor("Dana")) == []
    with pytest.raises(DomainError, match="belongs to a person"):
        services.save_draft(
            actor=system(company.organization),
            group=company.root,
            fields=[],
            based_on=0,
            now=NOW,
        )


def test_what_is_too_long_to_be_a_policy_is_not_kept(company: Company) -> None:
    with pytest.raises(DomainError, match="too long"):
        keep(company, fields=[("tiers.0.up_to", "9" * 600_000)])
    with pytest.raises(DomainError, match="too long"):
        keep(company, fields=[("tiers.0.up_to", "")] * 5_001)


def test_the_list_of_drafts_takes_one_statement(company: Company) -> None:
    keep(company)
    adam = company.actor("Adam")
    with CaptureQueriesContext(connection) as seen:
        rows = selectors.drafts_in_sight(adam)
        assert [(row.author, row.draft.group.name) for row in rows]
    assert len(seen) == 1
