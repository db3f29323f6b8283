"""Pages on which people choose how they are told about things, or stop mails of a kind."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.forms import NotificationsForm
from accounts.models import Organization
from accounts.notifying import EVENT_WORDS, NotificationEvent
from accounts.selectors import SecretRef
from accounts.services.notifying import UNSUBSCRIBE_KIND
from accounts.telling import MANDATORY
from accounts.web import OrgRequest, is_expired, org_reverse, with_secret
from procurement.core import clock
from procurement.core.errors import DomainError


@require_http_methods(["GET", "POST"])
def notifications(request: OrgRequest) -> HttpResponse:
    """Show and change by which channel the reader is told about what, and when."""
    initial = NotificationsForm.initial_of(
        selectors.own_wishes(request.actor),
        services.hours_chosen_by(selectors.hours_of(request.actor.membership_id)),
    )
    form = NotificationsForm(
        request.POST or None, initial=initial, own_zone=request.organization.time_zone
    )
    if form.is_bound and form.is_valid():
        try:
            services.choose_notifications(
                actor=request.actor, choices=form.choices(), hours=form.hours(), now=clock.now()
            )
        except DomainError as refusal:
            form.add_error(form.field_of(refusal.field), refusal.message)
        else:
            messages.success(request, "You are told as you have chosen from now on.")
            return redirect(org_reverse(request.organization, "notifications:choose"))
    status = 422 if form.errors else 200
    return render(request, "accounts/notifications.html", {"form": form}, status=status)


@csrf_exempt  # the secret is the proof, and mail programs post without a cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@with_secret(UNSUBSCRIBE_KIND)
def unsubscribe(
    request: HttpRequest, organization: Organization, secret: SecretRef
) -> HttpResponse:
    """Show what the link would stop, and stop it, or undo that, when the button is pressed.

    Looking changes nothing: mail scanners follow every link.
    """
    told = selectors.told_by(secret.row_id)
    if told is None or is_expired(secret):
        return render(request, "link_unknown.html", status=404)
    if request.method != "POST":
        state, events = "asks", told.events
    elif "again" in request.POST:
        named = request.POST.getlist("event")
        resumed = services.resume_mails(
            membership_id=told.membership_id,
            events=[event for event in NotificationEvent if event.value in named],
            as_digest=told.is_digest,
            now=clock.now(),
        )
        state, events = "resumed", tuple(resumed)
    else:
        stopped = services.stop_mails(
            membership_id=told.membership_id, events=told.events, now=clock.now()
        )
        state, events = "stopped", tuple(stopped)
    context = {
        "organization": organization,
        "state": state,
        "events": [
            {"code": event.value, "label": EVENT_WORDS[event][0]}
            for event in events
            if event not in MANDATORY
        ],
        "stays": [EVENT_WORDS[event][0] for event in told.events if event in MANDATORY],
        "choose_url": org_reverse(organization, "notifications:choose"),
    }
    return render(request, "accounts/unsubscribe.html", context)
