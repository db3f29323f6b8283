"""``manage.py replay`` as a person at a terminal meets it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from procurement.orders.history.columns import Column
from procurement.orders.models import ImportedOrder
from tests.factories.accounts import Company, make_company
from tests.orders.history.files import write

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = 'Date;Supplier;Amount\n03.04.2024;ACME;"1.640,00"\n05.04.2024;ACME;-40,00\nTotal;;1600\n'


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def called(*arguments: object) -> str:
    out = StringIO()
    call_command("replay", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_json_is_one_object_with_every_figure(company: Company, tmp_path: Path) -> None:
    path = write(tmp_path, TEXT)
    found = json.loads(called(path, "--dry-run", "--json"))
    assert found | {"seconds": 0, "outcomes": {}, "notes": []} == {
        "organization": company.organization.slug,
        "currency": "USD",
        "dry_run": True,
        "already_loaded": False,
        "rows": 2,
        "rejected": 1,
        "orders": 2,
        "amount": "1600.00",
        "outcomes": {},
        "approvals": {},
        "unseated": 0,
        "budgets_crossed": [],
        "budgets_exceeded": [],
        "created": {"groups": 0, "suppliers": 1, "categories": 0},
        "reject_reasons": {"sub-total or total row": 1},
        "rejects_file": "",
        "notes": [],
        "seconds": 0,
    }
    assert sum(found["outcomes"].values()) == found["orders"]


@pytest.mark.usefixtures("company")
def test_otherwise_it_is_a_table_for_reading(tmp_path: Path) -> None:
    found = called(write(tmp_path, TEXT), "--dry-run")
    assert "Dry run, nothing was written" in found
    assert "2 rows in 2 orders, $1,600.00 USD; 1 rows rejected" in found
    assert "No policy answers" in found
    assert "sub-total or total row" in found


@pytest.mark.usefixtures("company")
def test_a_dry_run_writes_no_file_either_unless_it_is_told_to(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT)
    called(path, "--dry-run")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["history.csv"]
    called(path, "--dry-run", "--rejects", tmp_path / "bad.csv")
    assert (tmp_path / "bad.csv").exists()


def test_for_real_it_loads_and_writes_rejects_beside(company: Company, tmp_path: Path) -> None:
    found = called(write(tmp_path, TEXT), "--organization", company.organization.slug)
    assert "Written to" in found
    assert (tmp_path / "history.rejects.csv").read_text().startswith("line,reason,raw\n4,")
    with company.scope():
        assert ImportedOrder.objects.count() == 2
    assert "Loaded before" in called(tmp_path / "history.csv")


@pytest.mark.usefixtures("company")
def test_flags_overrule_detection(tmp_path: Path) -> None:
    path = write(tmp_path, "When|What|How much\n03/04/2024|ACME|1.640\n", encoding="utf-16")
    found = called(
        path, "--dry-run", "--json", "--encoding", "utf-16", "--separator", "pipe",
        "--date-style", "us", "--number-style", "point", "--currency", "usd",
        "--column", "posted=When", "--column", "amount=#3",
    )  # fmt: skip
    assert json.loads(found)["amount"] == "1.64"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--currency", "gold"),
        ("--separator", "::"),
        ("--column", "colour=Blue"),
        ("--column", "amount"),
        ("--date-style", "mayan"),
    ],
)
def test_a_flag_that_is_wrong_is_refused_with_what_is_right(
    tmp_path: Path, arguments: tuple[str, str]
) -> None:
    with pytest.raises(CommandError):
        called(write(tmp_path, TEXT), *arguments)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.csv", None, "cannot be read: No such file"),
        ("empty.csv", b"", "is empty"),
        ("prose.csv", b"Dear Sir or Madam\nthe goods have arrived\n", "No column for the posted"),
    ],
)
@pytest.mark.usefixtures("company")
def test_a_file_that_cannot_be_read_ends_with_exit_code_1(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name if content is None else write(tmp_path, content, name=name)
    with pytest.raises(CommandError, match=sentence) as refused:
        called(path)
    assert refused.value.returncode == 1


def test_the_help_names_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("replay", "--help")
    text = capsys.readouterr().out.replace("-\n", "-").replace("\n", " ")
    for column in Column:
        assert column.value in " ".join(text.split()).replace("- ", "-")
    assert "exit codes" in text
