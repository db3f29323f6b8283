"""The product as an app: what a browser needs to install it, and what it may keep."""

import re
import struct
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from procurement.core.webapp import PAPER

_PAPER_BY_NIGHT = "#11171a"


def worker() -> str:
    """Return the service worker as browsers get it."""
    return Client().get("/service-worker.js").content.decode()


def kept_by(source: str) -> list[str]:
    """Return the addresses that the service worker keeps on the device."""
    listed = re.search(r"const KEPT = \[(.*?)\];", source, re.DOTALL)
    assert listed is not None
    return re.findall(r'"([^"]+)"', listed[1].replace("OFFLINE", '"/offline"'))


def test_the_app_starts_where_everybody_lands_and_covers_the_whole_site() -> None:
    response = Client().get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    told = response.json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}


def test_every_icon_is_there_in_the_size_that_the_manifest_promises() -> None:
    for icon in Client().get("/manifest.webmanifest").json()["icons"]:
        found = finders.find(icon["src"].removeprefix("/static/"))
        assert found is not None, icon["src"]
        content = Path(found).read_bytes()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", content[16:24])
            assert icon["sizes"] == f"{width}x{height}"
        else:
            assert content.startswith(b"<svg")


def test_the_colours_before_the_first_style_are_those_of_the_manifest() -> None:
    head = render_to_string("_head.html")
    assert f'content="{PAPER}" media="(prefers-color-scheme: light)"' in head
    assert f'content="{_PAPER_BY_NIGHT}" media="(prefers-color-scheme: dark)"' in head


def test_the_worker_may_serve_the_whole_site_and_is_asked_for_anew() -> None:
    response = Client().get("/service-worker.js")
    assert response["Service-Worker-Allowed"] == "/"
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Type"].startswith("text/javascript")
    assert "worker-src 'self'" in response["Content-Security-Policy"]
    assert "manifest-src 'self'" in response["Content-Security-Policy"]


def test_the_worker_keeps_one_page_and_its_styles_and_nothing_of_anybody() -> None:
    source = worker()
    page, *files = kept_by(source)
    assert page == "/offline"
    assert all(re.fullmatch(r"/static/face/[\w./-]+\.(css|js)", address) for address in files)
    # Nothing is put into a cache but that list: no answer of a fetch, no page that was looked at.
    assert source.count("addAll") == 1
    assert "addAll(fresh)" in source
    assert ".put(" not in source
    assert ".add(" not in source
    for store in ("indexedDB", "localStorage", "cookie"):
        assert store not in source


def test_the_page_without_a_network_brings_all_that_it_needs() -> None:
    page = render_to_string("offline.html")
    named = set(re.findall(r'(?:href|src)="(/[^"]+)"', page))
    assert named == set(kept_by(worker())) - {"/offline"}
    assert "<h1>" in page
    assert " style=" not in page


def test_the_page_without_a_network_is_the_same_for_everybody() -> None:
    response = Client().get("/offline")
    assert response.content.decode() == render_to_string("offline.html")
    assert not response.cookies
    assert "csrf" not in response.content.decode()


def test_the_worker_changes_when_what_it_keeps_changes() -> None:
    assert re.search(r'const SHELL = "shell-[0-9a-f]{12}";', worker())
    assert worker() == worker()
