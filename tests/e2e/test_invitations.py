"""Somebody is invited, gets a mail from the real worker, and is at work a minute later."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Postbox, Seat, link_in, text_of
from tests.factories.accounts import PASSWORD
from tests.factories.world import World

pytestmark = [pytest.mark.browser]

ANNA = "anna@example.com"


def test_people_are_pasted_checked_mailed_and_join(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    adam = visitor()
    adam.sign_in(world.email("Adam"))
    adam.goto(f"/{world.slug}/groups/invitations/")
    adam.look("invitations-none")
    adam.page.get_by_role("link", name="Invite people").first.click()
    adam.page.get_by_label("Paste addresses").fill(
        f"Smith, Anna <{ANNA}>; {world.email('Bob')}, {ANNA} and nobody"
    )
    adam.page.get_by_label("Part of a name or code").fill("Workplace")
    adam.page.get_by_role("radio", name="Workplace").check()
    adam.page.get_by_label("A word of your own").fill("Good to have you.")
    adam.look("invite")
    adam.page.get_by_role("button", name="Check before sending").click()
    expect(adam.page.get_by_role("table")).to_contain_text("stands on line 1 already")
    adam.look("invitations-check")
    adam.page.get_by_role("button", name="Send 1 invitation").click()
    expect(adam.page.get_by_text("Who has accepted stands in the")).to_be_visible()
    adam.look("invitations-sent")

    letter = postbox.letter(ANNA, "invites you")
    for words in ("Adam", "Requisitioner of Workplace", "Good to have you."):
        assert words in text_of(letter), words
    anna = visitor(phone=True, scripts=False)
    anna.goto(link_in(letter, "/invitation/"))
    anna.goto(link_in(letter, "/invitation/"))  # looking changes nothing
    anna.look("invitation")
    expect(anna.page.get_by_label("Your name")).to_have_value("Anna Smith")
    anna.page.get_by_label("Choose a password").fill("short")
    anna.page.get_by_role("button", name="Accept and go on").click()
    expect(anna.page.get_by_text("This password is too short")).to_be_visible()
    anna.look("invitation-refused")
    anna.page.get_by_label("Choose a password").fill(PASSWORD)
    anna.page.get_by_role("button", name="Accept and go on").click()
    expect(anna.page).to_have_url(f"{anna.url}/{world.slug}/")
    anna.goto(link_in(letter, "/invitation/"))
    anna.look("invitation-accepted")

    adam.goto(f"/{world.slug}/groups/invitations/")
    expect(adam.page.get_by_role("table")).to_contain_text("Accepted")
    adam.look("invitations")
    phone = visitor(phone=True)
    phone.sign_in(world.email("Adam"))
    for path, name in (("", "invitations"), ("new/", "invite")):
        phone.goto(f"/{world.slug}/groups/invitations/{path}")
        phone.look(name)
