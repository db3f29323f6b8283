"""The page behind an invitation's link: GET shows, POST joins. Looking changes nothing."""

from urllib.parse import urlencode

from django import forms
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.forms import AcceptForm
from accounts.invitations import SECRET_KIND, Ending, ending_of, ending_sentence
from accounts.models import Organization, User
from accounts.selectors import Offer, SecretRef
from accounts.web import org_reverse, with_secret
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


# As with the approver's link: 256 random bits that only the mail holds prove what a CSRF token
# would, and a page that refers nobody on sends "Origin: null", which the CSRF check would refuse.
@csrf_exempt
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@with_secret(SECRET_KIND)
def invitation(request: HttpRequest, organization: Organization, secret: SecretRef) -> HttpResponse:
    """Show what somebody is invited to, and take them in."""
    now = clock.now()
    offer = selectors.offer_of(secret.row_id, now=now)
    with timezone.override(organization.time_zone):
        ending = ending_of(
            status=offer.invitation.status,
            expires_at=offer.invitation.expires_at,
            link_expires_at=secret.expires_at,
            now=now,
        )
        if ending is not None:
            return _ended(request, organization, offer, ending)
        signed_in = _signed_in(request)
        if signed_in is not None and signed_in.id != offer.user.id:
            return _shown(request, organization, offer, AcceptForm(), status=403)
        if request.method == "POST":
            return _accepted(request, organization, offer, secret)
        own_name = "" if offer.user.name == offer.user.email else offer.user.name
        return _shown(request, organization, offer, AcceptForm(initial={"name": own_name}))


def _accepted(
    request: HttpRequest, organization: Organization, offer: Offer, secret: SecretRef
) -> HttpResponse:
    form = AcceptForm(request.POST)
    if offer.needs_account and not form.is_valid():
        return _shown(request, organization, offer, form, status=422)
    try:
        member = services.accept_invitation(
            organization=organization,
            invitation_id=offer.invitation.id,
            link_expires_at=secret.expires_at,
            signed_in=_signed_in(request),
            now=clock.now(),
            **(form.cleaned_data if offer.needs_account else {}),
        )
    except DomainError as refusal:
        form.full_clean()
        show_refusal(form, refusal)
        status = 422 if refusal.field else refusal.status
        return _shown(request, organization, offer, form, status=status)
    if _signed_in(request) is None:
        login(request, member.user, backend=_BACKEND)
    return redirect(org_reverse(organization, "home"))


def _signed_in(request: HttpRequest) -> User | None:
    return None if isinstance(request.user, AnonymousUser) else request.user


def _shown(
    request: HttpRequest,
    organization: Organization,
    offer: Offer,
    form: forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    signed_in = _signed_in(request)
    back = urlencode({"next": request.path})
    context = {
        "organization": organization,
        "offer": offer,
        "form": form,
        "csrf_token": "",  # none is needed, so no cookie is set
        "stranger": signed_in if signed_in is not None and signed_in.id != offer.user.id else None,
        "is_signed_in": signed_in is not None,
        "sign_in_url": f"{reverse('account_login')}?{back}",
        "sign_out_url": f"{reverse('account_logout')}?{back}",
    }
    return render(request, "accounts/invitation.html", context, status=status)


def _ended(
    request: HttpRequest, organization: Organization, offer: Offer, ending: Ending
) -> HttpResponse:
    """Say why a link lets nobody in, and whom to ask."""
    context = {
        "organization": organization,
        "csrf_token": "",
        "head": ending.head,
        "sentence": ending_sentence(
            ending, inviter=offer.invitation.invited_by, organization=organization.name
        ),
        "has_accepted": ending is Ending.ACCEPTED,
        "home_url": org_reverse(organization, "home"),
    }
    status = 200 if ending is Ending.ACCEPTED else 410
    return render(request, "accounts/invitation_ended.html", context, status=status)
