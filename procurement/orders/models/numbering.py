"""Running numbers of documents."""

from django.db import models

from procurement.core.models import TenantModel


class NumberSeries(TenantModel):
    """The last number given to a kind of document in a year."""

    kind = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "kind", "year"], name="number_series_once"
            )
        ]
