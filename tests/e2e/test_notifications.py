"""Choosing how one is told, at a desk, on a phone, without scripts; stopping mail by its link."""

from datetime import timedelta

import pytest

from accounts import selectors
from accounts.notifying import Notice, NotificationEvent
from accounts.services.notifying import notify
from accounts.telling import EmailChoice
from procurement.core import clock
from procurement.outbox.models import OutboxMessage
from tests.e2e.conftest import Postbox, Seat, link_in
from tests.factories.world import World

pytestmark = [pytest.mark.browser]
E = NotificationEvent


def tell(world: World, to: str, key: str) -> None:
    """Tell somebody of a finding; needs the company's scope."""
    organization = world.company.organization
    notice = Notice(
        event=E.POLICY_CHECK,
        key=key,
        membership_id=world.company.people[to].id,
        email=world.email(to),
        template="policy_check",
        title="1 new finding in the approval policies",
        body="Nobody is asked above $10,000.00.",
        path=f"/{world.slug}/approvals/policies/check/",
        context={
            "organization": {"name": organization.name, "slug": organization.slug},
            "total": 1,
            "sentences": ["Nobody is asked above $10,000.00."],
            "more": 0,
        },
    )
    notify(organization_id=organization.id, notices=[notice], now=clock.now())


def test_how_one_is_told_is_chosen_and_stopped(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    for phone, scripts in ((False, True), (True, True), (False, False)):
        bob = visitor(phone=phone, scripts=scripts)
        bob.sign_in(world.email("Bob"))
        bob.goto(f"/{world.slug}/notifications/")
        if scripts:
            bob.look("notifications")
        bob.page.get_by_label("Budgets, by email", exact=True).select_option("In the daily summary")
        bob.page.get_by_label("Quiet from").fill("20:00")
        bob.page.get_by_label("Until").fill("07:00")
        bob.page.get_by_role("button", name="Save").click()
        bob.page.get_by_text("You are told as you have chosen from now on.").wait_for()
    with world.company.scope():
        wishes = selectors.own_wishes(world.company.actor("Bob"))
    assert wishes.choice_of(E.BUDGET_ALERT).email == EmailChoice.DIGEST

    with world.company.scope():
        tell(world, "Adam", "one")
    letter = postbox.letter(world.email("Adam"), "new finding")
    link = link_in(letter, "/unsubscribe/")
    adam = visitor(phone=True)
    adam.goto(link)
    adam.look("unsubscribe")
    adam.page.get_by_role("button", name="Stop these mails").click()
    adam.page.get_by_role("button", name="Undo").wait_for()
    adam.look("unsubscribed")
    adam.page.get_by_role("button", name="Undo").click()
    adam.page.get_by_text("These mails come again").wait_for()


def test_mail_that_came_back_is_seen_and_tried_again(world: World, visitor: Seat) -> None:
    with world.company.scope():
        tell(world, "Bob", "two")
        OutboxMessage.objects.filter(key="two").update(
            status=OutboxMessage.Status.PARKED,
            failure="BOUNCED",
            last_error="550 5.1.1 User unknown",
            bounced_at=clock.now(),
            due_at=clock.now() + timedelta(days=1),
        )
    for phone in (True, False):
        adam = visitor(phone=phone)
        adam.sign_in(world.email("Adam"))
        adam.goto(f"/{world.slug}/groups/mail/")
        adam.look("mail")
        adam.page.get_by_role("link", name="Bob Supervisor").click()
        adam.page.get_by_text("comes back").wait_for()
        adam.look("person-returned")
    adam.page.get_by_role("link", name="Undelivered mail").first.click()
    adam.page.get_by_role("button", name="Try again").click()
    adam.page.get_by_text("is on its way again").wait_for()
