"""The tenant."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from procurement.core.ids import new_id


class Organization(models.Model):
    """The root business account. A platform table: it holds settings, never tenant content.

    ``tax_country`` is an ISO 3166-1 code of two letters. ``setup_skipped`` names the steps of the
    first-run guide that were left out, ``setup_closed_at`` is when it was put away. Deciding
    from a mail takes a sign-in above ``sign_in_above``: None for never, 0 for always.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(
        max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$", "Three capitals, such as USD.")]
    )
    time_zone = models.CharField(max_length=60, default="UTC")
    legal_name = models.CharField(max_length=200, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    tax_country = models.CharField(max_length=2, blank=True)
    address = models.TextField(blank=True)
    setup_skipped = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    setup_closed_at = models.DateTimeField(null=True)
    sign_in_above = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sign_in_above__isnull=True) | models.Q(sign_in_above__gte=0),
                name="organization_sign_in_above_not_negative",
            )
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name
