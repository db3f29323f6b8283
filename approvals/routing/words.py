"""How things are said within a sentence (pure)."""

from collections.abc import Sequence


def enumerated(phrases: Sequence[str], joint: str = "and") -> str:
    """Join phrases as people list things: ``a, b and c``."""
    if len(phrases) < 2:  # noqa: PLR2004 – one thing is no list
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} {joint} {phrases[-1]}"


def uncapitalized(title: str) -> str:
    """Return a title as it stands within a sentence; ``HR partner`` keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
