"""Buying rules: what an administrator sets is what guidance decides by."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from catalogs import selectors, services
from catalogs.guidance import Effect, Outcome, Target, judge
from catalogs.models import BuyingRule
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import NOW, actor_of, make_member
from tests.factories.catalogs import LONG_AGO, Shop, make_rule

pytestmark = pytest.mark.database
TODAY = date(2026, 11, 24)


def test_the_rules_of_a_group_are_its_own_and_its_ancestors_in_one_query(shop: Shop) -> None:
    workplace = shop.company.groups["Workplace"]
    with CaptureQueriesContext(connection) as queries:
        rules = selectors.rules_for(workplace.path, TODAY)
    assert len(queries) == 1
    assert {rule.effect for rule in rules} == set(Effect)
    engineering = selectors.rules_for(shop.company.groups["Engineering"].path, TODAY)
    assert [rule.effect for rule in engineering] == [Effect.BLOCK]
    (block,) = engineering
    assert block.target is Target.CATEGORY
    assert block.target_key == "CONSUMER-TABLETS"
    assert block.target_name == "Consumer tablets"
    assert block.group_name == "Northwind Works"


def test_what_is_set_is_what_guidance_says(shop: Shop) -> None:
    path = shop.company.groups["Workplace"].path
    rules = selectors.rules_for(path, TODAY)
    cards = selectors.items_by_id(item.id for item in shop.items.values())
    outcomes = {
        name: judge(cards[item.id].facts, rules, path).outcome for name, item in shop.items.items()
    }
    assert outcomes == {
        "rugged": Outcome.PREFERRED,
        "small": Outcome.PREFERRED,
        "brightline": Outcome.NEUTRAL,
        "imported": Outcome.RESTRICTED,
        "consumer": Outcome.BLOCKED,
        "case": Outcome.NEUTRAL,
    }


@pytest.mark.parametrize(("offset", "applies"), [(-1, False), (0, True), (10, True), (11, False)])
def test_both_days_of_a_rule_are_included(shop: Shop, offset: int, applies: bool) -> None:
    rule = make_rule(
        shop.company,
        Effect.BLOCK,
        shop.categories["cases"],
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=10),
    )
    found = selectors.rules_for(shop.company.root.path, TODAY + timedelta(days=offset))
    assert (rule.id in {one.rule_id for one in found}) is applies


def test_without_a_day_the_rules_of_today_hold(shop: Shop) -> None:
    over = make_rule(shop.company, Effect.BLOCK, shop.items["case"], valid_to=date(2020, 2, 1))
    found = {one.rule_id for one in selectors.rules_for(shop.company.root.path)}
    assert shop.rules["blocked"].id in found
    assert over.id not in found


def test_a_group_says_one_thing_of_one_target_at_a_time(shop: Shop) -> None:
    before = shop.rules["blocked"]
    changed = make_rule(
        shop.company, Effect.RESTRICT, shop.categories["consumer"], reason="Ask first"
    )
    assert changed.id == before.id
    assert BuyingRule.objects.count() == 3
    event = AuditEvent.objects.filter(action="buying_rule.set").latest("id")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["effect"], event.after["effect"]) == ("BLOCK", "RESTRICT")
    assert event.subject_label == "Restrict Consumer tablets for Northwind Works"


def test_rules_about_days_apart_stand_beside_each_other(shop: Shop) -> None:
    cases = shop.categories["cases"]
    for first, last in ((date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), None)):
        make_rule(shop.company, Effect.BLOCK, cases, valid_from=first, valid_to=last)
    assert BuyingRule.objects.filter(category=cases).count() == 2


def test_setting_the_same_rule_again_leaves_no_trace(shop: Shop) -> None:
    count = AuditEvent.objects.count()
    make_rule(
        shop.company,
        Effect.RESTRICT,
        shop.items["imported"],
        group=shop.company.groups["Facilities"],
        reason="No repair contract",
    )
    assert AuditEvent.objects.count() == count


def test_an_ended_rule_no_longer_decides_and_ends_only_once(shop: Shop) -> None:
    adam = shop.company.actor("Adam")
    rule = selectors.rule_for(adam, shop.rules["blocked"].id)
    ended = services.end_buying_rule(actor=adam, rule=rule, now=NOW)
    assert services.end_buying_rule(actor=adam, rule=rule, now=NOW + timedelta(1)) == ended
    assert not selectors.rules_for(shop.company.root.path, TODAY)
    assert AuditEvent.objects.filter(action="buying_rule.ended").count() == 1
    # The same target can be ruled anew.
    anew = make_rule(shop.company, Effect.BLOCK, shop.categories["consumer"])
    assert anew.id != ended.id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"valid_to": LONG_AGO - timedelta(days=1)}, "valid_to"),
        ({"effect": Effect.RESTRICT, "exception_allowed": True}, "exception_allowed"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(
    shop: Shop, changes: dict[str, Any], field: str
) -> None:
    values: dict[str, Any] = {"effect": Effect.BLOCK, "target": shop.categories["cases"]} | changes
    with pytest.raises(DomainError) as refused:
        make_rule(shop.company, **values)
    assert refused.value.field == field


def test_the_database_refuses_a_rule_with_two_targets_or_none(shop: Shop) -> None:
    rule = shop.rules["blocked"]
    for values in ({"supplier": shop.suppliers["Kestrel IT"]}, {"category": None}):
        with pytest.raises(IntegrityError, match="one_target"), transaction.atomic():
            BuyingRule.objects.filter(id=rule.id).update(**values)


def test_who_keeps_the_catalog_of_a_department_rules_there_and_nowhere_else(shop: Shop) -> None:
    company = shop.company
    facilities = company.groups["Facilities"]
    with_role = make_member(company.organization, facilities, "Fay Keeper", Role.ADMINISTRATOR)
    fay = actor_of(with_role)
    kept = {row.facts.rule_id for row in selectors.rules_kept_by(fay, TODAY)}
    assert kept == {shop.rules["preferred"].id, shop.rules["restricted"].id}
    with pytest.raises(NotFound):
        selectors.rule_for(fay, shop.rules["blocked"].id)
    with pytest.raises(NotAllowed):
        services.end_buying_rule(actor=fay, rule=shop.rules["blocked"], now=NOW)
    with pytest.raises(NotAllowed):
        services.set_buying_rule(
            actor=fay,
            group=company.root,
            effect=Effect.BLOCK,
            target=shop.categories["cases"],
            reason="Mine now",
            valid_from=TODAY,
            now=NOW,
        )
