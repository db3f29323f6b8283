"""The command that loads a catalog."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogs.models import CatalogItem
from tests.factories.accounts import make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FILE = """sku,title,price,category
A-1,Rugged tablet,"1,360.00",Tablets
A-2,Case,,Cases
A-3,Stylus,9.50,Pens
"""


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_catalog", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["catalog.csv", "catalog.csv.gz"])
def test_a_file_is_loaded_and_its_rejects_are_written_down(tmp_path: Path, name: str) -> None:
    company = make_company()
    path, rejects = tmp_path / name, tmp_path / "rejects.csv"
    path.write_bytes(gzip.compress(FILE.encode()) if name.endswith(".gz") else FILE.encode())
    slug = company.organization.slug
    out = load(
        str(path), "--organization", slug, "--supplier", "Kestrel IT", "--rejects", str(rejects)
    )
    assert "3 rows: 2 added, 0 changed, 0 unchanged, 1 rejected" in out
    assert "line 3: The row has no price." in out
    with rejects.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["line"] == "3"
    assert "sku=A-2" in row["row"]
    with company.scope():
        assert set(CatalogItem.objects.values_list("sku", "currency", "supplier__name")) == {
            ("A-1", "USD", "Kestrel IT"),
            ("A-3", "USD", "Kestrel IT"),
        }


def test_an_unknown_organization_or_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    company = make_company()
    with pytest.raises(CommandError, match="no organization"):
        load(str(tmp_path / "x.csv"), "--organization", "nobody")
    with pytest.raises(CommandError, match="cannot be loaded"):
        load(str(tmp_path / "x.csv"), "--organization", company.organization.slug)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"sku,title\n\xff\xfe,x\n")
    with pytest.raises(CommandError, match="cannot be loaded"):
        load(str(bad), "--organization", company.organization.slug)
    with company.scope():
        assert not CatalogItem.objects.exists()
