"""The product as an app on a phone: its manifest, its service worker, its page without a network.

None of it knows who is asking: what is kept on a device is the same for everybody.
"""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# The paper by day in tokens.css, for what a browser paints before it has read any style.
PAPER = "#f9f8f5"

_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon.svg", "any", "any"),
    ("maskable-512.png", "512x512", "maskable"),
    ("maskable.svg", "any", "maskable"),
)


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(_request: HttpRequest) -> HttpResponse:
    """Say what the app is called, how it looks, and that it starts where everybody lands. No SQL.

    The landing page leads on to the reader's own organization, so one app serves all of them.
    """
    content = {
        "id": "/",
        "name": "Procurement",
        "short_name": "Procurement",
        "description": "What waits for your decision, and where your orders are.",
        "lang": "en-US",
        "start_url": reverse("landing"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": static(f"face/app/{name}"),
                "sizes": sizes,
                "type": "image/png" if name.endswith(".png") else "image/svg+xml",
                "purpose": purpose,
            }
            for name, sizes, purpose in _ICONS
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker; it stands at the root, since its place is what it may serve.

    Browsers fetch it anew now and then, and take it when a byte has changed: the name of what it
    keeps follows from the page that it keeps. No SQL.
    """
    version = hashlib.sha256(render_to_string("offline.html").encode()).hexdigest()[:12]
    response = render(
        request, "service-worker.js", {"version": version}, content_type="text/javascript"
    )
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
@cache_control(no_cache=True)
def offline(_request: HttpRequest) -> HttpResponse:
    """Return the page that is shown without a network: the same for everybody. No SQL."""
    return HttpResponse(render_to_string("offline.html"))
