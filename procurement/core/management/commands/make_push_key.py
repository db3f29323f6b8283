"""Makes the key that signs push messages, for an installation that keeps it apart."""

import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand

from procurement.core.keys import derive_signing_key, public_key_of


class Command(BaseCommand):
    """Prints a new key pair; it stores nothing and asks nothing of the database."""

    help = (
        "Print a new key for signing push messages, as a line for the environment. Without one, the"
        " key follows from SECRET_KEY. Every device has to turn notifications on again after a"
        " change."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the private key as a variable, and the public one as a comment."""
        seed = base64.urlsafe_b64encode(secrets.token_bytes(64)).decode()
        private = derive_signing_key(seed, "vapid")
        self.stdout.write(f"VAPID_PRIVATE_KEY={private}")
        self.stdout.write(f"# public key: {public_key_of(private)}")
