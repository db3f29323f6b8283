"""The page of one's own devices, and what their service workers ask for."""

import json
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.devices import digest_of
from accounts.serializers.devices import RenewedDeviceIn
from accounts.services import BrowserSubscription
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock, tenancy
from procurement.core.errors import DomainError


@require_GET
def own_devices(request: OrgRequest) -> HttpResponse:
    """Show the devices that show the reader's notifications. One SQL query."""
    devices = selectors.own_devices(request.actor)
    return render(
        request,
        "accounts/devices.html",
        {
            "devices": [(device, digest_of(device.endpoint)) for device in devices],
            "public_key": settings.VAPID_PUBLIC_KEY,
        },
    )


@require_POST
def end_device(request: OrgRequest, subscription_id: UUID) -> HttpResponse:
    """Show nothing on a device any more."""
    device = selectors.own_device(request.actor, subscription_id)
    services.end_device(actor=request.actor, subscription_id=device.id, now=clock.now())
    messages.success(request, f"{device.label} shows no notifications any more.")
    return redirect(org_reverse(request.organization, "devices:list"))


@require_POST
def try_device(request: OrgRequest, subscription_id: UUID) -> HttpResponse:
    """Send a notification to a device, to see that it comes."""
    device = selectors.own_device(request.actor, subscription_id)
    services.try_device(
        actor=request.actor,
        subscription_id=device.id,
        path=org_reverse(request.organization, "devices:list"),
        now=clock.now(),
    )
    messages.success(request, f"A notification is on its way to {device.label}.")
    return redirect(org_reverse(request.organization, "devices:list"))


@never_cache
@require_http_methods(["GET", "POST"])
def renew_device(request: HttpRequest) -> HttpResponse:
    """Follow a browser that has replaced its subscription, wherever its owner had turned it on.

    A service worker stands on no page and in no organization: by GET it is given what it needs to
    post, the key and a token against forged posts, which only this site's own scripts can read.
    """
    if isinstance(request.user, AnonymousUser):
        return JsonResponse({"detail": "Nobody is signed in."}, status=401)
    if request.method == "GET":
        return JsonResponse({"public_key": settings.VAPID_PUBLIC_KEY, "token": get_token(request)})
    try:
        given = RenewedDeviceIn(data=json.loads(request.body))
    except ValueError:
        return JsonResponse({"detail": "This is no JSON."}, status=400)
    if not given.is_valid():
        return JsonResponse({"detail": given.errors}, status=400)
    browser = BrowserSubscription(given.validated_data["endpoint"], **given.validated_data["keys"])
    renewed = 0
    for organization, _ in selectors.memberships_of(request.user.id):
        with tenancy.scope(organization.id):
            renewed += _renew(
                request.user.id, organization.id, given.validated_data["old_endpoint"], browser
            )
    return JsonResponse({"renewed": renewed})


def _renew(
    user_id: UUID, organization_id: UUID, old_endpoint: str, browser: BrowserSubscription
) -> bool:
    now = clock.now()
    actor = selectors.actor_for(user_id=user_id, organization_id=organization_id, now=now)
    if actor is None:
        return False
    try:
        with transaction.atomic():
            found = services.renew_device(
                actor=actor, old_endpoint=old_endpoint, browser=browser, now=now
            )
    except DomainError:
        # Nobody sees an answer; the page says that the device shows nothing.
        return False
    return found is not None
