"""Photograph pages of the office at two widths, to be looked at one by one.

    python tools/office_shots.py FOLDER URL…            # as nobody
    python tools/office_shots.py --session KEY FOLDER URL…   # as somebody who is signed in

Takes Playwright (from the part ``dev``) and Debian's Chromium. For each address two pictures are written,
``name-1280.png`` and ``name-390.png``, and what is wrong is said: a page wider than the screen, a message in the
browser's console, a request to another host, an answer that is not 200.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
WIDTHS = {1280: 900, 390: 844}
"""Width and height of the window, in CSS pixels."""


def shoot(
    addresses: Iterable[str],
    folder: Path,
    *,
    session: str = "",
    expected: int | None = 200,
    script: bool = True,
    zoom: float = 1,
) -> list[str]:
    """Write the pictures of ``addresses`` into ``folder``; what was wrong with them, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for address in addresses:
            for width, height in WIDTHS.items():
                wrong += _one(browser, address, folder, int(width / zoom), height, session, expected, script)
        browser.close()
    return wrong


def _one(
    browser: Browser,
    address: str,
    folder: Path,
    width: int,
    height: int,
    session: str,
    expected: int | None,
    script: bool,
) -> Iterator[str]:
    here = urlsplit(address)
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "domain": here.hostname or "", "path": "/"}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda fault: said.append(f"script: {fault}"))
    page.on(
        "request",
        lambda request: (
            said.append(f"foreign host: {request.url}")
            if urlsplit(request.url).hostname != here.hostname and not request.url.startswith("data:")
            else None
        ),
    )
    answer = page.goto(address, wait_until="load")
    if expected is not None and (answer is None or answer.status != expected):
        said.append(f"status {answer.status if answer else 'none'}")
    wide = page.evaluate("document.documentElement.scrollWidth") if script else 0
    if wide > width:
        said.append(f"the page is {wide} pixels wide")
    page.screenshot(path=folder / f"{name_of(address)}-{width}.png", full_page=True)
    context.close()
    yield from (f"{address} at {width}: {line}" for line in said)


def name_of(address: str) -> str:
    """The name of a picture, from the path and query of an address."""
    parts = urlsplit(address)
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{parts.path}-{parts.query}").strip("-") or "home"


def main() -> int:
    """The command; 1 where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("addresses", nargs="+", metavar="URL")
    parser.add_argument("--session", default="", help="the value of the cookie sessionid")
    parser.add_argument("--status", type=int, default=200, help="the status that is expected; 0: any")
    parser.add_argument("--no-script", action="store_true", help="with JavaScript off")
    parser.add_argument("--zoom", type=float, default=1, help="2: as at 200 %%")
    given = parser.parse_args()
    wrong = shoot(
        given.addresses,
        given.folder,
        session=given.session,
        expected=given.status or None,
        script=not given.no_script,
        zoom=given.zoom,
    )
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
