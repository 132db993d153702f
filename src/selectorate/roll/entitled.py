"""Who may vote, in which segments, and of everybody else why not: the rulebook's own tests, on the roll.

A test is SQL over the columns of the roll and the dates of the timetable. It is true, false, or neither: where a
value is not known it refuses, and says which value. Nothing is assumed in anybody's favour or against them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from ..documents import nearest
from ..errors import InputError, Problem, RulebookError, Where
from ..rules import BallotStage, MotionStage, Rulebook
from ..rules.consistency.entitlement import entitlement as faults_of_tests
from .columns import COLUMNS, KEY, names_of
from .rolls import Remark, Roll

Moment = dt.date | dt.datetime
_ROW = (*KEY, "unit", "joined")


@dataclass(frozen=True)
class Entitlement:
    """Who may vote in a stage.

    ``persons``: one row a person: person, segments (list of the ids of segments: their votes), also (further segments
    that they belong to, passed over by precedence), reasons (list of texts; empty for who has a vote).
    ``votes``: one row a vote: person, segment, capacity, body, spell, unit.
    ``refused``: one row a reason of who has no vote: person, capacity, body, spell, segment, kind ("not so",
    "not known", "ended", "no segment"), reason.
    ``by_segment``: votes of each segment, in order of precedence. ``by_reason``: refused persons by their first reason.
    """

    rulebook: str
    stage: str
    dates: Mapping[str, Moment]
    on: dt.date | None
    persons: pl.DataFrame = field(repr=False)
    votes: pl.DataFrame = field(repr=False)
    refused: pl.DataFrame = field(repr=False)
    by_segment: Mapping[str, int]
    by_reason: Mapping[str, int]
    remarks: tuple[Remark, ...] = ()

    @property
    def entitled(self) -> int:
        """How many persons have a vote, or several."""
        return int(self.persons.select((pl.col("segments").list.len() > 0).sum()).item())


@dataclass(frozen=True)
class _Test:
    """A test of a segment: what must be true in words, and as an expression over the columns ``uses``."""

    says: str
    expression: pl.Expr
    uses: tuple[str, ...]
    dates: tuple[str, ...]

    @property
    def of_capacity(self) -> bool:
        """Whether it only asks whom the segment is for: who is not meant by it is not refused by it either."""
        return set(self.uses) <= {"capacity", "body"} and not self.dates


@dataclass(frozen=True)
class _Segment:
    """A segment, or the body that votes. Without tests it is for those whose capacity is its id or name."""

    id: str
    tests: tuple[_Test, ...]

    @property
    def asks_left(self) -> bool:
        return any("left" in test.uses for test in self.tests)


def check_tests(rulebook: Rulebook) -> None:
    """Raises RulebookError if a test of entitlement could not be run: called at set-up, not at the freeze.

    A rulebook from a file was checked when it was loaded, with its lines; this is for one that was made otherwise.
    """
    problems = [
        Problem(found.message, Where(key=".".join(str(part) for part in found.key)), found.hint)
        for found in faults_of_tests(rulebook)
    ]
    if problems:
        raise RulebookError.of(problems)


def entitlement(
    rulebook: Rulebook,
    stage: str | None,
    roll: Roll,
    dates: Mapping[str, Moment],
    *,
    on: dt.date | None = None,
) -> Entitlement:
    """The segments of every person, or the reasons why they have none.

    ``stage``: id of a ballot (None: the only one in which segments vote). ``dates``: all of the rulebook's timetable; a
    day includes the whole of it. ``on``: the day on which a capacity must not have ended (``left``); the latest of
    ``dates`` without it. Raises InputError for a date that is missing or unknown, or a stage in which nobody votes.
    """
    chosen = _stage(rulebook, stage)
    check_tests(rulebook)
    remarks: list[Remark] = []
    segments = _segments(rulebook, chosen, remarks)
    _dates_are_there(rulebook, segments, dates)
    if on is None and dates:
        on = max(value.date() if isinstance(value, dt.datetime) else value for value in dates.values())
    if on is None and roll.rows["left"].null_count() < len(roll):
        raise InputError(
            "some on the roll have left, and no day is given on which they must still have been there",
            hint="Say the day on which the roll closes.",
        )
    belongs, refused = _rows_judged(roll, segments, dates, on)
    one = isinstance(chosen, MotionStage) or chosen.votes == "one"
    votes, also = _chosen(belongs, one=one)
    refused = refused.join(votes.select("person").unique(), on="person", how="anti", maintain_order="left")
    persons = _persons(roll, votes, also, refused)
    counts = dict(votes.group_by("segment").len().iter_rows())
    return Entitlement(
        rulebook=rulebook.id,
        stage=chosen.id,
        dates=dict(dates),
        on=on,
        persons=persons,
        votes=votes.select("person", "segment", "capacity", "body", "spell", "unit"),
        refused=refused.select(*KEY, "segment", "kind", "reason"),
        by_segment={segment.id: counts.get(segment.id, 0) for segment in segments},
        by_reason=_by_first(refused),
        remarks=tuple(remarks),
    )


# -- what is asked ----------------------------------------------------------------------------------------------


def _stage(rulebook: Rulebook, name: str | None) -> BallotStage | MotionStage:
    voted = [stage for stage in rulebook.stage if isinstance(stage, BallotStage | MotionStage)]
    if name is None:
        with_segments = [stage for stage in voted if isinstance(stage, BallotStage) and stage.segments]
        if len(with_segments) == 1:
            return with_segments[0]
        ids = ", ".join(stage.id for stage in voted)
        raise InputError(
            f'the rulebook "{rulebook.id}" does not have one ballot in which segments vote',
            hint=f"Name a stage: {ids}.",
        )
    for stage in voted:
        if stage.id == name:
            return stage
    raise InputError(
        f'the rulebook "{rulebook.id}" has no ballot or motion of this name',
        hint=nearest(name, [stage.id for stage in voted], "It has"),
    )


def _segments(rulebook: Rulebook, stage: BallotStage | MotionStage, remarks: list[Remark]) -> list[_Segment]:
    if isinstance(stage, MotionStage) or not stage.segments:
        body = stage.by or ""
        return [_Segment(body, (_listed(body, rulebook.bodies[body].name),))]
    found: list[_Segment] = []
    for name in stage.segments:
        segment = rulebook.segments[name]
        if segment.voters == "delegations":
            remarks.append(Remark(f"{segment.name} vote by delegations, who are on no roll of persons"))
            continue
        tests = tuple(_test(says, sql, rulebook) for says, sql in segment.entitled.items())
        found.append(_Segment(name, tests or (_listed(name, segment.name),)))
    return found


def _test(says: str, sql: str, rulebook: Rulebook) -> _Test:
    expression = pl.sql_expr(sql)
    names = list(dict.fromkeys(expression.meta.root_names()))
    return _Test(
        says,
        expression,
        tuple(name for name in names if name in COLUMNS and name not in rulebook.timetable),
        tuple(name for name in names if name in rulebook.timetable),
    )


def _listed(name: str, says: str) -> _Test:
    """The test of a segment for which the rulebook has none: who is listed in it."""
    return _Test(f"is listed among the {says}", pl.col("capacity").is_in([name, says, says.lower()]), ("capacity",), ())


def _dates_are_there(rulebook: Rulebook, segments: Iterable[_Segment], dates: Mapping[str, Moment]) -> None:
    for name in dates:
        if name not in rulebook.timetable:
            hint = nearest(name, list(rulebook.timetable), "It has") or "It has none."
            raise InputError(f'the timetable of "{rulebook.id}" has no date "{name}"', hint=hint)
    for segment in segments:
        for test in segment.tests:
            for name in test.dates:
                if name not in dates:
                    raise InputError(f'the date "{name}" is missing', hint=f"It is {rulebook.timetable[name]}.")
            if len({isinstance(dates[name], dt.datetime) for name in test.dates}) > 1:
                raise InputError(
                    f'"{test.says}" compares a day with a moment', hint="Give all of its dates with a time, or none."
                )


# -- the answers -------------------------------------------------------------------------------------------------


def _answers(roll: Roll, segments: Sequence[_Segment], dates: Mapping[str, Moment]) -> list[list[pl.Series]]:
    """For each segment and each of its tests: true, false, or NULL, row by row.

    A deadline that is given as a day includes the whole of it: a moment is compared with it by its day.
    """
    days = {name: value for name, value in dates.items() if not isinstance(value, dt.datetime)}
    moments = {name: value for name, value in dates.items() if isinstance(value, dt.datetime)}
    rows = roll.rows.lazy()
    by_moment = rows.with_columns(pl.lit(value, pl.Datetime("us")).alias(name) for name, value in moments.items())
    by_day = rows.with_columns(
        *(pl.col(name).cast(pl.Date) for name in names_of("date and time")),
        *(pl.lit(value, pl.Date).alias(name) for name, value in days.items()),
    )
    found: list[list[pl.Series]] = []
    for segment in segments:
        answers = []
        for test in segment.tests:
            frame = by_day if test.dates and test.dates[0] in days else by_moment
            try:
                answer = frame.select(test.expression.alias("answer")).collect()["answer"]
            except pl.exceptions.PolarsError:
                raise RulebookError(
                    f'the test of "{test.says}" cannot be run on this roll',
                    where=Where(key=f"segments.{segment.id}.entitled"),
                    hint="It may turn a text into a date that is none.",
                ) from None
            # A test that looks at no row gives one answer for all.
            answers.append(answer if len(answer) == len(roll) else answer.new_from_index(0, len(roll)))
        found.append(answers)
    return found


def _rows_judged(
    roll: Roll, segments: Sequence[_Segment], dates: Mapping[str, Moment], on: dt.date | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that belong to a segment, and reasons why others do not; both by row and segment."""
    rows = roll.rows.select(*_ROW, "left")
    ended = pl.Series([False]).new_from_index(0, len(roll)) if on is None else (rows["left"] <= on).fill_null(False)
    belongs: list[pl.DataFrame] = []
    refused: list[pl.DataFrame] = []
    meant_by_any = pl.Series([False]).new_from_index(0, len(roll))
    for order, (segment, answers) in enumerate(zip(segments, _answers(roll, segments, dates), strict=True)):
        meant, passed = _all(answers, segment, of_capacity=True), _all(answers, segment, of_capacity=False)
        over = ended if not segment.asks_left else ended & False
        meant_by_any = meant_by_any | meant
        label = [pl.lit(segment.id).alias("segment"), pl.lit(order, pl.Int32).alias("order")]
        belongs.append(rows.filter(meant & passed & ~over).with_columns(label))
        refused.append(_because(rows.filter(meant & over), label, "ended", _ENDED, 1_000))
        for place, (test, answer) in enumerate(zip(segment.tests, answers, strict=True)):
            if test.of_capacity:
                continue
            failed = meant & ~over & ~answer.fill_null(True)
            refused.append(_because(rows.filter(failed), label, "not so", f"not so: {test.says}", place))
            unknown = meant & ~over & answer.is_null()
            if unknown.any():
                refused += _unknown(roll, rows, unknown, test, label, place)
    label = [pl.lit(None, pl.String).alias("segment"), pl.lit(len(segments), pl.Int32).alias("order")]
    nowhere = rows.filter(~meant_by_any)
    refused.append(
        nowhere.with_columns(
            *label,
            pl.lit("no segment").alias("kind"),
            pl.format('no segment is for the capacity "{}"', pl.col("capacity")).alias("reason"),
            pl.lit(2_000, pl.Int32).alias("place"),
        )
    )
    return pl.concat(belongs), pl.concat(refused).sort("person", "place", "order", "spell", "body", nulls_last=False)


