"""A tree of some thousand groups as a file: compared, applied, written out and compared again."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from accounts import selectors, services
from accounts.models import Organization, Role, TreeImport
from accounts.tree_files import decoded
from procurement.core import tenancy
from tests.bench.submits import database
from tests.factories.accounts import NOW, actor_of, make_member, make_organization

FEDERAL = Path(os.environ.get("PROCUREMENT_DATA", "../shared/data")) / "org_units_us_federal.csv"
NAME = "Bench Trees"
_GROUPS = 3_654


def run() -> None:
    """Measure each step once, as an administrator meets it, and print a table."""
    logging.disable(logging.WARNING)
    with database():
        file = decoded(FEDERAL.read_bytes()) if FEDERAL.exists() else _invented()
        print(f"\nA file of {file.count(chr(10)):,} groups: in s")
        for name, spent in _measured(make_organization(NAME), file):
            print(f"{name:<44}{spent:>9.2f}")


def _measured(organization: Organization, file: str) -> Iterator[tuple[str, float]]:
    with tenancy.scope(organization.id):
        root = selectors.root_group()
        adam = actor_of(make_member(organization, root, "Adam", Role.ADMINISTRATOR))
        plans: list[TreeImport] = []

        def compare(content: str) -> None:
            plans.append(
                services.plan_tree_import(
                    actor=adam, file_name="groups.csv", content=content, now=NOW
                )
            )

        yield "compare it with an empty tree", _timed(lambda: compare(file))
        yield (
            "apply it, every floor following",
            _timed(lambda: services.apply_tree_import(actor=adam, import_id=plans[0].id, now=NOW)),
        )
        yield "compare it again, with nothing to change", _timed(lambda: compare(file))


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def _invented() -> str:
    lines = (
        f"Unit {number},{f'Unit {number // 8}' if number > 7 else NAME}\n"
        for number in range(1, _GROUPS + 1)
    )
    return f"name,parent\n{''.join(lines)}"
