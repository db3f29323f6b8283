import pytest
from pytest_django import DjangoAssertNumQueries

from approvals.vocabulary import CATEGORIES, SUPPLIERS, Term, vocabulary_of
from tests.factories.accounts import make_company
from tests.factories.catalogs import make_category, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_rules_find_categories_and_suppliers_by_their_words(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    company = make_company()
    categories, suppliers = vocabulary_of(CATEGORIES), vocabulary_of(SUPPLIERS)
    assert categories is not None
    assert suppliers is not None
    with company.scope():
        make_category(company, "43230000", "Software")
        make_category(company, "43211500", "Tablets")
        kestrel = make_supplier(company, "Kestrel IT")
        make_supplier(company, "Halden Tools")
        with django_assert_num_queries(1):
            assert categories.find("soft", limit=5) == [Term("43230000", "Software", "43230000")]
        with django_assert_num_queries(1):
            assert suppliers.find("kestrel it", limit=5) == [Term(str(kestrel.id), kestrel.name)]
        assert len(categories.find("432", limit=1)) == 1
        with django_assert_num_queries(1):
            assert categories.labels(["43211500", "9"]) == {"43211500": "Tablets"}
        with django_assert_num_queries(1):
            above = categories.paths(["43211500", "9"])
        assert above == {"43211500": ("43000000", "43210000", "43211500")}
        assert suppliers.paths(["x"]) == {"x": ("x",)}
        with django_assert_num_queries(1):
            named = suppliers.labels([str(kestrel.id), "no id"])
        assert named == {str(kestrel.id): kestrel.name}
