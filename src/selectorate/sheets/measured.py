"""The sheet of a mandate: its measures, two contests side by side, claims, and rival mandates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..mandate import (
    MEASURES,
    Change,
    ClaimResult,
    Comparison,
    Mandate,
    RivalMandate,
    cell_text,
    change_text,
)
from . import numbers, words
from .blocks import (
    Column,
    Figure,
    Item,
    KeyFigure,
    Part,
    Picture,
    Sentences,
    Sheet,
    Table,
    cells,
)
from .claimed import claim_items
from .marked import WHY, figure, legend, reasons


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
        parts.append(Part("What was said of it", tuple(item for claim in claims for item in claim_items(claim))))
    if rivals:
        parts.append(Part("Mandates side by side", _rivals(rivals)))
    facts = [("Whose", f"{found.name}{'' if found.elected else ' (not elected)'}")]
    if before:
        facts.append(("Beside", f"{before.name}, {before.title}, {numbers.day(before.date)}"))
    facts.append(("Measured in", _round_words(found)))
    return Sheet(
        title=found.title,
        kicker="The mandate, measured",
        headline=f"The mandate of {found.name}, {numbers.day(found.date)}{beside}",
        date=found.date,
        facts=tuple(facts),
        key_figures=tuple(_key_figures(found, comparison)),
        parts=tuple(parts),
    )


def _round_words(found: Mandate) -> str:
    if found.round is None:
        return "no round: there are no figures of a ballot"
    return found.round if found.rounds > 1 else "the only round"


def _key_figures(found: Mandate, comparison: Comparison | None) -> Iterator[KeyFigure]:
    for name in ("share-of-votes", "lead-points", "majority-votes", "turnout-returned"):
        cell = found.total.get(name)
        if cell is None or cell.value is None:
            continue
        note = ""
        if comparison is not None:
            change = next((c for c in comparison.total if c.measure == name), None)
            if change is not None and change.change is not None:
                note = f"{change_text(change.change, change.unit)} since {comparison.before.date.year}"
        measure = MEASURES[name]
        yield KeyFigure(words.capital(measure.name), cell_text(cell, measure.unit), note)


def _measures(found: Mandate) -> Iterator[Item]:
    several = bool(found.first_round)
    columns = [Column("Measure", numeric=False), Column("Over all")]
    if several:
        columns.append(Column("First round"))
    rows, unknown = [], []
    for name, measure in MEASURES.items():
        cell = found.total[name]
        first = found.first_round.get(name)
        if cell.value is None and (first is None or first.value is None):
            unknown.append(f"{words.capital(measure.name)}: {cell.cannot}.")
            continue
        texts = [measure.name, figure(cell, name)]
        if several:
            texts.append(figure(first, name) if first is not None else numbers.ABSENT)
        rows.append(cells(*texts))
    yield Table("measures", f"Measures of the mandate of {found.name}", tuple(columns), tuple(rows))
    yield from reasons("Cannot be known from this:", unknown)
    if found.segments:
        yield _segments(found)
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
    table = _changes("beside", "Over all", comparison, comparison.total)
    items: list[Item] = [Figure(picture, table)] if picture is not None else [table]
    missing = [f"{words.capital(change.name)}: {change.cannot}." for change in comparison.total if change.cannot]
    items += reasons("Cannot be known from this:", missing)
    if comparison.notes:
        items.append(Sentences(comparison.notes))
    before, now = _when(comparison)
    yield Part(f"{now} beside {before}", tuple(items))
    if comparison.segments:
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
        if item.now.value is None and item.before.value is None:
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
        number = cell_text(rival.number, "count") if rival.number.value is not None else WHY
        if not rival.bases:
            rows.append(cells(rival.name, number, numbers.ABSENT, numbers.ABSENT))
        for index, base in enumerate(rival.bases):
            share = cell_text(base.share, "share") if base.share.value is not None else WHY
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
    return (Table("rivals", "Each with its own base", columns, tuple(rows), (*notes, *sources)), Sentences((said,)))
