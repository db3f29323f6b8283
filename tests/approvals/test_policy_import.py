from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import selectors, services
from approvals.models import PolicyVersion
from approvals.routing import ApproverKind, ApproverSpec, Conditions, Rule, RuleKind
from approvals.selectors.files import policies_to_write
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.factories.accounts import NOW, Company, make_company, signed_in
from tests.factories.approvals import (
    SUPERVISOR,
    TYPICAL,
    make_governed_company,
    publish,
    stage,
    through,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def world() -> Iterator[Company]:
    """The company with the typical policy on the root and one of its own on Facilities."""
    with time_machine.travel(LATER):
        company = make_governed_company()
        with company.scope():
            bob = company.people["Bob"]
            seat = ApproverSpec(ApproverKind.PERSON, str(bob.id), "Bob Supervisor")
            when = Conditions(groups=(company.groups["Field Service"].id,), over=Decimal("5.00"))
            rule = Rule("named", "Named", RuleKind.ASK_AFTER, when, (stage(seat),))
            publish(company, replace(TYPICAL, rules=(rule,)), company.groups["Facilities"])
        yield company


def at(company: Company, tail: str) -> str:
    return f"/{company.organization.slug}/approvals/policies/{tail}"


def exported(company: Company) -> str:
    with company.scope():
        return services.export_policies(actor=company.actor("Adam"), now=LATER)


def raised(text: str) -> str:
    """Return a file with a higher limit on the root, and only there."""
    return text.replace("'100.00'", "'250.00'", 1)


def test_what_was_exported_changes_nothing_when_imported(world: Company) -> None:
    text = exported(world)
    assert "group: Facilities\n" in text
    with world.scope():
        plan = selectors.import_plan(world.actor("Adam"), text)
        assert (plan.problems, plan.changed, len(plan.unchanged)) == ((), (), 2)
        with pytest.raises(DomainError, match="Nothing would change"):
            services.import_policies(
                actor=world.actor("Adam"), text=text, reason="Again", now=LATER
            )


def test_a_file_is_published_as_the_next_versions(world: Company) -> None:
    text = raised(exported(world))
    with world.scope():
        adam = world.actor("Adam")
        plan = selectors.import_plan(adam, text)
        (change,) = plan.changed
        assert [one.sentence for one in change.changes] == [
            "Orders up to $100.00 were approved at once; now up to $250.00 are."
        ]
        (version,) = services.import_policies(
            actor=adam, text=text, reason="Reviewed", seen=plan.seen, now=LATER
        )
        assert (version.number, version.reason) == (2, "Reviewed")
        assert AuditEvent.objects.filter(action="policy.imported").count() == 1
        assert AuditEvent.objects.filter(action="policy.exported").count() == 1


def test_a_second_organization_takes_what_it_can_resolve(world: Company) -> None:
    text = exported(world)
    other = make_company("Contoso")
    with other.scope():
        plan = selectors.import_plan(other.actor("Adam"), text)
        email = world.people["Bob"].user.email
        assert [one.sentence for one in plan.problems] == [
            f"There is nobody with the address “{email}” here."
        ]
        assert email in text.splitlines()[plan.problems[0].line - 1]
        assert not plan.is_publishable
        mended = text.replace(email, other.people["Bob"].user.email)
        versions = services.import_policies(
            actor=other.actor("Adam"), text=mended, reason="As Northwind", now=LATER
        )
        assert [version.policy.group.name for version in versions] == ["Contoso", "Facilities"]
        stored = versions[1].document["rules"][0]
        assert stored["when"]["groups"] == [str(other.groups["Field Service"].id)]
        seat = stored["stages"][0]["approvers"][0]
        assert seat["value"] == str(other.people["Bob"].id)


def test_problems_keep_the_whole_file_back(world: Company) -> None:
    text = raised(exported(world)).replace("position: director", "position: astronaut")
    with world.scope():
        adam = world.actor("Adam")
        plan = selectors.import_plan(adam, text)
        assert {one.sentence for one in plan.problems} == {"There is no position “astronaut” here."}
        with pytest.raises(DomainError, match=r"Line \d+: There is no position"):
            services.import_policies(actor=adam, text=text, reason="Try", now=LATER)
        assert PolicyVersion.objects.count() == 2


def test_gaps_and_other_currencies_are_said_with_their_line(world: Company) -> None:
    text = exported(world).replace("up_to: null", "up_to: 5000").replace("USD", "EUR", 1)
    with world.scope():
        problems = selectors.import_plan(world.actor("Adam"), text).problems
    lines = text.splitlines()
    by_words = {problem.sentence: lines[problem.line - 1] for problem in problems}
    assert "Amounts are in EUR; this organization keeps USD." in by_words
    gap = next(line for words, line in by_words.items() if "Leave the last tier" in words)
    assert "up_to: 5000" in gap


def test_what_was_published_meanwhile_is_a_conflict(world: Company) -> None:
    text = raised(exported(world))
    with world.scope():
        adam = world.actor("Adam")
        seen = selectors.import_plan(adam, text).seen
        publish(world, through(stage(SUPERVISOR)), reason="Meanwhile", now=LATER)
        with pytest.raises(Conflict):
            services.import_policies(actor=adam, text=text, reason="Mine", seen=seen, now=LATER)


def test_files_of_policies_are_for_those_who_write_them(world: Company) -> None:
    text = exported(world)
    with world.scope():
        for name in ("Dana", "Bob"):
            with pytest.raises(NotAllowed):
                services.export_policies(actor=world.actor(name), now=LATER)
            with pytest.raises(NotAllowed):
                services.import_policies(
                    actor=world.actor(name), text=text, reason="Mine", now=LATER
                )
        with pytest.raises(NotFound):
            services.export_policies(
                actor=world.actor("Adam"), group_id=world.groups["Engineering"].id, now=LATER
            )


def test_a_file_is_looked_at_before_it_is_published(world: Company) -> None:
    adam = signed_in(world, "Adam")
    text = raised(adam.get(at(world, "export/")).content.decode())
    upload = SimpleUploadedFile("policies.yaml", text.encode())
    page = adam.post(at(world, "import/"), {"file": upload})
    body = page.content.decode()
    assert "now up to $250.00 are" in body
    assert "As the file says already" in body
    with world.scope():
        assert PolicyVersion.objects.count() == 2
    form = page.context["form"]
    sent = {"content": form.initial["content"], "seen": form.initial["seen"], "reason": ""}
    refused = adam.post(at(world, "import/publish/"), sent)
    assert refused.status_code == 400
    assert "now up to $250.00 are" in refused.content.decode()
    done = adam.post(at(world, "import/publish/"), {**sent, "reason": "Reviewed"})
    assert done.status_code == 302
    with world.scope():
        assert PolicyVersion.objects.count() == 3


def test_a_file_that_cannot_be_read_says_so(world: Company) -> None:
    adam = signed_in(world, "Adam")
    bad = adam.post(at(world, "import/"), {"file": SimpleUploadedFile("a.yaml", b"a: [1")})
    assert "This is no YAML" in bad.content.decode()
    latin = adam.post(at(world, "import/"), {"file": SimpleUploadedFile("a.yaml", b"\xff\xfe")})
    assert "not written in UTF-8" in latin.content.decode()
    version = adam.get(at(world, f"{world.root.id}/versions/1/export/"))
    assert version["Content-Disposition"].endswith('"policy-version-1.yaml"')


def test_the_api_exports_checks_and_imports(world: Company) -> None:
    adam, path = signed_in(world, "Adam"), "/api/v1/approvals/policies/"
    text = raised(adam.get(f"{path}export/").content.decode())
    checked = adam.post(
        f"{path}import/check/", {"content": text}, content_type="application/json"
    ).json()
    assert checked["is_publishable"]
    assert [one["is_change"] for one in checked["policies"]] == [True, False]
    sent = {"content": text, "seen": checked["seen"], "reason": "Reviewed"}
    done = adam.post(f"{path}import/", sent, content_type="application/json")
    assert (done.status_code, done.json()[0]["number"]) == (201, 2)


def test_commands_try_before_they_publish(world: Company, tmp_path: Path) -> None:
    out, slug = StringIO(), world.organization.slug
    call_command("export_policies", organization=slug, stdout=out)
    file = tmp_path / "policies.yaml"
    file.write_text(raised(out.getvalue()))
    said = StringIO()
    call_command("import_policies", str(file), organization=slug, stdout=said)
    assert "now up to $250.00 are" in said.getvalue()
    assert "Nothing was published." in said.getvalue()
    with pytest.raises(CommandError, match="Say why"):
        call_command("import_policies", str(file), organization=slug, publish=True, stdout=said)
    call_command(
        "import_policies", str(file), organization=slug, publish=True, reason="Why", stdout=said
    )
    assert "Published: 1" in said.getvalue()
    with pytest.raises(CommandError) as nobody:
        call_command("export_policies", organization="nobody", stdout=said)
    assert nobody.value.returncode == 2


def test_looking_at_a_file_takes_as_many_queries_for_many_policies(world: Company) -> None:
    text = exported(world)
    with world.scope():
        adam = world.actor("Adam")
        with CaptureQueriesContext(connection) as seen:
            selectors.import_plan(adam, text)
        assert len(seen) <= 8
        with CaptureQueriesContext(connection) as written:
            policies_to_write(adam)
        assert len(written) == 3
