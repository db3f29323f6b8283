"""What somebody of the cast looks at in a day, page by page."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from procurement.core import clock
from tests.factories.world import World


@dataclass(frozen=True)
class Stop:
    """A page to look at: its route, what its address names, and a query."""

    route: str
    names: dict[str, Any] = field(default_factory=dict)
    query: str = ""

    @property
    def name(self) -> str:
        return f"{self.route.replace(':', '-')}{'-narrowed' if self.query else ''}"


def walk_of(world: World, who: str, seen: dict[str, UUID]) -> list[Stop]:
    """Return what somebody of the cast looks at in a day."""
    match who:
        case "Alice":
            return walk_of_alice(world, seen)
        case "Bob":
            return walk_of_bob(seen)
        case "Dana":
            return [*budgets_of_dana(seen), *reports_of_dana(seen)]
        case _:
            return [*people_of_adam(world, seen), *policies_of_adam(world)]


def walk_of_alice(world: World, seen: dict[str, UUID]) -> list[Stop]:
    return [
        Stop("home"),
        Stop("catalogs:search"),
        Stop("catalogs:search", query="?q=drill"),
        Stop("catalogs:item", {"item_id": world.items["exception"].id}),
        Stop("orders:cart"),
        Stop("orders:list"),
        Stop("orders:detail", {"requisition_id": seen["rejected"]}),
        Stop("orders:detail", {"requisition_id": seen["stopped"]}, "?stopped"),
        Stop("orders:room", {"requisition_id": seen["stopped"]}),
        Stop("orders:purchase_order", {"purchase_order_id": seen["placed"]}),
        Stop("budgets:list"),
        Stop("budgets:mine"),
        Stop("budgets:increases"),
        Stop("budgets:increase", {"increase_id": seen["increase"]}),
        Stop("budgets:ask-increase", {"period_id": seen["period"]}),
        Stop("accounts:groups"),
        Stop("training:own"),
        Stop("training:page", {"slug": "guided-buying"}),
    ]


def walk_of_bob(seen: dict[str, UUID]) -> list[Stop]:
    return [
        Stop("home"),
        Stop("approvals:inbox"),
        Stop("approvals:inbox", query="?show=team"),
        Stop("approvals:inbox", query="?show=decided"),
        Stop("approvals:request", {"request_id": seen["request"]}),
        Stop("devices:list"),
        Stop("approvals:absence"),
        Stop("approvals:set-absence"),
        Stop("approvals:add-feed"),
        Stop("approvals:hand-over", {"request_id": seen["request"]}),
        Stop("approvals:add-approver", {"request_id": seen["request"]}),
    ]


def budgets_of_dana(seen: dict[str, UUID]) -> list[Stop]:
    return [
        Stop("home"),
        Stop("orders:list", query="?of=all"),
        Stop("budgets:list"),
        Stop("budgets:ledger", {"period_id": seen["period"]}),
        Stop("budgets:create"),
        Stop("budgets:create", query="?category_q=a&supplier_q=a"),
        Stop("budgets:change-cap", {"budget_id": seen["budget"]}),
        Stop("budgets:allowances"),
        Stop("budgets:allowance", {"allowance_id": seen["allowance"]}),
        Stop("budgets:create-allowance"),
        Stop("budgets:change-allowance", {"allowance_id": seen["allowance"]}),
        Stop("budgets:end-allowance", {"allowance_id": seen["allowance"]}),
        Stop("budgets:increases", query="?show=mine"),
        Stop("approvals:request", {"request_id": seen["raise"]}),
        Stop("budgets:settings"),
        Stop("budgets:fiscal-calendar", query="?preset=weeks"),
        Stop("budgets:close", {"period_id": seen["period"]}),
        Stop("budgets:adjust", {"period_id": seen["period"]}),
        Stop("budgets:earmarks", {"period_id": seen["period"]}),
        Stop("budgets:set-aside", {"period_id": seen["period"]}),
        Stop("budgets:ask-transfer", {"period_id": seen["period"]}),
        Stop("budgets:transfers"),
        Stop("budgets:transfer", {"transfer_id": seen["transfer"]}),
        Stop("budgets:ledger-checks"),
        Stop("budgets:ledger-check", {"check_id": seen["check"]}),
        Stop("budgets:plan"),
        Stop("budgets:plan-copy"),
        Stop("budgets:plan-roll-up"),
        Stop("budgets:import"),
    ]


def reports_of_dana(seen: dict[str, UUID]) -> list[Stop]:
    return [
        Stop("analytics:spend"),
        Stop("analytics:orders"),
        Stop("analytics:backtests"),
        Stop("analytics:start-backtest"),
        Stop("analytics:backtest", {"run_id": seen["backtest"]}),
        Stop("analytics:backtest-changes", {"run_id": seen["backtest"]}),
        Stop("analytics:compare-backtests"),
        Stop("orders:exceptions"),
    ]


def people_of_adam(world: World, seen: dict[str, UUID]) -> list[Stop]:
    group = {"group_id": world.company.groups["Field Service"].id}
    alice = {"membership_id": world.company.people["Alice"].id}
    return [
        Stop("home"),
        Stop("accounts:group", group),
        Stop("accounts:roles"),
        Stop("accounts:add-member", group),
        Stop("accounts:fill-position", group),
        Stop("accounts:grant-role", group),
        Stop("accounts:group", group, "?q=serv"),
        Stop("accounts:change-group", group),
        Stop("accounts:move-group", group),
        Stop("accounts:archive-group", group),
        Stop("accounts:group-access", group),
        Stop("setup:guide"),
        Stop("setup:organization"),
        Stop("setup:working-hours"),
        Stop("accounts:people"),
        Stop("accounts:person", alice),
        Stop("accounts:change-member", alice),
        Stop("accounts:move-member", alice),
        Stop("accounts:suspend-member", alice),
        Stop("accounts:planned-moves"),
        Stop("accounts:person-access", alice),
        Stop("accounts:check"),
        Stop("accounts:import-tree"),
        Stop("accounts:tree-import", {"import_id": seen["tree_import"]}),
        Stop("accounts:tree-import", {"import_id": seen["tree_import"]}, "?show=moves"),
        Stop("accounts:tree-import", {"import_id": seen["tree_import"]}, "?show=changes"),
        Stop("accounts:positions"),
        Stop("accounts:vacancies"),
        Stop("accounts:duties"),
        Stop("accounts:invitations"),
        Stop("accounts:invite", query=f"?group={world.company.root.id}"),
        Stop("accounts:mail"),
        Stop("notifications:choose"),
        Stop("training:manage"),
        Stop("training:create"),
        Stop("training:revise", {"slug": "guided-buying"}),
        Stop("training:require", {"slug": "guided-buying"}),
        Stop("training:due"),
    ]


def policies_of_adam(world: World) -> list[Stop]:
    root = {"group_id": world.company.root.id}
    return [
        Stop("approvals:policies"),
        Stop("approvals:deciding-settings"),
        Stop("approvals:policy-check"),
        Stop("trying:order"),
        Stop(
            "trying:order",
            query=(
                f"?group={world.company.groups['Field Service'].id}&requester=Alice+Requester"
                f"&count=1&lines-0-amount=4800.00&on={clock.now():%Y-%m-%d}"
            ),
        ),
        Stop("approvals:policy", root),
        Stop("approvals:policy-edit", root),
        Stop("approvals:policies-import"),
        Stop("approvals:policy-version", {**root, "number": 1}),
        Stop("approvals:absences"),
        Stop("approvals:set-absence-of"),
        Stop("approvals:add-organization-feed"),
        Stop("approvals:limits"),
        Stop("approvals:limits", query="?q=nobody"),
        Stop("approvals:set-limit"),
        Stop("approvals:limit", {"membership_id": world.company.people["Bob"].id}),
        Stop("catalogs:owners"),
        Stop("catalogs:owners", query="?of=Field+Service"),
        Stop("catalogs:name-owner"),
        Stop("catalogs:rules"),
        Stop("catalogs:suppliers"),
        Stop("catalogs:supplier", {"supplier_id": world.suppliers["Halden Tools"].id}),
        Stop("audit:trail"),
    ]
