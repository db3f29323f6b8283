from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from procurement.core.paging import window
from procurement.core.templatetags import face, meter, money

NOW = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


@pytest.fixture
def tuesday_in_new_york() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), timezone.override("America/New_York"):
        yield


@dataclass(frozen=True)
class SampleMeter:
    label: str = "Field Service"
    sublabel: str = "Q4 2026"
    cap: Decimal = Decimal("16000.00")
    spent: Decimal = Decimal("8350.00")
    committed: Decimal = Decimal("2460.00")
    reserved: Decimal = Decimal("1830.00")
    this_order: Decimal = Decimal("640.00")
    free: Decimal = Decimal("2720.00")
    used_percent_before: Decimal = Decimal("79.0")
    used_percent_after: Decimal = Decimal("83.0")
    state: str = "warn"
    currency: str = "USD"
    sentence: str = "Passes the 80% mark."


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As people say it")
    cap = forms.DecimalField(widget=forms.TextInput(attrs={"placeholder": "Cap"}))
    note = forms.CharField(widget=forms.Textarea(attrs={"class": "tall"}), required=False)
    kind = forms.ChoiceField(choices=[("A", "A")])
    pay = forms.ChoiceField(choices=[("A", "A")], widget=forms.RadioSelect)
    carry = forms.BooleanField(required=False)


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


class TestMoney:
    def test_an_amount_reads_with_both_decimals_and_a_true_minus(self) -> None:
        assert money.money(Decimal("1234.5"), "USD") == "$1,234.50"
        assert money.money(Decimal(-640), "USD") == "−$640.00"

    def test_a_decimal_string_from_json_is_as_good_as_a_decimal(self) -> None:
        assert money.money("4800.00", "EUR") == "€4,800.00"

    def test_no_amount_reads_as_nothing(self) -> None:
        assert money.money(None) == ""
        assert money.money("") == ""

    def test_a_float_is_refused_because_it_has_lost_cents_already(self) -> None:
        with pytest.raises(TypeError):
            money.money(0.1)  # type: ignore[arg-type]  # the mistake that is tried


class TestMeter:
    def test_parts_lie_end_to_end_on_a_ruler_of_110_percent(self) -> None:
        bar = meter.meter_bar(SampleMeter())
        assert [(part.kind, str(part.x), str(part.width)) for part in bar.parts] == [
            ("spent", "0", "47.44"),
            ("committed", "47.44", "13.98"),
            ("reserved", "61.42", "10.40"),
            ("this", "71.82", "3.63"),
        ]
        assert (str(bar.warn), str(bar.cap)) == ("72.73", "90.91")

    def test_what_exceeds_the_cap_is_drawn_beyond_the_mark_whatever_it_is(self) -> None:
        amounts = (("spent", Decimal(90)), ("this", Decimal(14)))
        parts = meter.draw(amounts, Decimal(100))
        assert [(part.kind, str(part.x), str(part.end)) for part in parts] == [
            ("spent", "0", "81.82"),
            ("this", "81.82", "90.91"),
            ("over", "90.91", "94.55"),
        ]

    def test_the_drawing_ends_where_it_ends_however_far_a_budget_is_exceeded(self) -> None:
        parts = meter.draw((("spent", Decimal(500)),), Decimal(100))
        assert parts[-1].end == Decimal(100)

    def test_a_cap_of_zero_puts_everything_beyond_it(self) -> None:
        kinds = [part.kind for part in meter.draw((("spent", Decimal(1)),), Decimal(0))]
        assert kinds == ["spent", "over"]
        assert meter.draw((("spent", Decimal(0)),), Decimal(0)) == ()

    def test_more_credited_than_spent_takes_no_room(self) -> None:
        parts = meter.draw((("spent", Decimal(-5)), ("committed", Decimal(50))), Decimal(100))
        assert [(part.kind, str(part.width)) for part in parts] == [("committed", "45.45")]

    @given(
        amounts=st.lists(st.decimals("-1000", "100000", places=2), min_size=4, max_size=4),
        cap=st.decimals("0", "50000", places=2),
    )
    def test_parts_never_overlap_leave_gaps_or_leave_the_drawing(
        self, amounts: list[Decimal], cap: Decimal
    ) -> None:
        kinds = ("spent", "committed", "reserved", "this")
        parts = meter.draw(tuple(zip(kinds, amounts, strict=True)), cap)
        end = Decimal(0)
        for part in parts:
            assert part.x == end
            assert part.width > 0
            end = part.end
        assert end <= 100

    def test_the_drawing_says_in_words_what_it_shows(self) -> None:
        assert meter.meter_bar(SampleMeter()).words == (
            "Field Service: 83.0% of $16,000.00 used. Spent $8,350.00, committed $2,460.00, "
            "reserved $1,830.00, this order $640.00, $2,720.00 free."
        )

    def test_without_an_order_the_words_leave_it_out(self) -> None:
        words = meter.meter_bar(SampleMeter(this_order=Decimal(0))).words
        assert "this order" not in words

    def test_the_component_shows_figures_and_reason_beside_the_drawing(self) -> None:
        html = render('{% cotton meter :meter="meter" / %}', meter=SampleMeter())
        assert 'class="budget budget-warn"' in html
        assert "$2,720.00 free after" in html
        assert "Passes the 80% mark." in html
        assert "style=" not in html

    def test_an_order_that_does_not_fit_shows_how_much_is_missing(self) -> None:
        short = SampleMeter(free=Decimal("-640.00"), state="stop")
        html = render('{% cotton meter :meter="meter" / %}', meter=short)
        assert 'class="budget budget-stop"' in html
        assert "over by $640.00" in html

    def test_the_bare_drawing_comes_without_figures(self) -> None:
        html = render('{% cotton meter :meter="meter" bare / %}', meter=SampleMeter())
        assert "<svg" in html
        assert "budget-foot" not in html

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("83", "83.0%"),
            ("79.97", "79.9%"),
            ("80", "80.0%"),
            ("99.96", "99.9%"),
            ("100.04", "100.0%"),
            ("104.04", "104.0%"),
            ("-2.5", "−2.5%"),
            ("1234.56", "1,234.6%"),
        ],
    )
    def test_rounding_never_carries_a_figure_onto_a_mark(self, value: str, shown: str) -> None:
        assert meter.percent(Decimal(value)) == shown

    def test_a_bar_in_mail_stays_within_its_table(self) -> None:
        assert [meter.mail_width(value) for value in ("0", "83.9", "140")] == [1, 83, 99]


