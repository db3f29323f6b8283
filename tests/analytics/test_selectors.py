from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import Role
from analytics import periods
from analytics.filters import UNCATEGORISED, Dimension, Source, SpendFilter
from analytics.models import SpendFact
from analytics.selectors import Lines, Orders, Row, Spend, last_day_with_spend, spend, spend_view
from procurement.core.errors import NotAllowed, NotFound
from tests.factories.accounts import NOW, actor_of, make_member, system
from tests.factories.analytics import Books

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TODAY = date(2026, 11, 24)


def asked(**parameters: str) -> SpendFilter:
    return SpendFilter.parse({"period": "all", **parameters}, today=TODAY)


def of(books: Books, *by: Dimension, **parameters: str) -> Spend:
    """Return spend as finance sees it."""
    return spend(spend_view(books.company.actor("Dana"), asked(**parameters)), by)


def amounts(rows: "list[Row] | tuple[Row, ...]") -> dict[str, str]:
    return {row.label: str(row.figures.amount) for row in rows}


def test_groups_roll_up_to_the_children_of_the_one_looked_at(books: Books) -> None:
    with books.company.scope():
        assert amounts([*of(books, Dimension.GROUP).by[Dimension.GROUP]]) == {
            "Engineering": "1372.05",
            "Facilities": "965.00",
        }
        facilities = str(books.company.groups["Facilities"].id)
        below = of(books, Dimension.GROUP, group=facilities)
        assert amounts([*below.by[Dimension.GROUP]]) == {
            "Field Service": "615.00",
            "Workplace": "250.00",
            "Facilities": "100.00",
        }
        assert [row.label for row in below.by[Dimension.GROUP] if row.is_own] == ["Facilities"]
        leaf = of(books, Dimension.GROUP, group=str(books.company.groups["Workplace"].id))
        assert amounts([*leaf.by[Dimension.GROUP]]) == {"Workplace": "250.00"}


def test_after_a_move_reports_show_the_groups_as_they_were_or_as_they_are_now(
    books: Books,
) -> None:
    with books.company.scope():
        groups = books.company.groups
        services.move_group(
            actor=books.company.actor("Adam"),
            group=groups["Workplace"],
            target=groups["Engineering"],
            now=NOW,
        )
        then = of(books, Dimension.GROUP)
        assert amounts([*then.by[Dimension.GROUP]]) == {
            "Engineering": "1372.05",
            "Facilities": "965.00",
        }
        now = of(books, Dimension.GROUP, structure="now")
        assert amounts([*now.by[Dimension.GROUP]]) == {
            "Engineering": "1622.05",
            "Facilities": "715.00",
        }
        assert now.total == then.total
        engineering = {"group": str(groups["Engineering"].id), "structure": "now"}
        below = of(books, Dimension.GROUP, **engineering)
        assert amounts([*below.by[Dimension.GROUP]])["Workplace"] == "250.00"
        view = spend_view(books.company.actor("Dana"), asked(**engineering))
        assert sum(line.amount for line in Lines(view)) == Decimal("1622.05")
        assert sum(order.amount for order in Orders(view)[:50]) == Decimal("1622.05")
        assert view.asked.query.endswith("structure=now")


def test_what_a_merged_group_bought_counts_with_the_one_that_took_it_over(books: Books) -> None:
    with books.company.scope():
        groups = books.company.groups
        services.merge_group(
            actor=books.company.actor("Adam"),
            group=groups["Workplace"],
            target=groups["Engineering"],
            now=NOW,
        )
        now = of(books, Dimension.GROUP, structure="now")
        assert amounts([*now.by[Dimension.GROUP]])["Engineering"] == "1622.05"
        then = of(books, Dimension.GROUP)
        assert amounts([*then.by[Dimension.GROUP]])["Engineering"] == "1372.05"


def test_categories_roll_up_likewise(books: Books) -> None:
    with books.company.scope():
        top = of(books, Dimension.CATEGORY).by[Dimension.CATEGORY]
        assert amounts([*top]) == {
            "IT and telecommunications": "1372.05",
            "Tools": "674.90",
            "Uncategorised": "290.10",
        }
        inside = of(books, Dimension.CATEGORY, category="43211500").by[Dimension.CATEGORY]
        assert amounts([*inside]) == {"Tablets": "1372.00", "Computers": "0.05"}
        assert [row.is_own for row in inside] == [False, True]
        without = of(books, Dimension.CATEGORY, category=UNCATEGORISED)
        assert str(without.total.amount) == "290.10"


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"period": "2026"},
        {"period": "2026-11"},
        {"source": "IMPORTED"},
        {"source": "LIVE", "period": "2026-Q4"},
        {"category": "43000000"},
        {"category": UNCATEGORISED},
        {"category": "nothing-has-this"},
    ],
)
def test_every_breakdown_and_list_adds_up_to_the_same_cent(
    books: Books, parameters: dict[str, str]
) -> None:
    with books.company.scope():
        view = spend_view(books.company.actor("Dana"), asked(**parameters))
        found = spend(view, Dimension)
        period, source = view.asked.period, view.asked.source
        expected = sum(
            (
                fact.amount
                for fact in books.facts
                if period.since <= fact.on <= period.until
                and source in (None, fact.source)
                and _in_category(fact, view.asked.category)
            ),
            Decimal(0),
        )
        assert found.total.amount == expected
        for dimension in Dimension:
            rows = found.by[dimension]
            assert sum((row.figures.amount for row in rows), Decimal(0)) == expected
            assert sum(row.figures.lines for row in rows) == found.total.lines
        assert sum((line.amount for line in Lines(view)), Decimal(0)) == expected
        assert sum((order.amount for order in Orders(view)[:]), Decimal(0)) == expected


