"""What a buying rule is about, found by what an administrator types."""

from catalogs.guidance import Target
from catalogs.models import BuyingRule, CatalogItem, Category, Supplier
from catalogs.selectors.categories import categories_named
from catalogs.selectors.suppliers import suppliers_by_spelling
from procurement.core.errors import DomainError

# Between the SKU of an item and its supplier, where several suppliers use the same SKU.
BETWEEN = " · "


def target_named(kind: Target, text: str) -> Category | Supplier | CatalogItem:
    """Return the category, supplier or item that a text names. Three SQL queries at most.

    An item is named by its SKU, or by ``SKU · Supplier`` where several suppliers use that SKU.
    Raises `DomainError` where nothing, or more than one thing, has the name.
    """
    text = text.strip()
    if kind is Target.CATEGORY:
        found = categories_named([text]).get(text)
        if found is None:
            raise DomainError(f"No category has the code or name “{text}”.", field="target")
        return Category.objects.get(id=found.category_id)
    if kind is Target.SUPPLIER:
        return supplier_named(text)
    sku, _, name = text.partition(BETWEEN)
    items = CatalogItem.objects.filter(sku__iexact=sku).select_related("supplier")
    if name:
        items = items.filter(supplier=supplier_named(name))
    some = list(items[:2])
    if not some:
        raise DomainError(f"No item has the SKU “{sku}”.", field="target")
    if len(some) > 1:
        raise DomainError(
            f"Several suppliers use this SKU. Write “{name_of(some[0])}”, for example.",
            field="target",
        )
    return some[0]


def supplier_named(text: str) -> Supplier:
    """Return the supplier that a spelling belongs to. Three SQL queries; raises `DomainError`."""
    supplier_id = suppliers_by_spelling([text]).get(text)
    found = (
        Supplier.objects.filter(id=supplier_id).first()
        if supplier_id
        # The name on the page may be none of the spellings, once somebody has changed it.
        else Supplier.objects.filter(name__iexact=text.strip()).order_by("id").first()
    )
    if found is None:
        raise DomainError(f"No supplier answers to “{text}”.", field="target")
    return found


def target_name_of(rule: BuyingRule) -> str:
    """Return the text by which `target_named` finds what a rule is about. Two SQL queries."""
    target = rule.category or rule.supplier or rule.item
    assert target is not None
    return name_of(target)


def name_of(target: Category | Supplier | CatalogItem) -> str:
    """Return the text by which `target_named` finds something again."""
    if isinstance(target, Category):
        return target.code
    if isinstance(target, Supplier):
        return target.name
    return f"{target.sku}{BETWEEN}{target.supplier.name}"