class TestForms:
    def test_each_control_gets_the_class_of_its_kind(self) -> None:
        form = SampleForm()
        assert 'class="input"' in face.control(form["name"])
        assert 'class="input num"' in face.control(form["cap"], "num")
        assert 'class="textarea tall"' in face.control(form["note"])
        assert 'class="select"' in face.control(form["kind"])

    def test_a_placeholder_that_repeats_the_label_is_left_out(self) -> None:
        assert "placeholder" not in face.control(SampleForm()["cap"])

    def test_options_and_ticks_are_laid_out_by_themselves(self) -> None:
        form = SampleForm()
        kinds = [face.control_kind(form[name]) for name in ("pay", "carry", "name")]
        assert kinds == ["choices", "check", "control"]

    def test_an_error_stands_beside_its_field_and_is_tied_to_it(self) -> None:
        form = SampleForm({"cap": "1", "kind": "A", "pay": "A"})
        html = render('{% cotton field :field="form.name" / %}', form=form)
        assert 'aria-invalid="true"' in html
        assert 'aria-describedby="id_name_helptext id_name_error"' in html
        assert 'id="id_name_helptext"' in html
        assert 'id="id_name_error"' in html

    def test_a_field_that_may_stay_empty_says_so(self) -> None:
        assert "(optional)" in render('{% cotton field :field="form.note" / %}', form=SampleForm())
        assert "(optional)" not in render(
            '{% cotton field :field="form.name" / %}', form=SampleForm()
        )

    def test_one_error_beside_its_field_needs_no_summary(self) -> None:
        form = SampleForm({"cap": "1", "kind": "A", "pay": "A"})
        assert face.problems(form) == []

    def test_two_errors_are_summed_up_with_links_to_their_fields(self) -> None:
        form = SampleForm({"kind": "A", "pay": "A"})
        html = render('{% cotton error-summary :form="form" / %}', form=form)
        assert "2 things need you" in html
        assert 'href="#id_name"' in html
        assert 'href="#id_cap"' in html

    def test_an_error_of_no_field_is_always_summed_up(self) -> None:
        form = SampleForm({"name": "x", "cap": "1", "kind": "A", "pay": "A"})
        form.add_error(None, "The email address or the password is wrong.")
        html = render(
            '{% cotton error-summary :form="form" title="That did not work" / %}', form=form
        )
        assert "That did not work" in html
        assert "The email address or the password is wrong." in html


