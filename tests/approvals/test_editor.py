"""The editor's round trip: a document in its fields, through the page's own form, and back."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.editor import STARTS, PolicyEditor
from approvals.editor.rules import code_of
from approvals.picture import seats_named
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Mode,
    Part,
    PolicyDocument,
    PolicyProblem,
    Rule,
    RuleKind,
    Tier,
    Tolerances,
)
from approvals.routing.rules import ASKING
from approvals.vocabulary import Term
from tests.approvals.cast import DIRECTOR, FINANCE, SUPERVISOR, TYPICAL, key, stage
from tests.approvals.strategies import documents, stages

KNOWN = {"43": "Software", "27": "Tools", str(key(900)): "Acme", "4100": "4100"}
PPE = Rule(
    "bulk-ppe",
    "Bulk PPE",
    RuleKind.ASK_BEFORE,
    Conditions(categories=("27",), labels=(("27", "Tools"),)),
    (stage(DIRECTOR),),
)
RULED = replace(TYPICAL, rules=(PPE,))


def labels(kind: str, values: Collection[str]) -> dict[str, str]:
    return {value: KNOWN[value] for value in values if value in KNOWN}


def find(kind: str, words: str) -> list[Term]:
    return [Term(value, said) for value, said in KNOWN.items() if words.lower() in said.lower()]


class _Form(HTMLParser):
    """Collects what a browser would send of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = QueryDict(mutable=True)
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.sent.appendlist(self._select, value)
        elif tag == "textarea":
            self._textarea = name
            self.sent[name] = ""
        elif tag == "input" and (
            given.get("type") not in ("checkbox", "radio") or "checked" in given
        ):
            self.sent.appendlist(name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.sent[self._textarea] = f"{self.sent[self._textarea]}{data}"


def form_of(editor: PolicyEditor) -> QueryDict:
    """Return what a browser would send of the editor's part of the page."""
    context = {"editor": editor, "starts": STARTS, "symbol": "$", "kinds": _kinds(editor)}
    form = _Form()
    form.feed(render_to_string("approvals/_policy_fields.html", context))
    return form.sent


def _kinds(editor: PolicyEditor) -> list[tuple[str, list[tuple[str, str]]]]:
    return [("Seats", [(place, spec.title) for place, spec in editor.choices.items()])]


def sent_back(editor: PolicyEditor, **changes: Any) -> PolicyEditor:
    data = form_of(editor)
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return PolicyEditor.typed(data, "USD", list(editor.choices.values()), labels)


def pressed(editor: PolicyEditor, *buttons: str, **changes: Any) -> PolicyEditor:
    for button in buttons:
        editor = sent_back(editor, **changes)
        editor.press(button, find)
        changes = {}
    return editor


@st.composite
def conditions(draw: st.DrawFn) -> Conditions:
    over = draw(st.none() | st.decimals("1", "500", places=2))
    codes = draw(st.sampled_from(((), ("27",), ("43", "27"))))
    suppliers = draw(st.sampled_from(((), (key(900),))))
    named = {str(value) for value in (*codes, *suppliers)}
    return Conditions(
        over=over,
        up_to=draw(st.none() | st.decimals("501", "900", places=2)),
        categories=codes,
        suppliers=suppliers,
        cost_centres=draw(st.sampled_from(((), ("4100",)))),
        requester_roles=draw(st.sampled_from(((), ("TECHNICIAN",)))),
        budget_states=draw(st.sampled_from(((), ("WARNING", "OVER")))),
        guidance=draw(st.sampled_from(((), ("RESTRICTED",)))),
        is_first_order=draw(st.sampled_from((None, True, False))),
        is_home_delivery=draw(st.sampled_from((None, True))),
        payment_methods=draw(st.sampled_from(((), (key(7),)))),
        subject_kinds=("requisition",),
        labels=tuple(sorted((value, KNOWN[value]) for value in named)),
    )


@st.composite
def ruled(draw: st.DrawFn) -> PolicyDocument:
    rules = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(RuleKind))
        own = draw(st.lists(stages(), min_size=1, max_size=2).map(tuple))
        rules.append(
            Rule(
                f"rule-{number}",
                f"Rule {number}",
                kind,
                draw(conditions()),
                own if kind in ASKING else (),
                (Tier(Decimal("9.50"), ()), Tier(None, own)) if kind is RuleKind.TIERS else (),
                "Not here." if kind is RuleKind.REFUSE else "",
                is_mandatory=draw(st.booleans()),
            )
        )
    pairs = st.tuples(st.sampled_from(CountedBy), st.sampled_from(CountedTo))
    counted = draw(st.lists(pairs, unique=True, max_size=3))
    return replace(
        draw(documents()),
        rules=tuple(rules),
        aggregations=tuple(Aggregation(by, to, 30) for by, to in counted),
        mandatory=frozenset(draw(st.sets(st.sampled_from(Part)))),
    )


