"""Declarations as pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from selectorate import sheets
from selectorate.sheets.blocks import Links, Part, Sheet

from .samples import HOSTILE, declared, gallery_names, hostile

VOID = {"meta", "br", "link", "img", "hr", "input", "path", "rect", "line", "circle"}


class Page(HTMLParser):
    """A page as it was read: its tags with their attributes, in order, and what is wrong with how they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> where {self.open[-1:]} is open, {self.getpos()}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("name", gallery_names())
def test_every_page_is_well_made(name: str) -> None:
    page = Page(sheets.declaration_html(declared(name)))
    assert not page.faults and not page.open
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for key in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(key) is None or attributes[key] in ids
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    for attributes in page.all("div"):
        if "scroll" in (attributes.get("class") or ""):
            assert attributes["role"] == "group" and attributes["tabindex"] == "0"
            assert attributes.get("aria-label") or attributes.get("aria-labelledby")


@pytest.mark.parametrize("name", gallery_names())
def test_no_page_loads_or_runs_anything(name: str) -> None:
    text = sheets.declaration_html(declared(name))
    page = Page(text)
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None and policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "img", "use", "image", "form")
        assert not any(key.startswith("on") or key in ("src", "srcset") for key in attributes)
        assert tag == "a" or not any("href" in key for key in attributes)
    outside = re.sub(r'<a href="[^"]*"', "<a", text).replace('xmlns="http://www.w3.org/2000/svg"', "")
    outside = outside.replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    assert not re.search(r"(url\((?!#)|@import|src=)", outside)


def test_pictures_stand_beside_their_table() -> None:
    page = Page(sheets.declaration_html(declared("labour-2010")))
    assert len(page.all("svg")) == len(page.all("figure")) == 2
    tags = [tag for tag, _ in page.tags]
    for place, tag in enumerate(tags):
        if tag == "figure":
            assert "table" in tags[place:]


def test_hostile_names_are_text() -> None:
    text = sheets.declaration_html(hostile())
    page = Page(text)
    assert not page.faults
    assert "<script" not in text and not page.all("script")
    said = "".join(page.text)
    assert all(name in said for name in HOSTILE)
    assert "{{ 7*7 }}" in said
    assert "\x1b" not in text and "\u202e" not in text


def test_a_page_of_ones_own_has_the_same_head() -> None:
    text = sheets.page("A <title>", [Markup("<p>one</p>"), sheets.part_html(())], description="what it is")
    page = Page(text)
    assert not page.faults and "<p>one</p>" in text and "A &lt;title&gt;" in text
    assert any(a.get("http-equiv") == "Content-Security-Policy" for a in page.all("meta"))


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    links = Links((("bad", "javascript:alert(1)", None), ("good", "https://example.org/a?b&c", "says")))
    sheet = Sheet("T", "K", "H", declared("labour-2016").date, parts=(Part("P", (links,)),))
    assert [a["href"] for a in Page(sheets.sheet_html(sheet)).all("a")] == ["https://example.org/a?b&c"]


def test_the_same_declaration_gives_the_same_page() -> None:
    assert sheets.declaration_html(declared("labour-2010")) == sheets.declaration_html(declared("labour-2010"))


def test_without_pictures_there_are_none() -> None:
    assert "<svg" not in sheets.declaration_html(declared("labour-2016"), pictures=False)