_ENDED = "no longer holds this capacity"


def _all(answers: Sequence[pl.Series], segment: _Segment, *, of_capacity: bool) -> pl.Series:
    """Whether all tests of one sort are true, row by row."""
    found = pl.Series([True]).new_from_index(0, len(answers[0]))
    for test, answer in zip(segment.tests, answers, strict=True):
        if test.of_capacity == of_capacity:
            found = found & answer.fill_null(False)
    return found


def _because(rows: pl.DataFrame, label: list[pl.Expr], kind: str, reason: str, place: int) -> pl.DataFrame:
    return rows.with_columns(
        *label,
        pl.lit(kind).alias("kind"),
        pl.lit(reason).alias("reason"),
        pl.lit(place, pl.Int32).alias("place"),
    )


def _unknown(
    roll: Roll, rows: pl.DataFrame, unknown: pl.Series, test: _Test, label: list[pl.Expr], place: int
) -> list[pl.DataFrame]:
    """The refusals of rows for which a test has no answer, by the value that is not known."""
    found: list[pl.DataFrame] = []
    told = pl.Series([False]).new_from_index(0, len(roll))
    for name in test.uses:
        here = unknown & roll.rows[name].is_null()
        told = told | here
        found.append(_because(rows.filter(here), label, "not known", f"{COLUMNS[name].says} not known", place))
    rest = rows.filter(unknown & ~told)
    return [*found, _because(rest, label, "not known", f"it cannot be told: {test.says}", place)]


