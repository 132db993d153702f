"""Votes, shares, weighted shares and points: that tables add up, and that printed figures follow from the votes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from .base import CUT_NAMES, At, Check, compare_printed, views, within_rounding, worst


def _round_name(case: Case, view: BallotView, number: int) -> str:
    several = len(case.contest.ballot) > 1
    rounds = len(view.figures.round) > 1
    parts = [view.stage.name or view.stage.id] if several else []
    if rounds:
        parts.append(view.figures.round[number].label or f"{'ballot' if view.repeated else 'round'} {number + 1}")
    return f" ({', '.join(parts)})" if parts else ""


def sums(case: Case) -> Iterator[Check]:
    """The votes of segments, or of units, add up to the published totals, candidate by candidate."""
    for index, view in views(case):
        units = case.units.get(view.stage.id)
        for number, figures in enumerate(view.figures.round):
            totals = figures.votes.get(TOTAL)
            if totals is None:
                continue
            at = At(case, ("ballot", index, "round", number, "votes", TOTAL), figures.certainty("votes", TOTAL))
            name = _round_name(case, view, number)
            if view.sections != (TOTAL,) and any(section in figures.votes for section in view.sections):
                absent = [case.section_name(s) for s in view.sections if s not in figures.votes]
                for who, total in totals.items():
                    what = f"{case.contest.label(who)}: votes by segment add up{name}"
                    if absent:
                        yield at.to(who).cannot("sum", what, f"the votes of {' and '.join(absent)}", f"{total:,}")
                        continue
                    marks = worst(at.certainty, *(figures.certainty("votes", s) for s in view.sections))
                    parts = [figures.votes[section].get(who, 0) for section in view.sections]
                    yield at.to(who, certainty=marks).equal("sum", what, total, sum(parts))
            if units is not None and number < len(units.rounds):
                for who, total in totals.items():
                    added = sum(votes.get(who, 0) for votes in units.rounds[number].values())
                    yield at.to(who).equal(
                        "sum", f"{case.contest.label(who)}: votes by unit add up{name}", total, added
                    )


def transfers(case: Case) -> Iterator[Check]:
    """Under a preferential count nobody who stays in loses votes, the votes in the count never rise, and what leaves
    it is what was published as exhausted."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage) or view.stage.count not in (
            "alternative vote",
            "supplementary vote",
        ):
            continue
        sections = [*view.sections, TOTAL] if len(view.sections) > 1 else [TOTAL]
        for number in range(1, len(view.figures.round)):
            figures = view.figures.round[number]
            at = At(case, ("ballot", index, "round", number, "votes"), figures.certainty("votes"))
            name = _round_name(case, view, number)
            for section in sections:
                before, now = view.section_votes(number - 1, section), view.section_votes(number, section)
                where = "" if section == TOTAL else f", {case.section_name(section)}"
                if before is None or now is None:
                    if section == TOTAL:
                        yield at.cannot(
                            "transfer",
                            f"transfers balance{name}",
                            "the votes of this round or of the one before",
                        )
                    continue
                yield _balance(case, at, f"transfers balance{where}{name}", before, now)
            first, now = view.section_votes(0, TOTAL), view.section_votes(number, TOTAL)
            if figures.exhausted is not None and first is not None and now is not None:
                yield At(case, ("ballot", index, "round", number, "exhausted")).equal(
                    "transfer",
                    f"ballots exhausted{name}",
                    figures.exhausted,
                    sum(first.values()) - sum(now.values()),
                )


def _balance(case: Case, at: At, what: str, before: Mapping[str, int], now: Mapping[str, int]) -> Check:
    lost = [who for who in now if who in before and now[who] < before[who]]
    cast_before, cast_now = sum(before.values()), sum(now.values())
    if lost:
        return at.check(
            "transfer",
            what,
            "disagrees",
            published=", ".join(f"{case.contest.label(w)} {now[w]:,} after {before[w]:,}" for w in lost),
            computed="nobody who stays in loses votes",
            explanation="votes of different counts, or a misprint",
        )
    if cast_now > cast_before:
        return at.check(
            "transfer",
            what,
            "disagrees",
            published=f"{cast_now:,} votes after {cast_before:,}",
            computed=f"at most {cast_before:,}",
            explanation="votes of different counts, or a misprint",
        )
    return at.check(
        "transfer",
        what,
        "agrees",
        published=f"{cast_now:,} of {cast_before:,} votes stay in",
        computed=f"{cast_before - cast_now:,} leave the count",
    )


