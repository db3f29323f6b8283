"""What would happen to an order that nobody has placed: judged as a cart would be."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from approvals.reasons import held_rules
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    PolicyDocument,
    Rule,
    RuleKind,
    Tier,
)
from approvals.why import why_planned
from procurement.core.errors import DomainError, NotFound
from procurement.orders import selectors
from procurement.orders.imagining import Imagined, ImaginedOutcome, Wish, WishedLine
from procurement.orders.models import Requisition
from tests.factories.world import POLICY, World
from tests.orders.pages import Reader, fill, text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOT = "/api/v1/orders/imagine/"


def wish(world: World, *lines: WishedLine, **changes: Any) -> Wish:
    return Wish(lines=lines, on=world.now.date(), **changes)


def amount(figure: str, *, category: str = "", supplier: str = "") -> WishedLine:
    return WishedLine(amount=Decimal(figure), category=category, supplier=supplier)


def imagine(
    world: World,
    wished: Wish,
    *,
    by: str = "Alice",
    group: str = "Field Service",
    document: PolicyDocument | None = None,
) -> Imagined:
    with world.company.scope():
        return selectors.imagine(
            world.company.actor(by),
            world.company.groups[group].id,
            wished,
            now=world.now,
            document=document,
        )


def asked(imagined: Imagined) -> list[list[str]]:
    plan = imagined.assessment.plan
    return [[person.name for person in stage.people] for stage in plan.stages]


@pytest.mark.parametrize(
    ("figure", "outcome", "people"),
    [
        ("60.00", ImaginedOutcome.AUTOMATIC, []),
        ("640.00", ImaginedOutcome.ASKED, [["Bob Supervisor"]]),
    ],
)
def test_an_amount_alone_is_answered(
    world: World, figure: str, outcome: ImaginedOutcome, people: list[list[str]]
) -> None:
    imagined = imagine(world, wish(world, amount(figure)))
    assert (imagined.outcome, asked(imagined)) == (outcome, people)
    assert imagined.assessment.total == Decimal(figure)
    assert imagined.assessment.facts.supplier_ids == ()


def test_the_answer_is_the_judgement_that_the_cart_would_get(world: World) -> None:
    cart = fill(world, ("kit", 2), ("bits", 1))
    with world.company.scope():
        actor = world.company.actor("Alice")
        draft = selectors.draft_of(actor, cart.id)
        previewed = selectors.preview(actor, draft, now=world.now)
        skus = [WishedLine(item=line.sku, quantity=line.quantity) for line in draft.lines]
    imagined = imagine(world, wish(world, *skus)).assessment
    assert imagined.plan == previewed.plan
    assert imagined.effects == previewed.effects
    assert imagined.facts == previewed.facts


def test_what_guided_buying_blocks_is_refused_until_an_exception_is_asked(world: World) -> None:
    line = WishedLine(item=world.items["exception"].sku)
    without = imagine(world, wish(world, line))
    assert without.outcome is ImaginedOutcome.REFUSED
    assert "blocked by a buying rule that allows exceptions" in without.refusals[0].sentence
    asking = imagine(world, wish(world, line, asks_exception=True))
    assert asking.outcome is ImaginedOutcome.ASKED
    assert asking.assessment.plan.stages[0].because.startswith("An exception for a blocked item")


def test_a_category_and_a_supplier_are_found_by_name(world: World) -> None:
    item = world.items["restricted"]
    with world.company.scope():
        supplier, category = item.supplier.name, item.category.code
    imagined = imagine(world, wish(world, amount("60", category=category, supplier=supplier)))
    facts = imagined.assessment.facts
    assert facts.category_codes == (category,)
    assert facts.supplier_ids == (item.supplier_id,)


def test_a_draft_is_tried_in_place_of_what_is_in_force(world: World) -> None:
    strict = replace(POLICY, tiers=(Tier(None, POLICY.tiers[2].stages),))
    wished = wish(world, amount("60.00"))
    tried = imagine(world, wished, document=strict)
    assert imagine(world, wished).outcome is ImaginedOutcome.AUTOMATIC
    assert tried.outcome is ImaginedOutcome.ASKED
    assert ", draft”" in tried.assessment.plan.sentences[1]


def test_orders_that_count_along_are_told_with_what_would_be_without_them(world: World) -> None:
    by_supplier = Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)
    document = replace(POLICY, aggregations=(by_supplier,))
    with world.company.scope():
        world.order(("kit", 2))
        supplier = world.items["kit"].supplier.name
    imagined = imagine(world, wish(world, amount("60.00", supplier=supplier)), document=document)
    plan, facts = imagined.assessment.plan, imagined.assessment.facts
    assert plan.route.counted is not None
    assert plan.route.counted.amount == Decimal("700.00")
    (stage,) = why_planned(plan, facts, imagined.assessment.policies)
    assert [change.kind for change in stage.changes] == ["EARLIER"]
    alone = imagine(world, wish(world, amount("60.00")), document=document)
    assert alone.outcome is ImaginedOutcome.AUTOMATIC


def test_an_order_that_names_no_supplier_is_none_with_a_new_one(world: World) -> None:
    rule = Rule(
        code="new-supplier",
        name="New suppliers",
        kind=RuleKind.ASK_AFTER,
        when=Conditions(is_first_order=True),
        stages=POLICY.exception,
    )
    document = replace(POLICY, rules=(rule,))
    unnamed = imagine(world, wish(world, amount("60.00")), document=document)
    assert unnamed.outcome is ImaginedOutcome.AUTOMATIC
    with world.company.scope():
        supplier = world.items["kit"].supplier.name
    named = imagine(world, wish(world, amount("60.00", supplier=supplier)), document=document)
    assert named.outcome is ImaginedOutcome.ASKED
    (held,) = held_rules(named.assessment.facts, named.assessment.plan.route)
    assert held.name == "New suppliers"


def test_somebody_else_is_asked_for_by_who_sees_everybodys_orders(world: World) -> None:
    wished = wish(world, amount("640.00"), requester="Alice Requester")
    imagined = imagine(world, wished, by="Adam")
    assert (imagined.requester_name, imagined.is_own) == ("Alice Requester", False)
    assert imagined.outcome is ImaginedOutcome.ASKED
    with pytest.raises(DomainError) as refused:
        imagine(world, wish(world, amount("640.00"), requester="Bob Supervisor"))
    assert refused.value.field == "requester"


def test_who_may_not_buy_there_is_told_so(world: World) -> None:
    imagined = imagine(world, wish(world, amount("60.00")), by="Adam")
    assert [one.code for one in imagined.refusals] == ["REQUESTER"]
    assert "may not place orders for Field Service" in imagined.refusals[0].sentence


def test_budgets_are_kept_from_who_may_not_see_them(world: World) -> None:
    imagined = imagine(world, wish(world, amount("20000.00")), by="Tom")
    assert not imagined.shows_budgets
    (budget,) = [one for one in imagined.refusals if one.code == "BUDGET"]
    assert budget.sentence == "A budget has too little room for it. Finance can say which."


@pytest.mark.parametrize(
    ("line", "changes", "field"),
    [
        (WishedLine(), {}, "lines.0.amount"),
        (amount("1.00", supplier="Nobody & Sons"), {}, "lines.0.supplier"),
        (amount("1.00", category="Nothing"), {}, "lines.0.category"),
        (WishedLine(item="NO-SUCH"), {}, "lines.0.item"),
        (WishedLine(item="KIT", supplier="Halden Tools"), {}, "lines.0.supplier"),
        (amount("1.00"), {"on": date(2020, 1, 1)}, "on"),
    ],
)
def test_what_cannot_be_understood_is_said_beside_its_field(
    world: World, line: WishedLine, changes: dict[str, Any], field: str
) -> None:
    if line.item == "KIT":
        line = replace(line, item=world.items["kit"].sku)
    with pytest.raises(DomainError) as refused:
        imagine(world, replace(wish(world, line), **changes))
    assert refused.value.field == field


def test_a_group_that_is_not_ones_own_to_see_does_not_exist(world: World) -> None:
    with pytest.raises(NotFound):
        imagine(world, wish(world, amount("60.00")), by="Bob")


class TestPage:
    """The form, without any script."""

    def ask(self, reader: Reader, world: World, **typed: str) -> Any:
        path = f"/{world.slug}/approvals/policies/try/"
        group = str(world.company.groups["Field Service"].id)
        on = world.now.date().isoformat()
        query = {"group": group, "on": on, "count": "1", **typed}
        return reader.client.get(
            path, {key.replace("__", "-"): kept for key, kept in query.items()}
        )

    def test_it_starts_with_an_empty_form(self, world: World, alice: Reader) -> None:
        page: Any = alice.client.get(f"/{world.slug}/approvals/policies/try/")
        assert "See what would happen" in text(page)
        assert "Who decides" not in text(page)

    def test_it_tells_who_is_asked_why_and_what_would_have_avoided_it(
        self, world: World, alice: Reader
    ) -> None:
        page = self.ask(alice, world, lines__0__amount="640.00")
        assert page.status_code == 200
        for words in (
            "Bob Supervisor would be asked first",
            "Orders over $100.00 and up to $1,000.00 go to the supervisor.",
            "The supervisor would not be asked at or below $100.00.",
            "None: the tiers alone decide.",
            "What it would do to the budgets",
        ):
            assert words in text(page), words

    def test_errors_stand_beside_fields_and_nothing_typed_is_lost(
        self, world: World, alice: Reader
    ) -> None:
        page = self.ask(alice, world, lines__0__amount="12a", lines__0__supplier="Nobody & Sons")
        assert page.status_code == 422
        assert "Enter an amount in figures" in text(page)
        assert 'value="12a"' in page.content.decode()
        page = self.ask(alice, world, lines__0__amount="12", lines__0__supplier="Nobody & Sons")
        assert page.status_code == 422
        assert "No supplier answers to “Nobody &amp; Sons”." in text(page)

    def test_another_line_keeps_what_stands_in_the_first(self, world: World, alice: Reader) -> None:
        page = self.ask(alice, world, lines__0__amount="12", more="1")
        assert "Line 2" in text(page)
        assert 'value="12"' in page.content.decode()
        both = self.ask(alice, world, lines__0__amount="600", lines__1__amount="500", count="2")
        assert "$1,100.00" in text(both)

    def test_it_writes_nothing_and_keeps_to_its_queries(
        self, world: World, alice: Reader, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_max_num_queries(20):
            assert self.ask(alice, world, lines__0__amount="640.00").status_code == 200
        with world.company.scope():
            assert not Requisition.objects.exists()


class TestApi:
    def post(self, world: World, name: str, body: dict[str, Any]) -> Any:
        group = str(world.company.groups["Field Service"].id)
        return Reader(world, name).client.post(
            ROOT, {"group": group, **body}, content_type="application/json"
        )

    def test_it_answers_with_the_full_explanation(self, world: World) -> None:
        answer = self.post(world, "Alice", {"lines": [{"amount": "640.00"}]})
        assert answer.status_code == 200
        told = answer.json()
        assert (told["outcome"], told["counted"]) == ("ASKED", "640.00")
        (stage,) = told["why"]
        assert stage["changes"] == [{"kind": "AMOUNT", "phrase": "at or below $100.00"}]
        assert stage["origin"]["sentence"].startswith("Tier 2 of policy")
        assert stage["people"][0]["name"] == "Bob Supervisor"
        assert [budget["group_name"] for budget in told["budgets"]]

    def test_what_it_does_not_understand_names_the_field(self, world: World) -> None:
        answer = self.post(world, "Alice", {"lines": [{"amount": "1", "category": "Nothing"}]})
        assert answer.status_code == 400
        assert "lines.0.category" in answer.content.decode()
        assert self.post(world, "Alice", {"lines": []}).status_code == 400
        tomorrow = (world.now.date() - timedelta(days=1)).isoformat()
        body = {"lines": [{"amount": "1"}], "on": tomorrow}
        assert self.post(world, "Alice", body).status_code == 400

    def test_it_is_not_found_for_who_does_not_see_the_group(self, world: World) -> None:
        assert self.post(world, "Bob", {"lines": [{"amount": "1"}]}).status_code == 404
