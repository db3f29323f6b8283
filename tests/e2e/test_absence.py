"""Going away: a colleague is chosen and told by mail, and everybody sees who decided for whom."""

import pytest
from playwright.sync_api import expect

from approvals import services as approvals
from approvals.models import AbsenceFeed
from procurement.core import clock
from procurement.core.clock import local_date
from tests.e2e.conftest import Postbox, Seat, link_in
from tests.factories.world import World

pytestmark = [pytest.mark.browser]


def test_somebody_goes_away_and_a_colleague_decides_from_the_mail(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    with world.company.scope():
        order = world.order(("kit", 2))
    bob = visitor(phone=True)
    bob.sign_in(world.email("Bob"))
    bob.goto(f"/{world.slug}/approvals/")
    bob.page.get_by_role("main").get_by_role("link", name="Absence").click()
    bob.look("absence-none")
    bob.page.get_by_role("link", name="Today", exact=True).click()
    bob.page.get_by_label("Part of a name or address").fill("tom")
    bob.page.get_by_label("Tom Technician").check()
    bob.page.get_by_label("Reason").fill("Inventory")
    bob.look("absence-form")
    bob.page.get_by_role("button", name="Set the absence").click()
    expect(
        bob.page.get_by_text("Tom Technician decides for you while you are away.")
    ).to_be_visible()
    bob.look("absence")

    tom = visitor(phone=True)
    letter = postbox.letter(world.email("Tom"), "for Bob Supervisor")
    tom.goto(link_in(letter, "/decide/"))
    expect(tom.page.get_by_role("heading", name="Your decision for Bob Supervisor")).to_be_visible()
    tom.look("decision-for-another")
    tom.page.get_by_role("button", name="Approve $640.00").click()
    expect(tom.page.get_by_role("heading", name="You approved $640.00")).to_be_visible()
    tom.look("decided-for-another")

    alice = visitor()
    alice.sign_in(world.email("Alice"))
    alice.goto(f"/{world.slug}/orders/{order}/")
    expect(alice.page.get_by_text("Approved by Tom Technician").first).to_be_visible()
    alice.look("order-decided-for-another")
    postbox.letter(world.email("Alice"), "Tom Technician for Bob Supervisor")


def test_an_administrator_keeps_everybodys_absences_and_calendars(
    world: World, visitor: Seat
) -> None:
    now = clock.now()
    company = world.company
    with company.scope():
        day = clock.start_of(local_date(now, company.organization.time_zone), "UTC")
        for name, deputy in (("Bob", "Tom"), ("Erin", "Dana")):
            approvals.set_delegation(
                actor=company.actor("Adam"),
                membership=company.people[name],
                deputy=company.people[deputy],
                terms=approvals.AbsenceTerms(
                    starts_at=day.replace(year=day.year + 1),
                    ends_at=day.replace(year=day.year + 2),
                    groups=(company.groups["Facilities"],),
                    reason="Parental leave",
                ),
                now=now,
            )
        approvals.add_feed(
            actor=company.actor("Adam"),
            membership=None,
            deputy=None,
            name="Holidays",
            url="https://calendar.example/all.ics",
            now=now,
        )
        AbsenceFeed.objects.update(
            read_at=now,
            last_error="The calendar's server answers 404.",
            unmatched=[{"title": "Party", "starts_at": now.isoformat(), "why": "Nobody here."}],
        )
    for phone in (False, True):
        adam = visitor(phone=phone)
        adam.sign_in(world.email("Adam"))
        adam.goto(f"/{world.slug}/approvals/absence/all/")
        adam.look("absences")
        adam.goto(f"/{world.slug}/approvals/absence/all/set/")
        adam.look("absence-of")
        adam.goto(f"/{world.slug}/approvals/absence/all/calendars/add/")
        adam.look("absence-calendar")