def shares(case: Case) -> Iterator[Check]:
    """Every published share, of the rulebook's base and cut as it says; and that a column adds up."""
    for index, view in views(case):
        for number, figures in enumerate(view.figures.round):
            for section, row in figures.shares.items():
                at = At(
                    case,
                    ("ballot", index, "round", number, "shares", section),
                    worst(figures.certainty("shares", section), figures.certainty("votes", section)),
                )
                yield from _column(case, view, number, section, at)
                missing = _row_missing(case, view, number, section)
                if missing is not None:
                    where = "" if section == TOTAL else f" among {case.section_name(section)}"
                    what = f"shares of {len(row)} candidates{where}{_round_name(case, view, number)}"
                    yield at.cannot(
                        "share",
                        what,
                        missing,
                        "; ".join(f"{case.contest.label(who)} {p[-1]}%" for who, p in row.items()),
                    )
                    continue
                for who, printed in row.items():
                    for figure in printed:
                        rest = [
                            other[printed.index(figure)]
                            for name, other in row.items()
                            if name != who and len(other) == len(printed)
                        ]
                        complete = (
                            len(row) == len(view.section_votes(number, section) or row) and len(rest) == len(row) - 1
                        )
                        yield _share(case, view, number, section, who, figure, at.to(who), rest if complete else None)


def _row_missing(case: Case, view: BallotView, number: int, section: str) -> str | None:
    """What is missing to work out any share of a section in a round; None if nothing is."""
    if section != TOTAL:
        return None if view.section_votes(number, section) is not None else f"the votes of {case.section_name(section)}"
    item = view.round(number)
    if item.standing is None or item.basis == "published shares":
        return item.missing or "the votes of every section"
    return None


def _share(
    case: Case,
    view: BallotView,
    number: int,
    section: str,
    who: str,
    printed: Decimal,
    at: At,
    rest: list[Decimal] | None,
) -> Check:
    name = _round_name(case, view, number)
    where = "" if section == TOTAL else f" among {case.section_name(section)}"
    what = f"{case.contest.label(who)}: share{where}{name}"
    item = view.round(number)
    cut = view.stage.shares.cut
    if section != TOTAL:
        votes = view.section_votes(number, section)
        if votes is None or who not in votes:
            return at.cannot("share", what, f"the votes of {case.section_name(section)}", f"{printed}%")
        bases: dict[str, Fraction | int | None] = {
            "votes": sum(votes.values()),
            "ballots returned": view.figure("returned", section, number),
            "those entitled": view.figure("entitled", section, number),
        }
        return compare_printed(at, "share", what, printed, Fraction(votes[who]), "votes", bases, cut, rest=rest)
    combined = isinstance(view.stage, BallotStage) and view.stage.combine != "one-person-one-vote"
    if item.standing is None or who not in item.standing.total or item.basis == "published shares":
        return at.cannot("share", what, item.missing or "the votes by segment", f"{printed}%")
    default = {"college": "the college", "points": "points"}.get(item.standing.unit, "votes")
    base_name = view.stage.shares.of or default
    value = item.standing.total[who]
    bases = {
        name: base
        for name, base in item.bases.items()
        if base and (not combined or name in ("points", "points allotted", "the college"))
    }
    if (
        isinstance(view.stage, BallotStage)
        and view.stage.combine == "points-by-unit"
        and view.stage.points
        and view.stage.points.units
    ):
        bases["all points there could be"] = view.stage.points.each * view.stage.points.units
    if view.figures.round[number].others:
        bases.pop("votes", None)
    parts = (
        [row[who] for row in item.standing.parts.values() if who in row] if item.standing.unit == "college" else None
    )
    return compare_printed(at, "share", what, printed, value, base_name, bases, cut, rest=rest, parts=parts)


