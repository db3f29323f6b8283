"""Trying a change before it is made: carried out for real, looked at, and rolled back."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction

from accounts.effects import Effect, EffectKind, fingerprint
from procurement.core.errors import Conflict, DomainError

_Outcome = TypeVar("_Outcome")


def rehearse(change: Callable[[], _Outcome]) -> _Outcome:
    """Return what a change comes to, and leave nothing of it behind.

    Whatever it wrote, enqueued or locked is undone with its savepoint. Needs a transaction around
    it, as a tenancy scope is.
    """
    with transaction.atomic():
        outcome = change()
        transaction.set_rollback(True)
    return outcome


def agree(effects: Sequence[Effect], *, seen: str | None) -> None:
    """Let a change pass whose effects are the ones that somebody has looked at.

    ``seen`` is the fingerprint of what was shown; None where nothing had to be. Raises
    `DomainError` for what stands in the way, and `Conflict` where the effects have become others:
    the transaction must then be rolled back.
    """
    blocking = [effect.sentence for effect in effects if effect.kind is EffectKind.BLOCKED]
    if blocking:
        raise DomainError(" ".join(blocking))
    if seen is not None and seen != fingerprint(effects):
        raise Conflict(
            "What this would change is not what you were shown: something has happened in the "
            "meantime. Look at it again, then decide."
        )
