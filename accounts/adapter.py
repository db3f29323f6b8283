"""How sign-in behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are opened by an organization's administrator, never by a visitor."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Refuse self-registration."""
        return False