def _column(case: Case, view: BallotView, number: int, section: str, at: At) -> Iterator[Check]:
    """That the shares of all candidates can add up to 100."""
    row = view.figures.round[number].shares[section]
    votes = view.section_votes(number, section)
    base = view.stage.shares.of
    if base in ("those entitled", "ballots returned", "valid votes") or view.figures.round[number].others:
        return
    if votes is not None and set(votes) != set(row):
        return
    if len(row) < 2:
        return
    columns = [printed[0] for printed in row.values()]
    possible, total = within_rounding(columns, Fraction(100), view.stage.shares.cut)
    where = "" if section == TOTAL else f" among {case.section_name(section)}"
    what = f"shares add up{where}{_round_name(case, view, number)}"
    if possible:
        yield at.check(
            "sum",
            what,
            "agrees",
            published=f"{total}%",
            computed="100%",
            explanation=None if total == 100 else "as near as their decimals allow",
        )
    else:
        yield at.check(
            "sum",
            what,
            "disagrees",
            published=f"{total}%",
            computed="100%",
            explanation=_short_column(case, view, number, total),
        )


def _short_column(case: Case, view: BallotView, number: int, total: Decimal) -> str:
    votes = view.section_votes(number, TOTAL)
    bases = view.round(number).bases
    for name in ("ballots returned", "valid votes", "those entitled"):
        base = bases.get(name)
        if votes is not None and base and base != sum(votes.values()):
            share = exact.cut_to(Fraction(sum(votes.values())) / base * 100, 1)
            if str(share) == str(total):
                return f"another base: all candidates together have {share}% of {name}"
    return "more than their decimals can explain"


