"""Personal budgets that a rule gives: to whom, to joiners, not to leavers, changed and ended."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.models import Membership
from accounts.services.moves import MoveTerms
from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.models import Allowance, Budget, BudgetAlert, BudgetPeriod
from budgets.services import AllowanceTerms
from budgets.tasks import align_allowances
from budgets.terms import BudgetTerms, Enforcement
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.budgets.books import assert_ledger_equals_counters, charged, use
from tests.factories.accounts import NOW, Company, make_group, make_member, system
from tests.factories.budgets import TODAY, make_document
from tests.factories.catalogs import make_category
from tests.factories.changes import move

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=1)


def give(
    company: Company,
    group: str = "Facilities",
    cap: int | str = 200,
    *,
    kind: PeriodKind = PeriodKind.MONTH,
    terms: AllowanceTerms | None = None,
) -> Allowance:
    return services.set_allowance(
        actor=company.actor("Dana"),
        group=company.groups[group],
        kind=kind,
        cap=Decimal(cap),
        terms=terms,
        now=NOW,
    ).allowance


def holders(allowance: Allowance) -> list[str]:
    found = Budget.objects.filter(allowance=allowance, is_active=True)
    return sorted(found.values_list("membership__user__name", flat=True))


def budget_of(allowance: Allowance, name: str) -> Budget:
    return Budget.objects.get(allowance=allowance, membership__user__name__startswith=name)


def caps_of(budget: Budget) -> list[Decimal]:
    periods = list(BudgetPeriod.objects.filter(budget=budget).order_by("starts_on"))
    for period in periods:
        assert_ledger_equals_counters(period)
    return [period.cap for period in periods]


BELOW = AllowanceTerms(reaches_below=True)


def test_everybody_of_a_group_gets_a_budget_with_its_periods_open(company: Company) -> None:
    tablets = make_category(company)
    terms = AllowanceTerms(category_id=tablets.id, warn_percent=50, enforcement=Enforcement.SOFT)
    allowance = give(company, terms=terms)
    assert holders(allowance) == ["Bob Supervisor", "Tom Technician"]
    bob = budget_of(allowance, "Bob")
    assert caps_of(bob)[0] == 200
    assert (bob.kind, bob.category_id, bob.warn_percent, bob.enforcement, bob.group_id) == (
        "MONTH",
        tablets.id,
        50,
        "SOFT",
        company.groups["Facilities"].id,
    )
    event = AuditEvent.objects.get(action="allowance.set")
    assert event.after is not None
    assert (event.after["people"], event.after["what"]) == (
        2,
        "$200.00 each month in Facilities for Tablets",
    )
    mine = selectors.covering(
        company.groups["Facilities"].path, TODAY, requester_id=company.people["Bob"].id
    )
    assert [one.budget_id for one in mine] == [bob.id]


def test_it_reaches_the_people_of_groups_below_where_wanted(company: Company) -> None:
    allowance = give(company, terms=BELOW)
    assert holders(allowance) == ["Alice Requester", "Bob Supervisor", "Tom Technician"]


def test_joiners_get_theirs_and_leavers_lose_theirs_through_every_door(company: Company) -> None:
    allowance = give(company)
    organization, adam = company.organization, company.actor("Adam")
    zoe = make_member(organization, company.groups["Facilities"], "Zoe Newcomer")
    assert "Zoe Newcomer" in holders(allowance)
    event = AuditEvent.objects.get(action="allowance.aligned")
    assert event.after is not None
    assert event.after["given_to"] == ["Zoe Newcomer"]

    effects = accounts.preview_suspension(actor=adam, membership=zoe, now=NOW)
    said = "The budget of their own ends for Zoe Newcomer: $200.00 each month in Facilities."
    assert said in [effect.sentence for effect in effects]
    assert "Zoe Newcomer" in holders(allowance)
    accounts.suspend_member(actor=adam, membership=zoe, reason="Left", now=NOW)
    assert "Zoe Newcomer" not in holders(allowance)

    use(budget_of(allowance, "Zoe"), 150)
    accounts.reinstate_member(actor=adam, membership=zoe, reason="Back", now=LATER)
    (again,) = Budget.objects.filter(membership=zoe)
    assert (again.is_active, again.ends_on) == (True, None)
    assert selectors.standing_of([again.id], TODAY)[again.id].used == 150

    terms = MoveTerms(target=company.groups["Engineering"])
    moved = accounts.preview_member_move(actor=adam, membership=zoe, terms=terms, now=LATER)
    assert said in [effect.sentence for effect in moved]
    accounts.move_member(actor=adam, membership=zoe, terms=terms, now=LATER)
    assert holders(allowance) == ["Bob Supervisor", "Tom Technician"]


def test_moving_a_group_gives_and_ends_the_budgets_of_its_people(company: Company) -> None:
    allowance = give(company, terms=BELOW)
    effects = move(company, company.groups["Field Service"], company.root)
    sentence = "The budget of their own ends for Alice Requester: $200.00 each month in Facilities."
    assert sentence in [effect.sentence for effect in effects]
    assert "Alice Requester" not in holders(allowance)
    company.groups["Field Service"].refresh_from_db()
    move(company, company.groups["Field Service"], company.groups["Facilities"])
    assert "Alice Requester" in holders(allowance)
    assert Budget.objects.filter(membership=company.people["Alice"]).count() == 1


def test_the_hourly_task_catches_what_came_another_way_and_changes_nothing_twice(
    company: Company,
) -> None:
    allowance = give(company)
    Membership.objects.filter(id=company.people["Tom"].id).update(status="SUSPENDED")
    Membership.objects.filter(id=company.people["Alice"].id).update(
        group=company.groups["Facilities"]
    )
    organization_id = str(company.organization.id)
    assert align_allowances.run(organization_id=organization_id) == 2
    assert holders(allowance) == ["Alice Requester", "Bob Supervisor"]
    events = AuditEvent.objects.count()
    assert align_allowances.run(organization_id=organization_id) == 0
    assert AuditEvent.objects.count() == events


def test_who_has_one_by_hand_keeps_it(company: Company) -> None:
    bob = company.people["Bob"]
    by_hand = services.set_budget(
        actor=company.actor("Dana"),
        group=company.groups["Facilities"],
        kind=PeriodKind.MONTH,
        cap=Decimal(999),
        terms=BudgetTerms(membership_id=bob.id),
        now=NOW,
    )
    allowance = give(company)
    assert holders(allowance) == ["Tom Technician"]
    services.end_budget(actor=company.actor("Dana"), budget_id=by_hand.id, reason="As all", now=NOW)
    services.align_allowances(actor=system(company.organization), now=NOW)
    assert holders(allowance) == ["Bob Supervisor", "Tom Technician"]


def test_a_change_reaches_everybody_but_who_has_another_cap_by_hand(company: Company) -> None:
    allowance = give(company, terms=BELOW)
    dana = company.actor("Dana")
    tom, alice, bob = (budget_of(allowance, name) for name in ("Tom", "Alice", "Bob"))
    services.change_cap(actor=dana, budget_id=tom.id, cap=Decimal(500), now=NOW)
    use(alice, 180)
    outcome = services.change_allowance(
        actor=dana, allowance_id=allowance.id, cap=Decimal(100), reason="Less", now=NOW
    )
    assert (outcome.changed, outcome.used_up) == (2, 1)
    assert [set(caps_of(one)) for one in (tom, bob)] == [{500}, {100}]
    assert caps_of(alice)[0] == 180
    assert set(caps_of(alice)[1:]) <= {100}
    event = AuditEvent.objects.get(action="allowance.changed")
    assert (event.before, event.reason) == ({"cap": "200.00"}, "Less")
    zoe = make_member(company.organization, company.groups["Facilities"], "Zoe Newcomer")
    assert caps_of(Budget.objects.get(membership=zoe))[0] == 100


def test_a_mark_that_a_higher_cap_leaves_behind_is_told_again(company: Company) -> None:
    allowance = give(company, terms=BELOW)
    alice, group = company.people["Alice"], company.groups["Field Service"]
    assert caps_of(budget_of(allowance, "Alice"))[0] == 200

    def order(amount: int) -> None:
        assert services.reserve(
            actor=system(company.organization),
            covering=selectors.covering(group.path, TODAY, requester_id=alice.id),
            charges=charged(amount),
            document=make_document(),
            now=NOW,
        ).is_reserved

    order(170)
    services.change_allowance(
        actor=company.actor("Dana"), allowance_id=allowance.id, cap=Decimal(400), now=NOW
    )
    order(160)
    told = BudgetAlert.objects.filter(period__budget__membership=alice, threshold=80)
    assert sorted(told.values_list("used", flat=True)) == [170, 330]


def test_ending_it_ends_everybodys_and_says_why(company: Company) -> None:
    allowance = give(company)
    dana = company.actor("Dana")
    with pytest.raises(DomainError, match="Say why"):
        services.end_allowance(actor=dana, allowance_id=allowance.id, reason=" ", now=NOW)
    assert (
        services.end_allowance(actor=dana, allowance_id=allowance.id, reason="Done", now=NOW) == 2
    )
    assert holders(allowance) == []
    make_member(company.organization, company.groups["Facilities"], "Zoe Newcomer")
    assert holders(allowance) == []
    with pytest.raises(Conflict):
        services.change_allowance(actor=dana, allowance_id=allowance.id, cap=Decimal(5), now=NOW)
    give(company)


def test_it_takes_the_permission_and_sense(company: Company) -> None:
    allowance = give(company)
    with pytest.raises(DomainError, match="has such a budget already"):
        give(company)
    for cap, terms, field in (
        ("0", None, "cap"),
        ("0.001", None, "cap"),
        ("5", AllowanceTerms(warn_percent=100), "warn_percent"),
        ("5", AllowanceTerms(category_id=allowance.id), "category"),
    ):
        with pytest.raises(DomainError) as refused:
            give(company, "Workplace", cap, terms=terms)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        services.set_allowance(
            actor=company.actor("Bob"),
            group=company.groups["Workplace"],
            kind=PeriodKind.MONTH,
            cap=Decimal(5),
            now=NOW,
        )
    with pytest.raises(NotFound):
        services.end_allowance(
            actor=company.actor("Bob"), allowance_id=allowance.id, reason="x", now=NOW
        )


def test_lists_count_people_and_marks_in_one_query(company: Company) -> None:
    allowance = give(company, terms=BELOW)
    use(budget_of(allowance, "Alice"), 200)
    use(budget_of(allowance, "Bob"), 160)
    dana = company.actor("Dana")
    listed = list(selectors.allowances_of(dana))
    with CaptureQueriesContext(connection) as queries:
        (row,) = selectors.allowance_rows(dana, listed, currency="USD", on=TODAY)
    assert len(queries) == 1
    assert (row.people, row.past_mark, row.used_up) == (3, 2, 1)
    assert row.title == "Everybody in Facilities and below"
    with CaptureQueriesContext(connection) as queries:
        people = selectors.own_rows(list(selectors.people_with(allowance)), on=TODAY)
    assert len(queries) == 2
    assert [(one.name, one.effect.state) for one in people] == [
        ("Alice Requester", "stop"),
        ("Bob Supervisor", "warn"),
        ("Tom Technician", "ok"),
    ]
    assert [one.membership_id for one in selectors.people_with(allowance, "requester ali")] == [
        company.people["Alice"].id
    ]
    assert list(selectors.allowances_of(company.actor("Bob"))) == []


def test_thousands_of_people_cost_no_more_statements_than_a_few(company: Company) -> None:
    workplace = make_group(company.organization, company.root, "Sales")
    company.groups["Sales"] = workplace
    dana = company.actor("Dana")

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            services.set_allowance(
                actor=dana, group=workplace, kind=PeriodKind.MONTH, cap=Decimal(5), now=NOW
            )
        return len(queries)

    make_member(company.organization, workplace, "Ann")
    few = statements()
    services.end_allowance(
        actor=dana, allowance_id=Allowance.objects.get().id, reason="Again", now=NOW
    )
    for number in range(5):
        make_member(company.organization, workplace, f"Ann {number}")
    assert statements() == few
