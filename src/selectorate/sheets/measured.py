"""The sheet of a mandate: its measures, two contests side by side, claims, rival mandates, and what-ifs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..contest.declaration import Declaration
from ..contest.model import MeasureId
from ..mandate import (
    MEASURES,
    Cell,
    Change,
    ClaimResult,
    Comparison,
    Mandate,
    ReadingResult,
    RivalMandate,
    Swing,
    SwingIn,
    Unit,
    WhatIf,
    cell_text,
    change_text,
    name_of_measure,
    value_text,
)
from . import numbers, words
from .blocks import (
    MARK_WORDS,
    MARKS,
    Column,
    Figure,
    Item,
    KeyFigure,
    Part,
    Picture,
    Row,
    Sentences,
    Sheet,
    Table,
    cells,
)
from .reading import plural

VERDICTS = {True: "holds", False: "does not hold", None: "cannot be known"}
WHY = "cannot be known"
_PLURAL = {"recalled": MARK_WORDS["recalled"], "approximate": "round numbers"}


def mandate_sheet(
    found: Mandate,
    comparison: Comparison | None = None,
    *,
    claims: Sequence[ClaimResult] = (),
    rivals: Sequence[RivalMandate] = (),
    picture: Picture | None = None,
) -> Sheet:
    """The sheet of a mandate; beside another where ``comparison`` is given, with claims and rivals where there are any.

    ``picture``: two contests compared, to stand beside the table of shares.
    """
    before = comparison.before if comparison else None
    beside = f", beside {numbers.day(before.date)}" if before else ""
    parts: list[Part] = []
    if comparison is not None:
        parts += list(_comparison_parts(comparison, picture))
    else:
        parts.append(Part("Measures", tuple(_measures(found))))
    if claims:
        parts.append(Part("What was said of it", tuple(item for claim in claims for item in _claim(claim))))
    if rivals:
        parts.append(Part("Mandates side by side", _rivals(rivals)))
    if found.motion is not None:
        facts = [("Measured", _whose(found))]
    else:
        facts = [("Whose", f"{found.name}{'' if found.elected else ' (not elected)'}")]
    if before:
        facts.append(("Beside", f"{_whose(before)}, {before.title}, {numbers.day(before.date)}"))
    if found.motion is None:
        facts.append(("Measured in", _round_words(found)))
    headline = found.motion or f"The mandate of {found.name}"
    return Sheet(
        title=found.title,
        kicker="The mandate, measured",
        headline=f"{headline}, {numbers.day(found.date)}{beside}",
        date=found.date,
        facts=tuple(facts),
        key_figures=tuple(_key_figures(found, comparison)),
        parts=tuple(parts),
    )


def _whose(found: Mandate) -> str:
    """Whose the measures are: a name, or a side of a motion."""
    return found.name if found.motion is None else f"the votes {found.who} the motion"


def _without_meaning(found: Mandate) -> set[str]:
    """The measures that say nothing here, or what another says already: breadth over one segment, leads in motions."""
    dropped = set()
    if len(found.segments) == 1 or found.motion is not None:
        dropped |= {"segments-first", "segments-majority"}
    if found.motion is not None:
        dropped |= {"lead-votes", "lead-points", "units-won", "nominations", "nominations-share"}
    return dropped


def _name(found: Mandate, name: MeasureId) -> str:
    return name_of_measure(name, found.counted_in, motion=found.motion is not None)


def _round_words(found: Mandate) -> str:
    if found.round is None:
        return "no round: there are no figures of a ballot"
    return found.round if found.rounds > 1 else "the only round"


def _key_figures(found: Mandate, comparison: Comparison | None) -> Iterator[KeyFigure]:
    names: tuple[MeasureId, ...] = ("share-of-votes", "lead-points", "majority-votes", "turnout-returned")
    for name in names:
        cell = found.total.get(name)
        if cell is None or cell.value is None or name in _without_meaning(found):
            continue
        note = ""
        if comparison is not None:
            change = next((c for c in comparison.total if c.measure == name), None)
            if change is not None and change.change is not None:
                note = f"{change_text(change.change, change.unit)} since {comparison.before.date.year}"
        yield KeyFigure(words.capital(_name(found, name)), cell_text(cell, MEASURES[name].unit), note)


def _measures(found: Mandate) -> Iterator[Item]:
    several = bool(found.first_round)
    columns = [Column("Measure", numeric=False), Column("Over all")]
    if several:
        columns.append(Column("First round"))
    rows: list[Row] = []
    unknown: dict[str, list[str]] = {}
    for name in MEASURES:
        cell = found.total[name]
        first = found.first_round.get(name)
        if name in _without_meaning(found):
            continue
        if cell.value is None and (first is None or first.value is None):
            unknown.setdefault(cell.cannot or "", []).append(_name(found, name))
            continue
        texts = [_name(found, name), _figure(cell, name)]
        if several:
            texts.append(_figure(first, name) if first is not None else numbers.ABSENT)
        rows.append(cells(*texts))
    of = f"the mandate of {found.name}" if found.motion is None else _whose(found)
    shown = [cell for name, cell in found.total.items() if name not in _without_meaning(found)]
    if rows:
        yield Table("measures", f"Measures of {of}", tuple(columns), tuple(rows), _legend(shown))
    reasons = [f"{words.capital('; '.join(names))}: {why}." for why, names in unknown.items()]
    yield from _cannot("Cannot be known from this:", reasons)
    segments = _segments(found)
    if len(found.segments) > 1 and segments.rows:
        yield segments
    if found.notes:
        yield Sentences(found.notes)


def _figure(cell: Cell | None, name: str) -> str:
    if cell is None or cell.value is None:
        return WHY
    return cell_text(cell, MEASURES[name].unit) + _mark(cell)  # type: ignore[index]  # a measure's id


def _mark(*found: Cell) -> str:
    """The mark of the least certain figure that a cell rests on: one that was worked out from others is no worry."""
    marks = {mark for cell in found for mark in cell.certainty.values()}
    return "".join(MARKS[mark] for mark in ("recalled", "approximate") if mark in marks)


def _legend(cells_: Sequence[Cell]) -> tuple[str, ...]:
    """What the marks of ``cells_`` mean, and which figures they are."""
    found: dict[str, set[str]] = {}
    for cell in cells_:
        for what, mark in cell.certainty.items():
            if mark in ("recalled", "approximate"):
                found.setdefault(mark, set()).add(what)
    return tuple(
        f"{MARKS[mark]} rests on a figure that is {MARK_WORDS[mark]}: {words.listed(sorted(found[mark]))}."
        for mark in ("recalled", "approximate")
        if mark in found
    )


def _segments(found: Mandate) -> Table:
    names = [name for name in MEASURES if any(found.segments[s].get(name) for s in found.segments)]
    known = [name for name in names if any(found.segments[s][name].value is not None for s in found.segments)]
    columns = (
        Column("Measure", numeric=False),
        *(Column(words.capital(found.segment_names[s])) for s in found.segments),
    )
    rows = tuple(
        cells(MEASURES[name].name, *(_figure(found.segments[s].get(name), name) for s in found.segments))
        for name in known
    )
    return Table("by-segment", "By segment", columns, rows)


# -- beside another ---------------------------------------------------------------------------------------------


def _comparison_parts(comparison: Comparison, picture: Picture | None) -> Iterator[Part]:
    dropped = _without_meaning(comparison.now) & _without_meaning(comparison.before)
    total = [change for change in comparison.total if change.measure not in dropped]
    table = _changes("beside", "Over all", comparison, total)
    items: list[Item] = [Figure(picture, table)] if picture is not None else [table]
    missing = [f"{words.capital(change.name)}: {change.cannot}." for change in total if change.cannot]
    items += _cannot("Cannot be known from this:", missing)
    if comparison.notes:
        items.append(Sentences(comparison.notes))
    before, now = _when(comparison)
    yield Part(f"{now} beside {before}", tuple(items))
    alone = len(comparison.now.segments) == len(comparison.before.segments) == 1
    if comparison.segments and not alone:
        by_segment: list[Item] = [
            _changes(f"beside-{item.segment}", words.capital(item.name), comparison, item.changes)
            for item in comparison.segments
        ]
        by_segment += _cannot("Cannot be known of segments from this:", _missing(comparison))
        for word, names in (("now", comparison.only_now), ("before", comparison.only_before)):
            if names:
                by_segment.append(Sentences((f"Only {word}: {words.listed(names)}.",)))
        yield Part("By segment", tuple(by_segment))


def _changes(name: str, caption: str, comparison: Comparison, changes: Sequence[Change]) -> Table:
    columns = (
        Column("Measure", numeric=False),
        *(Column(when) for when in _when(comparison)),
        Column("Change"),
    )
    rows = []
    for item in changes:
        if item.now.value is None and item.before.value is None:
            continue
        change = change_text(item.change, item.unit) if item.change is not None else numbers.ABSENT
        rows.append(cells(item.name, _figure(item.before, item.measure), _figure(item.now, item.measure), change))
    legend = _legend([cell for item in changes for cell in (item.before, item.now)])
    return Table(name, caption, columns, tuple(rows), legend)


def _when(comparison: Comparison) -> tuple[str, str]:
    """The headings of the two contests: their years, or their days where the years are one."""
    before, now = comparison.before.date, comparison.now.date
    if before.year != now.year:
        return str(before.year), str(now.year)
    return numbers.short_day(before), numbers.short_day(now)


def _missing(comparison: Comparison) -> list[str]:
    """What cannot be compared by segment: each measure once, with the segments of which it is so."""
    found: dict[tuple[str, bool], list[str]] = {}
    for item in comparison.segments:
        for change in item.changes:
            if change.cannot is not None:
                key = (change.name, change.now.value is None and change.before.value is None)
                found.setdefault(key, []).append(item.name)
    return [
        f"{words.capital(measure)}: of {words.listed(names)} {'neither figure is' if both else 'one of the two is not'}"
        f" known."
        for (measure, both), names in found.items()
    ]


def _cannot(lead: str, sentences: Sequence[str]) -> list[Item]:
    return [Sentences((lead,)), Sentences(tuple(sentences), listed=True)] if sentences else []


# -- claims -----------------------------------------------------------------------------------------------------


def _claim(claim: ClaimResult) -> Iterator[Item]:
    marks = [mark for mark in ("recalled", "approximate") if mark in claim.certainty.values()]
    resting = words.listed([f"figures that are {_PLURAL[mark]}" for mark in marks])
    yield Sentences((f"“{claim.quote}” ({claim.by}): {claim.verdict}.",))
    if marks:
        yield Sentences((f"This rests on {resting}.",))
    for number, reading in enumerate(claim.readings, 1):
        yield from _reading(claim, reading, number)
    if claim.comment:
        yield Sentences((claim.comment,))


def _reading(claim: ClaimResult, reading: ReadingResult, number: int) -> Iterator[Item]:
    if reading.cannot is not None:
        yield Sentences((f"Cannot be known from this: {reading.cannot}",))
        return
    rows: list[Row] = []
    for finding in reading.findings:
        figure, beside = _shown(finding.figure, finding.unit), _shown(finding.beside, finding.unit)
        change = change_text(finding.change, finding.unit) if finding.change is not None else numbers.ABSENT
        if finding.segments:
            rows.append(cells(finding.name, "", "", "", VERDICTS[finding.holds], strong=bool(finding.holds)))
            for part in finding.segments:
                own, other = _shown(part.figure, finding.unit), _shown(part.beside, finding.unit)
                moved = change_text(part.change, finding.unit) if part.change is not None else numbers.ABSENT
                rows.append(cells(f"  {part.name}", own, other, moved, VERDICTS[part.holds]))
        else:
            rows.append(
                cells(finding.name, figure, beside, change, VERDICTS[finding.holds], strong=bool(finding.holds))
            )
    columns = (
        Column("Measure", numeric=False),
        Column("Figure"),
        Column("Held against"),
        Column("Difference"),
        Column("The claim", numeric=False),
    )
    slug = words.slug(claim.quote)[:40]
    caption = words.sentence(reading.says)
    if reading.beside:
        caption += " (Put beside it; it does not count for the verdict.)"
    unknown = tuple(
        words.sentence(f"{words.capital(finding.name)}: {cell.cannot}")
        for finding in reading.findings
        for cell in (finding.figure, finding.beside)
        if cell.cannot
    )
    used = [cell for finding in reading.findings for cell in (finding.figure, finding.beside)]
    used += [cell for finding in reading.findings for part in finding.segments for cell in (part.figure, part.beside)]
    notes = ((reading.note,) if reading.note else ()) + tuple(dict.fromkeys(unknown)) + _legend(used)
    yield Table(f"claim-{slug}-{number}", caption, columns, tuple(rows), notes)


def _shown(cell: Cell, unit: Unit) -> str:
    return WHY if cell.value is None else cell_text(cell, unit) + _mark(cell)


# -- rivals -----------------------------------------------------------------------------------------------------


def _rivals(rivals: Sequence[RivalMandate]) -> tuple[Item, ...]:
    rows = []
    for rival in rivals:
        number = _shown(rival.number, "count")
        if not rival.bases:
            rows.append(cells(rival.name, number, numbers.ABSENT, numbers.ABSENT))
        for index, base in enumerate(rival.bases):
            share = _shown(base.share, "share")
            size = f"{base.size:,} {base.of}" if base.size is not None else base.of
            rows.append(cells(rival.name if not index else "", number if not index else "", share, size))
    columns = (
        Column("Whose", numeric=False),
        Column("Number"),
        Column("Share"),
        Column("Of", numeric=False),
    )
    notes = tuple(f"{rival.name}: {rival.note}" for rival in rivals if rival.note)
    sources = tuple(f"{rival.name}: {rival.source}." for rival in rivals if rival.source)
    said = "These are not the same persons, and each is a share of its own base: nothing here ranks one over another."
    used = [cell for rival in rivals for cell in (rival.number, *(base.share for base in rival.bases))]
    under = (*notes, *sources, *_legend(used))
    return (Table("rivals", "Each with its own base", columns, tuple(rows), under), Sentences((said,)))


# -- what if ----------------------------------------------------------------------------------------------------


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
    yield _swing_table(swing)
    if swing.unit_count:
        many = f"{len(swing.units)} of {swing.unit_count} {plural(swing.unit_name or 'unit')}"
        yield Sentences((f"A swing in a single {swing.unit_name or 'unit'} alone would have done it in {many}.",))
    yield Sentences((swing.not_declared, *swing.assumptions), listed=True)


def _swing_table(swing: Swing) -> Table:
    """The fewest votes in each place. A motion that is no longer carried is lost: it has one column for the two."""
    places = [place for place in (swing.over_all, swing.uniform, *swing.sections) if place is not None]
    motion = {swing.winner, swing.to} == {"for", "against"}
    turns = {"elects": f"{swing.to_name} is elected"}
    if motion:
        turns = {"elects": "It is lost" if swing.winner == "for" else "It is carried"}
    else:
        turns = {"denies": f"{swing.winner_name} is no longer elected", **turns}
    rows = [
        cells(words.capital(place.name), *(_turn(place, which) for which in turns), f"{place.available:,}")
        for place in places
    ]
    columns = (Column("Votes moved", numeric=False), *map(Column, turns.values()), Column("Votes there to move"))
    caption = f"The fewest votes, moved from {swing.winner_name} to {swing.to_name}, that change the result"
    return Table("swing", caption, columns, tuple(rows), tuple(_reasons(places)))


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


def gallery_sheet(rows: Sequence[dict[str, str]], date: dt.date) -> Sheet:
    """The list of the gallery, one row a contest."""
    columns = tuple(
        Column(text, numeric=numeric)
        for text, numeric in (
            ("Date", False),
            ("Contest", False),
            ("Rules", False),
            ("Outcome", False),
            ("Share", True),
            ("Rounds", True),
            ("Turnout", True),
        )
    )
    table = Table(
        "gallery",
        f"{len(rows)} contests, by date",
        columns,
        tuple(
            cells(
                numbers.day(dt.date.fromisoformat(row["date"])),
                row["title"],
                row["rulebook"],
                row["outcome"],
                row["share"] or numbers.ABSENT,
                row["rounds"],
                row["turnout"] or numbers.ABSENT,
            )
            for row in rows
        ),
        ("Share: of the rulebook's base, in the round that decided.",),
    )
    return Sheet("Real contests", "The gallery", f"{len(rows)} contests", date, parts=(Part("The gallery", (table,)),))
