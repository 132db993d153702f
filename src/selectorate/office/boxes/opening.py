"""Boxes opened and closed with their stage: in the same transaction, under the lock of each box.

What a setup has is fixed here: the election, the trustees' key, the credentials of exactly those who are entitled at
this moment. That credentials are points of the group was looked at when they were taken in, each once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from ...box.ed25519 import ED25519
from ...box.v1.credentials import PublicCredential, credential_text, fingerprint
from ...box.v1.elections import election_text
from ...box.v1.trustees import election_key, read_trustees
from ...errors import InputError, RefusedError
from ...rules import BallotStage, MotionStage
from .. import timetable
from ..documents import is_repeated
from ..models import (
    Appointment,
    BodySeat,
    BoxVoter,
    ClosedRoll,
    Contest,
    ContestBody,
    Entitlement,
    OnlineVote,
    Organisation,
    Role,
    SealedBox,
)
from . import asking, ceremony, envelopes, laid, store, voters

MANY = 10_000
"""Rows of credentials that are taken away at once."""


@dataclass(frozen=True)
class Electorate:
    """How the credentials of a box stand to those entitled: who has none, and whose are to be taken away."""

    entitled: int
    missing: frozenset[str]
    over: frozenset[str]


def open_boxes(contest: Contest, stage: BallotStage | MotionStage, number: int, at: datetime) -> list[SealedBox]:
    """Open the boxes of a round; none where the stage is not held online. Raises RefusedError where one cannot be."""
    if not laid.held_online(contest, stage.id):
        return []
    boxes = laid.boxes_of(contest, stage.id, number)
    if not boxes:
        raise RefusedError(
            _("there are no credentials for round %(number)s: they were made for fewer rounds") % {"number": number},
            hint=_("The contest is held further on paper, or anew."),
        )
    trustees = ceremony.trustees_of(boxes[0].vote)
    question = asking.question_of(contest, stage, number)
    who = entitled_to(boxes[0].vote, contest, stage, boxes)
    # Rounds of repeated ballots have no date of their own: they close when the officer closes them.
    closes = None if is_repeated(stage) else timetable.at(contest, f"{stage.id}_closes")
    for one in boxes:
        box = store.locked(one.pk)
        credentials = _credentials(box, who[box.pk], number)
        store.open_with(
            box,
            election=election_text(
                uuid=box.uuid,
                name=f"{contest.title}: {title_of(contest, stage, box)}",
                description=contest.about,
                group=ED25519,
                public_key=election_key(read_trustees(trustees, ED25519)),
                questions=[question],
                administrator=_organisation(contest),
                credential_authority=authority(box.vote),
            ),
            trustees=trustees,
            credentials=credentials,
            timestamp=int(at.timestamp()),
            points_checked=True,
        )
        # Of the list as it is now: who was struck since the registrar made it is not on it any more.
        box.fingerprint = fingerprint(credentials)
        box.closes, box.revote = closes, laid.revotes(stage)
        box.voters = one.voters = box.people.count()
        box.save(update_fields=["closes", "revote", "voters", "fingerprint"])
        one.fingerprint = box.fingerprint
    return boxes


def close_boxes(boxes: Iterable[SealedBox]) -> int:
    """End the ballots of those of ``boxes`` that are open; how many were."""
    number = 0
    for one in boxes:
        box = store.locked(one.pk)
        if box.phase == "voting":
            store.append(box, "EndBallots")
            envelopes.settle(box)
            number += 1
    return number


def move_closing(contest: Contest, stage: str, when: datetime) -> None:
    """Let boxes that are open close at another time: that of the timetable, in the transaction that changes it."""
    for one in laid.boxes_of(contest, stage):
        box = store.locked(one.pk)
        if box.phase == "voting" and box.closes is not None:
            box.closes = when
            box.save(update_fields=["closes"])


def title_of(contest: Contest, stage: BallotStage | MotionStage, box: SealedBox) -> str:
    """What a box is called: its stage, its round where there are several, its segment where there are several."""
    parts = [timetable.stage_name(stage)]
    if is_repeated(stage):
        parts.append(_("round %(number)s") % {"number": box.round})
    if box.section != voters.TOTAL:
        parts.append(contest.rulebook.segments[box.section].name)
    return ", ".join(parts)


def authority(vote: OnlineVote) -> str:
    """Who made the credentials: the registrar, by name, or the server."""
    if vote.easy:
        return "server"
    found = Appointment.objects.filter(role=Role.REGISTRAR, ended=None, contest__in=[vote.contest_id])
    found = found or Appointment.objects.filter(role=Role.REGISTRAR, ended=None, contest=None)
    first = found.order_by("pk").select_related("user").first()
    return first.user.name if first else "registrar"


def _organisation(contest: Contest) -> str:
    there = Organisation.there()
    return str(there.name if there else contest.rulebook.organisation)


# -- who has a credential ------------------------------------------------------------------------------------------


def entitled_to(
    vote: OnlineVote, contest: Contest, stage: BallotStage | MotionStage, boxes: Iterable[SealedBox]
) -> dict[int, frozenset[str]]:
    """By box, the keyed hashes of those who are entitled to it now."""
    boxes = list(boxes)
    found: dict[int, set[str]] = {box.pk: set() for box in boxes}
    hashed = voters.hasher(vote)
    places = {segment: found[box.pk] for box in boxes for segment in (box.members or [box.section])}
    if isinstance(stage, BallotStage) and stage.segments:
        rows = Entitlement.objects.filter(closed=ClosedRoll.of(contest), stage=stage.id, ended=None)
        rows = rows.exclude(segment="").values_list("person", "segment")
        for person, segment in rows.iterator(MANY):
            places[segment].add(hashed(f"roll:{person}"))
    else:
        for voter in voters.electorate(contest, stage.id):
            places[voter.segments[0]].add(hashed(voter.voter))
    return {pk: frozenset(who) for pk, who in found.items()}


def electorates(contest: Contest, stage: BallotStage | MotionStage, number: int) -> list[tuple[SealedBox, Electorate]]:
    """How the credentials of each box of a round stand to those entitled now."""
    boxes = laid.boxes_of(contest, stage.id, number)
    if not boxes:
        return []
    who = entitled_to(boxes[0].vote, contest, stage, boxes)
    return [(box, _compared(box, who[box.pk])) for box in boxes]


def _compared(box: SealedBox, entitled: frozenset[str]) -> Electorate:
    have = frozenset(box.people.values_list("who", flat=True).iterator(MANY))
    return Electorate(len(entitled), entitled - have, have - entitled)


EXACT = 5_000
"""Credentials up to which a page compares them one by one; of more it compares numbers, and opening compares all."""


def without_credential(contest: Contest, stage: BallotStage | MotionStage) -> int:
    """How many of those entitled have no credential for the first round.

    From when credentials are taken in, those of voters who are struck are taken away (``hold``), so that where there
    are many it is enough to compare numbers.
    """
    boxes = laid.boxes_of(contest, stage.id, 1)
    if sum(box.people.count() for box in boxes) <= EXACT:
        return sum(len(found.missing) for _box, found in electorates(contest, stage, 1))
    counts = standing(contest, stage.id)
    return sum(max(0, sum(counts.get(one, 0) for one in box.members) - box.people.count()) for box in boxes)


def lacking(contest: Contest, stage: str) -> int:
    """How many of those entitled at the stage with this key have no credential for its first round."""
    found = contest.rulebook.stage_named(stage)
    return without_credential(contest, found) if isinstance(found, BallotStage | MotionStage) else 0


def standing(contest: Contest, stage: str) -> dict[str, int]:
    """How many are entitled in each segment, by the closed roll as it stands."""
    closed = ClosedRoll.of(contest)
    return dict(closed.standing.get(stage, {}).get("by_segment", {})) if closed is not None else {}


def _credentials(box: SealedBox, entitled: frozenset[str], number: int) -> bytes:
    """The public list of a box that is opened: of exactly those entitled. Who was struck loses theirs here.

    Once the first round is open no credential is new. So who was admitted since has none for a further round, and keeps
    nobody else from voting in it.
    """
    rows = list(box.people.values_list("who", "credential").iterator(MANY))
    missing = len(entitled) - sum(who in entitled for who, _key in rows)
    if missing and number == 1:
        raise RefusedError(
            _("%(number)s of those entitled have no credential in the box “%(box)s”")
            % {"number": missing, "box": box.section},
            hint=_("The registrar makes credentials anew for the roll as it stands."),
        )
    over = [who for who, _key in rows if who not in entitled]
    for start in range(0, len(over), 500):
        box.people.filter(who__in=over[start : start + 500]).delete()
    return credential_text(ED25519, [PublicCredential(key) for who, key in rows if who in entitled])


def too_small(contest: Contest, stage: BallotStage | MotionStage, boxes: list[SealedBox]) -> list[SealedBox]:
    """The boxes with fewer voters than may be opened, or, by segment, shown by themselves."""
    least = {box.pk: box.vote.least for box in boxes}
    if isinstance(stage, BallotStage) and stage.segments:
        least = {pk: max(number, contest.rulebook.disclosure.floor) for pk, number in least.items()}
    return [box for box in boxes if box.people.count() < least[box.pk]]


def hold(contest: Contest, stage: str, voter: str, sections: Iterable[str], at: datetime) -> None:
    """Hold the credentials of a voter to the ``sections`` in which they have a vote now, in every round of a stage.

    Before a stage is open a credential that is over is taken away. In an open box it casts no more; what it has cast
    stays, and an envelope stays unopened. One who is admitted again casts again. Those for further rounds stay, for
    none can be made again: whose are over then is seen when the round is opened.
    """
    vote = OnlineVote.objects.filter(contest=contest).first()
    if vote is None:
        return
    hashed, wanted = voters.who(vote, voter), set(sections)
    boxes = laid.boxes_of(contest, stage)
    begun = any(one.phase != "empty" for one in boxes)
    for one in boxes:
        if one.phase not in ("empty", "voting"):
            continue
        box = store.locked(one.pk)
        row = BoxVoter.objects.filter(box=box, who=hashed).first()
        entitled = bool(wanted & set(box.members or [box.section]))
        if box.phase == "voting":
            envelopes.hold(box, hashed, laid.paper_rule(contest.rulebook.stage_named(stage)), entitled=entitled)
        if row is None or (box.phase == "empty" and (entitled or begun)):
            continue
        if box.phase == "empty":
            row.delete()
        else:
            row.struck = None if entitled else (row.struck or at)
            row.save(update_fields=["struck"])


def hold_seats(seats: Iterable[BodySeat], at: datetime) -> None:
    """Hold the credentials of ``seats`` that have ended: who sat there casts no more in a box that is open."""
    ended = list(seats)
    links = ContestBody.objects.filter(body__in={one.body_id for one in ended}, contest__online__isnull=False)
    for link in links.select_related("contest"):
        for stage in link.contest.rulebook.stage:
            if getattr(stage, "by", None) == link.key and laid.boxes_of(link.contest, stage.id):
                for seat in ended:
                    if seat.body_id == link.body_id:
                        hold(link.contest, stage.id, f"seat:{seat.pk}", (), at)


def hold_joined(contest: Contest, keep: str, other: str, at: datetime) -> None:
    """Where ``other`` has voted, ``keep``, who is the same person, casts no more: one person has one vote.

    An envelope of ``keep`` stays unopened then.
    """
    vote = OnlineVote.objects.filter(contest=contest).first()
    if vote is None:
        return
    ours, theirs = voters.who(vote, keep), voters.who(vote, other)
    for one in vote.boxes.filter(Q(people__who=ours) | Q(papers__who=ours), phase="voting").distinct():
        box = store.locked(one.pk)
        stage = contest.rulebook.stage_named(box.stage)
        here = vote.boxes.filter(stage=box.stage, round=box.round)
        if getattr(stage, "votes", "one") != "one":  # a vote in each segment: only that of this box is the same one
            here = here.filter(pk=box.pk)
        if not envelopes.cast([box], ours) and envelopes.voted(here, theirs):
            box.people.filter(who=ours, struck=None).update(struck=at)
            envelopes.hold(box, ours, laid.paper_rule(stage), entitled=False)


def fits(contest: Contest, stage: BallotStage | MotionStage) -> str:
    """Why the paper of a stage cannot be put into a box; nothing, where it can."""
    if isinstance(stage, BallotStage) and stage.paper == "rank":
        number = len(asking.field_of(contest, stage, 1))
        if number > ED25519.most_values:
            return _("a ranking of %(number)s names: a box takes %(most)s") % {
                "number": number,
                "most": ED25519.most_values,
            }
    try:
        asking.question_of(contest, stage)
    except InputError as fault:
        return fault.message
    return ""
