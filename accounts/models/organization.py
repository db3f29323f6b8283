"""The tenant."""

from django.core.validators import RegexValidator
from django.db import models

from procurement.core.ids import new_id


class Organization(models.Model):
    """The root business account. A platform table: it holds settings, never tenant content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(
        max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$", "Three capitals, such as USD.")]
    )
    time_zone = models.CharField(max_length=60, default="UTC")
    decide_requires_sign_in = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the name."""
        return self.name