@given(ruled())
@settings(max_examples=25, deadline=None)
def test_a_document_comes_back_from_its_form_as_it_was(document: PolicyDocument) -> None:
    editor = PolicyEditor.of_document(document, [])
    assert editor.document() == document
    assert sent_back(editor).document() == document
    opened = pressed(editor, *(f"edit:rules.{number}" for number in range(len(document.rules))))
    assert all(rule.is_open for rule in opened.rules)
    assert sent_back(opened).document() == document


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("add:tiers", (4, 1, 1, 1, 0)),
        ("remove:tiers.0", (2, 1, 1, 1, 0)),
        ("remove:tiers.2", (3, 1, 1, 1, 0)),
        ("add:restricted", (3, 2, 1, 1, 0)),
        ("remove:exception.0", (3, 1, 0, 1, 0)),
        ("add:rules.owner", (3, 1, 1, 2, 0)),
        ("remove:rules.0", (3, 1, 1, 0, 0)),
        ("add:aggregations", (3, 1, 1, 1, 1)),
        ("edit:rules.9", (3, 1, 1, 1, 0)),
        ("add:nonsense.9", (3, 1, 1, 1, 0)),
        ("draw", (3, 1, 1, 1, 0)),
    ],
)
def test_a_button_changes_what_it_names_and_nothing_else(
    button: str, said: tuple[int, ...]
) -> None:
    editor = pressed(PolicyEditor.of_document(RULED, []), button)
    assert said == (
        len(editor.tiers),
        len(editor.restricted),
        len(editor.exception),
        len(editor.rules),
        len(editor.aggregations),
    )


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.key)
def test_each_typical_rule_opens_with_its_condition_and_seat(start: Any) -> None:
    editor = pressed(PolicyEditor.of_document(RULED, []), f"add:rules.{start.key}")
    rule = editor.rules[-1]
    assert (rule.is_open, rule.kind) == (True, start.kind.value)
    assert tuple(row.name for row in rule.when.rows) == start.conditions
    assert rule.place == editor.focus == "rules.1"


def test_what_is_found_and_ticked_becomes_a_chip_with_its_label() -> None:
    editor = pressed(PolicyEditor.of_document(RULED, []), "add:rules.owner")
    place = "rules.1.when.categories"
    editor = pressed(editor, f"find:{place}", **{f"{place}.search": "soft"})
    (row,) = editor.rules[1].when.rows
    assert [term.label for term in row.found or []] == ["Software"]
    editor = pressed(editor, f"take:{place}", **{f"{place}.found": ["43", "unheard-of"]})
    assert editor.rules[1].when.rows[0].chips == [("43", "Software")]
    editor = pressed(editor, f"remove:{place}.0")
    assert editor.rules[1].when.rows[0].chips == []
    editor = pressed(editor, f"remove:{place}", f"add:{place}", "add:rules.1.when.amount")
    assert [row.name for row in editor.rules[1].when.rows] == ["categories", "amount"]


def test_a_rule_that_is_done_closes_under_a_code_of_its_own() -> None:
    editor = pressed(PolicyEditor.of_document(RULED, []), "edit:rules.0")
    editor = pressed(editor, "done:rules.0", **{"rules.0.name": "Gloves and goggles"})
    stored = editor.rules[0].stored
    assert stored is not None
    assert (stored.code, stored.name) == ("bulk-ppe", "Gloves and goggles")


def test_what_is_wrong_with_a_rule_stands_beside_its_field_and_keeps_it_open() -> None:
    editor = pressed(PolicyEditor.of_document(RULED, []), "add:rules.refuse")
    editor = pressed(editor, "done:rules.1", **{"rules.1.name": ""})
    rule = editor.rules[1]
    assert rule.is_open
    assert rule.problems["name"] == ["Give the rule a name."]
    assert rule.problems["when"] == ["Category: choose at least one, or remove the condition."]
    assert rule.problems["refusal"] == [
        "Say in a sentence why it is refused, and what to do instead."
    ]


