"""The first pages of an office."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Visitor
from tests.site.world import World


def test_the_first_pages(office: World, visitor: Callable[[], Visitor]) -> None:
    somebody = visitor()
    somebody.go("/")
    somebody.look("home")
    somebody.go("/account/login/")
    somebody.look("sign-in")
