"""Figures and files of ballots, taken in by two officials who do not see each other's; the declaration."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from ... import contest as contests
from ...ballots import formats
from ...contest.model import MOTION, TOTAL
from ...errors import InputError, RefusedError
from ...rules import BY_METHOD, BallotStage, MotionStage
from .. import timetable
from ..boxes import envelopes, laid
from ..documents import UNITS, case_of, contest_text, is_repeated
from ..models import Contest, Declaration, FiguresEntry, Role, StageState
from ..models.acts import canonical
from ..previews import fingerprint, undecided
from ..rounds import on_the_paper
from ..slugs import plain
from . import rounds
from .core import CLOCK, Entry, act, sha256

OFFICER = Role.RETURNING_OFFICER
ROLL = ("entitled", "returned", "rejected", "spoilt", "valid", "abstentions", "not_voting")
"""What is taken in beside votes."""
MAX_FILE = 200 * 1024 * 1024
"""Bytes of a file of ballots."""
MAX_VOTES = 10**9


@act(OFFICER, CLOCK)
def close_ballot(entry: Entry, contest: Contest, *, stage: str) -> None:
    """Close a ballot or motion at its published time."""
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    state = contest.stages.filter(stage=stage, status=StageState.Status.OPEN).first()
    if state is None or contest.rulebook.stage_named(stage).kind == "nomination":
        raise RefusedError(_("there is no such ballot open"), field="stage")
    if is_repeated(contest.rulebook.stage_named(stage)):
        raise RefusedError(_("the ballots are repeated: close the round"), field="stage")
    closes = timetable.at(contest, f"{stage}_closes")
    if closes is not None and entry.at < closes:
        raise RefusedError(_("it closes at its published time, not before"))
    # It closed at its published time, whenever somebody, or the clock, came to say so.
    state.status, state.closed = StageState.Status.CLOSED, closes or entry.at
    state.save(update_fields=["status", "closed"])
    entry.details["closed"] = state.closed.isoformat()
    rounds.end(entry, contest, stage)


@act(OFFICER, Role.REGISTRAR, silent=True)
def enter_figures(
    entry: Entry,
    contest: Contest,
    *,
    stage: str,
    votes: dict[str, dict[str, int]],
    roll: dict[str, dict[str, int]],
    round: int = 1,
) -> FiguresEntry:
    """Take in the figures of a round. They count once two officials have taken in the same.

    ``votes``, ``roll``: by segment (or ``total``), then by candidate, or by the names of ``ROLL``.
    """
    found = counted_stage(contest, stage, round)
    if needs_ballots(found):
        raise RefusedError(_("this method counts ballots, not figures: take in the file of the ballots"))
    if laid.held_online(contest, stage) and getattr(found, "paper", "choose one") != "choose one":
        raise RefusedError(_("papers beside a box are taken in as a file, where more than one name may be marked"))
    _no_file(contest, stage)
    sections = sections_of(found)
    names = field_of(contest, found, round)
    data: dict[str, Any] = {"votes": {}, "roll": {}}
    for section, figures in votes.items():
        if section not in sections or set(figures) != set(names):
            raise RefusedError(_("votes are needed for every candidate in each segment"), field="votes")
        data["votes"][section] = {who: _whole(number, f"votes.{section}.{who}") for who, number in figures.items()}
    data["roll"] = _roll(found, roll)
    if set(data["votes"]) != set(sections):
        raise RefusedError(_("figures are needed for every segment"), field="votes")
    papers = sum(sum(row.values()) for row in data["votes"].values())
    papers += sum(row.get("spoilt", 0) for row in data["roll"].values())
    _no_more_than_envelopes(contest, found, round, papers)
    made = _taken_in(entry, contest, stage, round, data)
    entry.details = {"stage": stage, "round": round, "hash": sha256(canonical(data)), "agreed": bool(made.agreed)}
    return made


@act(OFFICER, Role.REGISTRAR, silent=True)
def enter_file(
    entry: Entry,
    contest: Contest,
    *,
    stage: str,
    name: str,
    content: bytes,
    section: str = TOTAL,
    roll: dict[str, dict[str, int]] | None = None,
    round: int = 1,
) -> FiguresEntry:
    """Take in a file of ballots. It counts once two officials have taken in the same, byte for byte."""
    found = counted_stage(contest, stage, round)
    if not 0 < len(content) <= MAX_FILE:
        raise RefusedError(_("a file of ballots is not empty, and has 200 MB at most"), field="file")
    if section not in file_sections(found):
        raise RefusedError(_("there is no such segment"), field="section")
    if round > 1 and not is_repeated(found):
        raise RefusedError(_("every round counts the same papers: there is one file"), field="round")
    running = contest.figures.filter(stage=stage, replaced=None)
    if running.filter(file="").exists():
        raise RefusedError(_("figures were taken in for this ballot, not files"), field="file")
    apart = running.filter(round=round).exclude(section=section)
    if (section in (TOTAL, UNITS) and apart.exists()) or (section != TOTAL and apart.filter(section=TOTAL).exists()):
        raise RefusedError(_("there is one file for all, or one for each segment, not both"), field="section")
    boxes = laid.boxes_of(contest, stage, round)
    if boxes and section not in [box.section for box in boxes]:
        raise RefusedError(_("papers are taken in for each box"), field="section")
    if boxes:
        if not name.lower().endswith(".blt"):
            raise RefusedError(
                _("papers beside a box are taken in as a BLT file: the record publishes them as such"), field="file"
            )
        read = formats.read(content, name=name)
        _no_more_than_envelopes(contest, found, round, read.total, section)
    suffix = "." + "".join(c for c in name.rpartition(".")[2].lower() if c.isalnum())[:8]
    digest = sha256(content)
    data = {"section": section, "roll": _roll(found, roll or {}), "file": digest}
    made = _taken_in(entry, contest, stage, round, data, (digest, suffix, content))
    entry.details = {"stage": stage, "section": section, "hash": digest, "agreed": bool(made.agreed)}
    return made


def _no_more_than_envelopes(
    contest: Contest, stage: BallotStage | MotionStage, number: int, papers: int, section: str = ""
) -> None:
    """Raise RefusedError if there are more papers beside a box than envelopes that count."""
    boxes = [box for box in laid.boxes_of(contest, stage.id, number) if section in ("", box.section)]
    there = envelopes.counting(boxes)
    if boxes and papers > there:
        raise RefusedError(
            _("these are %(papers)s papers, and %(envelopes)s envelopes count") % {"papers": papers, "envelopes": there}
        )


def _taken_in(
    entry: Entry,
    contest: Contest,
    stage: str,
    number: int,
    data: dict[str, Any],
    file: tuple[str, str, bytes] | None = None,
) -> FiguresEntry:
    """Keep an official's entry in place of their own before; say of it and of another's equal one that they agree."""
    section = data.get("section", "")
    alike = contest.figures.filter(stage=stage, round=number, section=section, replaced=None)
    if alike.filter(agreed__isnull=False).exists():
        raise RefusedError(_("two officials agree on these figures already"))
    alike.filter(by=entry.by).update(replaced=entry.at)
    made = FiguresEntry(contest=contest, stage=stage, round=number, section=section, by=entry.by, data=data)
    if file is not None:
        made.file_hash = file[0]
        made.file.save(f"{file[0]}{file[1]}", ContentFile(file[2]), save=False)
    made.save()
    twin = next((one for one in alike.exclude(by=entry.by) if one.data == data), None)
    if twin is not None:
        for one in (twin, made):
            one.agreed = entry.at
            one.save(update_fields=["agreed"])
        try:
            case_of(contest)
        except InputError as fault:
            raise RefusedError(
                _("both officials took in the same, but it cannot be: %(why)s") % {"why": fault}
            ) from None
    return made


def _whole(number: object, field: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_VOTES:
        raise RefusedError(_("a number of votes is a whole number"), field=field)
    return number


def _roll(stage: BallotStage | MotionStage, roll: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The figures of a roll, checked."""
    found = {}
    for section, figures in roll.items():
        if section not in (*sections_of(stage), TOTAL) or set(figures) - set(ROLL):
            raise RefusedError(_("there is no such figure of the roll"), field="roll")
        found[section] = {name: _whole(number, f"roll.{section}.{name}") for name, number in figures.items()}
    return found


