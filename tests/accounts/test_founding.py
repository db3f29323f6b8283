"""Opening an organization from the command line: one line, and somebody can set it up."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import selectors
from accounts.models import Membership, Organization
from accounts.web import org_reverse
from procurement.core import clock, tenancy
from tests.accounts.invited import links_in_mails

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def open_one(*arguments: str) -> str:
    said = StringIO()
    call_command("create_organization", *arguments, stdout=said)
    return said.getvalue()


def test_its_administrator_follows_the_mail_and_is_led_through_the_first_steps(
    client: Client,
) -> None:
    said = open_one(
        "Fabrikam", "--administrator", "Nia@Fabrikam.example", "--administrator-name", "Nia Founder"
    )
    assert "open at /fabrikam/" in said
    organization = Organization.objects.get(slug="fabrikam")
    with tenancy.scope(organization.id):
        link = links_in_mails(now=clock.now())["nia@fabrikam.example"]
    answer = client.post(link, {"name": "Nia Founder", "password": "a-long-enough-password"})
    assert answer.status_code == 302
    home = client.get(answer["Location"]).content.decode()
    assert re.search(r"Setting up Fabrikam: \d of \d steps done", home)
    assert client.get(org_reverse(organization, "setup:guide")).status_code == 200


def test_the_policy_that_a_new_organization_is_offered_is_the_typical_one(client: Client) -> None:
    open_one("Fabrikam", "--administrator", "nia@fabrikam.example")
    organization = Organization.objects.get(slug="fabrikam")
    with tenancy.scope(organization.id):
        root = selectors.root_group()
        link = links_in_mails(now=clock.now())["nia@fabrikam.example"]
    client.post(link, {"name": "Nia Founder", "password": "a-long-enough-password"})
    page = client.get(org_reverse(organization, "approvals:policy-edit", group_id=root.id))
    editor = page.context["editor"]
    assert [tier.up_to for tier in editor.tiers] == ["100", "1,000", ""]
    assert [[stage.seats for stage in tier.stages] for tier in editor.tiers] == [
        [],
        [["POSITION:supervisor"]],
        [["POSITION:director", "ROLE:FINANCE"]],
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("Fabrikam", "--administrator", "nia@fabrikam.example", "--currency", "dollars"),
            "Three capitals",
        ),
        (("Fabrikam", "--administrator", "nobody"), "is not an email address"),
        (("api", "--administrator", "nia@fabrikam.example"), "cannot be an address"),
        (
            ("Fabrikam", "--administrator", "nia@fabrikam.example", "--time-zone", "Mars"),
            "is not a time zone",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(
    arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        open_one(*arguments)
    assert not Organization.objects.filter(slug="fabrikam").exists()


def test_an_organization_with_members_is_not_founded_again(client: Client) -> None:
    open_one("Fabrikam", "--administrator", "nia@fabrikam.example")
    with pytest.raises(CommandError, match="is taken"):
        open_one("Fabrikam", "--administrator", "eve@fabrikam.example")
    with tenancy.scope(Organization.objects.get(slug="fabrikam").id):
        assert Membership.objects.count() == 1
