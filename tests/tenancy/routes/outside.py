"""Doors before a tenant is known, each with the reason why nobody's role is asked there."""

ANYBODY_SIGNED_IN = "answers whoever has signed in, with their own things"

OUTSIDE: dict[str, str] = {
    "landing": ANYBODY_SIGNED_IN,
    "healthz": "says that the process lives",
    "readyz": "says whether the house can serve, and nothing of what is in it",
    "prometheus-django-metrics": "figures for the operator; kept inside by the proxy",
    "manifest": "what the app is called and how it looks",
    "service-worker": "the script of the app, the same for everybody",
    "renew-device": "follows devices of whoever has signed in; tests/accounts tries it",
    "offline": "the page without a network, the same for everybody",
    "decide": "addressed by a secret of its own; tests/approvals tries it",
    "unsubscribe": "addressed by a secret of its own; tests/accounts tries it",
    "invitation": "addressed by a secret of its own; tests/accounts tries it",
    "api:schema": "the API described, without content",
    "api:docs": "the same for people",
    **dict.fromkeys(
        (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_signup",
            "account_reauthenticate",
            "account_email",
            "account_email_verification_sent",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_confirm_login_code",
            "account_confirm_email",
            "account_reset_password_from_key_done",
            "account_reset_password_from_key",
            "account_reset_password_done",
        ),
        "sign-in, by the library that owns it",
    ),
    **dict.fromkeys(
        (
            "demo:people",
            "demo:sign-in",
            "demo:mailbox",
            "demo:letter",
            "demo:letter-html",
            "demo:kit",
        ),
        "development only; tests/demo proves that they are gone otherwise",
    ),
}
