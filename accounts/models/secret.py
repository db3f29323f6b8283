"""Keys that arrive from outside before a tenant is known."""

from django.db import models

from procurement.core.ids import new_id


class SecretKey(models.Model):
    """What a secret leads to: which organization, which kind, which row, until when.

    A platform table. The secret itself is stored nowhere, only its SHA-256.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    row_id = models.UUIDField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "row_id"], name="secret_key_row")]
