"""Abstract bases of stored things. Nothing concrete lives on this floor."""

from django.db import models

from procurement.core.ids import new_id


class TenantModel(models.Model):
    """A row that belongs to one organization.

    Its migration adds a `procurement.core.migrations.TenantTable` operation, which forces
    row-level security and makes foreign keys unable to cross tenants; a test walks all models and
    fails where it is missing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True
