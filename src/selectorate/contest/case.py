"""A contest with its rulebook, loaded and held together: what every other module of this room works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from ..documents import Document
from ..rules import Rulebook
from .by_method import Counted
from .model import TOTAL, BallotFigures, Contest
from .units import UnitVotes


@dataclass(frozen=True, eq=False)
class Case:
    """A contest, the rulebook it was held under (its parameters filled in), and what stands in files beside it.

    Where a file of ballots is given, the figures in ``contest`` are those counted from it; ``published`` has, by stage,
    those that stand in the contest file. ``counts``: by stage, the counts by a method of their own.
    ``folder``: where these files are; None where the contest was not read from a
    file.
    """

    contest: Contest
    rulebook: Rulebook
    document: Document = field(repr=False)
    units: Mapping[str, UnitVotes] = field(repr=False)
    published: Mapping[str, BallotFigures] = field(default_factory=dict, repr=False)
    counts: Mapping[str, Counted] = field(default_factory=dict, repr=False)
    folder: Path | Traversable | None = field(default=None, repr=False)

    def ballot(self, stage: str) -> BallotFigures | None:
        """The figures of the ballot or motion ``stage``."""
        return next((ballot for ballot in self.contest.ballot if ballot.stage == stage), None)

    def body_size(self, body: str) -> int | None:
        """How large a body was."""
        found = self.contest.bodies.get(body)
        return found.size if found else None

    def body_name(self, body: str) -> str:
        """The name of a body's members at this contest."""
        found = self.contest.bodies.get(body)
        return (found.name if found else None) or self.rulebook.bodies[body].name

    def section_name(self, section: str) -> str:
        """The name of a segment; "all" for the total."""
        if section in self.rulebook.segments:
            return self.rulebook.segments[section].name
        return "all" if section == TOTAL else section