def _in_category(fact: SpendFact, category: str | None) -> bool:
    if category == UNCATEGORISED:
        return not fact.category_path
    return category is None or category in fact.category_path


def test_the_narrower_view_behind_each_row_has_that_row_s_figures(books: Books) -> None:
    with books.company.scope():
        view = spend_view(books.company.actor("Dana"), asked(period="2026"))
        for dimension, rows in spend(view, Dimension).by.items():
            for row in rows:
                if row.is_own:
                    continue
                narrower = spend_view(
                    books.company.actor("Dana"), view.asked.narrowed(dimension, row.key)
                )
                assert spend(narrower).total == row.figures, (dimension, row.label)


def test_months_stand_in_their_order_with_the_empty_ones_between(books: Books) -> None:
    with books.company.scope():
        months = of(books, Dimension.MONTH, period="2026").by[Dimension.MONTH]
        assert amounts([*months]) == {
            "September 2026": "100.00",
            "October 2026": "640.35",
            "November 2026": "1584.70",
        }
        assert months[-1].parts == {
            Source.LIVE: Decimal("1360.05"),
            Source.IMPORTED: Decimal("224.65"),
        }
        everything = of(books, Dimension.MONTH).by[Dimension.MONTH]
        assert len(everything) == 34, "February 2024 to November 2026"


def test_the_share_on_preferred_is_of_purchases_so_that_refunds_cannot_bend_it(
    books: Books,
) -> None:
    with books.company.scope():
        everything = of(books).total
        assert (everything.purchases, everything.amount) == (Decimal("2362.40"), Decimal("2337.05"))
        share = of(books, period="2026-10").total.preferred_share
        assert share is not None
        assert round(share, 2) == Decimal("93.74")
        assert of(books, period="2020").total.preferred_share is None


def test_finance_of_one_division_sees_that_division_alone(books: Books) -> None:
    company = books.company
    with company.scope():
        facilities, engineering = company.groups["Facilities"], company.groups["Engineering"]
        member = make_member(
            company.organization, engineering, "Fay Finance", Role.FINANCE, on=facilities
        )
        view = spend_view(actor_of(member), asked())
        assert view.group_name == "Facilities"
        assert str(spend(view).total.amount) == "965.00"
        assert last_day_with_spend(view) == date(2026, 11, 3)
        with pytest.raises(NotFound):
            spend_view(actor_of(member), asked(group=str(engineering.id)))
        with pytest.raises(NotFound):
            spend_view(actor_of(member), asked(group=str(company.root.id)))


def test_finance_of_two_divisions_compares_them_and_counts_nothing_twice(books: Books) -> None:
    company = books.company
    with company.scope():
        member = make_member(
            company.organization,
            company.root,
            "Fay Finance",
            Role.FINANCE,
            on=company.groups["Workplace"],
        )
        for name in ("Facilities", "Engineering"):
            services.grant_role(
                actor=system(company.organization),
                membership=member,
                group=company.groups[name],
                role=Role.FINANCE,
                now=NOW,
            )
        found = spend(spend_view(actor_of(member), asked()), [Dimension.GROUP])
        assert amounts([*found.by[Dimension.GROUP]]) == {
            "Engineering": "1372.05",
            "Facilities": "965.00",
        }


def test_who_may_not_see_reports_is_told_so(books: Books) -> None:
    with books.company.scope():
        for name in ("Alice", "Bob", "Tom"):
            with pytest.raises(NotAllowed, match="See and download reports"):
                spend_view(books.company.actor(name), asked())


def test_a_group_that_moved_keeps_its_spend_where_it_was(books: Books) -> None:
    company = books.company
    with company.scope():
        workplace = company.groups["Workplace"]
        workplace.path = [company.root.id, company.groups["Engineering"].id, workplace.id]
        workplace.save(update_fields=["path"])
        rows = of(books, Dimension.GROUP).by[Dimension.GROUP]
        assert amounts([*rows])["Facilities"] == "965.00"


def test_the_whole_page_of_figures_is_one_query(books: Books) -> None:
    with books.company.scope():
        view = spend_view(books.company.actor("Dana"), asked())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            spend(view, Dimension)
        assert len(queries) == 1
        with CaptureQueriesContext(connection) as queries:
            orders = Orders(view)
            assert len(orders) == 7
            assert len(orders[0:5]) == 5
        assert len(queries) == 2


def test_orders_come_newest_first_with_what_lies_in_the_view(books: Books) -> None:
    with books.company.scope():
        view = spend_view(books.company.actor("Dana"), asked(period="2026-10"))
        (order,) = Orders(view)[:]
        assert (order.amount, order.lines, order.suppliers) == (Decimal("640.35"), 2, 1)
        assert (order.group, order.supplier) == ("Field Service", "Halden Tools")
        assert order.requester == "Alice Requester"
        days = [found.on for found in Orders(spend_view(books.company.actor("Dana"), asked()))[:]]
        assert days == sorted(days, reverse=True)


def test_the_span_before_is_the_same_view_over_other_days(books: Books) -> None:
    with books.company.scope():
        view = spend_view(books.company.actor("Dana"), asked(period="2026-11"))
        before = view.asked.period.before
        assert before is not None
        assert str(spend(view.over(before)).total.amount) == "0"
        october = periods.parse("2026-10", today=TODAY)
        assert str(spend(view.over(october)).total.amount) == "640.35"
