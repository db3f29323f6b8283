"""Forms of the catalog, by noun; services decide, forms only read."""

from catalogs.forms.catalog import FoldForm, RuleForm, SupplierForm, page_number, read_filters
from catalogs.forms.owners import PERSON, SEAT, OwnerForm

__all__ = [
    "PERSON",
    "SEAT",
    "FoldForm",
    "OwnerForm",
    "RuleForm",
    "SupplierForm",
    "page_number",
    "read_filters",
]
