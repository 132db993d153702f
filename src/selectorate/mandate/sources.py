"""Where the votes of a section of another rulebook can come from: see ``mapped``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..contest import TOTAL, Case
from ..contest.declaration import NominationSheet
from ..contest.declaring import nominations
from ..contest.nominations import rule_on
from ..documents import nearest
from ..errors import InputError
from ..rules import BallotStage, MotionStage
from .cells import CannotBeKnown, listed
from .played import Decisive, decisive
from .rivals import Loader

VoteSources = Mapping[str, Sequence[str]]
Row = Mapping[str, int]


def check_source(found: Decisive, source: str) -> None:
    """Raises InputError if ``source`` names nothing that votes can come from."""
    kind, _, name = source.partition(":")
    if kind in ("nominations", "nominations+rest"):
        if name and name not in found.case.rulebook.bodies:
            hint = nearest(name, list(found.case.rulebook.bodies), "The bodies are")
            raise InputError(f'there is no body "{name}" in this contest', hint=hint)
        return
    if kind == "contest" and name:
        return
    known = [*found.view.sections, TOTAL]
    if source not in known:
        choice = [*dict.fromkeys(known), "nominations", "nominations+rest", "contest:<id>"]
        raise InputError(f'"{source}" is not a source of votes', hint=nearest(source, choice, "They are"))


def default_source(found: Decisive, stage: BallotStage | MotionStage, section: str) -> str | None:
    """Where the votes of ``section`` come from if nothing is said; None if nothing stands for it."""
    own = found.view.sections
    if section != TOTAL:
        if section in own:
            return section
        if found.stage.by == section:
            return TOTAL
        return f"nominations:{section}" if nomination_sheets(found.case, section) else None
    if stage.by is None or stage.by == found.stage.by or own == (TOTAL,):
        return TOTAL
    return f"nominations:{stage.by}" if nomination_sheets(found.case, stage.by) else None


def nomination_sheets(case: Case, body: str) -> list[NominationSheet]:
    """The nominations by ``body``, of which at least one is a number."""
    stages = {ruling.stage.id for ruling in rule_on(case) if ruling.body == body}
    sheets = [sheet for sheet in nominations(case) if sheet.stage in stages and sheet.body == case.body_name(body)]
    return sheets if any(sheet.count is not None for sheet in sheets) else []


def votes_of(found: Decisive, section: str, source: str, loader: Loader) -> tuple[Row | None, str]:
    """The votes of ``source`` (None for a segment, whose votes change by round), and what to say of them."""
    kind, _, name = source.partition(":")
    if kind == "contest" and name:
        return _other_contest(found, name, loader)
    if kind in ("nominations", "nominations+rest"):
        return _nominations(found, name or _nominators(found, section), rest=kind == "nominations+rest")
    if source == TOTAL:
        return None, "all the votes"
    return None, f"the votes of {found.case.section_name(source)}"


def whose_votes(found: Decisive, section: str, source: str, loader: Loader) -> str:
    """What tells whether two sources are the same votes: two names of one contest are one, as are two of one body."""
    kind, _, name = source.partition(":")
    if kind == "contest" and name:
        other = loader(name).contest
        return TOTAL if other == found.case.contest else f"contest:{other.id}"
    if kind in ("nominations", "nominations+rest"):
        try:
            return f"nominations:{name or _nominators(found, section)}"
        except CannotBeKnown:
            return "nominations"
    return TOTAL if len(found.view.sections) == 1 else source


def _nominators(found: Decisive, section: str) -> str:
    """The body that is meant by ``nominations`` for ``section``: the one of its name, else the one that decided."""
    if nomination_sheets(found.case, section):
        return section
    for ruling in rule_on(found.case):
        if ruling.result != "supporting" and ruling.count is not None:
            return ruling.body
    raise CannotBeKnown("there are no figures of nominations")


def _nominations(found: Decisive, body: str, *, rest: bool) -> tuple[Row, str]:
    case = found.case
    name = case.body_name(body)
    sheets = nomination_sheets(case, body)
    if not sheets:
        raise CannotBeKnown(f"how many {name} nominated whom is not known")
    vague = [case.contest.candidates[sheet.candidate].name for sheet in sheets if sheet.at_least is not None]
    if vague:
        raise CannotBeKnown(f"how many {name} nominated {listed(vague)} is not known, only a lower bound")
    counts = {sheet.candidate: sheet.count for sheet in sheets if sheet.count is not None}
    people = found.rounds[0].candidates
    row = {who: counts.get(who, 0) for who in people}
    if not rest and not any(who in counts for who in people):
        raise CannotBeKnown(f"how many {name} nominated those on the paper is not known")
    shown = [f"{counts[who]:,} for {case.contest.candidates[who].name}" for who in counts if who in people]
    said = f"the nominations by {name} are taken as their votes ({', '.join(shown)})"
    lost = sum(number for who, number in counts.items() if who not in people)
    if lost:
        said += f", the {lost:,} for others left out"
    if not rest:
        return row, said
    holder, size = case.contest.holder, case.body_size(body)
    if holder is None or holder not in people:
        raise CannotBeKnown("there is no holder on the paper for whom those who nominated nobody could be counted")
    if size is None:
        raise CannotBeKnown(f"how many {name} there were is not known")
    others = size - sum(counts.values())
    row[holder] += others
    held = case.contest.candidates[holder].name
    return row, f"{said}, and the {others:,} who nominated nobody are counted for {held}, the holder"


def _need_common(found: Decisive, case: Case, here: Sequence[str], there: Sequence[str]) -> None:
    """Raises InputError if nobody stood in both contests: there is nobody whom the votes could be for."""
    if not set(here) & set(there):
        ours, theirs = (
            listed([one.contest.label(who) for who in people]) for one, people in ((found.case, here), (case, there))
        )
        raise InputError(
            f'no candidate of "{case.contest.id}" is one of "{found.case.contest.id}"',
            hint=f"There: {theirs}. Here: {ours}.",
        )


def _other_contest(found: Decisive, name: str, loader: Loader) -> tuple[Row, str]:
    case = loader(name)
    theirs = decisive(case)
    votes = theirs.rounds[-1].votes
    if votes is None:
        raise CannotBeKnown(f"the votes of {case.contest.title} are not known")
    people = found.rounds[0].candidates
    if not isinstance(theirs.stage, MotionStage):
        _need_common(found, case, people, list(votes))
        row = {who: votes.get(who, 0) for who in people}
        return row, f"the votes of {case.contest.title}, those for others left out"
    holder = found.case.contest.holder
    challengers = [who for who in people if who != holder]
    if holder not in people or len(challengers) != 1:
        raise CannotBeKnown("a motion says for whom its votes are only where the holder has one challenger")
    side = {"no confidence": "against", "confidence": "for"}.get(theirs.stage.motion)
    if side is None:
        raise CannotBeKnown("a resolution does not say whom its votes are for")
    against = "for" if side == "against" else "against"
    row = {str(holder): votes.get(side, 0), challengers[0]: votes.get(against, 0)}
    names = found.case.contest.candidates
    said = (
        f"the votes of {case.contest.title} ({row[str(holder)]:,} taken as for {names[str(holder)].name},"
        f" {row[challengers[0]]:,} as for {names[challengers[0]].name})"
    )
    return row, said
