"""The page of mails that were given up on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.errors import Conflict, NotAllowed
from procurement.core.paging import page_of
from procurement.outbox import services as outbox_services


@require_GET
def undelivered_mail(request: OrgRequest) -> HttpResponse:
    """Show the mails that were given up on, to whom, why, and what to do."""
    _require_keeper(request)
    page = page_of(request, selectors.undelivered(request.actor))
    context = {"page": page, "rows": selectors.as_undelivered(page.items)}
    return render(request, "accounts/mail.html", context)


@require_POST
def retry_mail(request: OrgRequest, message_id: UUID) -> HttpResponse:
    """Try a mail again that was given up on, at the person's present address."""
    _require_keeper(request)
    found = selectors.undelivered_message(request.actor, message_id)
    to = found.new_address or found.message.recipient
    try:
        outbox_services.retry(actor=request.actor, message_id=message_id, to=to, now=clock.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The mail to {to} is on its way again.")
    return redirect(org_reverse(request.organization, "accounts:mail"))


def _require_keeper(request: OrgRequest) -> None:
    """Let those in who manage the people of some group."""
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Undelivered mail is for those who manage the people of some group.")
