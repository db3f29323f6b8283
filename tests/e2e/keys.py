"""Somebody who has keys alone: no mouse, and nothing typed but into what has the focus.

Every stop is looked at: it can be seen, has a ring, is covered by nothing, and comes in the order
of the page.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_FOCUS = Path(__file__).with_name("keys.js").read_text()
# What has been put in place takes the focus a moment after it can be read.
_SETTLED = "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
_PATIENCE = 5.0  # seconds
_FURTHEST = 250  # stops; no page has as many


@dataclass(frozen=True)
class Stop:
    """What has the focus: what it is called, what is said of it, and what is wrong with it."""

    name: str
    id: str
    tag: str
    describes: str
    in_main: bool
    is_invalid: bool
    goes_back: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """The keys before a page."""

    page: Page

    def focus(self) -> Stop | None:
        """Return what has the focus once the page has settled; None where nothing has it."""
        end = time.monotonic() + _PATIENCE
        while not self.page.evaluate(_SETTLED) and time.monotonic() < end:
            time.sleep(0.02)
        found: dict[str, Any] | None = self.page.evaluate(_FOCUS)
        return None if found is None else Stop(**{**found, "problems": tuple(found["problems"])})

    def here(self) -> Stop:
        """Return what has the focus, which something has, and which can be seen to have it."""
        stop = self.focus()
        assert stop is not None, f"nothing has the focus on {self.page.url}"
        assert not stop.problems, f"{self.page.url}: {stop.name!r} ({stop.tag}) {stop.problems}"
        return stop

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type over what stands in the field that has the focus."""
        assert self.here().tag in ("input", "textarea")
        self.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def next(self, *, back: bool = False) -> Stop | None:
        """Go on to the next stop, and look at it; None behind the last."""
        self.press("Shift+Tab" if back else "Tab")
        if self.focus() is None:
            return None
        stop = self.here()
        assert back or not stop.goes_back, f"{self.page.url}: {stop.name!r} stands before the last"
        return stop

    def to(self, name: str, *, back: bool = False) -> Stop:
        """Go on until the focus is on something whose name begins so."""
        passed: list[str] = []
        for _ in range(_FURTHEST):
            stop = self.next(back=back)
            if stop is None:
                break
            if stop.name.startswith(name):
                return stop
            passed.append(stop.name)
        raise AssertionError(f"{name!r} is not met on {self.page.url}, only {passed}")

    def skip(self, words: str = "Skip to content") -> None:
        """Take the skip link of a page that has just come, which is its first stop."""
        stop = self.next()
        assert stop is not None
        assert stop.name == words
        self.press("Enter")

    def walk(self) -> list[str]:
        """Go through a whole page that has just come, from its first stop to its last."""
        names: list[str] = []
        while (stop := self.next()) is not None:
            names.append(stop.name)
            assert len(names) < _FURTHEST, f"{self.page.url} does not end"
        return names
