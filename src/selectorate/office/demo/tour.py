"""A visitor's way through the demonstration, without a browser: each page is read, and what it shows is told."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from ...errors import SelectorateError
from ..models import Contest


def tour(say: Callable[[str], None]) -> None:
    """Read the public pages of every contest. Raises SelectorateError for a page that cannot be read."""
    visitor = Client(headers={"host": "localhost"})
    pages = ["/"] + [f"/contests/{contest.slug}/" for contest in Contest.objects.all() if contest.public]
    for page in pages:
        answer = visitor.get(page)
        if answer.status_code != 200:
            raise SelectorateError(f"the page {page} answers {answer.status_code}")
        title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.S)
        say(f"{page}  {title.group(1) if title else ''}")
