"""One order on its way in one organization, and everybody who might knock at its doors."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler
from django.urls import get_resolver, reverse

from accounts import services as accounts
from accounts.duties import DutyKind
from accounts.models import (
    DutyAcceptance,
    Invitation,
    Membership,
    Organization,
    OrgGroup,
    Position,
    Role,
    RoleGrant,
)
from accounts.services import MoveTerms, OwnDay
from approvals.models import StageSeat
from approvals.services import add_feed, ask_question, publish_policy
from approvals.starting import starting_policy
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod, BudgetTransfer, Earmark
from budgets.services import plan_budget_import, set_aside, set_budget
from catalogs.models import BuyingRule, SupplierAlias
from procurement.core import clock
from procurement.core.ids import new_id
from procurement.orders import services
from procurement.orders.models import PurchaseOrder
from procurement.outbox.models import OutboxMessage
from procurement.outbox.services import enqueue_email
from tests.accounts.invited import check, invite
from tests.factories.absences import away
from tests.factories.accounts import NOW, make_company, make_member, system
from tests.factories.analytics import (
    make_backtest,
    make_backtest_change,
    make_import,
    make_imported_line,
    make_imported_order,
)
from tests.factories.approvals import TYPICAL
from tests.factories.devices import make_device
from tests.factories.orders import Market, make_market
from tests.factories.owners import own, person

CAST = ("Alice", "Bob", "Erin", "Dana", "Adam", "Tom")
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class World:
    """The first organization, the other one, and the ids that addresses ask for."""

    market: Market
    other: Organization
    people: dict[str, Membership]
    ids: dict[str, UUID | str | int] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    local: dict[str, Membership] = field(default_factory=dict)
    places: dict[str, dict[str, UUID]] = field(default_factory=dict)
    sessions: dict[UUID, str] = field(default_factory=dict)
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    @property
    def organization(self) -> Organization:
        """Return the organization whose doors are tried."""
        return self.market.organization

    def client(self, name: str) -> Client:
        """Return a browser in which somebody is signed in."""
        return self._browser(self.people[name])

    def local_client(self, role: str) -> Client:
        """Return a browser of somebody whose only role was granted on Facilities."""
        return self._browser(self.local[role])

    def sign_in(self) -> None:
        """Sign everybody in, once for all doors: each browser starts from there."""
        for member in (*self.people.values(), *self.local.values()):
            client = Client()
            client.force_login(member.user, backend=_BACKEND)
            self.sessions[member.id] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def _browser(self, person: Membership) -> Client:
        client = Client(raise_request_exception=False)
        client.handler = self.handler
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person.id]
        return client

    def address_at(self, route: str, place: str) -> str:
        """Return the address of a route with the group, or the person, of another place."""
        arguments = self.arguments_of(route) | {
            name: value
            for name, value in self.places[place].items()
            if name in parameters_of(route)
        }
        if "organization_slug" in parameters_of(route):
            arguments["organization_slug"] = self.organization.slug
        return reverse(route, kwargs=arguments)

    def arguments_of(self, route: str) -> dict[str, Any]:
        """Return what the address of a route asks for, apart from the organization."""
        return {
            name: self.ids[name] for name in parameters_of(route) if name != "organization_slug"
        }

    def form_of(self, route: str) -> dict[str, Any]:
        """Return what has to be sent for the view to know what is meant."""
        return self.forms.get(route, {})

    def address(self, route: str) -> str:
        """Return the address of a route in the first organization."""
        arguments = self.arguments_of(route)
        if "organization_slug" in parameters_of(route):
            arguments["organization_slug"] = self.organization.slug
        return reverse(route, kwargs=arguments)


def parameters_of(route: str) -> tuple[str, ...]:
    """Return the names of the parameters in a route's address."""
    resolver, names = get_resolver(), route.split(":")
    for namespace in names[:-1]:
        _prefix, resolver = resolver.namespace_dict[namespace]
    found = {
        name
        for possibilities, *_ in resolver.reverse_dict.getlist(names[-1])
        for _, parameters in possibilities
        for name in parameters
    }
    outer = {"organization_slug"} if _is_of_an_organization(route) else set()
    return tuple(sorted(found | outer))


