"""A gallery of all pages: at a desk and on a phone, by day and by night, on one page to scroll.

`make gallery` fills the folder that GALLERY names; without it no picture is taken.
"""

import os
from html import escape
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
BY_DAY: Literal["light"] = "light"
BY_NIGHT: Literal["dark"] = "dark"

_HALL = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>
  body {{ font: 16px system-ui; margin: 2rem; background: #ddd; }}
  section {{ display: flex; gap: 1rem; align-items: start; overflow-x: auto; }}
  img {{ height: 540px; width: auto; border: 1px solid #999; }}
</style>
<h1>{count} pages</h1>
{rooms}
"""


def folder() -> Path | None:
    """Return where pictures go, if anybody wants them."""
    named = os.environ.get("GALLERY", "")
    return Path(named) if named else None


def take(page: Page, picture: Path, *, whole: bool = True) -> None:
    """Take a picture of a page, all of it or what is in sight."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    # Hiding the caret would take an inline style, which the page's policy forbids.
    page.screenshot(path=picture, full_page=whole, caret="initial")


def hang(page: Page, wall: Path, name: str) -> None:
    """Take a page's pictures at both widths, by day and by night; it is by day and wide after."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for light in (BY_NIGHT, BY_DAY):
            page.emulate_media(color_scheme=light, reduced_motion="reduce")
            take(page, wall / f"{name}.{size['width']}-{light}.png")


def open_to_all(wall: Path) -> None:
    """Write the page that shows all pictures, each page's beside each other."""
    pictures: dict[str, list[Path]] = {}
    for picture in sorted(wall.glob("*.png"), key=lambda one: (one.name, one.suffixes)):
        pictures.setdefault(picture.name.split(".")[0], []).append(picture)
    rooms = "\n".join(
        f"<h2>{escape(name)}</h2><section>"
        + "".join(
            f'<a href="{escape(one.name)}"><img loading="lazy" src="{escape(one.name)}" '
            f'alt="{escape(one.stem)}"></a>'
            for one in found
        )
        + "</section>"
        for name, found in pictures.items()
    )
    (wall / "index.html").write_text(_HALL.format(count=len(pictures), rooms=rooms))
