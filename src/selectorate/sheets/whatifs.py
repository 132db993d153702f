"""The sheet of what-ifs: what the votes would have come to otherwise, and what it would have taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..contest.declaration import Declaration
from ..mandate import (
    Swing,
    SwingIn,
    WhatIf,
    value_text,
)
from . import numbers, words
from .blocks import (
    Column,
    Item,
    Part,
    Sentences,
    Sheet,
    Table,
    cells,
)
from .marked import WHY
from .reading import plural


def what_if_sheet(declaration: Declaration, what_ifs: Sequence[WhatIf], swing: Swing | None) -> Sheet:
    """What the votes would have come to otherwise, and what it would have taken; marked as not the declared result."""
    parts = []
    if swing is not None:
        parts.append(Part("What it would have taken", tuple(_swing(swing))))
    parts += [
        Part(f"If {item.title}", tuple(_what_if(item, f"what-if-{number}"))) for number, item in enumerate(what_ifs, 1)
    ]
    said = what_ifs[0].not_declared if what_ifs else swing.not_declared if swing else ""
    return Sheet(
        title=declaration.title,
        kicker="What if",
        headline=said,
        date=declaration.date,
        facts=(("Declared", words.listed(declaration.elected_names) or declaration.outcome or numbers.ABSENT),),
        parts=tuple(parts),
    )


def _swing(swing: Swing) -> Iterator[Item]:
    if swing.cannot is not None:
        yield Sentences((words.sentence(swing.cannot),))
        return
    places = [place for place in (swing.over_all, swing.uniform, *swing.sections) if place is not None]
    rows = [
        cells(words.capital(place.name), _turn(place, "denies"), _turn(place, "elects"), f"{place.available:,}")
        for place in places
    ]
    motion = {swing.winner, swing.to} == {"for", "against"}
    done, other = ("carried", "lost") if swing.winner == "for" else ("lost", "carried")
    columns = (
        Column("Votes moved", numeric=False),
        Column(f"It is not {done}" if motion else f"{swing.winner_name} is no longer elected"),
        Column(f"It is {other}" if motion else f"{swing.to_name} is elected"),
        Column("Votes there to move"),
    )
    caption = f"The fewest votes, moved from {swing.winner_name} to {swing.to_name}, that change the result"
    yield Table("swing", caption, columns, tuple(rows), tuple(_reasons(places)))
    if swing.unit_count:
        many = f"{len(swing.units)} of {swing.unit_count} {plural(swing.unit_name or 'unit')}"
        yield Sentences((f"A swing in a single {swing.unit_name or 'unit'} alone would have done it in {many}.",))
    yield Sentences((swing.not_declared, *swing.assumptions), listed=True)


def _turn(place: SwingIn, which: str) -> str:
    turn = place.denies if which == "denies" else place.elects
    if turn.votes is None:
        return "no swing there does" if not turn.cannot or "no swing" in turn.cannot else WHY
    text = f"{turn.votes:,}"
    return f"{text} ({value_text(turn.points, 'points')})" if turn.points is not None else text


def _reasons(places: Sequence[SwingIn]) -> Iterator[str]:
    seen: set[str] = set()
    for place in places:
        for turn in (place.denies, place.elects):
            for text in (turn.cannot, turn.then):
                if text and text not in seen and "no swing" not in text:
                    seen.add(text)
                    yield words.sentence(f"{words.capital(place.name)}: {text}")


def _what_if(item: WhatIf, name: str) -> Iterator[Item]:
    if item.result is not None and item.result.rows:
        declared = {row.candidate: row for row in item.declared.rows} if item.declared else {}
        rows = []
        for row in item.result.rows:
            before = declared.get(row.candidate)
            rows.append(
                cells(
                    row.name,
                    _share(before.share) if before else numbers.ABSENT,
                    _share(row.share),
                    strong=row.candidate in item.result.elected,
                )
            )
        columns = (Column("Candidate", numeric=False), Column("Declared"), Column("Then"))
        caption = f"Shares, as declared and then (of {item.result.share_of})"
        yield Table(name, caption, columns, tuple(rows), tuple(words.sentence(text) for text in item.result.say))
    yield Sentences((_consequence(item), *item.assumptions, item.not_declared), listed=True)


def _share(share: Fraction | None) -> str:
    return numbers.percent(share, 2)


def _consequence(item: WhatIf) -> str:
    if item.cannot is not None:
        return words.sentence(f"Who would have won cannot be known: {item.cannot}")
    if item.result is None or not item.result.elected:
        return "Nobody would have been elected by these votes alone."
    names = words.listed(item.result.elected_names)
    return f"{names} would have been elected{', too' if not item.changes_winner else ''}."
