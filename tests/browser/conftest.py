"""A real browser (Debian's Chromium) in front of the site; `make browser` installs it and runs these tests.

``visitor`` makes people with a browser of their own. Every page that a test looks at (``look``) is held to axe, to a
title and to one main heading, is photographed at 1280 and at 390 pixels, and may ask nobody else for anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from tests.site import world

from selectorate.office.models import User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop of its own in this thread
CHROMIUM = os.environ.get("SELECTORATE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = Path(os.environ.get("SELECTORATE_PICTURES", "demo/pictures"))
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"1280": (1280, 900), "390": (390, 844)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium on this machine; `make browser` installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        self.page: Page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    def _asked(self, request: Request) -> None:
        if (
            request.url.startswith(("http:", "https:", "ws:"))
            and urlsplit(request.url).netloc != urlsplit(self.address).netloc
        ):
            self.elsewhere.append(request.url)

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, user: User) -> Visitor:
        """Be signed in as somebody, by a session made on the server."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])
        return self

    def look(self, name: str) -> Page:
        """Hold the page that is open to what every page is held to, and photograph it."""
        page = self.page
        assert page.title().strip(), "a page has a title"
        assert page.locator("h1").count() == 1, f"{page.url}: one main heading"
        results = Axe().run(page)
        assert results.violations_count == 0, f"{page.url}:\n{results.generate_report()}"
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{page.url} is {wide} pixels wide on a screen of {width}"
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{size}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        assert self.elsewhere == [], "nobody else is asked for anything"
        assert self.complaints == [], "the browser complains of nothing"
        return page


@pytest.fixture
def visitor(browser: Browser, live_server: object) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors of the live site."""
    made: list[Visitor] = []

    def visit(kind: type[Visitor] = Visitor) -> Visitor:
        made.append(kind(browser, str(live_server)))
        return made[-1]

    yield visit
    for one in made:
        one.context.close()


@pytest.fixture
def office(transactional_db: None) -> world.World:
    """An organisation with officials, and nothing else."""
    return world.World()
