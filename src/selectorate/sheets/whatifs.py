"""The sheet of what-ifs: what the votes would have come to otherwise, and what it would have taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ..contest.declaration import Declaration
from ..mandate import (
    Swing,
    SwingIn,
    Turn,
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
        facts=(("Declared", _declared(declaration)),),
        parts=tuple(parts),
    )


def _declared(declaration: Declaration) -> str:
    """What was declared, in a line."""
    deciding = declaration.deciding
    if not declaration.elected_names and deciding is not None and deciding.motion is not None:
        return deciding.motion.result
    return words.listed(declaration.elected_names) or declaration.outcome or numbers.ABSENT


def _swing(swing: Swing) -> Iterator[Item]:
    if swing.cannot is not None:
        yield Sentences((words.sentence(swing.cannot),))
        return
    places = [place for place in (swing.over_all, swing.uniform, *swing.sections) if place is not None]
    headings = _headings(swing)
    mixed = swing.over_all is None  # blocks and votes of persons: a swing over both is one of points alone
    rows = [
        cells(
            words.capital(place.name),
            *(_turn(place, which, mixed=mixed and place is swing.uniform) for which in headings),
            numbers.ABSENT if mixed and place is swing.uniform else f"{place.available:,}",
        )
        for place in places
    ]
    columns = (
        Column("Votes moved", numeric=False),
        *(Column(heading) for heading in headings.values()),
        Column("Votes there to move"),
    )
    caption = f"The fewest votes, moved from {swing.winner_name} to {swing.to_name}, that change the result"
    notes = [*_reasons(swing, places, headings)]
    if swing.uniform is not None and any(turn.points is not None for turn in _turns(swing.uniform).values()):
        more = "" if mixed else ", and in brackets is what they come to in all, rounded up"
        notes.append(f"The same swing everywhere: its points are a share of all the votes cast in each place{more}.")
    yield Table("swing", caption, columns, tuple(rows), tuple(notes))
    if swing.unit_count:
        many = f"{len(swing.units)} of {swing.unit_count} {plural(swing.unit_name or 'unit')}"
        yield Sentences((f"A swing in a single {swing.unit_name or 'unit'} alone would have done it in {many}.",))
    yield Sentences((swing.not_declared, *swing.assumptions), listed=True)


def _headings(swing: Swing) -> dict[str, str]:
    """What each of the two questions asks for, in words. A motion that is no longer carried is lost: one question."""
    if {swing.winner, swing.to} == {"for", "against"}:
        return {"elects": "It is lost" if swing.winner == "for" else "It is carried"}
    return {"denies": f"{swing.winner_name} is no longer elected", "elects": f"{swing.to_name} is elected"}


def _turns(place: SwingIn) -> dict[str, Turn]:
    return {"denies": place.denies, "elects": place.elects}


def _turn(place: SwingIn, which: str, *, mixed: bool = False) -> str:
    turn = _turns(place)[which]
    if turn.votes is None:
        return "no swing there does" if not turn.cannot or "no swing" in turn.cannot else WHY
    if turn.points is not None:
        return value_text(turn.points, "points") + ("" if mixed else f" ({turn.votes:,})")
    return f"{turn.votes:,}"


def _reasons(swing: Swing, places: Sequence[SwingIn], headings: Mapping[str, str]) -> Iterator[str]:
    """What would have come of it: of which column it is said, and of which rows."""
    for which, heading in headings.items():
        said: dict[str, list[str]] = {}
        for place in places:
            turn = _turns(place)[which]
            for text in (turn.cannot, turn.then):
                if text and "no swing" not in text:
                    said.setdefault(text, []).append(place.name)
        for text, names in said.items():
            if which == "elects" and text == "the challenger is elected":
                continue
            told = text.replace("the challenger", str(swing.to_name))
            where = "" if len(names) == len(places) else f" ({words.listed(names)})"
            yield words.sentence(f"{heading}{where}: {told}")


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
        head = "Side" if item.result.outcome in ("carried", "lost") else "Candidate"
        columns = (Column(head, numeric=False), Column("Declared"), Column("Then"))
        caption = f"Shares, as declared and then (of {item.result.share_of})"
        yield Table(name, caption, columns, tuple(rows), tuple(words.sentence(text) for text in item.result.say))
    yield Sentences((_consequence(item), *item.assumptions, item.not_declared), listed=True)


def _share(share: Fraction | None) -> str:
    return numbers.percent(share, 2)


def _consequence(item: WhatIf) -> str:
    if item.cannot is not None:
        return words.sentence(f"Who would have won cannot be known: {item.cannot}")
    if item.result is not None and item.result.outcome in ("carried", "lost"):
        too = ", too" if not item.changes_winner else ""
        return f"The motion would have been {item.result.outcome}{too}."
    if item.result is None or not item.result.elected:
        return "Nobody would have been elected by these votes alone."
    names = words.listed(item.result.elected_names)
    return f"{names} would have been elected{', too' if not item.changes_winner else ''}."
