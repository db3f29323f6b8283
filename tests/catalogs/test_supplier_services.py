"""Suppliers: spellings fold to one, and come apart again when a person says so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogs import selectors, services
from catalogs.models import Supplier, SupplierAlias
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed
from tests.factories.accounts import NOW, Company
from tests.factories.catalogs import keeper, make_supplier

pytestmark = pytest.mark.database

SPELLINGS = [
    "THE HOME DEPOT #7080",
    "THE HOME DEPOT #7001",
    "The Home Depot #7080",
    "LCBO/RAO #0217",
]


def resolve(company: Company, spellings: list[str]) -> dict[str, str]:
    found = services.resolve_suppliers(
        actor=keeper(company.organization.id), spellings=spellings, now=NOW
    )
    return {spelling: str(supplier) for spelling, supplier in found.items()}


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("at", "id").values_list("action", flat=True))


def alias(spelling: str) -> SupplierAlias:
    return SupplierAlias.objects.select_related("supplier").get(spelling=spelling)


def test_many_spellings_become_one_supplier_and_each_is_kept(company: Company) -> None:
    found = resolve(company, [*SPELLINGS, "  "])
    assert set(found) == set(SPELLINGS)
    assert len({found[one] for one in SPELLINGS[:3]}) == 1
    assert found[SPELLINGS[3]] != found[SPELLINGS[0]]
    assert SupplierAlias.objects.count() == 4
    assert set(Supplier.objects.values_list("name", flat=True)) == {"THE HOME DEPOT", "LCBO/RAO"}
    event = AuditEvent.objects.get(action="supplier.imported")
    assert event.after == {"spellings": 4, "suppliers": 2}


def test_resolving_again_adds_nothing_and_takes_two_queries(company: Company) -> None:
    first = resolve(company, SPELLINGS)
    with CaptureQueriesContext(connection) as queries:
        assert resolve(company, SPELLINGS) == first
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) == 2
    assert Supplier.objects.count() == 2


def test_a_spelling_that_is_written_later_joins_the_supplier_it_folds_to(company: Company) -> None:
    first = resolve(company, SPELLINGS[:1])
    later = resolve(company, ["the home depot #9999"])
    assert set(first.values()) == set(later.values())


def test_twenty_thousand_spellings_take_a_handful_of_queries(company: Company) -> None:
    spellings = [f"Merchant {number // 2} {'Inc' * (number % 2)}" for number in range(6000)]
    with CaptureQueriesContext(connection) as queries:
        found = resolve(company, spellings)
    assert len(found) == 6000
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 14


def test_a_spelling_split_off_stays_apart_however_often_it_is_imported(company: Company) -> None:
    before = resolve(company, SPELLINGS)
    own = services.unfold_spelling(
        actor=company.actor("Adam"), alias=alias("THE HOME DEPOT #7001"), now=NOW
    )
    assert str(own.id) != before["THE HOME DEPOT #7001"]
    assert own.name == "THE HOME DEPOT #7001"
    assert alias("THE HOME DEPOT #7001").folded_by == SupplierAlias.FoldedBy.MANUAL
    after = resolve(company, [*SPELLINGS, "THE HOME DEPOT #1234"])
    assert after["THE HOME DEPOT #7001"] == str(own.id)
    assert after["THE HOME DEPOT #1234"] == before["THE HOME DEPOT #7080"]
    assert "supplier.spelling_unfolded" in actions()


def test_a_spelling_split_off_can_be_folded_back_and_split_off_again(company: Company) -> None:
    resolve(company, SPELLINGS)
    adam = company.actor("Adam")
    home = alias("THE HOME DEPOT #7080").supplier
    own = services.unfold_spelling(actor=adam, alias=alias("THE HOME DEPOT #7001"), now=NOW)
    services.fold_spelling(actor=adam, alias=alias("THE HOME DEPOT #7001"), into=home, now=NOW)
    assert alias("THE HOME DEPOT #7001").supplier == home
    again = services.unfold_spelling(actor=adam, alias=alias("THE HOME DEPOT #7001"), now=NOW)
    assert again == own
    event = AuditEvent.objects.get(action="supplier.spelling_folded")
    assert event.after == {"spelling": "THE HOME DEPOT #7001", "supplier": "THE HOME DEPOT"}


def test_the_only_spelling_of_a_supplier_cannot_be_split_off(company: Company) -> None:
    make_supplier(company, "Kestrel IT")
    with pytest.raises(DomainError, match="only spelling"):
        services.unfold_spelling(actor=company.actor("Adam"), alias=alias("Kestrel IT"), now=NOW)


def test_a_requester_cannot_fold_or_unfold(company: Company) -> None:
    resolve(company, SPELLINGS)
    alice = company.actor("Alice")
    with pytest.raises(NotAllowed):
        services.unfold_spelling(actor=alice, alias=alias("THE HOME DEPOT #7001"), now=NOW)
    with pytest.raises(NotAllowed):
        services.resolve_suppliers(actor=alice, spellings=["New"], now=NOW)
    with pytest.raises(NotAllowed):
        services.upsert_supplier(actor=alice, name="New", now=NOW)
    with pytest.raises(NotAllowed):
        selectors.suppliers_listed(alice)


def test_adding_a_supplier_twice_gives_the_same_one(company: Company) -> None:
    adam = company.actor("Adam")
    first = services.upsert_supplier(actor=adam, name=" Kestrel IT ", now=NOW)
    second = services.upsert_supplier(
        actor=adam, name="KESTREL IT", contact_email="desk@kestrel.example", now=NOW
    )
    assert first == second
    assert second.contact_email == "desk@kestrel.example"
    with pytest.raises(DomainError, match="name"):
        services.upsert_supplier(actor=adam, name="  ", now=NOW)
    # Its second spelling is written down as well.
    assert selectors.suppliers_by_spelling(["KESTREL IT", "Unknown"]) == {"KESTREL IT": first.id}


def test_a_change_of_a_supplier_is_in_the_trail_and_no_change_is_not(company: Company) -> None:
    adam = company.actor("Adam")
    supplier = make_supplier(company)
    for _ in range(2):
        services.change_supplier(
            actor=adam,
            supplier=supplier,
            name="Kestrel Information Technology",
            contact_email="",
            status=Supplier.Status.SUSPENDED,
            now=NOW,
        )
    (event,) = AuditEvent.objects.filter(action="supplier.changed")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["status"], event.after["status"]) == ("ACTIVE", "SUSPENDED")
    assert selectors.suppliers_by_spelling(["Kestrel IT"]) == {"Kestrel IT": supplier.id}


def test_the_list_finds_a_supplier_by_any_spelling_in_two_queries(company: Company) -> None:
    resolve(company, SPELLINGS)
    adam = company.actor("Adam")
    with CaptureQueriesContext(connection) as queries:
        (found,) = selectors.suppliers_listed(adam, "7001")
        assert [one.spelling for one in vars(found)["spellings"]] == sorted(SPELLINGS[:3])
    assert len(queries) == 2
