"""Declarations for the tests of sheets: those of the gallery, and one whose names are out to do harm."""

from __future__ import annotations

import functools
from dataclasses import replace

from selectorate import contest, gallery
from selectorate.contest.declaration import Declaration
from selectorate.errors import SelectorateError

HOSTILE = (
    "<script>alert(1)</script>",
    '#panic() *x* _y_ `z` $w$ @q "r" \\s',
    '=HYPERLINK("http://evil.example")',
)
"""For HTML and SVG, for typst, for spreadsheets."""
STEERING = "Anna \x1b[31mred\x07\nBob \u202eevil [bold]x[/bold] {{ 7*7 }} %}"
"""For terminals, for rich's markup, for templates."""


@functools.cache
def declared(name: str) -> Declaration:
    """The declaration of a contest of the gallery."""
    return contest.declare(contest.load(name))


@functools.cache
def gallery_names() -> tuple[str, ...]:
    """Every contest of the gallery that can be loaded."""
    names = []
    for name in gallery.contest_ids():
        try:
            declared(name)
        except SelectorateError:
            continue
        names.append(name)
    return tuple(names)


def renamed(declaration: Declaration, names: dict[str, str]) -> Declaration:
    """``declaration`` with other names for its candidates."""
    rounds = tuple(
        replace(
            ballot,
            rounds=tuple(
                replace(item, rows=tuple(replace(row, name=names.get(row.candidate, row.name)) for row in item.rows))
                for item in ballot.rounds
            ),
        )
        for ballot in declaration.ballots
    )
    return replace(
        declaration,
        candidates=declaration.candidates | names,
        names=declaration.names | names,
        elected_names=tuple(names.get(who, declaration.name(who)) for who in declaration.elected),
        ballots=rounds,
        nominations=tuple(
            replace(item, candidate_name=names.get(item.candidate, item.candidate_name))
            for item in declaration.nominations
        ),
    )


@functools.cache
def hostile() -> Declaration:
    """The contest of 2015 with four candidates whose names are out to do harm."""
    base = declared("labour-2015")
    people = [row.candidate for row in base.ballots[0].rounds[0].rows]
    made = renamed(base, dict(zip(people, (*HOSTILE, STEERING), strict=True)))
    return replace(made, title=f"Contest {HOSTILE[0]}", organisation=HOSTILE[1], office=STEERING)