def _is_of_an_organization(route: str) -> bool:
    try:
        reverse(route)
    except Exception as error:  # noqa: BLE001 - the text of NoReverseMatch tells
        return "organization_slug" in str(error)
    return False


def ask_for_room(market: Market, period: BudgetPeriod) -> BudgetTransfer:
    """Ask a budget of Engineering's for room for a period."""
    budget = set_budget(
        actor=market.actor("Adam"),
        group=market.groups["Engineering"],
        kind=PeriodKind.QUARTER,
        cap=Decimal(5000),
        now=NOW,
    )
    return BudgetTransfer.objects.create(
        organization_id=market.organization.id,
        giver=BudgetPeriod.objects.get(budget=budget, starts_on__lte=NOW, ends_on__gte=NOW),
        taker=period,
        amount=1,
        reason="A pump broke",
        asked_by=market.people["Dana"],
        asked_at=NOW,
    )


def keep_room(market: Market, period: BudgetPeriod) -> Earmark:
    """Set room of a period aside until its last day."""
    return set_aside(
        actor=market.actor("Dana"),
        period_id=period.id,
        purpose="Winter tyres",
        amount=Decimal(1),
        expires_on=period.ends_on,
        reference=new_id(),
        now=NOW,
    )


def holds_two_duties(market: Market, group: OrgGroup) -> tuple[Membership, DutyAcceptance]:
    """Give somebody duties that should be apart, and accept that."""
    duncan = make_member(
        market.organization, group, "Duncan Both", Role.ADMINISTRATOR, Role.FINANCE
    )
    acceptance = accounts.accept_duty_conflict(
        actor=market.actor("Adam"),
        membership=duncan,
        group=group,
        kind=DutyKind.ADMIN_AND_FINANCE,
        reason="Dana looks over it each month",
        until_on=NOW.date(),
        now=NOW,
    )
    return duncan, acceptance


