"""Values of an entry between forms, JSON and the roll."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...roll import COLUMNS, KEY
from ...roll.cells import FORMULA
from ..slugs import plain
from .store import MAX_KEY

_NAMES = ("person", "number", "name", "given", "family", "capacity", "body", "email")
"""Columns in which no file may have a formula either: what is handed out could not be read again."""
LONGEST = 1_000
"""Characters of one value that is typed in."""


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given as JSON (or typed into a form), as values of a roll. Raises RefusedError at the column."""
    return {name: value_of(name, value) for name, value in given.items()}


def value_of(name: str, value: Any) -> Any:
    """One value of the column ``name``; None for an empty one."""
    if name not in COLUMNS:
        raise RefusedError(_("a roll has no column of this name"), field=name)
    if value is None or value == "":
        return None
    holds = COLUMNS[name].holds
    try:
        if holds == "true or false":
            return value if isinstance(value, bool) else {"yes": True, "no": False}[str(value)]
        if holds == "number":
            return int(value)
        if holds == "date":
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
        if holds == "date and time":
            return (value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))).replace(
                tzinfo=None
            )
    except (ValueError, KeyError, TypeError):
        what = {"date": _("a day, 2016-01-12"), "date and time": _("a day and a time, 2016-07-20T17:00")}
        raise RefusedError(
            _("%(column)s: this is not %(what)s") % {"column": COLUMNS[name].says, "what": what.get(holds, holds)},
            field=name,
        ) from None
    text = plain(str(value), longest=LONGEST)
    if name in (*KEY, "number", "unit") and len(text) > MAX_KEY:
        raise RefusedError(_("%(column)s: too long") % {"column": COLUMNS[name].says}, field=name)
    if name in _NAMES and re.search(FORMULA, text):
        raise RefusedError(_("%(column)s: this is a formula") % {"column": COLUMNS[name].says}, field=name)
    return text or None


def json_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON, without what is not known."""
    return {
        name: value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
        for name, value in row.items()
        if value is not None
    }
