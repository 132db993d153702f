"""What a check is, and what the checks call the places of a contest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..case import Case
from ..figures import BallotView, view_of

Status = Literal["agrees", "disagrees", "cannot be checked"]


Topic = Literal[
    "ballots",
    "sum",
    "share",
    "turnout",
    "threshold",
    "nomination",
    "weighted share",
    "points",
    "transfer",
    "needed",
    "decision",
    "field",
    "rule",
    "winner",
    "date",
]


@dataclass(frozen=True)
class Check:
    """One figure or decision, held to the rulebook.

    ``what``: what was compared. ``published``, ``computed``: both, as people write them. ``explanation``: what would
    explain a disagreement, or how close an agreement is. ``missing``: what one would have to know. ``certainty``:
    "recalled", "derived" or "approximate" where a figure that it rests on is. ``key``, ``line``: where it stands.
    """

    topic: Topic
    what: str
    status: Status
    published: str | None = None
    computed: str | None = None
    explanation: str | None = None
    missing: str | None = None
    certainty: str | None = None
    key: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class At:
    """The place of a figure in the contest file, and how certain the figures around it are."""

    case: Case
    path: tuple[str | int, ...]
    certainty: str | None = None

    def to(self, *more: str | int, certainty: str | None = None) -> At:
        """A place inside this one."""
        return At(self.case, (*self.path, *more), certainty or self.certainty)

    def check(
        self,
        topic: Topic,
        what: str,
        status: Status,
        *,
        published: str | None = None,
        computed: str | None = None,
        explanation: str | None = None,
        missing: str | None = None,
    ) -> Check:
        """The check with its place filled in."""
        where = self.case.document.where(*self.path)
        return Check(
            topic,
            what,
            status,
            published,
            computed,
            explanation,
            missing,
            self.certainty,
            where.key,
            where.line,
        )

    def equal(
        self,
        topic: Topic,
        what: str,
        published: int,
        computed: int,
        explanation: str | None = None,
        elsewhere: Callable[[], Iterable[tuple[str, int | None]]] = tuple,
    ) -> Check:
        """The check that two whole numbers are the same.

        ``elsewhere``: numbers that stand beside it, each with whose it is; asked only where the two differ, for the
        published one may be one of them.
        """
        same = published == computed
        if not same:
            found = next((name for name, number in elsewhere() if number == published), None)
            explanation = f"this is the figure of {found}" if found else explanation
        return self.check(
            topic,
            what,
            "agrees" if same else "disagrees",
            published=f"{published:,}",
            computed=f"{computed:,}",
            explanation=None if same else explanation or f"they differ by {abs(published - computed):,}",
        )

    def cannot(self, topic: Topic, what: str, missing: str, published: str | None = None) -> Check:
        """The check that cannot be made."""
        return self.check(topic, what, "cannot be checked", published=published, missing=missing)


def worst(*marks: str | None) -> str | None:
    """The least certain of ``marks``."""
    return next((mark for mark in ("approximate", "recalled", "derived") if mark in marks), None)


def views(case: Case) -> Iterator[tuple[int, BallotView]]:
    """Every ballot and motion for which there are figures, with its index in the file."""
    for index, figures in enumerate(case.contest.ballot):
        view = view_of(case, figures.stage)
        if view is not None:
            yield index, view


def round_name(case: Case, view: BallotView, number: int) -> str:
    """The round ``number`` (from 0), in brackets, as far as its ballot and round need saying."""
    several = len(case.contest.ballot) > 1
    rounds = len(view.figures.round) > 1
    parts = [view.stage.name or view.stage.id] if several else []
    if rounds:
        parts.append(round_label(view, number))
    return f" ({', '.join(parts)})" if parts else ""


def round_label(view: BallotView, number: int) -> str:
    """What the round ``number`` (from 0) is called."""
    return view.figures.round[number].label or f"{'ballot' if view.repeated else 'round'} {number + 1}"


def ballot_numbers(view: BallotView) -> list[int]:
    """The number of the ballot that each round is: a round after a void one is the same ballot again."""
    numbers, ballot = [], 0
    for index in range(len(view.figures.round)):
        if not (index and view.figures.round[index - 1].void):
            ballot += 1
        numbers.append(ballot)
    return numbers


def index_of(case: Case, view: BallotView) -> int:
    """The place of a ballot in the contest file."""
    return next(index for index, ballot in enumerate(case.contest.ballot) if ballot.stage == view.stage.id)


def names(case: Case, people: Iterable[str]) -> str:
    """The names for tables of ``people``, with semicolons where a name has a comma; "nobody" where there are none."""
    listed = [case.contest.label(who) for who in people]
    return ("; " if any("," in name for name in listed) else ", ").join(listed) if listed else "nobody"
