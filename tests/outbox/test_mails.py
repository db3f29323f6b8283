"""Every mail as it is: no tracking in its template, and nothing done by following its links."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts import services as accounts
from accounts.models import Role
from accounts.notifying import NotificationEvent
from accounts.telling import Choice, EmailChoice
from approvals import services as approvals
from approvals.models import Stage, StageSeat
from approvals.services import check_policies, decide
from budgets import services as budgets
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetAlert, BudgetPeriod
from budgets.selectors import covering
from catalogs.models import CatalogItem
from procurement.core import clock, tenancy
from procurement.core.ids import new_id
from procurement.orders import services as orders
from procurement.orders.models import Requisition
from procurement.outbox.models import OutboxMessage
from procurement.outbox.tasks import deliver
from tests.accounts.invited import invite
from tests.factories.absences import away
from tests.factories.accounts import NOW, actor_of, make_member, system
from tests.factories.budgets import make_budget, make_document, reserve
from tests.factories.orders import Market, make_market

E = NotificationEvent
FOLDER = Path(settings.BASE_DIR) / "templates" / "email"
TEMPLATES = sorted(FOLDER.iterdir())
NAMES = {path.name.split(".")[0] for path in TEMPLATES if not path.name.startswith("_")}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_LOADS = re.compile(
    r"<\s*(img|script|link|iframe|object|embed|video|audio|source)\b|url\(|@import", re.IGNORECASE
)
_LINK = re.compile(r"http://localhost:8000(/[^\s\"'<>)]*)")
# What answering a request writes, whatever it answers.
_OF_THE_VISIT = {"django_session", "accounts_user"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_mail_loads_nothing_from_anywhere(template: Path) -> None:
    assert not _LOADS.search(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_mail_links_to_the_product_alone(template: Path) -> None:
    # ``page`` is the address of the subject, put together from ``base_url`` in the same template.
    links = re.findall(r"href=[\"']([^\"']*)", template.read_text())
    assert all(re.match(r"{{ *(base_url|url|url_2|entry\.url|page) *}}", link) for link in links), (
        links
    )


def test_every_html_stands_beside_plain_text() -> None:
    for name in NAMES:
        for kind in ("subject.txt", "txt", "html"):
            assert (FOLDER / f"{name}.{kind}").is_file(), f"{name}.{kind}"


@pytest.fixture
def market() -> Iterator[Market]:
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        yield make_market(cap="1500.00")


def every_mail(market: Market) -> set[str]:
    """Have mails of all kinds written and sent; return the templates that were used."""
    admin, now = system(market.organization), clock.now()
    with market.scope():
        adam = market.actor("Adam")
        digest = {event: Choice(EmailChoice.DIGEST, push=False) for event in (
            E.POLICY_CHECK, E.HIERARCHY_REVIEW,
        )}  # fmt: skip
        accounts.choose_notifications(actor=adam, choices=digest, now=now)
        for line in (("drill", 6), ("glasses", 2), ("drill", 3)):
            submitted(market, line)
        seat = StageSeat.objects.select_related("request").earliest("asked_at", "id")
        decide(
            actor=market.actor("Bob"),
            seat_id=seat.id,
            choice="REJECT",
            comment="Not this month.",
            content_hash=seat.request.content_hash,
            channel="APP",
            now=now,
        )
        around_decisions(market, now)
        around_periods(market, now)
        around_a_personal_budget(market, now)
        for alert in BudgetAlert.objects.filter(sent_at__isnull=True):
            budgets.send_alert(actor=admin, alert_id=alert.id, now=now)
        check_policies(actor=admin, now=now)
        accounts.review_hierarchy(actor=admin, is_scheduled=True, now=now)
        around_waiting(market, now)
        page = accounts.create_training_page(
            actor=adam, title="Guided buying", body="Take what is preferred.", now=now
        )
        accounts.require_training(
            actor=adam,
            page=page,
            roles=["REQUISITIONER"],
            before_buying=True,
            every_months=None,
            required_from=now.date(),
            now=now,
        )
        accounts.remind_of_training(actor=admin, now=now + timedelta(days=7))
        invite(market, "new.person@example.com", now=now)
        OutboxMessage.objects.update(due_at=now)
    deliver.run(organization_id=str(market.organization.id))
    with market.scope():
        assert set(OutboxMessage.objects.values_list("status", flat=True)) == {"SENT"}
        return set(OutboxMessage.objects.values_list("template", flat=True))


def submitted(market: Market, *lines: tuple[str, int]) -> UUID:
    """Have Alice submit an order; return its id."""
    cart = market.cart(*lines)
    orders.submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=clock.now())
    return cart.id


def around_decisions(market: Market, now: datetime) -> None:
    """Have mails written of what happens around decisions; needs the company's scope."""
    admin, alice = system(market.organization), market.actor("Alice")
    bob, adam = market.actor("Bob"), market.actor("Adam")
    seats = StageSeat.objects.select_related("request").filter(closed_at__isnull=True)
    waits = seats.get()
    mixed = seats.get(request__subject_id=submitted(market, ("drill", 1), ("glasses", 1)))
    question = approvals.ask_question(actor=bob, seat_id=waits.id, text="What for?", now=now)
    approvals.answer_question(actor=alice, question_id=question.id, answer="The depot.", now=now)
    added = approvals.add_approver(
        actor=bob,
        request_id=waits.request_id,
        member_id=market.people["Tom"].id,
        reason="It is their depot.",
        now=now,
    )
    approvals.remove_approver(actor=adam, stage_id=added.id, reason="Not needed.", now=now)
    away(market, "Bob", "Tom", starts_at=now, ends_at=now + timedelta(days=60), now=now)
    # Few come with a link each, many as a list.
    approvals.ask_deputies(actor=admin, now=now)
    for _ in range(6):
        submitted(market, ("glasses", 6))
    approvals.ask_deputies(actor=admin, now=now)
    approvals.reject_lines(
        actor=bob,
        seat_id=mixed.id,
        keys=[mixed.request.summary["lines"][1]["key"]],
        reason="We have some.",
        content_hash=mixed.content_hash,
        channel="APP",
        now=now,
    )
    due_at, expires_at = Stage.objects.get(id=waits.stage_id).due_at, waits.request.expires_at
    assert due_at is not None
    assert expires_at is not None
    for at in (due_at - timedelta(hours=1), expires_at - timedelta(hours=1), expires_at):
        approvals.watch_request(actor=admin, request_id=waits.request_id, now=at)


