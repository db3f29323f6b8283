"""Whether a page can be used by everybody, as far as a program can tell.

Where the source of axe-core is at hand (AXE_SOURCE names the file), its serious and critical
findings count, too. Without it, own checks look for what breaks most.
"""

import os
from pathlib import Path

from playwright.sync_api import Page

_OWN = Path(__file__).with_name("access.js").read_text()
_AXE = """
async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => one.id + ": " + one.nodes.map((node) => node.target.join(" ")).join(", "));
}
"""


def problems_of(page: Page) -> list[str]:
    """Return what keeps people from using a page, in words."""
    found: list[str] = page.evaluate(_OWN)
    source = os.environ.get("AXE_SOURCE", "")
    if source:
        page.evaluate(Path(source).read_text())
        found += page.evaluate(_AXE)
    return found
