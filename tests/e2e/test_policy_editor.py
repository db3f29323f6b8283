"""An administrator writes a first policy: from the empty state to its publication."""

import pytest
from playwright.sync_api import Page, expect

from approvals import selectors
from procurement.core import clock
from tests.e2e.conftest import Seat, Visitor
from tests.factories.accounts import Company, make_company, make_group
from tests.factories.catalogs import make_category, make_supplier

pytestmark = [pytest.mark.browser]


@pytest.fixture
def empty(transactional_db: None) -> Company:
    """A company that buys software and has no policy yet."""
    company = make_company("Contoso")
    with company.scope():
        make_category(company, "43230000", "Software")
        make_category(company, "43231500", "Business software")
        make_supplier(company)
        make_group(company.organization, company.root, "Depot")
    return company


def opened(visitor: Visitor, company: Company) -> Page:
    """Sign the administrator in, and go to the editor as people do."""
    visitor.sign_in(company.people["Adam"].user.email)
    visitor.goto(f"/{company.organization.slug}/approvals/policies/")
    expect(visitor.page.get_by_text("No policy yet")).to_be_visible()
    visitor.page.get_by_label("Group", exact=True).select_option(label=company.root.name)
    visitor.page.get_by_role("button", name="Open").click()
    visitor.page.get_by_role("link", name="Write the policy").click()
    return visitor.page


def publish_in_spite_of_dead_ends(page: Page) -> None:
    """Publish where nobody sits as supervisor or owns software yet: it takes a reason."""
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Mend what is marked red, or tick this and say why.")).to_be_visible()
    page.get_by_label("Publish in spite of what is marked red").check()
    page.get_by_label("Why in spite of it?").fill("The seats are filled next week")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def assert_published(company: Company) -> None:
    """The version says what was typed and pressed."""
    with company.scope():
        found = selectors.policy_page(company.actor("Adam"), company.root.id, clock.now())
        document = found.versions[0].document
    assert [str(tier.up_to) for tier in document.tiers] == [
        "100.00",
        "1000.00",
        "5000.00",
        "None",
    ]
    assert document.tiers[2].stages[0].phrase == "the requester’s manager"
    assert [(rule.code, rule.when.categories) for rule in document.rules] == [
        ("category-owner", ("43231500",))
    ]
    assert document.aggregations[0].days == 14
    assert document.mandatory == {"tiers"}


@pytest.mark.parametrize(
    ("phone", "scripts"),
    [(False, True), (True, True), (True, False)],
    ids=["desk", "phone", "phone-without-scripts"],
)
def test_an_administrator_builds_the_typical_policy_from_the_empty_state(
    empty: Company, visitor: Seat, *, phone: bool, scripts: bool
) -> None:
    adam = visitor(phone=phone, scripts=scripts)
    page = opened(adam, empty)
    name = "policy" if scripts else "policy-plain"
    if scripts:
        adam.look(f"{name}-start")
    page.get_by_role("button", name="Add a tier", exact=True).click()
    page.get_by_label("Then up to").nth(1).fill("5,000")
    tier = page.get_by_role("group", name="Tier 3")
    tier.get_by_role("button", name="Ask somebody").click()
    tier.get_by_label("One more seat").select_option("Manager")
    expect(page.get_by_role("group", name="Tier 4")).to_contain_text("Above")

    page.get_by_role("button", name="A category to its owner").click()
    rule = page.get_by_role("group", name="Rule: Category owner")
    rule.get_by_label("Find: Category").fill("soft")
    rule.get_by_role("button", name="Find Category").click()
    rule.get_by_label("Business software").check()
    rule.get_by_role("button", name="Add the ticked").click()
    rule.get_by_role("button", name="Amount").click()
    rule.get_by_label("over").fill("500")
    if scripts:
        adam.look(f"{name}-rule")
    rule.get_by_role("button", name="Done").click()
    said = "Orders in Business software over $500.00 also ask the owner of each category first."
    expect(page.get_by_text(said)).to_be_visible()

    page.get_by_role("button", name="Refuse something").click()
    refusing = page.get_by_role("group", name="Rule: Not bought here")
    expect(refusing.get_by_label("What the requester reads")).to_be_visible()
    refusing.get_by_role("button", name="Done").click()
    expect(refusing.get_by_text("Say in a sentence why it is refused")).to_be_visible()
    if scripts:
        adam.look(f"{name}-wrong")
    refusing.get_by_role("button", name="Remove the rule").click()

    page.get_by_role("button", name="Count orders together").click()
    page.get_by_label("Days").fill("14")
    page.get_by_label("Mandatory: groups below can add to these tiers").check()
    page.get_by_label("Why this change?").fill("The first policy")
    if scripts:
        adam.look(f"{name}-whole")
    publish_in_spite_of_dead_ends(page)
    expect(page.get_by_text(said)).to_be_visible()
    if scripts:
        adam.look(f"{name}-published")
    assert_published(empty)


def test_the_picture_follows_every_change(empty: Company, visitor: Seat) -> None:
    page = opened(visitor(), empty)
    picture = page.get_by_role("complementary", name="How it would go now")
    expect(picture).to_contain_text("Nobody sits there")
    tier = page.get_by_role("group", name="Tier 2")
    page.get_by_label("Why this change?").fill("Typed beside")
    tier.get_by_label("Seat 1", exact=True).select_option("Director")
    expect(picture.get_by_role("listitem").filter(has_text="Then up to $1,000.00")).to_contain_text(
        "Erin Director"
    )
    expect(page.get_by_label("Why this change?")).to_have_value("Typed beside")


def test_enter_in_a_field_neither_publishes_nor_removes_anything(
    empty: Company, visitor: Seat
) -> None:
    page = opened(visitor(), empty)
    page.get_by_role("button", name="A category to its owner").click()
    search = page.get_by_label("Find: Category")
    search.fill("business")
    search.press("Enter")
    expect(page.get_by_label("Business software")).to_be_visible()
    expect(page.get_by_role("group", name="Tier 3")).to_be_visible()