def _chosen(belongs: pl.DataFrame, *, one: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The votes, and the segments that are passed over. In one segment nobody has two votes, in whatever capacities.

    Of several capacities in one segment that counts which somebody joined in first.
    """
    each = belongs.sort("person", "order", "joined", "body", "spell", nulls_last=True).unique(
        ["person", "order"], keep="first", maintain_order=True
    )
    if not one:
        return each, each.clear()
    first = pl.col("person").is_first_distinct()
    return each.filter(first), each.filter(~first)


def _persons(roll: Roll, votes: pl.DataFrame, also: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    persons = roll.rows.select("person").unique().sort("person")
    for name, frame, column in (
        ("segments", votes, "segment"),
        ("also", also, "segment"),
        ("reasons", refused, "reason"),
    ):
        lists = frame.group_by("person", maintain_order=True).agg(
            pl.col(column).unique(maintain_order=True).alias(name)
        )
        persons = persons.join(lists, on="person", how="left").with_columns(
            pl.col(name).fill_null(pl.lit([], pl.List(pl.String)))
        )
    return persons.sort("person")


def _by_first(refused: pl.DataFrame) -> dict[str, int]:
    first = refused.unique("person", keep="first", maintain_order=True)
    counts = first.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return dict(counts.iter_rows())


def in_several_segments(entitled: Entitlement) -> pl.DataFrame:
    """Persons who belong to two segments or more: person, segments (all that they belong to), votes (how many)."""
    return (
        entitled.persons.select(
            "person",
            pl.concat_list("segments", "also").alias("segments"),
            pl.col("segments").list.len().alias("votes"),
        )
        .filter(pl.col("segments").list.len() > 1)
        .sort("person")
    )


def compare_entitlement(before: Entitlement, after: Entitlement) -> pl.DataFrame:
    """Who is entitled otherwise under other dates, or on another roll.

    Columns: person, segments_before, segments_after, reasons_before, reasons_after; NULL where the person is not on
    that roll.
    """
    both = before.persons.join(after.persons, on="person", how="full", coalesce=True, suffix="_after")
    return (
        both.filter(pl.col("segments").ne_missing(pl.col("segments_after")))
        .select(
            "person",
            pl.col("segments").alias("segments_before"),
            "segments_after",
            pl.col("reasons").alias("reasons_before"),
            "reasons_after",
        )
        .sort("person")
    )
