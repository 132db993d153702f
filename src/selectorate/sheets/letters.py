"""Letters with a credential each, a page a voter: folded twice, the code lies inside and the address outside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from ..errors import InputError, MissingPartError, SelectorateError
from .words import clean

MOST = 5_000
"""Letters of one PDF: a printer takes larger numbers in several, or from the CSV file."""


@dataclass(frozen=True)
class Printed:
    """One letter. ``code`` is secret."""

    name: str
    address: str
    code: str = field(repr=False)


def letters_pdf(title: str, link: str, letters: Sequence[Printed]) -> bytes:
    """The letters as a PDF, a page each. Raises MissingPartError where typst is not installed."""
    try:
        import typst
    except ImportError:
        raise MissingPartError(
            "a PDF needs typst, which is not installed", hint='pip install "selectorate[pictures]"'
        ) from None
    if not 0 < len(letters) <= MOST:
        raise InputError(f"a PDF has 1 to {MOST:,} letters", hint="Print the others from the CSV file.")
    template = (files(__package__) / "templates" / "letters.typ").read_bytes()
    data = {
        "title": clean(title),
        "link": clean(link),
        "letters": [
            {"name": clean(one.name), "address": [clean(line) for line in one.address.splitlines()], "code": one.code}
            for one in letters
        ],
    }
    try:
        made = typst.compile(template, format="pdf", sys_inputs={"letters": json.dumps(data)}, timestamp=0)
    except typst.TypstError:  # its words can hold what is in the letters
        raise SelectorateError("the PDF could not be made") from None
    if not isinstance(made, bytes):  # pragma: no cover - one PDF is asked for
        raise SelectorateError("the PDF could not be made")
    return made