@pytest.mark.usefixtures("tuesday_in_new_york")
class TestDates:
    def test_an_instant_is_told_in_the_readers_zone(self) -> None:
        assert face.moment(datetime(2026, 11, 24, 21, 0, tzinfo=UTC)) == "Tue, Nov 24, 4:00 PM"

    def test_an_instant_may_come_as_iso_text_with_a_zone_to_tell_it_in(self) -> None:
        assert face.moment("2026-11-24T21:00:00+00:00", "UTC") == "Tue, Nov 24, 9:00 PM"

    def test_another_year_is_named(self) -> None:
        assert face.moment(datetime(2025, 3, 2, 17, 5, tzinfo=UTC)) == "Mar 2, 2025, 12:05 PM"

    def test_a_day_is_told_without_an_hour(self) -> None:
        assert face.day(datetime(2026, 11, 24, 3, 0, tzinfo=UTC)) == "Mon, Nov 23"
        assert face.day("2026-11-24") == "Tue, Nov 24"
        assert face.day("2025-03-02") == "Mar 2, 2025"

    def test_what_is_near_is_told_by_its_distance(self) -> None:
        today = face.when(datetime(2026, 11, 24, 13, 2, tzinfo=UTC))
        assert today == '<time datetime="2026-11-24T08:02:00-05:00">Today, 8:02 AM</time>'
        assert "Yesterday, 11:30 PM" in face.when(datetime(2026, 11, 24, 4, 30, tzinfo=UTC))
        assert "Sun, Nov 22, 11:00 AM" in face.when(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))

    def test_within_a_sentence_what_is_near_is_written_small(self) -> None:
        at = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
        assert ">yesterday, 11:30 PM<" in face.when(at, within=True)

    def test_no_instant_reads_as_nothing(self) -> None:
        assert face.moment(None) == ""
        assert face.day(None) == ""
        assert face.when(None) == ""


class TestNames:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [("Alice Requester", "AR"), ("Dana van der Berg", "DB"), ("Prince", "P"), ("", "")],
    )
    def test_initials_come_from_the_first_and_the_last_word(self, name: str, shown: str) -> None:
        assert face.initials(name) == shown


@dataclass(frozen=True)
class Entry:
    icon: str
    on_phone: bool = False


class TestNavigation:
    def test_the_phones_bar_holds_four_without_the_cart_in_their_order(self) -> None:
        entries = [
            Entry("home", on_phone=True),
            Entry("catalog", on_phone=True),
            Entry("cart", on_phone=True),
            Entry("order", on_phone=True),
            Entry("inbox", on_phone=True),
            Entry("budget"),
        ]
        icons = [entry.icon for entry in face.short_nav(entries)]
        assert icons == ["home", "catalog", "order", "inbox"]

    def test_whoever_may_do_little_sees_the_rest_of_it(self) -> None:
        entries = [Entry("home", on_phone=True), Entry("groups"), Entry("inbox", on_phone=True)]
        assert [entry.icon for entry in face.short_nav(entries)] == ["home", "groups", "inbox"]

    def test_an_entry_is_found_by_its_icon(self) -> None:
        entries = [Entry("home"), Entry("cart")]
        assert face.nav_entry(entries, "cart") is entries[1]
        assert face.nav_entry(entries, "chart") is None
        assert face.nav_entry([], "chart") is None


@pytest.mark.parametrize(
    ("noun", "one"),
    [("transfers", "transfer"), ("personal budgets", "personal budget"), ("people", "person")],
)
def test_a_list_of_one_counts_one_thing(noun: str, one: str) -> None:
    page = window(RequestFactory().get("/"), ["only"], total=1)
    shown = render(f'{{% cotton pager :page="page" noun="{noun}" / %}}', page=page)
    assert f"<span>1 {one}</span>" in shown


@pytest.mark.parametrize(
    ("free", "words"), [("50", "$50.00 free"), ("0", "$0.00 free"), ("-50", "over by $50.00")]
)
def test_what_is_left_of_a_cap_is_free_or_over_by_something(free: str, words: str) -> None:
    assert meter.room_words(free, "USD") == words
    assert meter.room_words(Decimal(free), "USD") == words
