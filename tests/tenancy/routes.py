"""Who gets through which door: every route of the product, by method and by person.

A new route fails the suite until it stands here. "In" means that the view answered the person, be
it with a page, a redirect or a complaint about the input; "out" means 403 or 404. Visitors are sent
to sign in; strangers see nothing that tells them the organization exists.

The cast: Alice buys for Field Service, Bob supervises Facilities and holds no role, Erin directs
and holds none either, Dana keeps the books at the root, Adam administers at the root, Tom receives
for Facilities. The order in question is Alice's, for Field Service, and waits for Bob.
"""

from dataclasses import dataclass

ALICE, BOB, ERIN, DANA, ADAM, TOM = "Alice", "Bob", "Erin", "Dana", "Adam", "Tom"
EVERYBODY = (ALICE, BOB, ERIN, DANA, ADAM, TOM)
# Who holds a role that shows them Field Service; everybody else sees their own group alone.
VIEWERS = (ALICE, DANA, ADAM, TOM)
# Who sees Alice's order: herself, the one who is asked, and whose role shows them orders there.
ORDER_VIEWERS = (ALICE, BOB, DANA, ADAM, TOM)
KEEPERS = (DANA, ADAM)
# Whose way through the doors of Field Service shows what a role may do there.
BY_ROLE = {
    "ADMINISTRATOR": ADAM,
    "FINANCE": DANA,
    "REQUISITIONER": ALICE,
    "TECHNICIAN": TOM,
}
ANYBODY_SIGNED_IN = "answers whoever has signed in, with their own things"


@dataclass(frozen=True)
class Door:
    """One route and method, and the members who get in."""

    method: str
    route: str
    inside: tuple[str, ...]


def get(route: str, *inside: str) -> Door:
    """Return a door that is read through."""
    return Door("GET", route, inside)


def post(route: str, *inside: str) -> Door:
    """Return a door that is written through."""
    return Door("POST", route, inside)


def both(route: str, *inside: str) -> tuple[Door, Door]:
    """Return the two doors of a form: shown and sent."""
    return get(route, *inside), post(route, *inside)


