"""Owners of categories when the tree or a person changes: who owns what from then on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.consequences import counted
from accounts.effects import (
    Effect,
    EffectKind,
    GroupChange,
    GroupChangeKind,
    MemberChange,
    MemberChangeKind,
    SeatDemand,
)
from accounts.models import OrgGroup
from approvals import services
from approvals.models import CategoryOwner
from approvals.selectors import OwnerAnswer, answers_of, with_names
from procurement.core.actors import Actor

_ByGroup = Mapping[UUID, Mapping[str, CategoryOwner]]


def seats_relied_on() -> list[SeatDemand]:
    """Return the seats that own a category now. One SQL query."""
    owners = CategoryOwner.objects.current().filter(position__isnull=False)
    return [
        SeatDemand(code, group_id, f"the category “{name}”, which it owns")
        for code, group_id, name in owners.order_by("category_name", "id").values_list(
            "position__code", "seat_group__id", "category_name"
        )
    ]


def follow_group_change(*, actor: Actor, change: GroupChange, now: datetime) -> list[Effect]:
    """End the owners of closed groups, or hand them to what takes a group over; say what changes.

    Three SQL queries, and a few for each owner that ends.
    """
    before = _current()
    if not before:
        return []
    told = _end_with_groups(actor, before, change, now)
    had, has = _by_group(before), _by_group(_current())
    return [*told, *_others_own(change, had, has)]


def follow_member_change(change: MemberChange) -> list[Effect]:
    """Say which categories somebody owned who has no access any more, and what they take along.

    They stay named, as they keep their seats: with their access, what they own is theirs again. At
    most five SQL queries.
    """
    if change.kind is MemberChangeKind.MOVE:
        mine = with_names(CategoryOwner.objects.current().filter(membership=change.membership_id))
        return [
            _effect(
                one,
                f"{_of(one)}: {change.name} still owns it after the move. Name somebody else under "
                "Category owners if it is not theirs any more.",
            )
            for one in mine
        ]
    if change.kind is not MemberChangeKind.SUSPEND:
        return []
    owners = _current()
    were = answers_of(owners, as_if_active=change.membership_id)
    are = answers_of(owners)
    return [
        _effect(one, _left(one, change.name, are.get(one.id)))
        for one in owners
        if one.id in were and were[one.id].person.membership_id == change.membership_id
    ]


def _end_with_groups(
    actor: Actor, owners: Sequence[CategoryOwner], change: GroupChange, now: datetime
) -> list[Effect]:
    closed = {place.id for place in change.places if place.was_active and not place.is_active}
    if not closed:
        return []
    if change.kind is GroupChangeKind.MERGE and change.target_id is not None:
        target = OrgGroup.objects.get(id=change.target_id)
        return list(_handed_over(actor, owners, change, target, now))
    ended = services.end_owners_of(actor=actor, group_ids=list(closed), now=now)
    left = [one for one in owners if one.seat_group_id in closed and one.group_id not in closed]
    answers = answers_of(left)
    return [
        *(
            _effect(one, f"{_of(one)}: {one.title} owns it no more, as the group is closed.")
            for one in ended
        ),
        *(_effect(one, _left(one, "", answers.get(one.id))) for one in left),
    ]


def _handed_over(
    actor: Actor,
    owners: Sequence[CategoryOwner],
    change: GroupChange,
    target: OrgGroup,
    now: datetime,
) -> Iterator[Effect]:
    """Hand to the group that takes another over what that one owned, and what its seats did."""
    merged = change.group_id
    for one in owners:
        if merged not in (one.group_id, one.seat_group_id):
            continue
        was = one.title
        after = services.move_owner(
            actor=actor,
            owner=one,
            group=target if one.group_id == merged else one.group,
            seat_group=target if one.seat_group_id == merged else one.seat_group,
            now=now,
        )
        if after is None:
            sentence = f"{_of(one)}: {was} owns it no more; {target.name} has an owner for it."
            yield _effect(one, sentence)
        elif after.title != was or after.group_id != one.group_id:
            yield _effect(one, f"{_of(one)}: from now on {after.title} owns it for {after.group}.")


def _others_own(change: GroupChange, had: _ByGroup, has: _ByGroup) -> list[Effect]:
    """Say in how many groups others own a category than before; the nearest group counts."""
    told: dict[tuple[str, str, str], CategoryOwner] = {}
    groups: Counter[tuple[str, str, str]] = Counter()
    for place in change.places:
        if not place.is_active:
            continue
        were, are = _nearest(place.before, had), _nearest(place.after, has)
        for code in were.keys() | are.keys():
            was, becomes = were.get(code), are.get(code)
            titles = (was.title if was else "", becomes.title if becomes else "")
            owner = becomes or was
            if titles[0] != titles[1] and owner is not None:
                told.setdefault((code, *titles), owner)
                groups[code, *titles] += 1
    effects = []
    for key in sorted(told):
        _code, was_title, title = key
        place_words = f"{told[key].category_name} in {counted(groups[key])}"
        if not title:
            sentence = f"{place_words}: nobody owns it any more; it was {was_title}."
        elif not was_title:
            sentence = f"{place_words}: {title} owns it, where nobody did."
        else:
            sentence = f"{place_words}: {title} owns it instead of {was_title}."
        effects.append(_effect(told[key], sentence))
    return effects


def _left(owner: CategoryOwner, name: str, answer: OwnerAnswer | None) -> str:
    """Say who answers for an owner now that somebody, or the seat's group, does not."""
    if owner.membership_id is not None:
        return (
            f"{_of(owner)}: {name} owns it in person and can no longer be asked. Name somebody "
            "else under Category owners."
        )
    instead = f" instead of {name}" if name else ""
    if answer is None or not answer.person.is_active:
        return f"{_of(owner)}, owned by {owner.title}: nobody answers any more. Fill the seat."
    return f"{_of(owner)}, owned by {owner.title}: {answer.person.name} answers{instead}."


def _current() -> list[CategoryOwner]:
    return list(with_names(CategoryOwner.objects.current()).order_by("category_name", "id"))


def _by_group(owners: Sequence[CategoryOwner]) -> _ByGroup:
    found: dict[UUID, dict[str, CategoryOwner]] = {}
    for owner in owners:
        found.setdefault(owner.group_id, {})[owner.category_code] = owner
    return found


def _nearest(path: Sequence[UUID], by_group: _ByGroup) -> dict[str, CategoryOwner]:
    """Return the owner of each category that counts for a group."""
    found: dict[str, CategoryOwner] = {}
    for group_id in path:
        found.update(by_group.get(group_id, {}))
    return found


def _of(owner: CategoryOwner) -> str:
    return f"{owner.category_name} for {owner.group.name}"


def _effect(owner: CategoryOwner, sentence: str) -> Effect:
    return Effect(
        EffectKind.APPROVAL_CHANGED,
        owner.id,
        owner.category_name,
        sentence,
        group_id=owner.group_id,
    )
