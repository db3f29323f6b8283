"""Whether a page can be used by everybody, as far as a program can tell."""

from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

_OWN = Path(__file__).with_name("access.js").read_text()
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
_FIND = """
async (rules) => {
  const options = {resultTypes: ["violations"]};
  if (rules) options.runOnly = {type: "rule", values: rules};
  const found = await axe.run(document, options);
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => one.id + ": " + one.nodes.map((node) => node.target.join(" ")).join(", "));
}
"""
# What light and dark, and nothing else of a page, can change.
COLOURS = ("color-contrast", "link-in-text-block")


def problems_of(page: Page) -> list[str]:
    """Return what keeps people from using a page, in words: by axe's rules and by our own.

    Not for a page whose scripts are switched off: axe would wait there for ever.
    """
    return [*misfits_of(page), *findings_of(page)]


def misfits_of(page: Page) -> list[str]:
    """Return what our own look finds, which also asks whether the page fits its width."""
    found: list[str] = page.evaluate(_OWN)
    return found


def findings_of(page: Page, *rules: str) -> list[str]:
    """Return the serious and critical findings of axe, of all of its rules or of some."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    found: list[str] = page.evaluate(_FIND, list(rules) or None)
    return found