def weighted(case: Case) -> Iterator[Check]:
    """What each section of a college gave each candidate, and that the sections add up to the whole."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage) or view.stage.combine != "weighted-college":
            continue
        for number, figures in enumerate(view.figures.round):
            name = _round_name(case, view, number)
            at = At(case, ("ballot", index, "round", number, "weighted"), figures.certainty("weighted"))
            for section, row in figures.weighted.items():
                yield from _weighted_section(
                    case,
                    view,
                    number,
                    section,
                    at.to(
                        section,
                        certainty=worst(figures.certainty("weighted", section), figures.certainty("votes", section)),
                    ),
                    name,
                )
                columns = [printed[0] for printed in row.values()]
                weight = view.stage.weights[section] * 100
                possible, total = within_rounding(columns, weight)
                yield at.to(section).check(
                    "weighted share",
                    f"{case.section_name(section)} give their full weight{name}",
                    "agrees" if possible else "disagrees",
                    published=f"{total}%",
                    computed=f"{exact.cut_to(weight, 3)}%",
                    explanation=None
                    if total == weight
                    else ("as near as their decimals allow" if possible else "more than their decimals can explain"),
                )
            yield from _weighted_total(case, view, number, at, name)
            yield from _from_section_shares(case, view, number, name)


def _from_section_shares(case: Case, view: BallotView, number: int, name: str) -> Iterator[Check]:
    """Where votes of a section are not known: its printed shares, weighted, beside what it is printed to have given."""
    figures = view.figures.round[number]
    weights = view.stage.weights if isinstance(view.stage, BallotStage) else {}
    for section in view.sections:
        shares_, given = figures.shares.get(section, {}), figures.weighted.get(section, {})
        if section in figures.votes:
            continue
        for who in shares_:
            if who not in given:
                continue
            share, part = max(shares_[who], key=exact.decimals_of), max(given[who], key=exact.decimals_of)
            low, high = (weights[section] * edge for edge in exact.printable_range(share))
            bottom, top = exact.printable_range(part)
            possible = low <= top and bottom <= high
            at = At(case, ("ballot", index_of(case, view), "round", number, "weighted", section, who))
            yield at.check(
                "weighted share",
                f"{case.contest.label(who)}: share among {case.section_name(section)}, weighted{name}",
                "agrees" if possible else "disagrees",
                published=f"{part}%",
                computed=f"{exact.cut_to(weights[section] * Fraction(share), 3)}% of {share}%",
                explanation=None if possible else "more than their decimals can explain",
            )


def index_of(case: Case, view: BallotView) -> int:
    """The place of a ballot in the contest file."""
    return next(index for index, ballot in enumerate(case.contest.ballot) if ballot.stage == view.stage.id)


def _weighted_section(case: Case, view: BallotView, number: int, section: str, at: At, name: str) -> Iterator[Check]:
    figures = view.figures.round[number]
    row, votes = figures.weighted[section], figures.votes.get(section)
    weight = view.stage.weights[section] if isinstance(view.stage, BallotStage) else Fraction(1)
    if votes is None:
        shown = "; ".join(f"{case.contest.label(who)} {printed[-1]}%" for who, printed in row.items())
        what = f"weighted shares of {len(row)} candidates from {case.section_name(section)}{name}"
        yield at.cannot("weighted share", what, f"the votes of {case.section_name(section)}", shown)
        return
    for who, printed in row.items():
        what = f"{case.contest.label(who)}: weighted share from {case.section_name(section)}{name}"
        if votes is None or who not in votes:
            yield at.to(who).cannot(
                "weighted share", what, f"the votes of {case.section_name(section)}", f"{printed[0]}%"
            )
            continue
        rest = [other[0] for other_name, other in row.items() if other_name != who]
        cut = view.stage.shares.cut
        for figure in printed:
            value = weight * votes[who]
            base = sum(votes.values())
            yield compare_printed(
                at.to(who),
                "weighted share",
                what,
                figure,
                value,
                "the college",
                {"the college": base},
                cut,
                rest=rest,
                whole=weight * 100,
            )


def _weighted_total(case: Case, view: BallotView, number: int, at: At, name: str) -> Iterator[Check]:
    figures = view.figures.round[number]
    published = figures.shares.get(TOTAL, {})
    if set(figures.weighted) != set(view.sections):
        return
    for who, printed in published.items():
        parts = [figures.weighted[section].get(who) for section in view.sections]
        if any(part is None for part in parts):
            continue
        columns = [part[0] for part in parts if part is not None]
        for figure in printed:
            possible, total = within_rounding(columns, figure)
            same = total == figure
            yield at.check(
                "weighted share",
                f"{case.contest.label(who)}: the sections add up to the published total{name}",
                "agrees" if possible else "disagrees",
                published=f"{figure}%",
                computed=f"{total}%",
                explanation=None
                if same
                else ("as near as their decimals allow" if possible else "more than their decimals can explain"),
            )


def points(case: Case) -> Iterator[Check]:
    """Published points, from the votes of every unit; and that they add up to what there was to give."""
    for index, view in views(case):
        stage = view.stage
        if not isinstance(stage, BallotStage) or stage.points is None:
            continue
        for number, figures in enumerate(view.figures.round):
            at = At(case, ("ballot", index, "round", number, "points"), figures.certainty("points"))
            name = _round_name(case, view, number)
            item = view.round(number)
            if figures.points and item.basis != "votes":
                shown = "; ".join(
                    f"{case.contest.label(who)} {printed[-1]:,}" for who, printed in figures.points.items()
                )
                yield at.cannot(
                    "points",
                    f"points of {len(figures.points)} candidates{name}",
                    f"the votes of every {stage.points.unit}",
                    shown,
                )
            for who, printed in figures.points.items() if item.basis == "votes" else ():
                what = f"{case.contest.label(who)}: points{name}"
                for figure in printed:
                    if item.standing is None:  # pragma: no cover - votes are counted into a standing
                        continue
                    computed = exact.cut_to(item.standing.total.get(who, Fraction(0)), exact.decimals_of(figure))
                    yield at.to(who).check(
                        "points",
                        what,
                        "agrees" if computed == figure else "disagrees",
                        published=f"{figure:,}",
                        computed=f"{computed:,}",
                        explanation=None if computed == figure else f"they differ by {abs(computed - figure)}",
                    )
            if figures.points and stage.points.units is not None and not figures.others:
                offered = Fraction(stage.points.each * stage.points.units)
                columns = [printed[0] for printed in figures.points.values()]
                possible, total = within_rounding(columns, offered)
                lost = offered - Fraction(total)
                limit = (
                    Fraction(stage.points.units * len(columns), 10 ** (stage.points.decimals or 0))
                    if stage.points.decimals is not None
                    else Fraction(0)
                )
                if stage.points.at_most_votes and lost > 0:
                    fewer = f"{exact.cut_to(lost, 2):,} fewer than {offered.numerator:,}"
                    missing = f"the votes of every {stage.points.unit}: capped ones give less, and these are {fewer}"
                    yield at.cannot("points", f"points add up to those on offer{name}", missing, f"{total:,}")
                    continue
                elif possible:
                    status, why = "agrees", None if lost == 0 else "as near as their decimals allow"
                elif 0 < lost <= limit:
                    status, why = (
                        "agrees",
                        f"{exact.cut_to(lost, 5)} lost by cutting each unit at {stage.points.decimals} decimals",
                    )
                else:
                    status, why = "disagrees", "more than cutting can explain"
                yield at.check(
                    "points",
                    f"points add up to those on offer{name}",
                    "agrees" if status == "agrees" else "disagrees",
                    published=f"{total:,}",
                    computed=f"{offered.numerator:,}",
                    explanation=why,
                )


def also_published(case: Case) -> Iterator[Check]:
    """Figures that sources print beside others, on the base that they claim."""
    by_stage = {view.stage.id: view for _, view in views(case)}
    for index, also in enumerate(case.contest.also_published):
        at = At(case, ("also_published", index, "figure"))
        view = by_stage.get(also.stage or "") or (list(by_stage.values())[-1] if by_stage else None)
        if view is None:
            yield at.cannot("share", also.source, "the figures of the ballot", f"{also.figure}%")
            continue
        last = len(view.figures.round) - 1 if view.repeated else 0
        last = min(also.round - 1, len(view.figures.round) - 1) if also.round is not None else last
        bases: dict[str, Fraction | int | None] = {
            "ballots returned": view.figure("returned", also.section, last),
            "valid votes": view.figure("valid", also.section, last),
            "those entitled": view.figure("entitled", also.section, last),
        }
        votes = view.section_votes(last, also.section)
        bases["votes"] = sum(votes.values()) if votes and (view.complete(last) or also.section != TOTAL) else None
        roll = view.roll(also.section, last)
        at = at.to(
            certainty=worst(*(roll.certainty(key) for key in ("entitled", "returned", "valid"))) if roll else None
        )
        if also.measure == "turnout":
            what = f"turnout counting {also.of}, as printed by {also.source}"
            entitled = bases["those entitled"]
            values = {name: value for name, value in bases.items() if value and name != "those entitled"}
            if not entitled or also.of not in values:
                yield at.cannot("turnout", what, "how many were entitled, or came back", f"{also.figure}%")
                continue
            yield _other_numerator(at, what, also.figure, values, also.of, entitled, view)
            continue
        what = f"{case.contest.label(also.candidate or '')}: share of {also.of}, as printed by {also.source}"
        if votes is None or also.candidate is None or also.candidate not in votes:
            yield at.cannot("share", what, "the votes", f"{also.figure}%")
            continue
        yield compare_printed(
            at,
            "share",
            what,
            also.figure,
            Fraction(votes[also.candidate]),
            also.of,
            bases,
            view.stage.shares.cut,
        )


def _other_numerator(
    at: At,
    what: str,
    printed: Decimal,
    values: Mapping[str, Fraction | int],
    counts: str,
    entitled: Fraction | int,
    view: BallotView,
) -> Check:
    decimals, cut = exact.decimals_of(printed), view.stage.turnout.cut
    computed = Fraction(values[counts]) / entitled * 100
    if exact.cut_to(computed, decimals, cut) == printed:
        return at.check(
            "turnout",
            what,
            "agrees",
            published=f"{printed}%",
            computed=f"{exact.cut_to(computed, decimals, cut)}%",
        )
    ways = [CUT_NAMES[way] for way in exact.CUTS if exact.cut_to(computed, decimals, way) == printed]
    ways += [
        f"it counts {name}"
        for name, value in values.items()
        if exact.cut_to(Fraction(value) / entitled * 100, decimals, cut) == printed
    ]
    why = "; or ".join(ways[:2]) or "no base that we know gives it"
    return at.check(
        "turnout",
        what,
        "disagrees",
        published=f"{printed}%",
        computed=f"{exact.cut_to(computed, decimals + 2)}%",
        explanation=why,
    )
