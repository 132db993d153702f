"""Pages as a browser would read them: what could run, where it would go, and which forms there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

NEVER = frozenset({"iframe", "object", "embed", "base", "style", "applet", "frame", "frameset", "portal", "math"})
"""Elements that no page of ours has."""
LEADING = frozenset({"href", "src", "action", "formaction", "xlink:href", "poster", "srcset", "background", "content"})
"""Attributes that make a browser go somewhere."""
TYPED = frozenset({"text", "search", "email", "url", "password", "tel", "number", "date", "datetime-local", "time", ""})


@dataclass
class Form:
    """A form of a page: where it goes, what is in it, and into which fields somebody types."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page (or a picture in it) and keeps what is wrong with it, and its forms."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.forms: list[Form] = []
        self.loose: dict[str, list[tuple[str, str, str]]] = {}
        self._form: Form | None = None
        self._select: tuple[Form, str] | None = None
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._safe(tag, given)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and given.get("name"):
            self._field(self._form, tag, given)
        elif tag == "option" and self._select and "value" in given:
            form, name = self._select
            if "selected" in given or not form.values.get(name):
                form.values[name] = given["value"]
        self._script = given.get("type", "") + given.get("src", "") if tag == "script" else None

    def _safe(self, tag: str, given: dict[str, str]) -> None:
        if (
            tag in NEVER
            or "zq" in tag
            or (tag == "script" and not given.get("src") and "json" not in given.get("type", ""))
        ):
            self.faults.append(f"<{tag}>")
        for name, value in given.items():
            plain = "".join(value.split()).lower()
            if name.startswith("on") or "zq" in name or (name == "style" and "url" in plain):
                self.faults.append(f"{name}={value!r} of <{tag}>")
            if name in LEADING and tag != "meta":
                if plain.startswith(("javascript:", "data:text", "vbscript:")) or plain.startswith("//"):
                    self.faults.append(f"{name}={value!r} of <{tag}>")
                if plain.startswith(("http://evil", "https://evil")):
                    self.faults.append(f"{name}={value!r} of <{tag}>")
            if tag == "meta" and name == "http-equiv" and not given.get("content", "").isdigit():
                self.faults.append(f"{name}={value!r} of <{tag}>")

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text").lower()
        if tag == "textarea" or (tag == "input" and kind in TYPED):
            form.typed.append(name)
            form.values.setdefault(name, given.get("value", ""))
        elif tag == "select":
            form.values.setdefault(name, "")
            self._select = (form, name)
        elif tag == "input" and kind == "file":
            form.files.append(name)
        elif tag == "input" and kind in ("checkbox", "radio"):
            form.values.setdefault(name, given.get("value", "on"))
        elif tag in ("input", "button"):
            form.values.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


def read(text: str) -> Reader:
    """Read a page."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader
