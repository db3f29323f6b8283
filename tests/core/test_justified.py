"""Whatever is kept from the tools says beside it why."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("procurement", "accounts", "approvals", "budgets", "catalogs", "analytics", "tests/*")
EXCUSE = re.compile(
    r"# (?:noqa(?:: [A-Z]+\d+(?:, [A-Z]+\d+)*)?|type: ignore(?:\[[\w, -]+\])?)(?P<more>.*)"
    r"|except (?:Base)?Exception(?: as \w+)?:(?P<broad>.*)"
    r"|(?:@pytest\.mark\.|mark\.)(?:skip|xfail)\b(?!if)(?P<skipped>.*)"
)
WORDS = re.compile(r"[A-Za-z’']{2,}")


def unjustified(text: str) -> list[int]:
    """Return the lines that are kept from a tool without a word of why, on it or right above."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines, start=1):
        excuse = EXCUSE.search(line)
        if excuse is None:
            continue
        above = lines[number - 2].strip() if number > 1 else ""
        said = "".join(part or "" for part in excuse.groups())
        said = re.sub(r"# (?:noqa|type: ignore)\S*(?: [A-Z]+\d+,?)*", "", said)
        if not WORDS.search(said) and not above.startswith("#"):
            found.append(number)
    return found


def test_whatever_is_kept_from_the_tools_says_why() -> None:
    files = [
        file
        for package in PACKAGES
        for folder in ROOT.glob(package)
        for file in folder.rglob("*.py")
        if "migrations" not in file.parts
    ]
    bare = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in files
        for line in unjustified(file.read_text(encoding="utf-8"))
    ]
    assert len(files) > 500
    assert bare == []


@pytest.mark.parametrize(
    ("line", "is_bare"),
    [
        ("x = f()  # noq" + "a: S101", True),
        ("x = f()  # noq" + "a: S101 – a reason", False),
        ("x = f()  # type: ign" + "ore[misc]", True),
        ("x = f()  # type: ign" + "ore[misc]  # noq" + "a: S101", True),
        ("x = f()  # type: ign" + "ore[misc]  # no types there", False),
        ("# a reason\nx = f()  # noq" + "a: S101", False),
        ("    except Excep" + "tion as error:", True),
        ("    except Excep" + "tion:  # whatever it is", False),
    ],
)
def test_a_reason_is_words_on_the_line_or_a_comment_above(line: str, *, is_bare: bool) -> None:
    assert bool(unjustified(line)) is is_bare
