"""What each line of the trail says, in words; pure.

A phrase follows the name of who acted and holds ``{subject}`` once; other fields in braces are
taken from what changed. A code without a phrase is read out: "placed" of ``purchase_order.placed``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from procurement.audit.actions import AuditAction
from procurement.core.money import format_money

PHRASES: Mapping[str, str] = {
    AuditAction.ORGANIZATION_CREATED: "opened {subject}",
    AuditAction.GROUP_CREATED: "created the group {subject} below {parent}",
    AuditAction.GROUP_CHANGED: "changed the group {subject}",
    AuditAction.GROUPS_IMPORTED: "added {groups} groups to {subject} from history",
    AuditAction.MEMBER_ADDED: "added {subject} to {group}",
    AuditAction.MEMBER_SUSPENDED: "suspended {subject}",
    AuditAction.MEMBER_REINSTATED: "reinstated {subject}",
    AuditAction.ROLE_GRANTED: "made {subject} {role} of {group}",
    AuditAction.ROLE_REVOKED: "ended the role {role} of {subject} on {group}",
    AuditAction.MESSAGE_RETRIED: "had the message {subject} sent once more",
    AuditAction.WORKING_CALENDAR_CHANGED: "changed the working hours of {subject}",
    AuditAction.NOTIFICATIONS_CHANGED: "changed how {subject} is told about things",
    AuditAction.PUSH_SUBSCRIBED: "let a device show notifications for {subject}",
    AuditAction.PUSH_UNSUBSCRIBED: "stopped notifications for {subject} on a device",
    AuditAction.MESSAGE_BOUNCED: "learned that the message {subject} came back",
    AuditAction.POSITION_CREATED: "introduced the seat {subject}",
    AuditAction.POSITION_RENAMED: "renamed the seat {subject}",
    AuditAction.POSITION_ARCHIVED: "archived the seat {subject}",
    AuditAction.POSITION_RESTORED: "restored the seat {subject}",
    AuditAction.POSITION_FILLED: "seated {holder} as {subject}",
    AuditAction.POSITION_VACATED: "left the seat {subject} vacant",
    AuditAction.DEPUTY_NAMED: "made {holder} the deputy of {subject}",
    AuditAction.DEPUTY_RELEASED: "released the deputy of {subject}",
    AuditAction.DUTY_ACCEPTED: "accepted a conflict of duties of {subject} on {group}",
    AuditAction.DUTY_REOPENED: "took back the acceptance of a conflict of duties of {subject}",
    AuditAction.GROUP_MOVED: "moved the group {subject} below {parent}",
    AuditAction.GROUP_MERGED: "merged the group {subject} into {target}",
    AuditAction.GROUP_ARCHIVED: "archived the group {subject}",
    AuditAction.GROUP_RESTORED: "restored the group {subject}",
    AuditAction.TREE_IMPORT_PLANNED: "uploaded {subject} to change the groups",
    AuditAction.TREE_IMPORT_DISCARDED: "discarded {subject} without changing the groups",
    AuditAction.TREE_IMPORTED: "changed the groups as in {subject}",
    AuditAction.TREE_EXPORTED: "downloaded the groups of {subject}",
    AuditAction.HIERARCHY_REVIEWED: "checked the groups of {subject}",
    AuditAction.MEMBER_MOVED: "moved {subject} to {group}",
    AuditAction.MEMBER_MOVE_PLANNED: "planned to move {subject} to {group}",
    AuditAction.MEMBER_MOVE_CANCELLED: "called off the move of {subject} to {group}",
    AuditAction.MEMBER_CHANGED: "changed what is known of {subject}",
    AuditAction.MEMBERS_CHECKED: "entered {total} people to be invited in {subject}",
    AuditAction.MEMBER_INVITED: "invited {subject} to {group}",
    AuditAction.MEMBERS_INVITED: "invited {invited} people of {subject}",
    AuditAction.INVITATIONS_STARTED: "had the {ready} people of {subject} invited",
    AuditAction.INVITATIONS_DISCARDED: "discarded the invitations of {subject}",
    AuditAction.INVITATION_RESENT: "invited {subject} once more",
    AuditAction.INVITATION_REVOKED: "revoked the invitation of {subject}",
    AuditAction.INVITATION_ACCEPTED: "accepted the invitation of {subject}",
    AuditAction.ROLE_LIMIT_SET: "limited orders of the role {role} on {subject} to {amount}",
    AuditAction.ROLE_LIMIT_ENDED: "ended the limit on orders of the role {role} on {subject}",
    AuditAction.TRAINING_PUBLISHED: "published the training page {subject}",
    AuditAction.TRAINING_CHANGED: "changed how the training page {subject} is listed",
    AuditAction.TRAINING_ARCHIVED: "archived the training page {subject}",
    AuditAction.TRAINING_RESTORED: "restored the training page {subject}",
    AuditAction.TRAINING_REQUIRED: "required the training page {subject}",
    AuditAction.TRAINING_REQUIREMENT_ENDED: "no longer requires the training page {subject}",
    AuditAction.TRAINING_ACKNOWLEDGED: "has read the training page {subject}",
    AuditAction.TRAINING_REMINDED: "reminded {people} people of {subject} of their training",
    AuditAction.ORGANIZATION_CHANGED: "changed the particulars of {subject}",
    AuditAction.SETUP_STEP_SKIPPED: "left out a step of setting up {subject}",
    AuditAction.SETUP_CLOSED: "put the guide of {subject} away",
    AuditAction.BUDGET_SHIFTED: "shifted what {document} has set aside to the budget {subject}",
    AuditAction.REQUISITION_REGROUPED: "took {subject} over to {group}",
    AuditAction.REQUISITION_HANDED_OVER: "handed {subject} over to {owner}",
    AuditAction.EXCEPTIONS_ADOPTED: "made a rule of what was always agreed to: {subject}",
    AuditAction.SUPPLIER_ADDED: "added the supplier {subject}",
    AuditAction.SUPPLIER_CHANGED: "changed the supplier {subject}",
    AuditAction.SUPPLIER_SPELLING_FOLDED: "folded a spelling into the supplier {subject}",
    AuditAction.SUPPLIER_SPELLING_UNFOLDED: "split a spelling off the supplier {subject}",
    AuditAction.SUPPLIERS_IMPORTED: "added {suppliers} suppliers to {subject} from history",
    AuditAction.CATEGORIES_IMPORTED: "added categories to {subject} from history",
    AuditAction.CODE_MAPPED: "filed {subject} under {category}",
    AuditAction.ITEM_CHANGED: "changed the item {subject}",
    AuditAction.ITEMS_LOADED: "loaded a catalog for {subject}: {created} new, {changed} changed",
    AuditAction.BUYING_RULE_SET: "set the buying rule “{subject}”",
    AuditAction.BUYING_RULE_ENDED: "ended the buying rule “{subject}”",
    AuditAction.POLICY_PUBLISHED: "published the policy {subject}",
    AuditAction.POLICY_RESTORED: "went back to version {restored} of the policy {subject}",
    AuditAction.POLICY_DRAFT_SAVED: "kept a draft of the policy of {subject}",
    AuditAction.POLICY_DRAFT_DISCARDED: "discarded a draft of the policy of {subject}",
    AuditAction.POLICIES_CHECKED: "checked the policies of {subject}",
    AuditAction.POLICIES_EXPORTED: "downloaded {policies} policies of {subject}",
    AuditAction.POLICIES_IMPORTED: "published {policies} policies of {subject} from a file",
    AuditAction.APPROVAL_REQUESTED: "asked for approval of {subject}",
    AuditAction.APPROVAL_STAGE_OPENED: "asked the stage “{stage}” to decide on {subject}",
    AuditAction.APPROVAL_DECIDED: "{choice} {subject} as {seat}",
    AuditAction.APPROVAL_REFUSED: "tried to decide on {subject}, which was refused",
    AuditAction.APPROVAL_RESEATED: "re-seated the stage “{stage}” of {subject}",
    AuditAction.APPROVAL_CLOSED: "closed the approval of {subject}: {status}",
    AuditAction.APPROVAL_WITHDRAWN: "withdrew {subject} from approval",
    AuditAction.APPROVAL_SUPERSEDED: "ended the approval of an earlier version of {subject}",
    AuditAction.APPROVAL_QUESTION_ASKED: "asked {requester} about {subject}",
    AuditAction.APPROVAL_QUESTION_ANSWERED: "answered {asker} about {subject}",
    AuditAction.APPROVAL_HANDED_OVER: "handed the decision on {subject} to {person}",
    AuditAction.APPROVER_ADDED: "asked {person}, too, to agree to {subject}",
    AuditAction.APPROVER_REMOVED: "took {person} off the approval of {subject}",
    AuditAction.APPROVAL_EXTENDED: "extended the time for deciding on {subject}",
    AuditAction.APPROVAL_REMINDED: "reminded who decides on {subject}",
    AuditAction.APPROVAL_ESCALATED: "asked the next in line to decide on {subject}",
    AuditAction.APPROVAL_EXPIRY_WARNED: "warned that {subject} is about to expire",
    AuditAction.APPROVAL_EXPIRED: "let {subject} expire, undecided",
    AuditAction.APPROVAL_CARRIED: "kept what was agreed to before {subject} was changed",
    AuditAction.APPROVAL_APPEALED: "appealed the rejection of {subject}",
    AuditAction.DELEGATION_SET: "let {deputy} decide for {subject}",
    AuditAction.DELEGATION_ENDED: "ended that {deputy} decides for {subject}",
    AuditAction.ABSENCE_FEED_ADDED: "had absences read from the calendar {subject}",
    AuditAction.ABSENCE_FEED_ENDED: "stopped reading absences from the calendar {subject}",
    AuditAction.DECIDING_SETTINGS_CHANGED: "changed how long decisions may take in {subject}",
    AuditAction.APPROVAL_LIMIT_SET: "let {subject} agree to {amount}",
    AuditAction.APPROVAL_LIMIT_ENDED: "ended the approval limit of {subject}",
    AuditAction.CATEGORY_OWNER_NAMED: "named {owner} as the owner of {subject}",
    AuditAction.CATEGORY_OWNER_ENDED: "took {subject} away from {owner}",
    AuditAction.BUDGET_SET: "set the budget {subject} to {cap}",
    AuditAction.BUDGET_CAP_CHANGED: "changed the budget {subject} to {cap}",
    AuditAction.BUDGET_ENDED: "ended the budget {subject}",
    AuditAction.BUDGET_THRESHOLD_CROSSED: "noticed {threshold} % of the budget {subject}",
    AuditAction.BUDGET_CHANGED: "changed how the budget {subject} is held",
    AuditAction.BUDGET_FROZEN: "froze the budget {subject}",
    AuditAction.BUDGET_THAWED: "took the budget {subject} up again",
    AuditAction.BUDGET_CLOSED: "closed {subject}",
    AuditAction.BUDGET_REOPENED: "reopened {subject} for late invoices",
    AuditAction.BUDGET_ADJUSTED: "adjusted what is spent on {subject} by {amount}",
    AuditAction.BUDGET_CARRIED_OVER: "carried {amount} over to {subject}",
    AuditAction.BUDGET_ROLLED: "moved open orders of {amount} on to {subject}",
    AuditAction.BUDGET_EARMARKED: "set {amount} aside on {subject}",
    AuditAction.BUDGET_EARMARK_RELEASED: "released what was set aside on {subject}",
    AuditAction.BUDGET_INCREASE_ASKED: "asked for {amount} more on the budget {subject}",
    AuditAction.BUDGET_INCREASE_APPROVED: "raised the budget {subject} by {amount}, as approved",
    AuditAction.BUDGET_INCREASE_REJECTED: "refused an increase of the budget {subject}",
    AuditAction.BUDGET_INCREASE_WITHDRAWN: "took back the wish for more on the budget {subject}",
    AuditAction.BUDGET_INCREASE_EXPIRED: "let the wish for more on the budget {subject} expire",
    AuditAction.BUDGET_TRANSFER_ASKED: "asked {giver} for {amount} to the budget {subject}",
    AuditAction.BUDGET_TRANSFER_REFUSED: "refused to give {amount} to the budget {subject}",
    AuditAction.BUDGET_TRANSFER_WITHDRAWN: "no longer asks for {amount} to the budget {subject}",
    AuditAction.BUDGET_TRANSFER_EXPIRED: "let the wish for {amount} to the budget {subject} expire",
    AuditAction.BUDGET_TRANSFERRED: "transferred {amount} from {giver} to the budget {subject}",
    AuditAction.BUDGETS_PLANNED: "planned {subject}",
    AuditAction.BUDGETS_IMPORTED: "set budgets from the file {subject}",
    AuditAction.BUDGET_REARMED: "noticed that the budget {subject} fell below {threshold} % again",
    AuditAction.BUDGET_SETTINGS_CHANGED: "changed how budgets of {subject} run",
    AuditAction.FISCAL_CALENDAR_CHANGED: "changed the fiscal calendar of {subject}",
    AuditAction.ALLOWANCE_SET: "gave everybody in {subject} a budget of {cap}",
    AuditAction.ALLOWANCE_CHANGED: "changed the budgets of everybody in {subject} to {cap}",
    AuditAction.ALLOWANCE_ENDED: "ended the budgets of everybody in {subject}",
    AuditAction.ALLOWANCES_ALIGNED: "brought the personal budgets in {subject} in line",
    AuditAction.LEDGER_CHECKED: "compared counters, ledger and documents of {subject}",
    AuditAction.COUNTERS_REBUILT: "rebuilt counters of {subject} from the ledger",
    AuditAction.REQUISITION_STARTED: "started the order {subject}",
    AuditAction.REQUISITION_SUBMITTED: "submitted {subject} for {total}",
    AuditAction.REQUISITION_REFUSED: "tried to submit {subject} for {total}, which was refused",
    AuditAction.REQUISITION_WAITS: "left {subject} waiting for budget",
    AuditAction.REQUISITION_PROCEEDED: "had {subject} go on, since there is room",
    AuditAction.REQUISITION_WAIT_ENDED: "ended the wait of {subject} for budget",
    AuditAction.REQUISITION_INCREASE_REFUSED: "told that an increase for {subject} was refused",
    AuditAction.REQUISITION_APPROVED: "cleared {subject} to be placed",
    AuditAction.REQUISITION_REJECTED: "sent {subject} back to its requester",
    AuditAction.REQUISITION_REOPENED: "reopened {subject}",
    AuditAction.REQUISITION_WITHDRAWN: "withdrew {subject}",
    AuditAction.REQUISITION_EXPIRED: "closed {subject}, since nobody decided in time",
    AuditAction.REQUISITION_CANCELLED: "cancelled {subject}",
    AuditAction.REQUISITION_APPEALED: "appealed the rejection of {subject}",
    AuditAction.REQUISITION_LINES_REJECTED: "rejected lines of {subject}",
    AuditAction.REQUISITION_REBUILT: "put what {subject} asked for into a new cart",
    AuditAction.REQUISITION_LINE_REPLACED: "took the preferred {item} on {subject} instead",
    AuditAction.PURCHASE_ORDER_PLACED: "placed {subject} with {supplier} for {total}",
    AuditAction.HISTORY_IMPORTED: "imported {orders} orders from {subject}",
    AuditAction.REPORT_DOWNLOADED: "downloaded “{subject}”",
    AuditAction.BACKTEST_STARTED: "tried {subject} on the past",
    AuditAction.BACKTEST_CANCELLED: "cancelled trying {subject} on the past",
    AuditAction.BACKTEST_FINISHED: "finished trying {subject} on the past: {changed} changed",
    AuditAction.BACKTEST_FAILED: "could not finish trying {subject} on the past",
}
_MONEY = frozenset({"total", "cap", "amount"})
_CHOICES = {"APPROVE": "approved", "REJECT": "rejected"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line in words, the subject apart so that it can be a link."""

    lead: str
    subject: str
    tail: str

    def __str__(self) -> str:
        return f"{self.lead}{self.subject}{self.tail}"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an event recorded, before and after, as text."""

    name: str
    was: str
    becomes: str


class _Fields(dict[str, str]):
    """The fields of a phrase; one that an event does not have reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(
    action: str, subject: str, after: Mapping[str, Any] | None, *, currency: str = ""
) -> Sentence:
    """Say what an event says, to follow the name of who acted.

    ``currency`` (ISO 4217) is that of amounts where the event names none.
    """
    phrase = PHRASES.get(action) or f"{_spoken(action.rpartition('.')[2])} {{subject}}"
    lead, _, tail = phrase.partition("{subject}")
    values = after or {}
    own = str(values.get("currency") or currency)
    fields = _Fields({name: _field(name, value, own) for name, value in values.items()})
    return Sentence(lead.format_map(fields), subject, tail.format_map(fields))


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """List what an event recorded, name by name, what was taken away last."""
    was, becomes = before or {}, after or {}
    return [
        Change(_spoken(name).capitalize(), text(was.get(name)), text(becomes.get(name)))
        for name in dict.fromkeys([*becomes, *was])
    ]


def action_name(action: str) -> str:
    """Return an action's code in words: ``Purchase order: placed``."""
    noun, _, verb = action.partition(".")
    return f"{_spoken(noun).capitalize()}: {_spoken(verb)}"


def text(value: Any) -> str:
    """Return a recorded value as text."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{_spoken(str(name))}: {text(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(text(inner) for inner in value)
    return str(value)


def _field(name: str, value: Any, currency: str) -> str:
    if name == "choice":
        return _CHOICES.get(str(value), _spoken(str(value)).lower())
    if name in _MONEY and currency:
        try:
            return format_money(Decimal(str(value)), currency)
        except InvalidOperation:
            return str(value)
    written = text(value)
    return _spoken(written).lower() if written.isupper() else written


def _spoken(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
