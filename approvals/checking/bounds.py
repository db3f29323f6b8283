"""Seats whose people may agree to less than what they would be asked about (pure)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from approvals.checking.asked import Asked
from approvals.checking.findings import Finding, FindingCode, Severity
from approvals.checking.staffing import Place, Staffing
from approvals.checking.wording import Able, called, group_ids, is_passable, some
from procurement.core.money import format_money


def too_low(
    one: Asked, situations: Mapping[Able, Sequence[Place]], staffing: Staffing, currency: str
) -> Iterator[Finding]:
    """Yield the amounts of a stage that nobody in its seats may agree to.

    Somebody without a limit is not bounded by one. An open-ended stage ends somewhere with every
    limit, so that one is only pointed out; a stage of certain amounts has to cover them.
    """
    limits = staffing.limits or {}
    if not limits:
        return
    bound: defaultdict[Decimal, list[Place]] = defaultdict(list)
    whose: defaultdict[Decimal, dict[UUID, None]] = defaultdict(dict)
    for able, places in situations.items():
        highest = _highest(one, able, limits)
        if highest is None or (one.upper is not None and highest >= one.upper):
            continue
        bound[highest].extend(places)
        for who in able:
            whose[highest].update(
                (member, None)
                for member in sorted(who or ())
                if (limit := limits.get(member)) is not None and limit <= highest
            )
    for highest, places in sorted(bound.items()):
        members = tuple(whose[highest])
        covers_none = highest <= one.lower
        beyond = "" if covers_none else " above that"
        names = some(sorted(staffing.name(member) for member in members))
        yield Finding(
            FindingCode.NO_LIMIT,
            Severity.BLOCKS if covers_none or one.upper is not None else Severity.WARNS,
            one.where,
            f"In {called(places)}, the approval limits of {names} let nobody agree to more than "
            f"{format_money(highest, currency)} here: {one.orders}{beyond} could not be submitted.",
            "Raise an approval limit, or seat somebody without one.",
            f"holders:{highest.normalize():f}",
            group_ids(places),
            members,
        )


def _highest(one: Asked, able: Able, limits: Mapping[UUID, Decimal | None]) -> Decimal | None:
    """Return the highest amount that a stage can be passed at; None without an end.

    None, too, for a stage that cannot be passed at all, which is found elsewhere.
    """
    bounds = {
        limit for who in able for member in who or () if (limit := limits.get(member)) is not None
    }
    if not bounds or not is_passable(one.stage, able):
        return None
    for bound in sorted(bounds):
        beyond = [
            who and frozenset(one for one in who if _is_above(limits, one, bound)) for who in able
        ]
        if not is_passable(one.stage, beyond):
            return bound
    return None


def _is_above(limits: Mapping[UUID, Decimal | None], member: UUID, bound: Decimal) -> bool:
    limit = limits.get(member)
    return limit is None or limit > bound
