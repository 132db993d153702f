"""The sheet of a mandate: its measures, two contests side by side, claims, and rival mandates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contest.model import MeasureId
from ..mandate import (
    MEASURES,
    Change,
    ClaimResult,
    Comparison,
    Mandate,
    RivalMandate,
    cell_text,
    change_text,
    name_of_measure,
)
from . import numbers, words
from .blocks import (
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
from .claimed import claim_items
from .marked import PRINTED, figure, is_shown, legend, printed, reasons, shown


def mandate_sheet(
    found: Mandate,
    comparison: Comparison | None = None,
    *,
    claims: Sequence[ClaimResult] = (),
    rivals: Sequence[RivalMandate] | None = None,
    picture: Picture | None = None,
) -> Sheet:
    """The sheet of a mandate; beside another where ``comparison`` is given, with claims where there are any.

    ``rivals``: mandates of other kinds; None where they were not asked for.
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
        parts.append(Part("What was said of it", tuple(item for claim in claims for item in claim_items(claim))))
    if rivals is not None:
        none = Sentences(("The contest file names no mandates of other kinds: it has no [[rivals]].",))
        parts.append(Part("Mandates side by side", _rivals(rivals) if rivals else (none,)))
    if found.motion is not None:
        facts = [("Measured", _whose(found))]
    else:
        facts = [("Whose", f"{found.name}{'' if found.elected else ' (not elected)'}")]
    if before:
        day = numbers.day(before.date)
        titled = before.title if day in before.title else f"{before.title}, {day}"
        facts.append(("Beside", f"{_whose(before)}, {titled}"))
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
        if cell is None or name in _without_meaning(found):
            continue
        if cell.value is None and cell.published is not None:
            yield KeyFigure(words.capital(_name(found, name)), printed(cell, name).rstrip(PRINTED), "as published")
        if cell.value is None:
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
        if not is_shown(cell) and not is_shown(first):
            unknown.setdefault(cell.cannot or "", []).append(_name(found, name))
            continue
        texts = [_name(found, name), figure(cell, name)]
        if several:
            texts.append(figure(first, name) if first is not None else numbers.ABSENT)
        rows.append(cells(*texts))
    of = f"the mandate of {found.name}" if found.motion is None else _whose(found)
    told = [cell for name, cell in found.total.items() if name not in _without_meaning(found)]
    if rows:
        yield Table("measures", f"Measures of {of}", tuple(columns), tuple(rows), legend(told))
    why_not = [f"{words.capital('; '.join(names))}: {why}." for why, names in unknown.items()]
    yield from reasons("Cannot be known from this:", why_not)
    segments = _segments(found)
    if len(found.segments) > 1 and segments.rows:
        yield segments
    if found.notes:
        yield Sentences(found.notes)


def _segments(found: Mandate) -> Table:
    names = [name for name in MEASURES if any(found.segments[s].get(name) for s in found.segments)]
    known = [name for name in names if any(found.segments[s][name].value is not None for s in found.segments)]
    columns = (
        Column("Measure", numeric=False),
        *(Column(words.capital(found.segment_names[s])) for s in found.segments),
    )
    rows = tuple(
        cells(MEASURES[name].name, *(figure(found.segments[s].get(name), name) for s in found.segments))
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
    items += reasons("Cannot be known from this:", missing)
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
        by_segment += reasons("Cannot be known of segments from this:", _missing(comparison))
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
        if not is_shown(item.now) and not is_shown(item.before):
            continue
        change = change_text(item.change, item.unit) if item.change is not None else numbers.ABSENT
        rows.append(cells(item.name, figure(item.before, item.measure), figure(item.now, item.measure), change))
    notes = legend([cell for item in changes for cell in (item.before, item.now)])
    return Table(name, caption, columns, tuple(rows), notes)


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


# -- rivals -----------------------------------------------------------------------------------------------------


def _rivals(rivals: Sequence[RivalMandate]) -> tuple[Item, ...]:
    rows = []
    for rival in rivals:
        number = shown(rival.number, "count")
        if not rival.bases:
            rows.append(cells(rival.name, number, numbers.ABSENT, numbers.ABSENT))
        for index, base in enumerate(rival.bases):
            share = shown(base.share, "share")
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
    under = (*notes, *sources, *legend(used))
    return (Table("rivals", "Each with its own base", columns, tuple(rows), under), Sentences((said,)))
