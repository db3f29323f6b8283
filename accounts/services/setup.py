"""The particulars of an organization, and its first-run guide."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from accounts.models import Organization, OrgGroup
from accounts.permissions import Permission, require
from accounts.selectors import keeps_money, root_group, setup_progress
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotFound
from procurement.core.locking import lock

_FIELDS = (
    "name",
    "legal_name",
    "currency",
    "time_zone",
    "tax_country",
    "tax_number",
    "address",
    "sign_in_above",
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an organization is called and where it is taxed.

    ``currency`` is an ISO 4217 code, ``time_zone`` an IANA name, ``tax_country`` an ISO 3166-1 code
    of two letters or empty. Deciding from a mail takes a sign-in above ``sign_in_above``: None for
    never, 0 for always.
    """

    name: str
    legal_name: str
    currency: str
    time_zone: str
    tax_country: str
    tax_number: str
    address: str
    sign_in_above: Decimal | None


def particulars_of(organization: Organization) -> Particulars:
    """Return the particulars as they are."""
    return Particulars(**{name: getattr(organization, name) for name in _FIELDS})


@transaction.atomic
def change_organization(
    *, actor: Actor, organization: Organization, particulars: Particulars, now: datetime
) -> Organization:
    """Change what an organization is called, where it is taxed, its currency and time zone.

    Raises `DomainError` beside the field that is wrong, and for another currency once amounts are
    kept in the present one.
    """
    root = _root_of(actor)
    (current,) = lock(Organization.objects.filter(id=organization.id))
    before = particulars_of(current)
    _check(particulars, before)
    changed = {
        name: getattr(particulars, name)
        for name in _FIELDS
        if getattr(particulars, name) != getattr(before, name)
    }
    if not changed:
        return current
    for name, value in changed.items():
        setattr(current, name, value)
    current.save(update_fields=list(changed))
    record(
        actor=actor,
        action=AuditAction.ORGANIZATION_CHANGED,
        subject_type="organization",
        subject_id=current.id,
        subject_label=current.name,
        group_id=root.id,
        before={name: getattr(before, name) for name in changed},
        after=changed,
        now=now,
    )
    return current


@transaction.atomic
def skip_setup_step(
    *, actor: Actor, organization: Organization, step: str, skip: bool = True, now: datetime
) -> Organization:
    """Leave a step of the first-run guide out, or take it up again. Raises `NotFound`."""
    root = _root_of(actor)
    (current,) = lock(Organization.objects.filter(id=organization.id))
    steps = {one.step.code for one in setup_progress(current, now=now).steps}
    if step not in steps:
        raise NotFound("There is no such step.")
    if (step in current.setup_skipped) is skip:
        return current
    skipped = {*current.setup_skipped, step} if skip else {*current.setup_skipped} - {step}
    current.setup_skipped = sorted(skipped)
    current.save(update_fields=["setup_skipped"])
    if skip:
        _record(actor, AuditAction.SETUP_STEP_SKIPPED, current, root, {"step": step}, now)
    return current


@transaction.atomic
def close_setup(
    *, actor: Actor, organization: Organization, is_closed: bool = True, now: datetime
) -> Organization:
    """Put the first-run guide away, or bring it back; nothing that was set up changes."""
    root = _root_of(actor)
    (current,) = lock(Organization.objects.filter(id=organization.id))
    if (current.setup_closed_at is not None) is is_closed:
        return current
    current.setup_closed_at = now if is_closed else None
    current.save(update_fields=["setup_closed_at"])
    if is_closed:
        _record(actor, AuditAction.SETUP_CLOSED, current, root, {}, now)
    return current


def check_currency(currency: str) -> None:
    """Raise `DomainError` on what cannot be an ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise DomainError("Three capitals, such as USD.", field="currency")


def check_time_zone(time_zone: str) -> None:
    """Raise `DomainError` on what is no IANA name."""
    if time_zone not in available_timezones():
        raise DomainError(
            f"“{time_zone}” is not a time zone; use a name such as America/New_York.",
            field="time_zone",
        )


def _root_of(actor: Actor) -> OrgGroup:
    root = root_group()
    require(actor, Permission.MANAGE_GROUPS, root)
    return root


def _check(wanted: Particulars, before: Particulars) -> None:
    if not wanted.name.strip():
        raise DomainError("Give the organization a name.", field="name")
    check_currency(wanted.currency)
    check_time_zone(wanted.time_zone)
    if wanted.tax_country and not re.fullmatch(r"[A-Z]{2}", wanted.tax_country):
        raise DomainError("Two capitals, such as US or DE.", field="tax_country")
    if wanted.sign_in_above is not None and wanted.sign_in_above < 0:
        raise DomainError("An amount of 0 or more, or none.", field="sign_in_above")
    if wanted.currency != before.currency and keeps_money():
        raise DomainError(
            f"Budgets, policies, limits or orders are kept in {before.currency} already, and a "
            "figure does not change by itself. The currency stays.",
            field="currency",
        )


def _record(
    actor: Actor,
    action: AuditAction,
    organization: Organization,
    root: OrgGroup,
    after: dict[str, Any],
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="organization",
        subject_id=organization.id,
        subject_label=organization.name,
        group_id=root.id,
        after=after,
        now=now,
    )
