"""Statements of candidates as HTML: a small Markdown, everything else escaped."""

from __future__ import annotations

import functools

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "h4"}
"""What a statement can be made of. No links, pictures or tables: nothing that leads away or that looks like ours."""


@functools.lru_cache(maxsize=512)
def html(text: str) -> SafeString:
    """The statement ``text`` as HTML that only has ``TAGS``, without attributes."""
    reader = MarkdownIt("zero").enable(["emphasis", "list", "blockquote", "newline", "escape"])
    made = nh3.clean(reader.render(text), tags=TAGS, attributes={}, link_rel=None)
    return mark_safe(made)  # cleaned by an allow-list
