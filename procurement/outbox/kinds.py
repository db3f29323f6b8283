"""The kinds of what leaves the house, and of what goes wrong with it (pure)."""

from enum import StrEnum


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "EMAIL"
    PUSH = "PUSH"


class Failure(StrEnum):
    """Why a message was given up on.

    ``BOUNCED``: the address was refused for good. ``REFUSED``: the message was. ``GAVE_UP``: it was
    tried long enough. ``BROKEN``: it could not even be written.
    """

    BOUNCED = "BOUNCED"
    REFUSED = "REFUSED"
    GAVE_UP = "GAVE_UP"
    BROKEN = "BROKEN"