def make_world() -> World:
    """Set the stage: an order of Alice's waits for Bob, an earlier one has been placed."""
    market = make_market()
    other = make_company("Contoso")
    people = dict(market.people)
    with other.scope():
        people["Charlie"] = other.people["Adam"]
    with market.scope():
        admin = market.actor("Adam")
        sam = make_member(market.organization, market.root, "Sam Gone", Role.ADMINISTRATOR)
        accounts.suspend_member(actor=admin, membership=sam, reason="Left", now=NOW)
        ines = make_member(market.organization, market.root, "Ines New", Role.ADMINISTRATOR)
        Membership.objects.filter(id=ines.id).update(status=Membership.Status.INVITED)
        people |= {"Sam, suspended": sam, "Ines, invited": ines}
        world = World(market, other.organization, people)
        placed = market.cart(("glasses", 1))
        services.submit_requisition(actor=market.actor("Alice"), requisition_id=placed.id, now=NOW)
        waiting = market.cart(("drill", 4))
        services.submit_requisition(actor=market.actor("Alice"), requisition_id=waiting.id, now=NOW)
        seat = StageSeat.objects.get(request__subject_id=waiting.id)
        period = BudgetPeriod.objects.filter(
            budget__group=market.groups["Facilities"], starts_on__lte=NOW, ends_on__gte=NOW
        ).get()
        increase = budgets.ask_for_increase(
            actor=market.actor("Alice"),
            period_id=period.id,
            amount=Decimal("100.00"),
            reason="Two new fitters start in December.",
            now=NOW,
        )
        in_cart = market.cart(("glasses", 2))
        parked = enqueue_email(
            organization_id=market.organization.id,
            key="parked",
            to="bounced@example.com",
            template="purchase_order",
            context={},
            now=NOW,
        )
        OutboxMessage.objects.filter(id=parked.id).update(status=OutboxMessage.Status.PARKED)
        grant = RoleGrant.objects.get(group=market.groups["Field Service"])
        workplace = market.groups["Workplace"]
        duncan, acceptance = holds_two_duties(market, workplace)
        mia = make_member(market.organization, workplace, "Mia Mover")
        move = accounts.move_member(
            actor=admin,
            membership=mia,
            terms=MoveTerms(
                target=market.groups["Engineering"],
                effective_at=clock.now() + timedelta(days=30),
            ),
            now=NOW,
        )
        world.local = {
            role: make_member(
                market.organization, market.groups["Facilities"], f"Local {role.title()}", role
            )
            for role in Role.values
        }
        for place in ("Facilities", "Field Service", "Engineering"):
            publish_policy(
                actor=admin,
                group=market.groups[place],
                name="",
                document=TYPICAL,
                reason="A policy of its own",
                now=NOW,
            )
        ned = make_member(market.organization, market.groups["Engineering"], "Ned Elsewhere")
        world.places = {
            place: {"group_id": market.groups[name].id, "membership_id": who.id}
            for place, name, who in (
                ("own", "Facilities", market.people["Bob"]),
                ("child", "Field Service", market.people["Alice"]),
                ("sibling", "Engineering", ned),
            )
        }
        tree_import = accounts.plan_tree_import(
            actor=admin, file_name="groups.csv", content="name,parent\nAnnex,Facilities\n", now=NOW
        )
        caps_file = plan_budget_import(
            actor=admin,
            file_name="caps.csv",
            content="group,period,cap\nFacilities,2027,5\n",
            now=NOW,
        )
        allowance = budgets.set_allowance(
            actor=admin,
            group=market.groups["Facilities"],
            kind=PeriodKind.YEAR,
            cap=Decimal("5000.00"),
            now=NOW,
        ).allowance
        training = accounts.create_training_page(
            actor=admin, title="Guided buying", body="Take what is preferred.", now=NOW
        )
        owned = own(market, person(market.people["Bob"]))
        day_off = accounts.set_calendar_day(
            actor=admin, day=OwnDay(NOW.date(), "Company outing"), now=NOW
        )
        batch = check(market, "anna@example.com")
        sent = invite(market, "ben@example.com")
        item = market.items["glasses"]
        question = ask_question(
            actor=market.actor("Bob"), seat_id=seat.id, text="By when is it needed?", now=NOW
        )
        world.forms = {
            "accounts:revoke-role": {"grant": str(grant.id)},
            "api:accounts:positions": {"name": "HR partner"},
            "api:accounts:training-pages": {"title": "Receiving", "body": "Count it."},
            "api:accounts:duties": {
                "membership": str(duncan.id),
                "group": str(workplace.id),
                "kind": DutyKind.ADMIN_AND_FINANCE.value,
                "reason": "Dana looks over it",
                "until_on": clock.now().date().isoformat(),
            },
            "api:accounts:seats": {
                "position": str(Position.objects.get(code="director").id),
                "membership": str(market.people["Erin"].id),
            },
            "api:accounts:tree-imports": {
                "file_name": "groups.csv",
                "content": "name,parent\nDepot,Facilities\n",
            },
            "api:accounts:invitation-batches": {
                "text": "cy@example.com",
                "group": str(workplace.id),
            },
            "api:accounts:groups": {
                "parent_id": str(market.groups["Field Service"].id),
                "name": "Another",
            },
            "api:orders:imagine": {
                "group": str(market.groups["Field Service"].id),
                "lines": [{"amount": "60.00"}],
            },
            "api:budgets:freeze": {"reason": "Audit"},
            "api:budgets:thaw": {"reason": "Audit is over"},
            "api:budgets:close": {"reason": "Books are done"},
            "api:budgets:reopen": {"reason": "A late invoice"},
            "api:budgets:adjustments": {"amount": "1.00", "reason": "Booked twice"},
            "api:budgets:earmarks": {
                "purpose": "Tyres",
                "amount": "1.00",
                "expires_on": period.ends_on.isoformat(),
            },
            "api:budgets:transfers": {
                "giver": str(period.id),
                "taker": str(period.id),
                "amount": "1.00",
                "reason": "A pump broke",
            },
            "api:budgets:answer": {"agrees": True},
            "api:budgets:allowance": {"cap": "40.00"},
            "api:budgets:detail": {"cap": "200000.00", "reason": "It has grown"},
            "api:analytics:backtests": {
                "group": str(workplace.id),
                "document": starting_policy("USD").to_json(),
                "first": "2026-01-01",
                "last": "2026-12-31",
            },
            "api:approvals:absences": {
                "deputy": str(market.people["Tom"].id),
                "starts_at": "2027-01-01T00:00:00Z",
                "ends_at": "2027-01-02T00:00:00Z",
            },
            "orders:appeal": {"reason": "It is needed on Monday."},
            "orders:answer": {"answer": "By Monday."},
            "budgets:answer-increase": {"answer": "By Monday."},
            "orders:take_preferred": {"line": str(waiting.lines.get().id), "item": str(item.id)},
            "api:orders:ask-for-room": {"reason": "It is needed on Monday."},
            "api:orders:appeal": {"reason": "It is needed on Monday."},
            "api:orders:take-preferred": {
                "line": str(waiting.lines.get().id),
                "item": str(item.id),
            },
            "api:approvals:decide": {"choice": "APPROVE", "content_hash": seat.content_hash},
            "api:approvals:questions": {"text": "Which depot?"},
            "api:approvals:answer": {"answer": "By Friday."},
            # Refused by the rules once somebody is in: else it would let others in, too.
            "api:approvals:hand-over": {
                "to": str(market.people["Alice"].id),
                "reason": "I am away.",
            },
            "api:approvals:add-approver": {
                "member": str(market.people["Alice"].id),
                "reason": "Hers, too.",
            },
            "api:approvals:remove-approver": {"reason": "Not hers."},
            "api:approvals:extend": {
                "due_at": (NOW + timedelta(days=90)).isoformat(),
                "reason": "I wait for a quote.",
            },
        }
        past = make_imported_order(make_import(market), market.groups["Facilities"], "S-1", 1)
        make_imported_line(
            past, 1, market.groups["Facilities"], item.supplier, None, NOW.date(), "12.50"
        )
        tried = make_backtest(market)
        # To come, so that nobody stands in for Bob yet.
        absence = away(
            market,
            "Bob",
            "Tom",
            starts_at=clock.now() + timedelta(days=900),
            ends_at=clock.now() + timedelta(days=910),
        )
        feed = add_feed(
            actor=admin,
            membership=None,
            deputy=None,
            name="Holidays",
            url="https://calendar.example/all.ics",
            now=NOW,
        )
        world.ids = {
            "number": 1,
            "subscription_id": make_device(market.people["Bob"]).id,
            "run_id": tried.id,
            "other_id": make_backtest(market).id,
            "change_id": make_backtest_change(tried, past).id,
            "batch_id": batch.id,
            "invitation_id": Invitation.objects.get(batch=sent).id,
            "order_id": past.id,
            "slug": training.slug,
            "holder_id": duncan.id,
            "place_id": workplace.id,
            "kind": DutyKind.ADMIN_AND_FINANCE.value,
            "import_id": tree_import.id,
            "file_id": caps_file.id,
            "allowance_id": allowance.id,
            "acceptance_id": acceptance.id,
            "move_id": move.id,
            "step": "groups",
            "grant_id": grant.id,
            "position_id": Position.objects.get(code="director").id,
            "line_id": in_cart.lines.get().id,
            "message_id": parked.id,
            "report": "group",
            "group_id": market.groups["Field Service"].id,
            "membership_id": market.people["Alice"].id,
            "requisition_id": waiting.id,
            "request_id": seat.request_id,
            "seat_id": seat.id,
            "stage_id": seat.stage_id,
            "question_id": question.id,
            "purchase_order_id": PurchaseOrder.objects.get().id,
            "item_id": market.items["glasses"].id,
            "supplier_id": market.items["glasses"].supplier_id,
            "alias_id": SupplierAlias.objects.earliest("id").id,
            "owner_id": owned.id,
            "delegation_id": absence.id,
            "feed_id": feed.id,
            "day_id": day_off.id,
            "rule_id": BuyingRule.objects.earliest("id").id,
            "period_id": period.id,
            "increase_id": increase.id,
            "transfer_id": ask_for_room(market, period).id,
            "earmark_id": keep_room(market, period).id,
            "check_id": services.check_ledger(actor=system(market.organization), now=NOW).id,
            "budget_id": Budget.objects.get(
                group=market.groups["Facilities"], allowance__isnull=True
            ).id,
        }
    return world
