"""Dates as people write them: which way round is never guessed, only read off a column that allows one way alone.

A column is looked at as a whole, by its different values: 650,000 persons were born on some 30,000 days.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .cells import is_nothing

_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner janvier janv",
            "feb february februar février févr fév",
            "mar march märz mär mrz mars",
            "apr april avril avr",
            "may mai",
            "jun june juni juin",
            "jul july juli juillet juil",
            "aug august août aoû",
            "sep sept september septembre",
            "oct october oktober okt octobre",
            "nov november novembre",
            "dec december dezember dez décembre déc",
        ),
        1,
    )
    for name in names.split()
}
_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[aApP]\.?[mM]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_PARTS = re.compile(r"(?P<first>\d{1,2})\s*[-/. ]\s*(?P<second_>\d{1,2})\s*[-/. ]\s*(?P<year>\d{4}|\d{2})" + _TIME)
_NAMED = re.compile(
    r"(?:\w{2,10},\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?[- ]*(?:of )?(?P<name>[^\W\d]{3,9})\.?[- ,]*"
    r"(?P<year>\d{4}|\d{2})" + _TIME
)
_NAMED_FIRST = re.compile(r"(?P<name>[^\W\d]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})" + _TIME)
_SERIAL = re.compile(r"\d{1,5}(?:\.\d+)?")
_ZEROS = re.compile(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[T ]0{2}:0{2}:0{2})?")
"""How some databases write that a date is not known."""
EARLIEST, LATEST = dt.date(1890, 1, 1), dt.date(2100, 1, 1)
"""Days before and after which nobody who votes was born, joined or left: a date beyond is a slip."""
YEAR_FIRST = "Write it as 2016-01-12."


@dataclass
class Column:
    """A column of dates, read by its different values.

    ``values``: what each text says; ``faults``: (what is wrong, what to do) of those that say no date. ``open``:
    a text that could be two dates, if nothing tells which; ``serial``: a text that may be a day number of Excel, if
    nobody said how they count.
    """

    values: dict[str, dt.datetime | None] = field(default_factory=dict)
    faults: dict[str, tuple[str, str]] = field(default_factory=dict)
    open: str | None = None
    serial: str | None = None
    day_first: bool | None = None


def read_column(
    texts: Iterable[str],
    *,
    times: bool,
    day_first: bool | None,
    serials: str | None,
    zone: str | None,
) -> Column:
    """What the different ``texts`` of a column say. ``times``: whether the time of day is kept."""
    column = Column(day_first=day_first)
    parts: dict[str, re.Match[str]] = {}
    for text in texts:
        if is_nothing(text) or _ZEROS.fullmatch(text):
            column.values[text] = None
        elif found := _PARTS.fullmatch(text):
            parts[text] = found
        else:
            _one(column, text, times, serials, zone)
    if day_first is None:
        column.day_first = _order(parts.values())
    for text, found in parts.items():
        _in_order(column, text, found, times, zone)
    return column


def _order(parts: Iterable[re.Match[str]]) -> bool | None:
    """Whether the day comes first: as every date of the column allows, and some demand. None if nothing tells."""
    day, month = False, False
    for found in parts:
        first, second = int(found["first"]), int(found["second_"])
        day = day or (first > 12 >= second)
        month = month or (second > 12 >= first)
    return day if day != month else None


def _in_order(column: Column, text: str, found: re.Match[str], times: bool, zone: str | None) -> None:
    first, second = int(found["first"]), int(found["second_"])
    if len(found["year"]) == 2:
        column.faults[text] = ("the year has two digits", "Write it with four: 2016-01-12.")
    elif column.day_first is None and first != second and first <= 12 and second <= 12:
        column.open = column.open or text
    elif column.day_first is None and (first > 12) != (second > 12):
        # A column in which both ways stand beside each other says of itself that it cannot be trusted.
        day, month = (first, second) if first > 12 else (second, first)
        _put(column, text, found, (int(found["year"]), month, day), times, zone)
    else:
        day, month = (first, second) if column.day_first is not False else (second, first)
        _put(column, text, found, (int(found["year"]), month, day), times, zone)


def _one(column: Column, text: str, times: bool, serials: str | None, zone: str | None) -> None:
    found = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        _put(column, text, found, (int(found["year"]), int(found["month"]), int(found["day"])), times, zone)
        return
    found = _NAMED.fullmatch(text) or _NAMED_FIRST.fullmatch(text)
    month = _MONTHS.get(found["name"].casefold()) if found else None
    if found and month:
        if len(found["year"]) == 2:
            column.faults[text] = ("the year has two digits", "Write it with four: 2016-01-12.")
        else:
            _put(column, text, found, (int(found["year"]), month, int(found["day"])), times, zone)
    elif _SERIAL.fullmatch(text):
        _serial(column, text, times, serials)
    else:
        column.faults[text] = ("is not a date", YEAR_FIRST)


def _serial(column: Column, text: str, times: bool, serials: str | None) -> None:
    """A day number of Excel. Of those since 1900 it believes that 1900 was a leap year: before March they are off."""
    if serials is None:
        column.serial = column.serial or text
        return
    days, _, part = text.partition(".")
    number = int(days)
    if serials == "1900":
        if number < 61:
            column.faults[text] = ("is a number, not a date", YEAR_FIRST)
            return
        start = dt.datetime(1899, 12, 30)
    else:
        start = dt.datetime(1904, 1, 1)
    seconds = int(part[:12]) * 86400 // 10 ** len(part[:12]) if part and times else 0
    _within(column, text, start + dt.timedelta(days=number, seconds=seconds))


def _put(
    column: Column, text: str, found: re.Match[str], day: tuple[int, int, int], times: bool, zone: str | None
) -> None:
    groups = found.groupdict()
    try:
        value = dt.datetime(*day)
        if times and groups.get("hour"):
            hour = int(groups["hour"])
            if groups.get("half"):
                if not 1 <= hour <= 12:
                    raise ValueError
                hour = hour % 12 + (12 if groups["half"][0] in "pP" else 0)
            value = value.replace(hour=hour, minute=int(groups["minute"]), second=int(groups.get("second") or 0))
    except ValueError:
        column.faults[text] = ("there is no such date or time", YEAR_FIRST)
        return
    if times and groups.get("zone"):
        if zone is None:
            column.faults[text] = (
                "the time has a zone of its own",
                "Say in the mapping which zone the organisation goes by, or write local times.",
            )
            return
        said = groups["zone"].replace(":", "")
        offset = dt.timedelta()
        if said[0] in "+-":
            offset = dt.timedelta(hours=int(said[1:3]), minutes=int(said[3:5])) * (-1 if said[0] == "-" else 1)
        if abs(offset) >= dt.timedelta(hours=24):
            column.faults[text] = ("there is no such zone", YEAR_FIRST)
            return
        at = value.replace(tzinfo=dt.timezone(offset)).astimezone(zoneinfo.ZoneInfo(zone))
        value = at.replace(tzinfo=None)
    _within(column, text, value)


def _within(column: Column, text: str, value: dt.datetime) -> None:
    if EARLIEST <= value.date() < LATEST:
        column.values[text] = value
    else:
        column.faults[text] = (f"the date is before {EARLIEST.year} or after {LATEST.year - 1}", "Correct the year.")
