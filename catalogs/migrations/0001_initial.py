"""The tables of the app, made at once."""

import catalogs.models.expressions
import django.contrib.postgres.fields
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import CreateTables, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Category",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization_id", models.UUIDField(editable=False)),
                        ("code", models.CharField(max_length=60)),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("SEGMENT", "Segment"),
                                    ("FAMILY", "Family"),
                                    ("CLASS", "Class"),
                                    ("COMMODITY", "Commodity"),
                                    ("OWN", "Own"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "path",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), size=None
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="catalogs.category",
                            ),
                        ),
                        (
                            "words",
                            models.GeneratedField(
                                db_persist=True,
                                expression=catalogs.models.expressions.Weighted(
                                    catalogs.models.expressions.PlainWords(models.F("name")),
                                    weight="B",
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "categories",
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "parent"], name="category_parent"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "code"), name="category_code_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "level__in",
                                        ["SEGMENT", "FAMILY", "CLASS", "COMMODITY", "OWN"],
                                    )
                                ),
                                name="category_level_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CategoryMapping",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization_id", models.UUIDField(editable=False)),
                        (
                            "scheme",
                            models.CharField(
                                choices=[("GL", "G/L account"), ("MCC", "Merchant category code")],
                                max_length=3,
                            ),
                        ),
                        ("source_code", models.CharField(max_length=60)),
                        ("source_name", models.CharField(blank=True, max_length=200)),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mappings",
                                to="catalogs.category",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "category"],
                                name="category_mapping_category",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "scheme", "source_code"),
                                name="category_mapping_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("scheme__in", ["GL", "MCC"])),
                                name="category_mapping_scheme_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Supplier",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization_id", models.UUIDField(editable=False)),
                        ("name", models.CharField(max_length=300)),
                        ("fold_key", models.CharField(max_length=320)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("SUSPENDED", "Suspended")],
                                default="ACTIVE",
                                max_length=9,
                            ),
                        ),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("created_at", models.DateTimeField()),
                        (
                            "words",
                            models.GeneratedField(
                                db_persist=True,
                                expression=catalogs.models.expressions.Weighted(
                                    catalogs.models.expressions.PlainWords(models.F("name")),
                                    weight="B",
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organization_id", "name"], name="supplier_name")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "fold_key"),
                                name="supplier_fold_key_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fold_key", ""), _negated=True),
                                name="supplier_has_a_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["ACTIVE", "SUSPENDED"])),
                                name="supplier_status_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CatalogItem",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization_id", models.UUIDField(editable=False)),
                        ("sku", models.CharField(max_length=80)),
                        ("title", models.CharField(max_length=300)),
                        ("brand", models.CharField(blank=True, max_length=120)),
                        ("part_number", models.CharField(blank=True, max_length=120)),
                        ("description", models.TextField(blank=True)),
                        ("unit", models.CharField(default="each", max_length=20)),
                        ("price", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("currency", models.CharField(max_length=3)),
                        ("lead_days", models.PositiveSmallIntegerField(null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("updated_at", models.DateTimeField()),
                        (
                            "same_key",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Case(
                                    models.When(
                                        models.Q(
                                            ("brand", ""),
                                            models.Q(
                                                ("part_number__regex", "[[:alnum:]]"), _negated=True
                                            ),
                                            _connector="OR",
                                        ),
                                        then=models.Value(""),
                                    ),
                                    default=models.Func(
                                        django.db.models.functions.text.Upper("brand"),
                                        models.Value("|"),
                                        django.db.models.functions.text.Upper(
                                            catalogs.models.expressions.Squeezed(
                                                models.F("part_number")
                                            )
                                        ),
                                        arg_joiner=" || ",
                                        output_field=models.TextField(),
                                        template="(%(expressions)s)",
                                    ),
                                    output_field=models.TextField(),
                                ),
                                output_field=models.TextField(),
                            ),
                        ),
                        (
                            "search",
                            models.GeneratedField(
                                db_persist=True,
                                expression=catalogs.models.expressions.Joined(
                                    catalogs.models.expressions.Weighted(
                                        catalogs.models.expressions.PlainWords(
                                            catalogs.models.expressions.Spaced(
                                                models.F("title"),
                                                models.F("brand"),
                                                models.F("sku"),
                                                catalogs.models.expressions.Squeezed(
                                                    models.F("sku")
                                                ),
                                                models.F("part_number"),
                                                catalogs.models.expressions.Squeezed(
                                                    models.F("part_number")
                                                ),
                                            )
                                        ),
                                        weight="A",
                                    ),
                                    catalogs.models.expressions.Weighted(
                                        catalogs.models.expressions.PlainWords(
                                            models.F("description")
                                        ),
                                        weight="C",
                                    ),
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="catalogs.category",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="catalogs.supplier",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "category"], name="catalog_item_category"
                            ),
                            models.Index(
                                condition=models.Q(("same_key", ""), _negated=True),
                                fields=["organization_id", "same_key"],
                                name="catalog_item_same",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "supplier", "sku"),
                                name="catalog_item_sku_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("price__gte", 0)),
                                name="catalog_item_price_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                                name="catalog_item_currency_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BuyingRule",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization_id", models.UUIDField(editable=False)),
                        (
                            "effect",
                            models.CharField(
                                choices=[
                                    ("PREFER", "Prefer"),
                                    ("RESTRICT", "Restrict"),
                                    ("BLOCK", "Block"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "target_kind",
                            models.CharField(
                                choices=[
                                    ("CATEGORY", "Category"),
                                    ("SUPPLIER", "Supplier"),
                                    ("ITEM", "Item"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("exception_allowed", models.BooleanField(default=False)),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(null=True)),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="buying_rules",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="catalogs.catalogitem",
                            ),
                        ),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="catalogs.category",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="catalogs.supplier",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group"], name="buying_rule_group"
                            ),
                            models.Index(
                                fields=["organization_id", "item"], name="buying_rule_item"
                            ),
                            models.Index(
                                fields=["organization_id", "supplier"], name="buying_rule_supplier"
                            ),
                            models.Index(
                                fields=["organization_id", "category"], name="buying_rule_category"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("category__isnull", False),
                                        ("item__isnull", True),
                                        ("supplier__isnull", True),
                                        ("target_kind", "CATEGORY"),
                                    ),
                                    models.Q(
                                        ("category__isnull", True),
                                        ("item__isnull", True),
                                        ("supplier__isnull", False),
                                        ("target_kind", "SUPPLIER"),
                                    ),
                                    models.Q(
                                        ("category__isnull", True),
                                        ("item__isnull", False),
                                        ("supplier__isnull", True),
                                        ("target_kind", "ITEM"),
                                    ),
                                    _connector="OR",
                                ),
                                name="buying_rule_one_target",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("effect__in", ["PREFER", "RESTRICT", "BLOCK"])),
                                name="buying_rule_effect_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("effect", "BLOCK"),
                                    ("exception_allowed", False),
                                    _connector="OR",
                                ),
                                name="buying_rule_exceptions_of_blocks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="buying_rule_days_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="buying_rule_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupplierAlias",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("organization_id", models.UUIDField(editable=False)),
                        ("spelling", models.CharField(max_length=300)),
                        (
                            "folded_by",
                            models.CharField(
                                choices=[("AUTOMATIC", "By its spelling"), ("MANUAL", "By hand")],
                                max_length=9,
                            ),
                        ),
                        ("folded_at", models.DateTimeField()),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="aliases",
                                to="catalogs.supplier",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "supplier"],
                                name="supplier_alias_supplier",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "spelling"),
                                name="supplier_alias_spelling_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("folded_by__in", ["AUTOMATIC", "MANUAL"])),
                                name="supplier_alias_folded_by_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
        TenantTable("category"),
        TenantTable("categorymapping"),
        TenantTable("supplier"),
        TenantTable("catalogitem"),
        TenantTable("buyingrule"),
        TenantTable("supplieralias"),
    ]
