"""What tomllib says of a file that is no TOML, told to somebody who has never heard of TOML."""

from __future__ import annotations

import re
import tomllib

_USUAL = 'TOML wants key = value, text in "quotes", dates as 2016-09-24.'
_ONCE = "Give each key once, and put everything of a table under one heading."

_PLAIN: tuple[tuple[str, str, str], ...] = (
    ("Invalid statement", "this is neither key = value nor a [heading]", _USUAL),
    (
        "Expected newline or end of document after a statement",
        "there is something behind the value",
        'Text stands in "quotes", numbers have no separators (506438), and a comment begins with #.',
    ),
    ("Expected ']", "the heading is not closed", "Write [heading], or [[heading]] where there are several."),
    ("Expected '=' after a key", 'there is no "=" after the key', "Write key = value; a key is one word."),
    (
        "Invalid initial character for a key part",
        "there is no key where one should be",
        "Keys are letters, digits, - and _, or stand in quotes.",
    ),
    ("Unclosed array", "a list is not closed, or a comma is missing in it", 'Write it as ["one", "two"].'),
    (
        "Unclosed inline table",
        "a table is not closed, or a comma is missing in it",
        "Write it as { smith = 12, jones = 13 }, all in one line.",
    ),
    ("Duplicate inline table key", "the same key stands twice in a table", "Give each key once."),
    ("Cannot overwrite a value", "the same key stands twice in a table", _ONCE),
    ("Cannot redefine namespace", "the same table stands twice", _ONCE),
    ("Cannot mutate immutable namespace", "a table or list is given whole, and then again in part", _ONCE),
    (
        "Unescaped '\\' in a string",
        'a backslash in "quotes" must be doubled',
        r"Write \\, or put the text in 'single quotes'.",
    ),
    ("Invalid hex value", r"\u must be followed by four hexadecimal digits", r"For a backslash write \\."),
    ("Escaped character is not", r"\u stands before what is no character", r"For a backslash write \\."),
    ("Found invalid character '\\n'", "a text is not closed by quotes in its line", "Put a ' at its end."),
    ("Illegal character '\\n'", "a text is not closed by quotes in its line", 'Put a " at its end.'),
    ("Illegal character", "there is a control character in a text", "Delete it, or write it as \\u001b."),
    ("Found invalid character", "there is a control character in the line", "Delete it."),
    ("Invalid date or datetime", "there is no such date or time", "Write it as 2016-09-24."),
    (
        "Invalid value",
        "this value cannot be read",
        'Text stands in "quotes", numbers have no separators (506438), dates are written as 2016-09-24.',
    ),
)


def plainly(said: str, text: str) -> tuple[int, str, str]:
    """The line, what is wrong and what would be right, from what tomllib ``said`` of ``text``."""
    parts = re.match(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    message = parts[1] if parts else said
    line = int(parts[2]) if parts and parts[2] else text.rstrip("\n").count("\n") + 1
    if message == "Unterminated string" or message.startswith("Expected \"'"):
        return _opened(text) or line, "a text is not closed by quotes", "Put the same quotes at its end."
    if message == "Unclosed array" and parts and parts[3]:
        line = _before(text, line, int(parts[3]))
    twice = re.match(r"Cannot declare \((.*?),?\) twice", message)
    if twice:
        heading = ".".join(re.findall(r"'([^']*)'", twice[1]))
        hint = "Give each table once; only a table of which there are several has double brackets: [[stage]]."
        return line, f"the table [{heading}], or the one around it, has been given already", hint
    if parts and parts[3]:
        slip = _slip(text.split("\n")[line - 1], int(parts[3]) - 1)
        if slip:
            return line, *slip
    for start, plain, hint in _PLAIN:
        if message.startswith(start):
            return line, plain, hint
    return line, message[:1].lower() + message[1:], _USUAL


_NUMBER = "Numbers have no separators, and decimals a point: 506438, 61.8"
_SLIPS: tuple[tuple[str, str, str, str], ...] = (  # before the place, from there on, what it is, what would be right
    (r"\d ?$", "%", "there is a per cent sign behind a number", "Write the number alone: 61.8"),
    (r"\d$", r",\d", "there is a comma in a number", _NUMBER),
    (r"\d, ?\d+ *$", "[,}]", "there is a comma in a number", _NUMBER),
    (r"\.\d+$", r"\.\d", "there are two points in a number", _NUMBER),
    (r"\d +$", r"\d", "there is a space in a number", _NUMBER),
    ('"$', r"\w", "there is something behind the text", r"Quotes inside a text are written \"."),
    (r"\b0$", r"\d", "a number begins with 0", "Write it without: 9"),
    (r"\b\d{4}$", r"-\d", "there is no such date", "Write it as 2016-09-24."),
    ("$", "[“”„‘’]", "these quotes are not those of the keyboard", 'Write "…", not “…”.'),
)
"""What people write by habit, seen at the place at which tomllib stops."""


def _slip(line: str, place: int) -> tuple[str, str] | None:
    """What is wrong and what would be right, if ``line`` has one of the ``_SLIPS`` at ``place`` (from 0)."""
    for before, after, what, hint in _SLIPS:
        if re.search(before, line[:place]) and re.match(after, line[place:]):
            return what, hint
    return None


def _opened(text: str) -> int | None:
    """The line at which the text begins that is still open at the end of the document; None if not found."""
    for quotes in ('"""', "'''", "'"):
        at = text.rfind(quotes)
        if at >= 0:
            line = text.count("\n", 0, at)
            before = "\n".join(text.split("\n")[:line])
            try:
                tomllib.loads(before)
            except ValueError:
                continue
            return line + 1
    return None


def _before(text: str, line: int, column: int) -> int:
    """The line in which something is missing that was looked for until ``column`` of ``line``."""
    lines = text.split("\n")
    if lines[line - 1][: column - 1].strip():
        return line
    return next((at for at in range(line - 1, 0, -1) if lines[at - 1].split("#")[0].strip()), line)
