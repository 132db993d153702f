"""A vote held online, set up: which ballots, under how many trustees, which boxes, whose credentials."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ...box.v1.credentials import token
from ...errors import RefusedError
from ...rules import Online
from .. import timetable
from ..boxes import credentials as taking
from ..boxes import easily, held, layout, opening
from ..models import BoxVoter, Contest, OnlineVote, Role, RollJob, SealedBox
from ..rolls import files
from ..slugs import plain
from . import contests
from .core import CLOCK, Entry, act, sha256

OFFICER, REGISTRAR = Role.RETURNING_OFFICER, Role.REGISTRAR
PAPERS = ("none", "first counts", "online supersedes")
MOST_TRUSTEES, MOST_LEAST, MOST_ROUNDS = 20, 1_000_000, 20
LONGEST_REASON = 500


def vote_of(contest: Contest | None) -> OnlineVote:
    """The online vote of a contest. Raises RefusedError if none is set up."""
    found = OnlineVote.objects.filter(contest=contest).first() if contest is not None else None
    if found is None:
        raise RefusedError(_("no vote is set up online for this contest"))
    return found


def _draft(contest: Contest) -> None:
    if contest.status != Contest.Status.DRAFT:
        raise RefusedError(_("the rules of this contest are adopted: they do not change any more"))


@act(OFFICER)
def hold_online(
    entry: Entry, contest: Contest, *, stage: str, revote: bool = True, paper: str = "none", held_online: bool = True
) -> None:
    """Write into the contest's own rulebook that a ballot is held online, or (``held_online`` False) is not."""
    _draft(contest)
    if paper == "paper supersedes":
        raise RefusedError(
            _("paper cannot supersede a ballot that was cast online: nothing takes a ballot out of a sealed box"),
            field="paper",
        )
    if paper not in PAPERS:
        raise RefusedError(_("there is no such rule for paper"), field="paper")
    online = Online.model_validate({"revote": revote, "paper": paper}) if held_online else None
    text = held.with_online(contest.rulebook_text, stage, online)
    if len(text) > contests.MAX_RULEBOOK:
        raise RefusedError(_("a rulebook has %(most)s characters at most") % {"most": contests.MAX_RULEBOOK})
    contest.rulebook_text = text
    contest.save(update_fields=["rulebook_text"])
    entry.details["rulebook_hash"] = sha256(text.encode())


@act(OFFICER)
def set_up_vote(
    entry: Entry,
    contest: Contest,
    *,
    easy: bool = False,
    threshold: int = 2,
    size: int = 3,
    least: int | None = None,
    rounds: int = 1,
    until: str = "",
) -> OnlineVote:
    """How the vote is held online: by whom credentials are made, who opens the boxes. While it is in preparation.

    ``least``: the fewest ballots that trustees open a box with; where it is left out, the rulebook's floor.
    """
    _draft(contest)
    if not layout.stages(contest):
        raise RefusedError(_("no ballot of this contest is held online: say which one first"))
    _between(size, 2, MOST_TRUSTEES, "size", _("there are 2 to %(most)s trustees"))
    _between(
        threshold,
        1,
        size - 1,
        "threshold",
        _("1 to %(most)s trustees can be needed: not all, for one may lose their key"),
    )
    fewest = layout.fewest(contest)
    least = fewest if least is None else least
    says = _("a box is opened with %(fewest)s to %(most)s ballots at least: these rules show no figures of fewer")
    _between(least, fewest, MOST_LEAST, "least", says)
    _between(rounds, 1, MOST_ROUNDS, "rounds", _("there are credentials for 1 to %(most)s rounds"))
    if layout.too_few_rounds(contest, rounds):
        raise RefusedError(
            _("a ballot of this contest is held in rounds: without credentials for two of them it cannot go on"),
            field="rounds",
        )
    values = {"easy": easy, "threshold": threshold, "size": size, "least": least, "rounds": rounds}
    _no_key_begun(contest, values)
    made, _new = OnlineVote.objects.update_or_create(
        contest=contest,
        defaults={**values, "until": _end(contest, until)},
        create_defaults={**values, "until": _end(contest, until), "uuid": token()},
    )
    return made


def _no_key_begun(contest: Contest, values: dict[str, Any]) -> None:
    """Raise RefusedError if the trustees' key would not be the one that is set up: what they gave is for so many."""
    before = OnlineVote.objects.filter(contest=contest).first()
    if before is None:
        return
    if before.trustees.filter(number__gt=values["size"]).exists():
        raise RefusedError(_("more trustees than that are named: take them off first"), field="size")
    changed = [name for name in ("size", "threshold", "least") if getattr(before, name) != values[name]]
    if changed and before.contributions.filter(attempt=before.attempt, fault="").exists():
        raise RefusedError(
            _("the trustees have begun to make the common key, for what was set up"),
            field=changed[0],
            hint=_("Begin the key again first, by two officials."),
        )


def _between(value: int, least: int, most: int, field: str, says: str) -> None:
    if type(value) is not int or not least <= value <= most:
        raise RefusedError(says % {"fewest": least, "most": most}, field=field)


def _end(contest: Contest, text: str) -> Any:
    """The end of the time for challenges, which is after the declaration."""
    if not text:
        return None
    try:
        when, _whole = timetable.moment(text)
    except ValueError as fault:
        raise RefusedError(str(fault), field="until") from None
    declared = contest.dates.filter(key=timetable.DECLARED).first()
    if declared is not None and when <= declared.at:
        raise RefusedError(_("the time for challenges ends after the declaration"), field="until")
    return when


