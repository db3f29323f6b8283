"""Saying when an organization works, in a browser: a country shows its regions and holidays."""

import re

import pytest
from playwright.sync_api import expect

from accounts import services as accounts
from accounts.services import OwnDay
from accounts.web import org_reverse
from procurement.core import clock
from tests.e2e.conftest import Seat
from tests.factories.accounts import system
from tests.factories.world import World

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("phone", [False, True])
def test_an_administrator_says_when_the_organization_works(
    world: World, visitor: Seat, *, phone: bool
) -> None:
    organization = world.company.organization
    with world.company.scope():
        accounts.set_calendar_day(
            actor=system(organization),
            day=OwnDay(clock.now().date(), "Company outing"),
            now=clock.now(),
        )
    adam = visitor(phone=phone)
    adam.sign_in(world.company.people["Adam"].user.email)
    adam.goto(org_reverse(organization, "setup:working-hours"))
    adam.page.get_by_label("Public holidays of").select_option("Germany")
    adam.page.get_by_label("Region").select_option("Berlin")
    expect(adam.page.get_by_text("Women's Day").first).to_be_visible()
    adam.look("working-hours")
    adam.page.get_by_role("button", name="Save").click()
    expect(adam.page.get_by_text("The working hours are saved.")).to_be_visible()
    expect(adam.page.get_by_label("Region")).to_have_value("BE")
    adam.page.get_by_role("link", name="How long decisions take").click()
    adam.page.get_by_label("Working hours to decide").fill("8")
    adam.page.get_by_role("button", name="Save").click()
    expect(adam.page.get_by_text(re.compile("has to be decided by"))).to_be_visible()
    adam.look("deciding-settings")