def around_periods(market: Market, now: datetime) -> None:
    """Have mails written of room asked for, and of a period that cannot close."""
    organization, engineering = market.organization, market.groups["Engineering"]
    budget = make_budget(
        organization, engineering, 1000, kind=PeriodKind.MONTH, starts_on=date(2026, 11, 1)
    )
    over, running = BudgetPeriod.objects.filter(budget=budget).order_by("starts_on")
    reserve(organization, engineering, 600, make_document(on=over.ends_on))
    reserve(organization, engineering, 500, make_document(on=running.starts_on))
    dana = market.actor("Dana")
    budgets.change_settings(actor=dana, charged_on="ORDER", close_after_days=0, now=now)
    assert not budgets.close_ended_period(actor=system(organization), period_id=over.id, now=now)
    keeper = make_member(organization, engineering, "Enzo Engineer", Role.FINANCE)
    giver = BudgetPeriod.objects.get(
        budget__group=market.groups["Facilities"], starts_on__lte=now, ends_on__gte=now
    )
    asked, _ = (
        budgets.ask_transfer(
            actor=actor_of(keeper),
            giver_id=giver.id,
            taker_id=running.id,
            amount=Decimal(1),
            reason="A pump broke",
            reference=new_id(),
            now=now,
        )
        for _ in range(2)
    )
    budgets.answer_transfer(
        actor=dana, transfer_id=asked.id, agrees=False, answer="Not this month.", now=now
    )
    late = now + timedelta(days=14)
    assert budgets.expire_transfers(actor=system(organization), now=late) == 1


def around_a_personal_budget(market: Market, now: datetime) -> None:
    """Have a mail written of somebody's own budget that is used up; needs the company's scope."""
    alice, workplace = market.people["Alice"], market.groups["Workplace"]
    budget = make_budget(market.organization, workplace, 100)
    Budget.objects.filter(id=budget.id).update(membership=alice)
    budgets.reserve(
        actor=system(market.organization),
        covering=covering(workplace.path, now.date(), requester_id=alice.id),
        charges=[Charge(Decimal(100))],
        document=make_document(on=now.date()),
        now=now,
    )


def around_waiting(market: Market, now: datetime) -> None:
    """Have mails written of an order that waits for budget, and of a ledger that does not hold."""
    admin = system(market.organization)
    cart = market.cart(("tablet", 2))
    orders.wait_for_room(actor=market.actor("Alice"), requisition_id=cart.id, now=now)
    CatalogItem.objects.filter(id=market.items["tablet"].id).update(is_active=False)
    orders.proceed_waiting(actor=admin, now=now)
    Requisition.objects.filter(status="PENDING").update(status="EXPIRED")
    orders.check_ledger(actor=admin, now=now)


def contents() -> dict[str, str]:
    """Return a fingerprint of every table, as the active scope sees it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in _OF_THE_VISIT:
                continue
            cursor.execute(
                "SELECT count(*)"
                " || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '')"
                f' FROM "{table}" t'
            )
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_a_mail_scanner_that_follows_every_link_changes_nothing(
    market: Market, mailoutbox: list[Any]
) -> None:
    templates = every_mail(market)
    # What the collecting of several is written with is no template of a message.
    assert templates == NAMES - {"digest"}
    assert any("things for you" in mail.subject for mail in mailoutbox)
    texts = [text for mail in mailoutbox for text in (mail.body, mail.alternatives[0][0])]
    texts += [mail.extra_headers.get("List-Unsubscribe", "") for mail in mailoutbox]
    links = sorted({link.replace("&amp;", "&") for text in texts for link in _LINK.findall(text)})
    kinds = {urlsplit(link).path.split("/")[1] for link in links}
    assert kinds >= {"decide", "invitation", "unsubscribe", market.organization.slug}
    scanner, reader = Client(), Client()
    reader.force_login(market.people["Adam"].user, backend=BACKEND)
    with market.scope():
        before = contents()
    for link in links:
        for browser in (scanner, reader):
            assert browser.get(link).status_code < 500, link
            assert browser.head(link).status_code < 500, link
    with tenancy.scope(market.organization.id):
        assert contents() == before
