"""Categories: the UNSPSC tree puts itself together, and other systems' codes find their place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogs import selectors, services
from catalogs.models import Category, CategoryMapping
from catalogs.unspsc import SEGMENTS
from procurement.audit.models import AuditEvent
from procurement.core.errors import NotAllowed
from tests.factories.accounts import NOW, Company
from tests.factories.catalogs import keeper, make_category

pytestmark = pytest.mark.database
GL, MCC = CategoryMapping.Scheme.GL, CategoryMapping.Scheme.MCC


def parent_of(code: str) -> str | None:
    category = Category.objects.select_related("parent").get(code=code)
    return category.parent.code if category.parent else None


def test_a_unspsc_code_knows_its_ancestors_before_they_are_there(company: Company) -> None:
    tablets = make_category(company, "43211509", "Tablets")
    assert tablets.path == ["43000000", "43210000", "43211500", "43211509"]
    assert tablets.level == "COMMODITY"
    assert parent_of("43211509") is None


def test_ancestors_that_come_later_take_their_place_in_the_tree(company: Company) -> None:
    make_category(company, "43211509", "Tablets")
    make_category(company, "43000000", "IT")
    assert parent_of("43211509") == "43000000"
    make_category(company, "43211500", "Computers")
    assert parent_of("43211509") == "43211500"
    make_category(company, "43210000", "Equipment")
    assert parent_of("43211509") == "43211500"
    assert parent_of("43211500") == "43210000"
    assert parent_of("43210000") == "43000000"


def test_the_shipped_segments_load_once(company: Company) -> None:
    actor = keeper(company.organization.id)
    assert services.load_segments(actor=actor, now=NOW) == len(SEGMENTS)
    assert services.load_segments(actor=actor, now=NOW) == 0
    assert Category.objects.filter(level="SEGMENT").count() == len(SEGMENTS)


def test_merchant_codes_find_segments_and_the_rest_gets_categories_of_its_own(
    company: Company,
) -> None:
    found = services.resolve_categories(
        actor=keeper(company.organization.id),
        scheme=MCC,
        names={"5943": "Office Supply Stores", "5310": "Discount Stores"},
        now=NOW,
    )
    assert (found["5943"].code, found["5943"].name) == ("44000000", SEGMENTS["44000000"])
    assert (found["5310"].code, found["5310"].name) == ("MCC-5310", "Discount Stores")


def test_accounts_are_mapped_once_and_then_read_in_one_query(company: Company) -> None:
    actor = keeper(company.organization.id)
    names = {"4415": "Janitorial services", "2710": ""}
    first = services.resolve_categories(actor=actor, scheme=GL, names=names, now=NOW)
    assert first["4415"].path == ("GL-4415",)
    assert first["2710"].name == "GL 2710"
    with CaptureQueriesContext(connection) as queries:
        assert selectors.mapped_categories(GL) == first
    assert len(queries) == 1
    assert services.resolve_categories(actor=actor, scheme=GL, names=names, now=NOW) == first


def test_a_mapping_by_hand_overrules_and_outlives_imports(company: Company) -> None:
    actor = keeper(company.organization.id)
    services.resolve_categories(actor=actor, scheme=GL, names={"4415": "Janitorial"}, now=NOW)
    cleaning = make_category(company, "76110000", "Cleaning services")
    for _ in range(2):
        services.map_code(
            actor=company.actor("Adam"), scheme=GL, source_code="4415", category=cleaning, now=NOW
        )
    found = services.resolve_categories(
        actor=actor, scheme=GL, names={"4415": "Janitorial"}, now=NOW
    )
    assert found["4415"].category_id == cleaning.id
    assert CategoryMapping.objects.get(source_code="4415").source_name == "Janitorial"
    (event,) = AuditEvent.objects.filter(action="category.code_mapped")
    assert event.before == {"category": "GL-4415"}
    assert event.after == {"category": "76110000"}


def test_a_code_can_be_mapped_before_anything_is_imported(company: Company) -> None:
    cleaning = make_category(company, "76110000", "Cleaning services")
    services.map_code(
        actor=company.actor("Adam"),
        scheme=GL,
        source_code="4415",
        source_name="Janitorial",
        category=cleaning,
        now=NOW,
    )
    assert selectors.mapped_categories(GL)["4415"].name == "Cleaning services"


def test_a_requester_cannot_shape_the_tree(company: Company) -> None:
    alice = company.actor("Alice")
    with pytest.raises(NotAllowed):
        services.load_segments(actor=alice, now=NOW)
    with pytest.raises(NotAllowed):
        services.resolve_categories(actor=alice, scheme=GL, names={"1": "One"}, now=NOW)
    tablets = make_category(company)
    with pytest.raises(NotAllowed):
        services.map_code(actor=alice, scheme=GL, source_code="1", category=tablets, now=NOW)
