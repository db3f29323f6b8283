"""Reads the process environment, typed, and fails loudly on what it cannot use.

Nothing else in the product looks at ``os.environ`` for its configuration.
"""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """Return a variable's text; without a default a missing one is an error."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"Set {name} in the environment; docs/operations.md explains it."
        )
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return a variable as a boolean (1/true/yes/on or 0/false/no/off)."""
    value = os.environ.get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false.")


def number(name: str, default: int) -> int:
    """Return a variable as a whole number."""
    value = os.environ.get(name)
    if value is None or not value.strip():
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as its non-empty words."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def home() -> Path:
    """Return the folder for what this installation keeps beside its code (made when missing)."""
    folder = Path(os.environ.get("PROCUREMENT_HOME") or ROOT / ".local")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def development_secret() -> str:
    """Return this checkout's own secret, generated once and readable by its owner alone."""
    path = home() / "secret_key"
    if not path.exists():
        # Linked once it is whole: of several processes that start at once, all read the same one.
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
