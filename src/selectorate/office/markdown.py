"""Statements as they are shown: a small Markdown, and nothing of it that could do harm.

Paragraphs, emphasis, lists and links to ``https`` addresses; everything else is shown as the text that it is. What
comes of it is let through a list of allowed elements once more, so that a fault of the one is held by the other.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

ELEMENTS = {"p", "br", "em", "strong", "ul", "ol", "li", "a"}
"""What a statement can contain."""
MAX_NESTING = 8
"""Lists in lists in lists: what is deeper is no statement."""


def _made() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False, "maxNesting": MAX_NESTING})
    parser.enable(["emphasis", "list", "link", "newline", "escape", "entity", "backticks"])
    parser.disable(["backticks"])
    parser.validateLink = _is_safe  # type: ignore[method-assign]
    return parser


def _is_safe(address: str) -> bool:
    """Whether a link may lead there: to a page of the web, by a secured connection, with no name or password in it."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return False
    plain = all(character.isprintable() and character not in '\\ <>"' for character in address)
    return (
        plain and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and port in (None, 443)
    )


PARSER = _made()


def rendered(text: str) -> SafeString:
    """The HTML of a statement."""
    made = nh3.clean(
        PARSER.render(text),
        tags=ELEMENTS,
        attributes={"a": {"href"}},
        url_schemes={"https"},
        link_rel="nofollow noreferrer noopener ugc",
        strip_comments=True,
    )
    return mark_safe(made)  # what nh3 lets through


def refused(text: str) -> str:
    """What makes a statement one that cannot be shown as it was meant; nothing, where it can be."""
    if any(ord(character) < 32 and character not in "\n\t" for character in text):
        return _("there are control characters in the statement")
    hidden = {0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF}
    if any(ord(character) in hidden or 0xD800 <= ord(character) <= 0xDFFF for character in text):
        return _("there are characters in the statement that change the direction of others, or cannot be seen")
    return ""
