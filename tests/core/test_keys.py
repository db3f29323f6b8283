"""Keys that follow from one secret, each for one purpose."""

from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from py_vapid import Vapid

from procurement.core.keys import derive_key, derive_signing_key, public_key_of


@given(st.text(min_size=1, max_size=60))
def test_a_secret_always_leads_to_the_same_key_which_is_a_key(secret: str) -> None:
    private = derive_signing_key(secret, "vapid")
    assert private == derive_signing_key(secret, "vapid")
    vapid = Vapid.from_string(private)
    assert isinstance(vapid.private_key, ec.EllipticCurvePrivateKey)
    assert len(private) == 43
    assert len(public_key_of(private)) == 87


def test_another_secret_or_purpose_leads_to_another_key() -> None:
    keys = {
        derive_signing_key(secret, purpose) for secret in ("one", "two") for purpose in ("a", "b")
    }
    assert len(keys) == 4
    assert derive_key("one", "a") not in keys


def test_nothing_has_to_be_set_up_for_push_messages() -> None:
    assert derive_signing_key(settings.SECRET_KEY, "vapid") == settings.VAPID_PRIVATE_KEY
    assert public_key_of(settings.VAPID_PRIVATE_KEY) == settings.VAPID_PUBLIC_KEY
    claims = {"sub": settings.VAPID_SUBJECT, "aud": "https://push.example"}
    signed = Vapid.from_string(settings.VAPID_PRIVATE_KEY).sign(claims)
    assert Vapid.verify(signed["Authorization"])


def test_a_new_key_is_printed_as_a_line_for_the_environment() -> None:
    printed = []
    for _ in range(2):
        out = StringIO()
        call_command("make_push_key", stdout=out)
        printed.append(out.getvalue())
    assert printed[0] != printed[1]
    line, comment = printed[0].splitlines()
    name, _, private = line.partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert comment == f"# public key: {public_key_of(private)}"


def test_a_key_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"scalar|private|key"):
        public_key_of("AAAA")
