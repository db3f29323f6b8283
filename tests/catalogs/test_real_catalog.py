"""The catalog on real products: untidy titles, missing brands, two shops, six hundred categories.

The file is not part of the repository: PROCUREMENT_DATA names the directory it is in, else
``../shared/data`` beside the repository is looked into.
"""

import csv
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils.text import slugify

from catalogs import selectors, services
from catalogs.guidance import Effect, Outcome
from catalogs.models import CatalogItem, Category, Supplier
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.catalogs import make_rule

pytestmark = [pytest.mark.database, pytest.mark.data]

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("PROCUREMENT_DATA", ROOT.parent / "shared" / "data"))
FILE = DATA / "product_catalog.csv"
needs_file = pytest.mark.skipif(
    not FILE.exists(),
    reason=f"{FILE} is missing; set PROCUREMENT_DATA to the directory with product_catalog.csv",
)


@pytest.fixture(scope="module")
def products() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def loaded(
    db: None, products: list[dict[str, str]]
) -> Iterator[tuple[Company, services.LoadReport]]:
    company = make_company()
    with company.scope():
        yield company, services.load_items(actor=company.actor("Adam"), rows=products, now=NOW)


@needs_file
def test_ten_thousand_untidy_products_load_whole_and_are_found_with_their_badges(
    loaded: tuple[Company, services.LoadReport], products: list[dict[str, str]]
) -> None:
    company, report = loaded
    assert report.read == len(products) == 10_307
    assert report.created + len(report.rejects) == report.read
    assert CatalogItem.objects.count() == report.created
    assert {reject.reason for reject in report.rejects} <= {"The row has no price."}
    assert set(Supplier.objects.values_list("name", flat=True)) == {"amazon", "walmart"}
    # "dvd-r discs" and "dvd r discs" are one category.
    assert Category.objects.count() == len({slugify(row["category"]) for row in products}) == 615
    stored = sum(CatalogItem.objects.values_list("price", flat=True))
    assert stored == sum(Decimal(row["price"]) for row in products if row["price"])

    walmart = Supplier.objects.get(name="walmart")
    headphones = Category.objects.get(name="headphones")
    make_rule(company, Effect.PREFER, walmart, reason="Contract price")
    make_rule(company, Effect.BLOCK, headphones, group=company.groups["Facilities"])

    adam = company.actor("Adam")
    group = company.groups["Workplace"]
    for words, fragment in (
        ("kodak ink", "kodak black ink cartridge"),
        ("koss eq50", "koss eq50 3-band stereo equalizer"),
        ("KTC-D320", "ktc-d320"),
        ("kingst", "kingston"),
    ):
        hits = selectors.search_items(adam, group=group, query=words).hits
        assert any(fragment in hit.card.title for hit in hits), words

    result = selectors.search_items(adam, group=group, query="headphones")
    assert result.all_count == sum(result.counts.values()) > 200
    assert result.counts[Outcome.BLOCKED] > 100
    assert result.hits[0].guidance.outcome is Outcome.PREFERRED
    last = selectors.search_items(adam, group=group, query="headphones", page=result.pages)
    assert last.hits[-1].guidance.outcome is Outcome.BLOCKED


@needs_file
def test_loading_the_file_again_changes_nothing(
    loaded: tuple[Company, services.LoadReport], products: list[dict[str, str]]
) -> None:
    company, first = loaded
    again = services.load_items(actor=company.actor("Adam"), rows=products, now=NOW)
    assert (again.created, again.changed, again.unchanged) == (0, 0, first.created)