def needs_ballots(stage: BallotStage | MotionStage) -> bool:
    """Whether a stage is counted from ballots, so that figures are not enough: several places from ranked papers."""
    return isinstance(stage, BallotStage) and stage.count in BY_METHOD


def file_sections(stage: BallotStage | MotionStage) -> tuple[str, ...]:
    """What a file taken in can be of: everybody, a segment, or (where points are given by unit) all units."""
    if getattr(stage, "combine", "") == "points-by-unit":
        return (UNITS,)
    sections = sections_of(stage)
    return sections if sections == (TOTAL,) else (TOTAL, *sections)


def counted_stage(contest: Contest, stage: str, number: int) -> BallotStage | MotionStage:
    """The stage whose figures can be taken in now, for a round. Raises RefusedError where they cannot."""
    found = contest.rulebook.stage_named(stage)
    if not isinstance(found, BallotStage | MotionStage):
        raise RefusedError(_("there is no such ballot"), field="stage")
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the result is declared: figures do not change any more"))
    if laid.held_online(contest, stage) and laid.paper_rule(found) == "none":
        raise RefusedError(_("this ballot is held online: its boxes are counted, and no figures are taken in"))
    if is_repeated(found):
        if not contest.ballot_rounds.filter(stage=stage, number=number).exclude(closed=None).exists():
            raise RefusedError(_("figures are taken in once the round is closed"), field="round")
    elif not contest.stages.filter(stage=stage, status=StageState.Status.CLOSED).exists():
        raise RefusedError(_("figures are taken in once the ballot is closed"))
    return found