def test_amounts_and_days_that_cannot_be_read_are_said_where_they_stand() -> None:
    editor = pressed(PolicyEditor.of_document(RULED, []), "add:rules.centre", "add:aggregations")
    editor = sent_back(
        editor,
        **{
            "rules.1.tiers.0.up_to": "a lot",
            "rules.1.when": ["amount"],
            "rules.1.when.over": "much",
            "aggregations.0.days": "soon",
        },
    )
    assert editor.document() is None
    rule = editor.rules[1]
    assert rule.tiers[0].problems == ["Enter an amount, such as 1,000.00."]
    assert rule.problems["when"] == ["Enter an amount, such as 1,000.00."]
    assert editor.aggregations[0].problems == ["Enter a number of days between 1 and 366."]
    assert editor.problems == []


def test_a_problem_with_a_closed_rule_opens_it() -> None:
    editor = PolicyEditor.of_document(RULED, [])
    editor.show([PolicyProblem("rules.0.stages.0", "No seat here any more.")])
    assert editor.rules[0].is_open
    assert editor.rules[0].stages[0].problems == ["No seat here any more."]


def test_a_name_of_a_stage_goes_with_the_seats_that_it_was_given_to() -> None:
    named = replace(TYPICAL, restricted=(stage(SUPERVISOR, name="For the restricted line"),))
    editor = PolicyEditor.of_document(named, [FINANCE])
    kept = sent_back(editor).document()
    assert kept is not None
    assert kept.restricted[0].name == "For the restricted line"
    changed = sent_back(editor, **{"restricted.0.seats": ["ROLE:FINANCE"]}).document()
    assert changed is not None
    assert changed.restricted[0].name == "Finance"


def test_n_of_m_and_stages_beside_each_other_can_be_chosen() -> None:
    editor = pressed(PolicyEditor.of_document(TYPICAL, []), "add:tiers.2.stages")
    document = sent_back(
        editor,
        **{
            "tiers.2.stages.0.mode": "AT_LEAST",
            "tiers.2.stages.0.at_least": "1",
            "tiers.2.stages.1.beside": "yes",
            "tiers.2.stages.1.seats": ["POSITION:supervisor"],
        },
    ).document()
    assert document is not None
    first, second = document.tiers[2].stages
    assert (first.mode, first.at_least, second.beside) == (Mode.AT_LEAST, 1, True)


def test_what_lets_approvals_stand_comes_back_from_its_form_as_it_was() -> None:
    own = Tolerances(price_up_percent=Decimal("2.5"), line_removed=False, note=True)
    document = replace(TYPICAL, tolerances=own, mandatory=frozenset({Part.TOLERANCES}))
    assert sent_back(PolicyEditor.of_document(document, [])).document() == document


def test_a_form_from_before_there_were_tolerances_has_the_usual_ones() -> None:
    form = form_of(PolicyEditor.of_document(replace(TYPICAL, tolerances=Tolerances(note=True)), []))
    del form["tolerances"]
    document = PolicyEditor.typed(form, "USD", [SUPERVISOR, DIRECTOR, FINANCE], labels).document()
    assert document is not None
    assert document.tolerances == Tolerances()


@pytest.mark.parametrize("typed", ["a bit", "101", "0.001", "-1"])
def test_a_percentage_that_is_none_is_said_beside_its_field(typed: str) -> None:
    form = form_of(PolicyEditor.of_document(TYPICAL, []))
    form["tolerances.price_up_percent"] = typed
    editor = PolicyEditor.typed(form, "USD", [SUPERVISOR, DIRECTOR, FINANCE], labels)
    assert editor.document() is None
    (said,) = editor.tolerances.percents[0].problems
    assert said.startswith("Enter a percentage")


def test_a_draft_leaves_out_what_cannot_be_read() -> None:
    editor = sent_back(
        PolicyEditor.of_document(TYPICAL, []),
        **{"tiers.0.up_to": "a lot", "tiers.1.stages.0.seats": [""]},
    )
    draft = editor.draft()
    assert [(tier.up_to, len(tier.stages)) for tier in draft.tiers] == [(1000, 0), (None, 1)]
    assert not editor.has_problems
    assert SUPERVISOR in seats_named(draft)


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Bulk PPE", (), "bulk-ppe"),
        ("Bulk PPE", ("bulk-ppe",), "bulk-ppe-2"),
        ("Größe & Maß", (), "groe-ma"),
        ("…", (), "rule"),
        ("x" * 90, (), "x" * 36),
    ],
)
def test_codes_are_made_from_names(name: str, taken: tuple[str, ...], code: str) -> None:
    assert code_of(name, taken) == code
