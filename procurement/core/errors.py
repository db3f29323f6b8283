"""Refusals that a person can act on. Pages and the API turn each into one consistent shape."""


class DomainError(Exception):
    """A request that the rules refuse, with a sentence that says what to do.

    ``field`` names the input that caused it, so that a page can show it beside that field. A
    refusal with several causes lists them in ``errors``, each with its place and sentence.
    """

    status = 400
    title = "This cannot be done"
    errors: tuple[tuple[str, str], ...] = ()

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def places(self) -> list[tuple[str, str]]:
        """Return each input that caused it, with what is wrong there."""
        if self.errors:
            return list(self.errors)
        return [(self.field, self.message)] if self.field else []


class NotAllowed(DomainError):
    """The actor lacks a permission on the group in question."""

    status = 403
    title = "Not allowed"


class NotFound(DomainError):
    """The object does not exist for this actor; another tenant's looks no different."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """The object has moved on since the actor looked at it."""

    status = 409
    title = "It has changed in the meantime"