@act(OFFICER, REGISTRAR)
def lay_out_boxes(entry: Entry, contest: Contest) -> list[SealedBox]:
    """Make the boxes of every stage for which it is known who votes: which segments vote together is fixed with it.

    What is entered in the log is public: the boxes, how many voters each has, and which segments were put together.
    """
    vote, made = vote_of(contest), []
    waiting = ""
    for stage in layout.stages(contest):
        if vote.boxes.filter(stage=stage.id).exists():
            continue
        waiting = layout.waiting_for(vote, stage) or waiting
        if layout.waiting_for(vote, stage):
            continue
        found = layout.sections(vote, stage)
        if not any(section.voters for section in found):
            raise RefusedError(_("nobody may vote at %(stage)s") % {"stage": stage.name or stage.id})
        assert stage.online is not None
        for number in range(1, layout.rounds_of(vote, stage) + 1):
            for section in found:
                box = SealedBox(vote=vote, stage=stage.id, round=number, section=section.key, uuid=token())
                box.members, box.voters, box.revote = list(section.members), section.voters, stage.online.revote
                box.save()
                made.append(box)
    if not made:
        raise RefusedError(waiting or _("all boxes are laid out"))
    entry.details["boxes"] = [
        {
            "uuid": box.uuid,
            "stage": box.stage,
            "round": box.round,
            "section": box.section,
            "members": box.members,
            "voters": box.voters,
        }
        for box in made
    ]
    return made


@act(REGISTRAR, silent=True)
def hand_out_voters(entry: Entry, contest: Contest) -> str:
    """Hand the list of voters to the registrar, who makes the credentials: it has names and addresses."""
    vote = vote_of(contest)
    stages = layout.unopened(vote)
    if not stages:
        raise RefusedError(_("there are no boxes that wait for credentials"))
    entry.details = {"stages": sorted(stages)}
    return vote.uuid


@act(REGISTRAR, silent=True)
def take_credentials(entry: Entry, contest: Contest, *, file: str, progress: Any = None, reason: str = "") -> None:
    """Take in the registrar's public list: all of it, or nothing. ``file``: below the folder of rolls.

    With a ``reason`` it replaces one that is there already; until a box has been opened.
    """
    vote = vote_of(contest)
    if vote.easy:
        raise RefusedError(_("in easy mode the server makes the credentials"))
    reason = plain(reason, longest=LONGEST_REASON)
    with files.path(file).open(encoding="utf-8", errors="replace") as lines:
        found = taking.take(vote, lines, replace=bool(reason), progress=progress)
    vote.copy = OnlineVote.Copy.KEPT
    vote.save(update_fields=["copy"])
    entry.details = {"fingerprints": found, **({"reason": reason} if reason else {})}


@act(REGISTRAR)
def copy_destroyed(entry: Entry, contest: Contest) -> None:
    """The registrar says that no private credential is left: from then on none can be sent again."""
    vote = vote_of(contest)
    if vote.copy != OnlineVote.Copy.KEPT:
        raise RefusedError(_("there is no copy of the registrar's"))
    vote.copy = OnlineVote.Copy.DESTROYED
    vote.save(update_fields=["copy"])


# -- easy mode ---------------------------------------------------------------------------------------------------


def _sending(contest: Contest) -> str:
    number = BoxVoter.objects.filter(box__vote__contest=contest).count()
    return _("let the server make the credentials and mail them (there are %(number)s so far)") % {"number": number}


def _makes(contest: Contest) -> dict[str, list[SealedBox]]:
    """The boxes for which the server has credentials to make."""
    vote = vote_of(contest)
    if not vote.easy:
        raise RefusedError(_("the registrar makes the credentials: this vote is not in easy mode"))
    stages = {
        key: boxes
        for key, boxes in layout.unopened(vote).items()
        if not BoxVoter.objects.filter(box__in=boxes).exists() or opening.lacking(contest, key)
    }
    if not stages:
        raise RefusedError(_("there are no boxes that wait for credentials"))
    return stages


@act(OFFICER, REGISTRAR, two=True, says=_sending)
def send_credentials(entry: Entry, contest: Contest) -> int:
    """Let the server make the credentials and mail them (easy mode); done beside the pages."""
    from ..rolls import working

    stages = _makes(contest)
    job = RollJob.objects.create(
        kind="mail_credentials", contest=contest, by=entry.second or entry.by, payload={"stages": sorted(stages)}
    )
    transaction.on_commit(lambda: working.work.enqueue(job.pk))
    entry.details = {"job": job.pk, "stages": sorted(stages)}
    return job.pk


@act(CLOCK, silent=True)
def make_credentials(entry: Entry, contest: Contest, *, stages: list[str]) -> dict[str, str]:
    """Make the credentials of easy mode: the public ones are kept, each private one goes into one mail."""
    vote = vote_of(contest)
    found = {key: boxes for key, boxes in _makes(contest).items() if key in stages}
    if not found:
        raise RefusedError(_("there are no boxes that wait for credentials"))
    prints, without = easily.make(vote, found)
    vote.copy = OnlineVote.Copy.DESTROYED
    vote.save(update_fields=["copy"])
    entry.details = {"fingerprints": prints, "without address": without}
    return prints