PAGES: tuple[Door, ...] = (
    *both("home", *EVERYBODY),
    # The hierarchy
    get("accounts:groups", *EVERYBODY),
    get("accounts:group", *VIEWERS),
    get("accounts:roles", *EVERYBODY),
    *both("accounts:create-group", ADAM),
    *both("accounts:change-group", ADAM),
    *both("accounts:move-group", ADAM),
    *both("accounts:merge-group", ADAM),
    *both("accounts:archive-group", ADAM),
    *both("accounts:restore-group", ADAM),
    *both("accounts:check", ADAM),
    get("accounts:find-groups", ADAM),
    get("accounts:export-tree", *KEEPERS),
    *both("accounts:import-tree", ADAM),
    get("accounts:tree-import", ADAM),
    get("accounts:tree-problems-csv", ADAM),
    post("accounts:apply-tree", ADAM),
    post("accounts:renew-tree", ADAM),
    post("accounts:discard-tree", ADAM),
    *both("accounts:limit-orders", ADAM),
    get("accounts:group-access", ADAM),
    get("accounts:group-access-csv", ADAM),
    # What one can do oneself is nobody's secret.
    get("accounts:person-access", ALICE, ADAM),
    get("accounts:person-access-csv", ALICE, ADAM),
    *both("accounts:add-member", ADAM),
    *both("accounts:grant-role", ADAM),
    post("accounts:revoke-role", ADAM),
    *both("accounts:fill-position", ADAM),
    *both("accounts:suspend-member", ADAM),
    get("accounts:people", ADAM),
    get("accounts:people-csv", ADAM),
    get("accounts:person", ADAM),
    *both("accounts:change-member", ADAM),
    *both("accounts:move-member", ADAM),
    *both("accounts:reinstate-member", ADAM),
    post("accounts:end-grant", ADAM),
    get("accounts:planned-moves", ADAM),
    post("accounts:cancel-move", ADAM),
    get("accounts:find-people", ADAM),
    get("accounts:positions", ADAM),
    *both("accounts:create-position", ADAM),
    *both("accounts:rename-position", ADAM),
    post("accounts:archive-position", ADAM),
    get("accounts:vacancies", ADAM),
    get("accounts:duties", ADAM),
    get("accounts:duties-csv", ADAM),
    *both("accounts:accept-duty", ADAM),
    post("accounts:reopen-duty", ADAM),
    get("accounts:invitations", ADAM),
    *both("accounts:invite", ADAM),
    get("accounts:invitation-batch", ADAM),
    get("accounts:invitation-rejects", ADAM),
    post("accounts:send-invitations", ADAM),
    post("accounts:discard-invitations", ADAM),
    post("accounts:resend-invitation", ADAM),
    post("accounts:revoke-invitation", ADAM),
    # How one is told about things is one's own.
    *both("notifications:choose", *EVERYBODY),
    get("accounts:mail", ADAM),
    post("accounts:retry-mail", ADAM),
    # Setting up
    get("setup:guide", ADAM),
    *both("setup:organization", ADAM),
    *both("setup:working-hours", ADAM),
    post("setup:set-calendar-day", ADAM),
    post("setup:remove-calendar-day", ADAM),
    post("setup:skip", ADAM),
    post("setup:close", ADAM),
    # Training: read by everybody, written by those who manage everybody
    get("training:own", *EVERYBODY),
    *both("training:page", *EVERYBODY),
    get("training:manage", ADAM),
    post("training:starters", ADAM),
    *both("training:create", ADAM),
    *both("training:revise", ADAM),
    *both("training:require", ADAM),
    post("training:end-requirement", ADAM),
    post("training:archive", ADAM),
    get("training:due", ADAM),
    get("training:due-csv", ADAM),
    # The catalog
    get("catalogs:search", *EVERYBODY),
    get("catalogs:item", *EVERYBODY),
    get("catalogs:suppliers", ADAM),
    *both("catalogs:supplier", ADAM),
    post("catalogs:unfold", ADAM),
    post("catalogs:fold", ADAM),
    get("catalogs:rules", ADAM),
    *both("catalogs:rule_set", ADAM),
    post("catalogs:rule_end", ADAM),
    get("catalogs:owners", ADAM),
    get("catalogs:owners-csv", ADAM),
    *both("catalogs:name-owner", ADAM),
    post("catalogs:end-owner", ADAM),
    # Orders. The cart is everybody's own; a service refuses who may not buy.
    get("orders:list", *EVERYBODY),
    get("orders:cart", *EVERYBODY),
    get("orders:preview", *EVERYBODY),
    post("orders:cart_add", *EVERYBODY),
    post("orders:cart_line", *EVERYBODY),
    post("orders:cart_remove", *EVERYBODY),
    post("orders:cart_settings", *EVERYBODY),
    post("orders:submit", *EVERYBODY),
    get("orders:detail", *ORDER_VIEWERS),
    get("orders:purchase_order", ALICE, DANA, ADAM, TOM),
    get("orders:imported_order", DANA, ADAM, TOM),
    get("orders:exceptions", *KEEPERS),
    get("orders:exceptions_csv", *KEEPERS),
    # Without a proposal named, whoever may see the list is told to choose one.
    *both("orders:exceptions_adopt", *KEEPERS),
    post("orders:reopen", ALICE),
    post("orders:withdraw", ALICE),
    post("orders:cancel", ALICE),
    post("orders:appeal", ALICE),
    post("orders:rebuild", ALICE),
    post("orders:take_preferred", ALICE),
    post("orders:answer", ALICE),
    # Deciding
    get("approvals:inbox", *EVERYBODY),
    *both("approvals:request", *ORDER_VIEWERS),
    get("approvals:subject", *ORDER_VIEWERS),
    *both("approvals:decide-many", *EVERYBODY),
    *both("approvals:hand-over", BOB),
    *both("approvals:add-approver", *ORDER_VIEWERS),
    get("approvals:policies", *EVERYBODY),
    *both("approvals:deciding-settings", ADAM),
    get("approvals:policy-check", ADAM),
    get("approvals:policy-check-csv", ADAM),
    get("trying:order", *EVERYBODY),
    get("approvals:policy", *VIEWERS),
    *both("approvals:policy-edit", ADAM),
    get("approvals:policy-version", *VIEWERS),
    *both("approvals:policy-republish", ADAM),
    get("approvals:policies-export", ADAM),
    get("approvals:policy-version-export", ADAM),
    *both("approvals:policies-import", ADAM),
    post("approvals:policies-import-publish", ADAM),
    get("approvals:limits", ADAM),
    get("approvals:limits-csv", ADAM),
    *both("approvals:set-limit", ADAM),
    get("approvals:limit", ADAM),
    post("approvals:end-limit", ADAM),
    # Budgets
    get("budgets:list", *EVERYBODY),
    get("budgets:ledgers-csv", *KEEPERS),
    *both("budgets:create", *KEEPERS),
    *both("budgets:change-cap", *KEEPERS),
    *both("budgets:end", *KEEPERS),
    get("budgets:ledger", *KEEPERS),
    get("budgets:ledger-csv", *KEEPERS),
    # Review
    get("analytics:spend", *KEEPERS),
    get("analytics:orders", *KEEPERS),
    get("analytics:download", *KEEPERS),
    get("analytics:backtests", *KEEPERS),
    *both("analytics:start-backtest", *KEEPERS),
    get("analytics:compare-backtests", *KEEPERS),
    get("analytics:backtest", *KEEPERS),
    post("analytics:cancel-backtest", *KEEPERS),
    get("analytics:backtest-changes", *KEEPERS),
    get("analytics:backtest-change", *KEEPERS),
    get("analytics:backtest-csv", *KEEPERS),
    get("analytics:backtest-people-csv", *KEEPERS),
    get("audit:trail", ADAM),
    get("audit:download", ADAM),
)

