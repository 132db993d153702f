"""Contests made up from generated votes, by way of the public loaders. Shared by the tests that need them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from selectorate import documents
from selectorate.ballots import Profile, profile_of
from selectorate.ballots.profile import Rank
from selectorate.contest import Case, UnitVotes
from selectorate.contest.model import Contest
from selectorate.errors import ContestError
from selectorate.rules import Rulebook
from selectorate.rules.load import from_document

Table = Mapping[str, Mapping[str, int]]
"""Votes by section, then by candidate."""

PEOPLE = ("ada", "ben", "cyd", "dot")
SEGMENTS = ("members", "affiliated", "registered")


def rulebook(
    segments: Sequence[str],
    *,
    combine: str = "one-person-one-vote",
    weights: Mapping[str, str] | None = None,
    points: str | None = None,
    elected: str | None = None,
    count: str = "alternative vote",
    more: str = "",
) -> Rulebook:
    """A small rulebook with one ballot. ``points`` and ``more`` are TOML."""
    default = {"weighted-college": "majority of the college", "points-by-unit": "majority of points"}
    lines = [
        'id = "made-up"\nname = "Made up"\norganisation = "Nobody"\noffice = "Leader"',
        '[bodies.board]\nname = "members of the board"',
        *(f'[segments.{name}]\nname = "{name}"' for name in segments),
        '[[stage]]\nkind = "ballot"\nid = "ballot"',
        f"segments = {json.dumps(list(segments))}" if segments else 'by = "board"',
        f'paper = "{"rank" if count == "alternative vote" else "choose one"}"\ncount = "{count}"',
        f'combine = "{combine}"\nelected = "{elected or default.get(combine, "majority of votes")}"',
        f"points = {points}" if points else "",
        more,
    ]
    if weights:
        lines.append("[stage.weights]\n" + "\n".join(f'{name} = "{weight}"' for name, weight in weights.items()))
    return from_document(documents.parse("\n".join(lines).encode(), "rulebook.toml"))


def motion_rulebook(motion: str = "no confidence", carried: str = "majority of valid votes") -> Rulebook:
    """A rulebook with a motion of a board and nothing else."""
    text = (
        'id = "made-up"\nname = "Made up"\norganisation = "Nobody"\noffice = "Leader"\n[bodies.board]\nname = "board"\n'
        f'[[stage]]\nkind = "motion"\nid = "ballot"\nby = "board"\nmotion = "{motion}"\ncarried = "{carried}"\n'
        'effect = "none"'
    )
    return from_document(documents.parse(text.encode(), "rulebook.toml"))


def contest_text(
    candidates: Sequence[str], rounds: Sequence[Table], *, top: str = "", ballot: str = "", more: str = ""
) -> str:
    """A contest file. ``top``, ``ballot`` and ``more`` are TOML at the top, in the ballot, and at the end."""
    lines = [
        'id = "made-up"\ntitle = "Made up"\norganisation = "Nobody"\noffice = "Leader"\nrulebook = "made-up"',
        f"date = 2026-01-01\n{top}",
        *(f'[candidates.{who}]\nname = "{who.title()} Longname"' for who in candidates),
        f'[[ballot]]\nstage = "ballot"\n{ballot}',
    ]
    for table in rounds:
        lines.append("[[ballot.round]]")
        for section, row in table.items():
            cells = ", ".join(f"{who} = {votes}" for who, votes in row.items())
            lines.append(f"votes.{section} = {{ {cells} }}")
    return "\n".join([*lines, more])


def case_of(rules: Rulebook, text: str, units: Sequence[Table] = ()) -> Case:
    """The contest in ``text`` under ``rules``; ``units`` by round, where it is counted by units."""
    document = documents.parse(text.encode(), "contest.toml", ContestError)
    contest = documents.check(document, Contest, ContestError)
    names = {name: name.title() for table in units for name in table}
    return Case(contest, rules, document, {"ballot": UnitVotes(tuple(units), names)} if units else {})


def omov(votes: Table, *, elected: str = "majority of votes", **more: str) -> Case:
    """One person one vote, in segments, one round."""
    people = list(next(iter(votes.values())))
    count = "most votes" if elected == "most votes" else "alternative vote"
    return case_of(rulebook(tuple(votes), elected=elected, count=count), contest_text(people, [votes], **more))


def college(votes: Table, weights: Mapping[str, str], **more: str) -> Case:
    """A weighted college, one round."""
    people = list(next(iter(votes.values())))
    rules = rulebook(tuple(votes), combine="weighted-college", weights=weights)
    return case_of(rules, contest_text(people, [votes], **more))


def points(units: Table, rule: str) -> Case:
    """Points by unit, one round. ``rule``: the TOML of the points."""
    people = list(next(iter(units.values())))
    total = {who: sum(row.get(who, 0) for row in units.values()) for who in people}
    rules = rulebook(("members",), combine="points-by-unit", points=rule)
    return case_of(rules, contest_text(people, [{"total": total}]), [units])


def motion(for_: int, against: int, *, asked: str = "no confidence", carried: str = "majority of valid votes") -> Case:
    """A motion."""
    text = contest_text((), [{"total": {"for": for_, "against": against}}])
    return case_of(motion_rulebook(asked, carried), text)


def ours(case: Case) -> Case:
    """The same contest as one that we declare, so that the rule of disclosure is applied."""
    return replace(case, contest=case.contest.model_copy(update={"figures": "ours"}))


# -- generated ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Votes:
    """Generated votes: the candidates, and the table."""

    people: tuple[str, ...]
    table: dict[str, dict[str, int]]


@st.composite
def tables(
    draw: st.DrawFn,
    sections: Sequence[str] = SEGMENTS,
    *,
    most: int = 60,
    least_people: int = 2,
    least_sections: int = 1,
    empty: bool = False,
) -> Votes:
    """Votes by section: at least one vote everywhere, unless ``empty`` sections are wanted too."""
    names = PEOPLE[: draw(st.integers(least_people, len(PEOPLE)))]
    used = sections[: draw(st.integers(least_sections, len(sections)))]
    row = st.fixed_dictionaries({who: st.integers(0, most) for who in names})
    rows = row if empty else row.filter(lambda cells: sum(cells.values()) > 0)
    table = {section: draw(rows) for section in used}
    if not any(votes for cells in table.values() for votes in cells.values()):
        table[used[0]][names[0]] = 1
    return Votes(names, table)


@st.composite
def weights_for(draw: st.DrawFn, sections: Sequence[str]) -> dict[str, str]:
    """Weights of ``sections`` that add up to 1."""
    parts = [draw(st.integers(1, 9)) for _ in sections]
    return {section: f"{part}/{sum(parts)}" for section, part in zip(sections, parts, strict=True)}


@st.composite
def omov_cases(draw: st.DrawFn, *, most: int = 60) -> Case:
    """One person one vote, by a majority, by most votes, or with a lead as well."""
    elected = draw(st.sampled_from(("majority of votes", "most votes", "lead of at least 10% of votes")))
    return omov(draw(tables(most=most, empty=True)).table, elected=elected)


@st.composite
def college_cases(draw: st.DrawFn, *, most: int = 60) -> Case:
    """A weighted college."""
    votes = draw(tables(most=most)).table
    return college(votes, draw(weights_for(tuple(votes))))


@st.composite
def points_cases(draw: st.DrawFn, *, most: int = 60) -> Case:
    """Points by unit, cut or not, capped or not."""
    votes = draw(tables(("north", "south", "west"), most=most)).table
    decimals = draw(st.sampled_from(("", ", decimals = 0", ", decimals = 2", ", decimals = 5")))
    capped = draw(st.sampled_from(("", ", at_most_votes = true")))
    each = draw(st.sampled_from((10, 100)))
    return points(votes, f'{{ unit = "riding", each = {each}{decimals}{capped} }}')


@st.composite
def motion_cases(draw: st.DrawFn, *, most: int = 60) -> Case:
    """A motion."""
    asked = draw(st.sampled_from(("confidence", "no confidence")))
    carried = draw(st.sampled_from(("majority of valid votes", "at least 2/3 of valid votes")))
    return motion(draw(st.integers(0, most)), draw(st.integers(1, most)), asked=asked, carried=carried)


def cases(*, most: int = 60) -> st.SearchStrategy[Case]:
    """A contest of any kind, of one round."""
    return st.one_of(omov_cases(most=most), college_cases(most=most), points_cases(most=most), motion_cases(most=most))


# -- ballots --------------------------------------------------------------------------------------------------------

LETTERS = ("Ann", "Bob", "Cat", "Dan", "Eve")


@st.composite
def profiles(
    draw: st.DrawFn, *, least: int = 1, most: int = 5, strict: bool = False, papers: int = 12, largest: int = 9
) -> Profile:
    """Ballots: ranks left empty, several at one rank and repeated candidates among them, unless ``strict``."""
    names = LETTERS[: draw(st.integers(least, most))]
    one = st.integers(1, len(names))
    rankings: st.SearchStrategy[list[Rank]]
    if strict:
        rankings = st.lists(one, unique=True, max_size=len(names)).map(list)
    else:
        several = st.lists(one, min_size=2, max_size=3, unique=True) if len(names) > 1 else st.none()
        rankings = st.lists(st.one_of(one, one, one, several, st.none()), max_size=len(names) + 1)
    rows = draw(st.lists(st.tuples(st.integers(1, largest), rankings), max_size=papers))
    return profile_of(names, rows)
