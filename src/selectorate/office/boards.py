"""The board of nominations: who is nominated by how many, how many are needed, and, where it may be told, by whom.

``board_of`` gives plain values, so that a page, the API and a spreadsheet tell the same. What is not to be seen is not
in them: a board that is hidden until nominations close is empty for everybody outside until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ..contest.nominations import gates
from ..rules import Gate, NominationStage, Quantity, held
from . import timetable
from .documents import body_sizes
from .models import Candidate, Contest, Nomination, StageState
from .slugs import same_name

HIDDEN, PUBLIC = "hidden", "public"
GONE = (Candidate.Status.WITHDRAWN, Candidate.Status.REFUSED)


@dataclass(frozen=True)
class Way:
    """How many of one body nominate somebody. ``needed``: None where none are, or how many is not known.

    ``parts``: by part of the body, its name and how many. ``names``: of the nominators; None where only numbers are
    shown. ``further``: what else is asked of them, as so much of so much.
    """

    body: str
    name: str
    count: int
    needed: int | None
    size: int
    parts: tuple[tuple[str, int], ...] = ()
    further: tuple[tuple[str, int, int], ...] = ()
    names: tuple[str, ...] | None = None

    @property
    def enough(self) -> bool:
        """Whether this way is open to the candidate by what is there now."""
        return self.needed is not None and self.count >= self.needed and all(had >= of for _, had, of in self.further)


@dataclass(frozen=True)
class Line:
    """A candidate on the board. ``result`` and ``reason``: the ruling, once nominations are closed."""

    key: str
    name: str
    slate: str
    status: str
    by_right: bool
    ways: tuple[Way, ...]
    result: str = ""
    reason: str = ""

    @property
    def through(self) -> bool:
        """Whether they have what the rulebook asks for: by right, by the ruling, or by what is there now."""
        return self.by_right or self.result == "nominated" or any(way.enough for way in self.ways)


@dataclass(frozen=True)
class Board:
    """The board of one stage of nominations. ``shown``: whether there is anything to be seen of it now."""

    stage: str
    name: str
    status: str
    closes: datetime | None
    decides: bool
    shown: bool
    named: bool
    lines: tuple[Line, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """The board as JSON has it."""
        data = asdict(self)
        data["closes"] = self.closes.isoformat() if self.closes else None
        return data


def ways_of(stage: NominationStage) -> list[Gate]:
    """The ways to be nominated at a stage, each with its body; supporting nominations have no threshold."""
    found = gates(stage)
    if found or stage.by is None:
        return list(found)
    return [Gate.model_construct(by=stage.by, threshold=None, including={}, together=None, spread=None)]


def needed_of(contest: Contest, gate: Gate, size: int) -> int | None:
    """How many of a body of ``size`` a gate needs on the occasion of this contest; None where it needs none."""
    value: Any = gate.threshold
    if not isinstance(value, Quantity):
        value = getattr(value, "challenge" if contest.occasion == Contest.Occasion.CHALLENGE else "vacancy", None)
    return value.of(size) if isinstance(value, Quantity) else None


def board_of(contest: Contest, stage: str, *, inside: bool = False) -> Board | None:
    """The board of ``stage``; None if it is no stage of nominations. ``inside``: as the returning officer sees it."""
    found = contest.rulebook.stage_named(stage)
    if not isinstance(found, NominationStage):
        return None
    state = contest.stages.filter(stage=stage).first()
    status = state.status if state else StageState.Status.WAITING
    shown = inside or status == StageState.Status.CLOSED or (contest.board == PUBLIC and status != "waiting")
    named = inside or contest.nominators == "named"
    lines: tuple[Line, ...] = ()
    if shown:
        rulings = {item["candidate"]: item for item in state.result.get("rulings", ())} if state else {}
        lines = tuple(_lines(contest, found, rulings, named=named))
    return Board(
        stage=stage,
        name=found.name or (_("Nominations") if found.effect != "none" else _("Supporting nominations")),
        status=status,
        closes=timetable.at(contest, f"{stage}_closes"),
        decides=found.effect != "none",
        shown=shown,
        named=named,
        lines=lines,
    )


def boards_of(contest: Contest, *, inside: bool = False) -> list[Board]:
    """The boards of all stages of nominations."""
    stages = [one.id for one in contest.rulebook.stage if isinstance(one, NominationStage)]
    return [board for stage in stages if (board := board_of(contest, stage, inside=inside)) is not None]


def _lines(
    contest: Contest, stage: NominationStage, rulings: dict[str, dict[str, Any]], *, named: bool
) -> Iterable[Line]:
    sizes = body_sizes(contest)
    valid: dict[tuple[str, str], list[Nomination]] = {}
    running = contest.nominations.filter(stage=stage.id, withdrawn=None, invalid="").select_related("seat", "candidate")
    for one in running:
        valid.setdefault((one.candidate.key, one.body), []).append(one)
    automatic = held(stage.incumbent) == "automatic" and contest.occasion == Contest.Occasion.CHALLENGE
    for who in contest.candidates.all():
        if who.status in GONE and who.key not in rulings and not any(key == who.key for key, _ in valid):
            continue
        ruling = rulings.get(who.key, {})
        ways = tuple(
            _way(contest, gate, sizes.get(gate.by, {}), valid.get((who.key, gate.by), []), named=named)
            for gate in ways_of(stage)
        )
        yield Line(
            key=who.key,
            name=who.name,
            slate=who.slate,
            status=str(who.get_status_display()),
            by_right=automatic and who.person_id == contest.holder_id,
            ways=ways,
            result=ruling.get("result", ""),
            reason=ruling.get("reason", ""),
        )


def _way(contest: Contest, gate: Gate, sizes: dict[str, Any], mine: list[Nomination], *, named: bool) -> Way:
    known = contest.rulebook.bodies[gate.by].parts
    further = [
        (known.get(part, part), sum(one.seat.part == part for one in mine), least)
        for part, least in gate.including.items()
    ]
    if gate.together is not None and sizes.get("measured"):
        amount = sum(one.seat.measure or 0 for one in mine)
        further.append((gate.together.of, amount, gate.together.share.of(sizes["measured"])))
    if gate.spread is not None:
        places = {one.seat.place for one in mine if one.seat.place}
        further.append((gate.spread.of, len(places), gate.spread.at_least))
    size = sizes.get("size", 0)
    return Way(
        body=gate.by,
        name=sizes.get("name") or contest.rulebook.bodies[gate.by].name,
        count=len(mine),
        needed=needed_of(contest, gate, size),
        size=size,
        parts=tuple((name, sum(one.seat.part == part for one in mine)) for part, name in known.items()),
        further=tuple(further),
        names=tuple(sorted((one.seat.name for one in mine), key=same_name)) if named else None,
    )