API: tuple[Door, ...] = (
    get("api:accounts:organization", ADAM),
    Door("PATCH", "api:accounts:organization", (ADAM,)),
    get("api:accounts:working-hours", ADAM),
    Door("PUT", "api:accounts:working-hours", (ADAM,)),
    get("api:accounts:setup", ADAM),
    Door("PATCH", "api:accounts:setup", (ADAM,)),
    get("api:accounts:people", ADAM),
    get("api:accounts:person", ADAM),
    Door("PATCH", "api:accounts:person", (ADAM,)),
    post("api:accounts:suspension", ADAM),
    Door("PUT", "api:accounts:suspension", (ADAM,)),
    post("api:accounts:move-person", ADAM),
    post("api:accounts:grants", ADAM),
    Door("DELETE", "api:accounts:grant", (ADAM,)),
    get("api:accounts:moves", ADAM),
    Door("DELETE", "api:accounts:planned-move", (ADAM,)),
    get("api:accounts:groups", *EVERYBODY),
    post("api:accounts:groups", ADAM),
    get("api:accounts:group", *VIEWERS),
    Door("PATCH", "api:accounts:group", (ADAM,)),
    post("api:accounts:move", ADAM),
    post("api:accounts:merge", ADAM),
    post("api:accounts:archive", ADAM),
    post("api:accounts:restore", ADAM),
    Door("PUT", "api:accounts:limit", (ADAM,)),
    get("api:accounts:tree-export", *KEEPERS),
    *both("api:accounts:tree-imports", ADAM),
    get("api:accounts:tree-import", ADAM),
    Door("DELETE", "api:accounts:tree-import", (ADAM,)),
    post("api:accounts:tree-import-apply", ADAM),
    post("api:accounts:tree-import-again", ADAM),
    get("api:accounts:group-access", ADAM),
    get("api:accounts:person-access", ALICE, ADAM),
    *both("api:accounts:positions", ADAM),
    Door("PATCH", "api:accounts:position", (ADAM,)),
    get("api:accounts:seats", *VIEWERS),
    post("api:accounts:seats", ADAM),
    get("api:accounts:vacancies", ADAM),
    *both("api:accounts:duties", ADAM),
    Door("DELETE", "api:accounts:duty-acceptance", (ADAM,)),
    get("api:accounts:notifications", *EVERYBODY),
    Door("PUT", "api:accounts:notifications", EVERYBODY),
    get("api:accounts:training", *EVERYBODY),
    get("api:accounts:training-due", ADAM),
    *both("api:accounts:training-pages", ADAM),
    get("api:accounts:training-page", *EVERYBODY),
    Door("PUT", "api:accounts:training-page", (ADAM,)),
    Door("PUT", "api:accounts:training-archived", (ADAM,)),
    Door("PUT", "api:accounts:training-requirement", (ADAM,)),
    Door("DELETE", "api:accounts:training-requirement", (ADAM,)),
    post("api:accounts:training-acknowledgements", *EVERYBODY),
    get("api:accounts:invitations", ADAM),
    Door("DELETE", "api:accounts:invitation", (ADAM,)),
    post("api:accounts:resend-invitation", ADAM),
    post("api:accounts:invitation-batches", ADAM),
    get("api:accounts:invitation-batch", ADAM),
    Door("DELETE", "api:accounts:invitation-batch", (ADAM,)),
    get("api:accounts:invitation-lines", ADAM),
    post("api:accounts:send-invitations", ADAM),
    get("api:catalog:search", *VIEWERS),
    get("api:catalog:item", *VIEWERS),
    get("api:catalog:suppliers", ADAM),
    *both("api:catalog:rules", ADAM),
    Door("DELETE", "api:catalog:rule", (ADAM,)),
    *both("api:catalog:owners", ADAM),
    Door("DELETE", "api:catalog:owner", (ADAM,)),
    get("api:approvals:inbox", *EVERYBODY),
    get("api:approvals:deciding-settings", ADAM),
    Door("PUT", "api:approvals:deciding-settings", (ADAM,)),
    get("api:approvals:policy-check", ADAM),
    get("api:approvals:request", *ORDER_VIEWERS),
    post("api:approvals:decide", BOB),
    get("api:approvals:policies-export", ADAM),
    post("api:approvals:policies-import-check", ADAM),
    post("api:approvals:policies-import", ADAM),
    get("api:approvals:limits", ADAM),
    get("api:approvals:limit", ADAM),
    Door("PUT", "api:approvals:limit", (ADAM,)),
    Door("DELETE", "api:approvals:limit", (ADAM,)),
    get("api:approvals:policy", *VIEWERS),
    post("api:approvals:policy", ADAM),
    get("api:orders:list", *EVERYBODY),
    get("api:orders:detail", *ORDER_VIEWERS),
    post("api:orders:submit", ALICE),
    post("api:orders:reopen", ALICE),
    post("api:orders:withdraw", ALICE),
    post("api:orders:cancel", ALICE),
    post("api:orders:appeal", ALICE),
    post("api:orders:rebuild", ALICE),
    get("api:orders:take-preferred", *ORDER_VIEWERS),
    post("api:orders:take-preferred", ALICE),
    # Alice has a cart; there is none to be found for anybody else.
    get("api:orders:exceptions", *KEEPERS),
    post("api:orders:exceptions-adopt", *EVERYBODY),
    get("api:orders:cart", ALICE),
    post("api:orders:cart-lines", *EVERYBODY),
    Door("PATCH", "api:orders:cart-line", (ALICE,)),
    Door("DELETE", "api:orders:cart-line", (ALICE,)),
    get("api:orders:cart-preview", ALICE),
    post("api:orders:imagine", *VIEWERS),
    Door("PATCH", "api:budgets:detail", KEEPERS),
    Door("DELETE", "api:catalog:rule", (ADAM,)),
    *both("api:budgets:list", *EVERYBODY),
    get("api:analytics:spend", *KEEPERS),
    *both("api:analytics:backtests", *KEEPERS),
    get("api:analytics:backtest", *KEEPERS),
    Door("DELETE", "api:analytics:backtest", KEEPERS),
    get("api:analytics:backtest-changes", *KEEPERS),
    get("api:analytics:compare-backtests", *KEEPERS),
)

# Doors before a tenant is known, each with the reason why nobody's role is asked there.
OUTSIDE: dict[str, str] = {
    "landing": ANYBODY_SIGNED_IN,
    "healthz": "says that the process lives",
    "readyz": "says whether the house can serve, and nothing of what is in it",
    "prometheus-django-metrics": "figures for the operator; kept inside by the proxy",
    "decide": "addressed by a secret of its own; tests/approvals tries it",
    "unsubscribe": "addressed by a secret of its own; tests/accounts tries it",
    "invitation": "addressed by a secret of its own; tests/accounts tries it",
    "api:schema": "the API described, without content",
    "api:docs": "the same for people",
    **dict.fromkeys(
        (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_signup",
            "account_reauthenticate",
            "account_email",
            "account_email_verification_sent",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_confirm_login_code",
            "account_confirm_email",
            "account_reset_password_from_key_done",
            "account_reset_password_from_key",
            "account_reset_password_done",
        ),
        "sign-in, by the library that owns it",
    ),
    **dict.fromkeys(
        (
            "demo:people",
            "demo:sign-in",
            "demo:mailbox",
            "demo:letter",
            "demo:letter-html",
            "demo:kit",
        ),
        "development only; tests/demo proves that they are gone otherwise",
    ),
}
