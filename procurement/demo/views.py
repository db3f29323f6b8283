"""Development-only pages: sign in as anybody, read every mail, see every component.

They are mounted only where ``settings.DEMO_PAGES`` is true, and answer 404 everywhere else even so.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from procurement.core import clock
from procurement.core.paging import page_of
from procurement.demo import kit, mailbox, selectors

_Parameters = ParamSpec("_Parameters")
_View = Callable[Concatenate[HttpRequest, _Parameters], HttpResponse]

# Mail brings its styles inline, and nothing else: no script, no outside file.
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)
_VIEWS = ("html", "phone", "text")


def demo_only(view: _View[_Parameters]) -> _View[_Parameters]:
    """Answer 404 unless this installation shows demo pages."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> HttpResponse:
        if not settings.DEMO_PAGES:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@demo_only
def people(request: HttpRequest) -> HttpResponse:
    """List the people of the demo, each with a button that signs in as them."""
    return render(
        request,
        "demo/people.html",
        {"companies": selectors.companies(clock.now()), "place": "people"},
    )


@require_POST
@demo_only
def sign_in(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Sign in as a person of the demo, without a password, and go to their start page."""
    user = selectors.user_by_id(user_id)
    if user is None:
        raise Http404
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if is_ours else "landing")


@require_safe
@demo_only
def letters(request: HttpRequest) -> HttpResponse:
    """List the mail, newest first, of everybody or of one recipient."""
    recipient = request.GET.get("to", "").strip().lower()
    every = mailbox.envelopes()
    found = [one for one in every if not recipient or recipient in one.recipients]
    return render(
        request,
        "demo/mailbox.html",
        {
            "page": page_of(request, found, per_page=50),
            "recipient": recipient,
            "recipients": sorted({address for one in every for address in one.recipients}),
            "place": "mailbox",
        },
    )


@require_safe
@demo_only
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Show one message as HTML, at a phone's width, or as text."""
    found = _letter(key)
    view = request.GET.get("view", "")
    if view not in _VIEWS or not found.html:
        view = "html" if found.html and view not in _VIEWS else "text"
    return render(request, "demo/letter.html", {"letter": found, "view": view, "place": "mailbox"})


@require_safe
@demo_only
@xframe_options_sameorigin
def letter_html(_request: HttpRequest, key: str) -> HttpResponse:
    """Answer with a message's own HTML; its links lead the whole window on, not the frame alone."""
    html = _letter(key).html
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = _LETTER_POLICY
    return response


@require_safe
@demo_only
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in all its states."""
    return render(request, "demo/kit.html", {**kit.samples(), "place": "kit"})


def _letter(key: str) -> mailbox.Letter:
    found = mailbox.letter(key)
    if found is None:
        raise Http404
    return found
