from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from approvals.policy_files import (
    FileProblem,
    Names,
    Place,
    ReadFile,
    Written,
    parse,
    policies_in,
    wanted_by,
    write,
)
from approvals.routing import ApproverKind, ApproverSpec, PolicyDocument
from tests.approvals.cast import PATH, PEOPLE, key
from tests.approvals.documents import CATEGORIES, METHODS, SUPPLIERS, WHOLE, documents
from tests.approvals.strategies import POSITIONS
from tests.factories.approvals import TYPICAL, stage, through

NAMES = Names(
    groups=(
        Place(PATH[0], ()),
        *(
            Place(group, tuple(f"Group {index}" for index in range(1, depth + 1)), f"c{depth}")
            for depth, group in enumerate(PATH[1:], 1)
        ),
    ),
    people={member: f"{index}@example.com" for index, member in enumerate(PEOPLE)},
    positions=frozenset(POSITIONS),
    roles=frozenset({"FINANCE", "ADMINISTRATOR"}),
    terms={
        "suppliers": {str(one): name for one, name in SUPPLIERS.items()},
        "payment_methods": {str(one): name for one, name in METHODS.items()},
    },
    categories=frozenset(CATEGORIES),
)


def written(*policies: PolicyDocument, names: Names = NAMES) -> str:
    ones = [
        Written(group, "Orders", 1, document)
        for group, document in zip(PATH, policies, strict=False)
    ]
    return write(ones, names, "Northwind Works")


def read(text: str, names: Names = NAMES) -> ReadFile:
    root = parse(text)
    if isinstance(root, FileProblem):
        return ReadFile((), (root,))
    return policies_in(root, names)


def complaints(text: str, names: Names = NAMES) -> list[tuple[int, str]]:
    return [(one.line, one.sentence) for one in read(text, names).problems]


@settings(max_examples=40, deadline=None)
@given(documents(), documents())
def test_what_is_written_is_read_back_exactly(one: PolicyDocument, other: PolicyDocument) -> None:
    text = written(one, other)
    found = read(text)
    assert found.problems == ()
    assert [policy.document for policy in found.policies] == [one, other]
    assert [policy.group_id for policy in found.policies] == list(PATH[:2])
    assert written(*(policy.document for policy in found.policies)) == text


def test_a_file_reads_as_people_write() -> None:
    text = written(TYPICAL)
    assert text.startswith("# Approval policies of Northwind Works.\n")
    assert "group: /\n" in text
    assert "  - up_to: '100.00'\n    ask: []\n" in text
    assert "- {position: director, label: Director}" in text
    assert "agree: all" in text


def test_amounts_are_never_floats_and_need_no_quotes() -> None:
    text = written(TYPICAL).replace("'1000.00'", "1000.10")
    (policy,) = read(text).policies
    assert policy.document.tiers[1].up_to == Decimal("1000.10")


def test_another_organization_resolves_names_to_its_own() -> None:
    other = replace(
        NAMES,
        groups=(Place(key(700), ()),),
        people={key(701): "0@example.com"},
        terms={"suppliers": {str(key(702)): "acme"}},
    )
    person = ApproverSpec(ApproverKind.PERSON, str(next(iter(PEOPLE))), "Bob")
    document = replace(WHOLE, rules=WHOLE.rules[:1], tiers=through(stage(person)).tiers)
    (policy,) = read(written(document), other).policies
    when = policy.document.rules[0].when
    assert policy.group_id == key(700)
    assert (when.suppliers, when.groups) == ((key(702),), (key(700),))
    assert when.label(key(702)) == "Acme"
    assert policy.document.tiers[0].stages[0].approvers[0].value == str(key(701))


def test_what_is_not_there_is_named_with_its_line() -> None:
    other = Names(groups=(Place(key(700), ()),), roles=NAMES.roles, categories=frozenset())
    document = replace(WHOLE, rules=WHOLE.rules[:1])
    text = written(document)
    found = complaints(text, other)
    sentences = [sentence for _, sentence in found]
    assert "There is no position “supervisor” here." in sentences
    assert "There is nobody with the address “0@example.com” here." in sentences
    assert "There is no supplier “Acme” here." in sentences
    assert "There is no category “46” here." in sentences
    lines = text.splitlines()
    for line, sentence in found:
        assert sentence.split("“")[1].split("”")[0] in lines[line - 1]
    assert read(text, other).policies == ()


def test_a_group_of_many_names_is_found_by_its_code() -> None:
    names = replace(
        NAMES, groups=(Place(key(1), ("A / B", "C"), "x"), Place(key(2), ("A / B", "C"), "y"))
    )
    text = write([Written(key(2), "", 1, TYPICAL)], names, "Northwind Works")
    assert read(text, names).policies[0].group_id == key(2)
    unsaid = text.replace("group_code: y", "group_code: z")
    assert complaints(unsaid, names)[0][1] == "There is no group “A / B / C” here."


def test_a_group_stands_in_a_file_once() -> None:
    text = write([Written(PATH[0], "", 1, TYPICAL)] * 2, NAMES, "Northwind Works")
    assert "further up" in complaints(text)[0][1]


def test_what_has_to_be_looked_up_is_known_before() -> None:
    root = parse(written(replace(WHOLE, rules=WHOLE.rules[:1])))
    assert not isinstance(root, FileProblem)
    wanted = wanted_by(root)
    assert wanted.emails == {"0@example.com"}
    assert wanted.terms == {"suppliers": {(str(key(900)), "Acme")}}
    assert wanted.categories == {"46"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("a: [1,\n2", 2, "no YAML"),
        ("a: &x 1\nb: *x", 1, "Anchors"),
        ("a: !!python/object:os.system 1", 1, "Tags"),
        ("[" * 40 + "]" * 40, 1, "nested too deeply"),
        ("a: " + "x" * 500_001, 1, "more than 500,000"),
        ("- 1", 1, "names with their values"),
        ("format: recipes\nedition: 1\npolicies: []", 1, "format: approval-policies"),
        ("format: approval-policies\nedition: 9\npolicies: []", 2, "edition: 1"),
        ("format: approval-policies\nedition: 1\npolicies: 3", 3, "has to be a list"),
        ("format: approval-policies\nedition: 1\npolicies:\n- {a: b}", 4, "nothing called “a”"),
        ("\x00", 1, "no text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    first = read(text).problems[0]
    assert first.line == line
    assert words in first.sentence


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("'100.00'", "about 100", "written like 1000.00"),
        ("'100.00'", "1e999999", "written like 1000.00"),
        ("agree: all", "agree: most", "“agree” is all, any"),
        ("role: FINANCE", "role: KING", "no role “KING”"),
        ("mandatory: []", "mandatory: [all]", "is one of"),
        ("name: Supervisor", "nom: Supervisor", "nothing called “nom”"),
        ("currency: USD", "currency: [USD]", "has to be a text"),
    ],
)
def test_each_mistake_is_said_in_a_sentence(before: str, after: str, words: str) -> None:
    text = written(TYPICAL)
    assert before in text
    found = complaints(text.replace(before, after, 1))
    assert any(words in sentence for _, sentence in found), found
