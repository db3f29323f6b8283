"""``manage.py replay``: run a history of purchases through the policies in force."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from procurement.core.clock import now
from procurement.core.errors import DomainError
from procurement.orders.history.amounts import NumberStyle
from procurement.orders.history.columns import CURRENCIES, Column
from procurement.orders.history.dates import DateStyle
from procurement.orders.history.printing import printed
from procurement.orders.history.replaying import Replay, Target, replay
from procurement.orders.history.source import UnreadableSource
from procurement.orders.history.survey import Options

NUMBER_STYLES = {
    "point": NumberStyle.POINT,
    "comma": NumberStyle.COMMA,
    NumberStyle.POINT.value: NumberStyle.POINT,
    NumberStyle.COMMA.value: NumberStyle.COMMA,
}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}

_HELP = """\
Run a history of purchases (CSV or .csv.gz) through the evaluation that live orders pass, under the
policies in force: what would have been approved at once, gone to whom, been restricted or blocked,
run out of budget.

Groups, suppliers and categories that are missing are created. Orders are stored apart from live
ones, and what they spent counts on the budgets of its time. A file is known by its content: a
second run changes nothing, and an interrupted one goes on where it stopped.

How the file is written is detected; every flag below overrules that.
"""

_CODES = """\
exit codes: 0 done (rejected rows are counted and written down); 1 the file cannot be read, or does
not fit the organization; 2 a flag is wrong.
"""


class Command(BaseCommand):
    """Replays purchase history, for real or as a rehearsal."""

    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the paragraphs of the help text."""
        parser = super().create_parser(prog_name, subcommand, epilog=_CODES, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, the organization, and how the file is to be read."""
        parser.add_argument("file", type=Path, help="the history, plain or gzip")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only tell")
        parser.add_argument("--json", action="store_true", help="end with one JSON object")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help="where rows that cannot be read are written, as CSV with line, reason and raw "
            "row; by default <file>.rejects.csv in the current folder, and nowhere in a dry run",
        )
        _add_target(parser)
        _add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay and print what came of it."""
        try:
            report = replay(_task(options), now=now(), steps=progress)
        except (UnreadableSource, DomainError) as error:
            raise CommandError(str(error), returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False))
        else:
            self.stdout.write(printed(report))


@contextmanager
def progress(phase: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show a bar on the terminal for what takes longer than a second."""
    with tqdm(
        total=total,
        desc=phase,
        unit="",
        unit_scale=True,
        delay=1,
        leave=False,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
    ) as bar:
        yield bar.update


def _add_target(parser: ArgumentParser) -> None:
    group = parser.add_argument_group(
        "whose history it is",
        "By default the only organization there is; where there are none or several, the one that "
        "bears the file's name, which is opened when it is missing.",
    )
    group.add_argument("--organization", default="", metavar="SLUG", help="its address")
    group.add_argument("--name", default="", help="the name of an organization to be opened")
    group.add_argument("--time-zone", default="UTC", help="of one to be opened (IANA name)")
    group.add_argument(
        "--administrator", default="", metavar="EMAIL", help="who may sign in to one to be opened"
    )


def _add_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("how the file is written")
    group.add_argument("--encoding", help="such as utf-8, cp1252, utf-16")
    group.add_argument(
        "--separator", type=_separator, help="comma, semicolon, tab, pipe, or the character itself"
    )
    group.add_argument(
        "--date-style",
        choices=[style.value for style in DateStyle],
        help="year first, month first, day first, or a spreadsheet's serial numbers",
    )
    group.add_argument(
        "--number-style", choices=list(NUMBER_STYLES), help="which sign stands before decimals"
    )
    group.add_argument("--currency", type=_currency, help="ISO 4217 code of all amounts")
    group.add_argument(
        "--column",
        type=_column,
        action="append",
        default=[],
        metavar="COLUMN=HEADER",
        help="what a header holds, or #3 for the third column; may be given several times. "
        f"Columns: {', '.join(column.value for column in Column)}",
    )


def _task(options: dict[str, Any]) -> Replay:
    path: Path = options["file"]
    rejects: Path | None = options["rejects"]
    if rejects is None and not options["dry_run"]:
        stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
        rejects = Path.cwd() / f"{stem}.rejects.csv"
    style = options["date_style"]
    return Replay(
        path=path,
        target=Target(
            slug=options["organization"],
            name=options["name"],
            time_zone=options["time_zone"],
            administrator=options["administrator"],
        ),
        options=Options(
            encoding=options["encoding"],
            separator=options["separator"],
            number_style=NUMBER_STYLES.get(options["number_style"]),
            date_style=DateStyle(style) if style else None,
            currency=options["currency"],
            columns=dict(options["column"]),
        ),
        is_rehearsal=options["dry_run"],
        rejects=rejects,
    )


def _separator(text: str) -> str:
    found = SEPARATORS.get(text, text.replace("\\t", "\t"))
    if len(found) != 1:
        raise ArgumentTypeError(
            f"{text!r} is not one character, nor one of {', '.join(SEPARATORS)}"
        )
    return found


def _currency(text: str) -> str:
    if text.upper() not in CURRENCIES:
        raise ArgumentTypeError(f"{text!r} is no currency known here; use a code such as USD")
    return text.upper()


def _column(text: str) -> tuple[Column, str]:
    name, sign, header = text.partition("=")
    try:
        column = Column(name.strip())
    except ValueError:
        sign = ""
    if not sign or not header.strip():
        known = ", ".join(column.value for column in Column)
        raise ArgumentTypeError(f"{text!r} is not COLUMN=HEADER; columns are {known}")
    return column, header.strip()
