"""Sheets as HTML: one page in one file, without a script, loading nothing, for screens, printers and screen readers.

``sheet_html`` shows a ``Sheet``. A page that is made otherwise (an index, a demonstration) uses ``page`` with parts
that are ``Markup`` already, or a template of its own in ``environment``, which extends ``base.html.j2`` and imports
``macros.html.j2`` (tables, pictures, key figures).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..contest.declaration import Declaration
from . import charts, words
from .blocks import Figure, Links, Picture, Sheet, Table
from .declared import declaration_sheet


def declaration_html(declaration: Declaration, *, pictures: bool = True) -> str:
    """``declaration`` as one self-contained page. With ``pictures`` it can raise MissingPartError."""
    return sheet_html(charts.illustrated(declaration) if pictures else declaration_sheet(declaration))


def sheet_html(sheet: Sheet, *, language: str = "en") -> str:
    """``sheet`` as one self-contained page."""
    return render("sheet.html.j2", sheet=sheet, title=sheet.title, description=sheet.headline, language=language)


def page(title: str, body_parts: Iterable[Markup], *, description: str = "", language: str = "en") -> str:
    """A page of ``body_parts``, which are shown as they are; made with the same head and style as every sheet."""
    return render(
        "base.html.j2",
        body_parts=[Markup(part) for part in body_parts],
        title=title,
        description=description,
        language=language,
    )


def part_html(items: Sequence[object]) -> Markup:
    """The HTML of blocks (tables, sentences, figures, links) outside a sheet, for ``page``."""
    made = environment().get_template("macros.html.j2").module
    return Markup("\n").join(Markup(made.block(item)) for item in items)  # type: ignore[attr-defined]  # a macro


def header_html(sheet: Sheet) -> Markup:
    """The head of ``sheet`` (titles, headline, key figures, facts), for a page with a layout of its own."""
    made = environment().get_template("macros.html.j2").module
    return _tidied(str(made.head(sheet)))  # type: ignore[attr-defined]  # a macro


def parts_html(sheet: Sheet) -> Markup:
    """The parts of ``sheet``, each under its heading, for a page with a layout of its own."""
    made = environment().get_template("macros.html.j2").module
    return _tidied("\n".join(str(made.part(part)) for part in sheet.parts))  # type: ignore[attr-defined]  # a macro


def _tidied(html: str) -> Markup:
    """``html``, made by our templates, without its blank lines."""
    return Markup("\n".join(line for line in html.splitlines() if line.strip()))


def render(template: str, **values: object) -> str:
    """A template of this room with ``values``; blank lines are left out, and the same comes of the same."""
    text = environment().get_template(template).render(style=Markup(style()), **values)
    return "\n".join(line for line in text.splitlines() if line.strip()) + "\n"


@functools.cache
def style() -> str:
    """The style of all pages."""
    return (files(__package__) / "templates" / "sheet.css").read_text(encoding="utf-8").strip()


@functools.cache
def environment() -> Environment:
    """The templates: everything escaped, a name that is not given is a fault, text cleaned of control characters."""
    made = Environment(
        loader=PackageLoader(__package__ or "selectorate.sheets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: (
            words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
        ),
    )
    made.tests |= {
        "table": lambda item: isinstance(item, Table),
        "figure": lambda item: isinstance(item, Figure),
        "picture": lambda item: isinstance(item, Picture),
        "links": lambda item: isinstance(item, Links),
    }
    made.filters |= {"inline": inline, "web": web, "part_id": lambda heading: f"part-{words.slug(heading)}"}
    return made


def inline(svg: str) -> Markup:
    """An SVG that ``charts`` made, as it is: its text is escaped there."""
    return Markup(svg)


def web(address: str | None) -> bool:
    """Whether an address is one that a page may link to."""
    return address is not None and address.startswith(("https://", "http://"))


__all__ = [
    "Picture",
    "declaration_html",
    "environment",
    "header_html",
    "page",
    "part_html",
    "parts_html",
    "sheet_html",
]