def _no_file(contest: Contest, stage: str) -> None:
    if contest.figures.filter(stage=stage, replaced=None).exclude(file="").exists():
        raise RefusedError(_("files of ballots were taken in for this ballot, not figures"))


def sections_of(stage: BallotStage | MotionStage) -> tuple[str, ...]:
    """The segments whose figures are taken in; ``total`` where the stage knows none."""
    return tuple(getattr(stage, "segments", ())) or (TOTAL,)


def field_of(contest: Contest, stage: BallotStage | MotionStage, number: int) -> list[str]:
    """Who stands in a round: the keys of the candidates, or the two sides of a motion.

    Raises RefusedError if the round before is not there, or decided it.
    """
    if isinstance(stage, MotionStage):
        return list(MOTION)
    ballot = contest.ballot_rounds.filter(stage=stage.id, number=number if is_repeated(stage) else 1).first()
    if ballot is None and number == 1:
        return on_the_paper(contest, stage)  # as things stand, before it opens
    if ballot is None:
        raise RefusedError(_("there was no such round"), field="round")
    if number == 1 or is_repeated(stage):
        return list(ballot.field)
    played = {one.stage: one for one in contests.replay(case_of(contest))}
    here = played.get(stage.id)
    if here is None or len(here.rounds) < number - 1:
        raise RefusedError(_("the round before it is not there yet"), field="round")
    left = here.rounds[number - 2].left
    if left is None:
        raise RefusedError(_("the round before it decided the ballot, or does not say who is left"), field="round")
    return list(left)


def _says_declare(contest: Contest, seen: str = "") -> str:
    """What is proposed, without the result: every official reads what waits, and only two may know it before."""
    return _("declare the result of “%(title)s”") % {"title": contest.title}


def _declare_rests_on(contest: Contest, seen: str = "") -> dict[str, str]:
    """Everything that the result is made from, but for the moment."""
    text = contest_text(contest)
    return {"status": contest.status, "from": sha256(text.encode() + b"\0" + contest.rulebook_text.encode())}


@act(
    OFFICER,
    two=True,
    says=lambda contest, stage, reason, **given: (
        _("put the figures of “%(stage)s” aside, on which two officials agreed: %(reason)s")
        % {"stage": stage, "reason": reason}
    ),
)
def set_figures_aside(
    entry: Entry, contest: Contest, *, stage: str, reason: str, round: int = 1, section: str = ""
) -> None:
    """Put figures aside on which two officials agreed, because both were wrong: they are taken in again.

    Not once something was built on them: a round announced, a further stage opened, the result declared.
    """
    counted_stage(contest, stage, round)
    if not plain(reason):
        raise RefusedError(_("say what was wrong"), field="reason")
    if contest.ballot_rounds.filter(stage=stage, number=round).exclude(announced=None).exists():
        raise RefusedError(_("this round is announced: its figures stay"))
    later = [one.id for one in contest.rulebook.stage]
    later = later[later.index(stage) + 1 :]
    if contest.ballot_rounds.filter(stage__in=later).exists():
        raise RefusedError(_("the next ballot rests on these figures: they stay"))
    found = contest.figures.filter(stage=stage, round=round, section=section, replaced=None, agreed__isnull=False)
    if not found.update(replaced=entry.at):
        raise RefusedError(_("there are no such figures"))
    contest.figures.filter(stage=stage, round=round, section=section, replaced=None).update(replaced=entry.at)
    for event in contest.rounds.filter(stage=stage, number=round):
        # How a tie of these figures was broken goes with them; who came onto the paper before the round does not.
        event.data = {key: value for key, value in event.data.items() if key == "new"}
        event.save(update_fields=["data"])


@act(OFFICER, two=True, says=_says_declare, basis=_declare_rests_on)
def declare_result(entry: Entry, contest: Contest, *, seen: str = "") -> Declaration:
    """Declare the result, by two officials: made from the figures or ballots on which two officials agree.

    ``seen``: the fingerprint of what was looked at (``previews.fingerprint``); what has changed since is not declared.
    """
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("this contest is not under way, or is declared already"))
    if seen and seen != fingerprint(contest):
        raise RefusedError(_("something has changed since you looked at it: look again"))
    why = undecided(contest)
    if why:
        raise RefusedError(_("the result cannot be declared: %(why)s") % {"why": why})
    contest.declared = entry.at
    text = contest_text(contest)
    try:
        declared = contests.declare(case_of(contest, text))
    except InputError as fault:
        raise RefusedError(_("the result cannot be declared: %(why)s") % {"why": fault}) from None
    data = contests.to_json(declared)
    digest = hashlib.sha256(text.encode() + b"\0" + contest.rulebook_text.encode()).hexdigest()
    contest.status = Contest.Status.DECLARED
    contest.save(update_fields=["status", "declared"])
    entry.details = {"hash": digest, "elected": data.get("elected")}
    return Declaration.objects.create(contest=contest, at=entry.at, contest_text=text, data=data, hash=digest)
