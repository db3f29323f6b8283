"""The page of mails that were given up on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors
from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.paging import page_of
from procurement.outbox import selectors as outbox
from procurement.outbox import services as outbox_services


@require_GET
def undelivered_mail(request: OrgRequest) -> HttpResponse:
    """Show the mails that were given up on, with the mail server's own words."""
    _require_whole(request)
    return render(request, "accounts/mail.html", {"page": page_of(request, outbox.parked())})


@require_POST
def retry_mail(request: OrgRequest, message_id: UUID) -> HttpResponse:
    """Try a mail again that was given up on."""
    _require_whole(request)
    message = outbox.parked_message(message_id)
    outbox_services.retry(actor=request.actor, message_id=message.id, now=clock.now())
    messages.success(request, f"The mail to {message.recipient} is on its way again.")
    return redirect(org_reverse(request.organization, "accounts:mail"))


def _require_whole(request: OrgRequest) -> None:
    """Let those in who manage the people of the whole organization."""
    require(request.actor, Permission.MANAGE_PEOPLE, selectors.root_group())
