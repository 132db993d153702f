"""Rounds: opened, closed, announced; ties broken as the rulebook says; withdrawals between them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ...count.lot import Lot
from ...errors import RefusedError
from ...rules import BallotStage
from ..boxes import laid, opening
from ..documents import is_repeated
from ..models import BallotRound, Candidate, Contest, Role, RoundEvent, SealedBox, StageState
from ..rounds import Progress, may_enter, on_the_paper, open_state, progress, tie_rules, without_ballot
from ..slugs import plain
from .core import Entry, act

OFFICER = Role.RETURNING_OFFICER


def begin(entry: Entry, contest: Contest, stage: BallotStage) -> BallotRound:
    """The first round of a ballot that has just been opened; who is on its paper does not change any more."""
    made = contest.ballot_rounds.create(
        stage=stage.id, number=1, field=on_the_paper(contest, stage), opened=entry.at, closed=None
    )
    entered(entry, opening.open_boxes(contest, stage, 1, entry.at))
    return made


def entered(entry: Entry, boxes: list[SealedBox]) -> None:
    """Enter which boxes were opened with a stage or a round."""
    if boxes:
        entry.details["boxes"] = {box.uuid: {"voters": box.voters, "list": box.fingerprint} for box in boxes}


def end(entry: Entry, contest: Contest, stage: str) -> None:
    """The round of a ballot that is no repeated one ends with it, and its boxes take no more ballots."""
    opening.close_boxes(laid.boxes_of(contest, stage, 1))
    contest.ballot_rounds.filter(stage=stage, closed=None).update(closed=entry.at)


def _going(contest: Contest, stage: str) -> Progress:
    found = progress(contest, stage) if contest.status == Contest.Status.ADOPTED else None
    if found is None or not found.repeated or found.last is None:
        raise RefusedError(_("there are no such rounds under way"), field="stage")
    return found


@act(OFFICER)
def close_round(entry: Entry, contest: Contest, *, stage: str) -> None:
    """Close the round that is open."""
    found = _going(contest, stage)
    assert found.last is not None
    if found.last.ballot.closed is not None:
        raise RefusedError(_("no round is open"))
    found.last.ballot.closed = entry.at
    found.last.ballot.save(update_fields=["closed"])
    opening.close_boxes(laid.boxes_of(contest, stage, found.last.ballot.number))
    entry.details["round"] = found.last.ballot.number


@act(OFFICER)
def announce_round(entry: Entry, contest: Contest, *, stage: str) -> None:
    """Announce what a round came to: from then on everybody sees it, and who goes out is out."""
    found = _going(contest, stage)
    if found.next != "announce":
        raise RefusedError(_("there is nothing to announce: two officials have not agreed, or a tie is open"))
    _announce(entry, contest, found)


def _announce(entry: Entry, contest: Contest, found: Progress) -> None:
    assert found.last is not None
    number = found.last.ballot.number
    found.last.ballot.announced = entry.at
    found.last.ballot.result = {
        "votes": found.last.votes,
        "out": list(found.last.out),
        "tie": found.last.tie,
        "void": found.last.void,
    }
    found.last.ballot.save(update_fields=["announced", "result"])
    contest.candidates.filter(key__in=found.last.out, status=Candidate.Status.STANDING).update(
        status=Candidate.Status.OUT
    )
    entry.details |= {"round": number, "votes": found.last.votes, "out": list(found.last.out)}
    _settle(entry, contest, found)


def _settle(entry: Entry, contest: Contest, found: Progress) -> None:
    """Close the stage, if its rounds have decided it."""
    if not found.decided:
        return
    staying = [*found.elected, *found.qualified]
    contest.candidates.filter(status=Candidate.Status.STANDING).exclude(key__in=staying).update(
        status=Candidate.Status.OUT
    )
    state = contest.stages.get(stage=found.stage.id)
    state.status, state.closed = StageState.Status.CLOSED, state.closed or entry.at
    state.result = {"elected": list(found.elected), "qualified": list(found.qualified)}
    state.save(update_fields=["status", "closed", "result"])
    entry.details["result"] = state.result


@act(OFFICER)
def open_round(entry: Entry, contest: Contest, *, stage: str, field: list[str] | None = None) -> BallotRound:
    """Open the next round, with whoever is left; the round before is announced with it.

    ``field``: who is on the paper, where the rulebook lets new candidates in after the round before.
    """
    found = _going(contest, stage)
    if found.next == "announce":
        _announce(entry, contest, found)
        found = _going(contest, stage)
    if found.next != "round" or open_state(contest, stage) is None:
        raise RefusedError(_("no further round can be opened: %(why)s") % {"why": _waiting(found)})
    assert found.last is not None and found.last.played is not None
    number, left = found.last.ballot.number, list(found.last.played.left or ())
    if field is not None and set(field) != set(left):
        left = _entered(contest, found, number, field)
    made = contest.ballot_rounds.create(stage=stage, number=number + 1, field=left, opened=entry.at)
    entry.details |= {"round": made.number, "field": left}
    entered(entry, opening.open_boxes(contest, found.stage, made.number, entry.at))
    return made


def _entered(contest: Contest, found: Progress, number: int, field: list[str]) -> list[str]:
    if not may_enter(found.stage, number):
        raise RefusedError(_("the rulebook lets nobody in after this round"), field="field")
    people = {one.key: one for one in contest.candidates.all()}
    # Who was only proposed has not consented: nobody is put on a paper who does not know of it.
    away = (Candidate.Status.WITHDRAWN, Candidate.Status.REFUSED, Candidate.Status.PROPOSED)
    if not field or any(key not in people or people[key].status in away for key in field):
        raise RefusedError(_("there is no such candidate, or they do not stand"), field="field")
    chosen = [one.key for one in people.values() if one.key in field]
    contest.candidates.filter(key__in=chosen).update(status=Candidate.Status.STANDING)
    contest.candidates.filter(status=Candidate.Status.STANDING).exclude(key__in=chosen).update(
        status=Candidate.Status.OUT
    )
    before = {who for one in found.rounds for who in one.ballot.field}
    new = [key for key in chosen if key not in before]
    if new:
        event, _made = RoundEvent.objects.get_or_create(contest=contest, stage=found.stage.id, number=number + 1)
        event.data = {**event.data, "new": new}
        event.save(update_fields=["data"])
    return chosen


def _waiting(found: Progress) -> str:
    return {
        "close": _("a round is open"),
        "figures": _("two officials have not taken in the same figures yet"),
        "tie": _("the round is tied, and it is not recorded how the tie was broken"),
        "decided": _("the ballot is decided"),
        "stuck": found.stopped or _("the rules do not say who is left"),
    }.get(found.next, _("the ballot is closed"))


@act(
    OFFICER,
    two=True,
    says=lambda contest, stage, how, says="", **given: (
        _("record how a tie was broken: %(how)s. %(says)s") % {"how": how, "says": says}
    ),
)
def break_tie(
    entry: Entry, contest: Contest, *, stage: str, round: int, how: str, out: list[str] | None = None, says: str = ""
) -> None:
    """Record how the tie of a round was broken, by one of the ways that the rulebook has, by two officials.

    ``how``: ``lot`` (a draw of this contest, or one that was drawn before witnesses, as ``says`` tells), ``officer``
    (their decision, with the reason in ``says``) or ``vote again``. ``out``: who loses.
    """
    found = progress(contest, stage)
    here = next((one for one in found.rounds if one.ballot.number == round), None) if found else None
    if found is None or here is None or not here.tied:
        raise RefusedError(_("no such round is tied"), field="round")
    if how not in tie_rules(found.stage) or how not in ("lot", "officer", "vote again"):
        raise RefusedError(_("the rulebook does not break ties like that"), field="how")
    event, _made = RoundEvent.objects.get_or_create(contest=contest, stage=stage, number=round)
    if how == "vote again":
        event.data = {**event.data, "void": True, "tie": plain(says, longest=500) or _("the round is held again")}
    else:
        losers, told = _losers(contest, found, here.tied, here.losing, how, out or [], plain(says, longest=500))
        event.data = {**event.data, "out": [*here.out, *losers], "tie": told}
    event.save(update_fields=["data"])
    entry.details |= {"tie": event.data["tie"], "out": event.data.get("out", [])}
    if how != "vote again":
        after = progress(contest, stage)
        if after is not None and any(one.tied for one in after.rounds if one.ballot.number == round):
            raise RefusedError(_("this does not break the tie"), field="out")


def _losers(
    contest: Contest, found: Progress, tied: tuple[str, ...], losing: int, how: str, out: list[str], says: str
) -> tuple[list[str], str]:
    draw = contest.draws.filter(about=found.stage.id).exclude(drawn=None).first()
    if how == "lot" and draw is not None:
        return _by_draw(contest, found, draw, tied, losing)
    if not says:
        raise RefusedError(_("say how it was decided, and before whom"), field="says")
    if len(set(out)) != losing or not set(out) <= set(tied):
        raise RefusedError(_("%(number)s of those who are tied have to go: say who") % {"number": losing}, field="out")
    return [who for who in tied if who in out], f"{how}: {says}"


def _by_draw(contest: Contest, found: Progress, draw, tied: tuple[str, ...], losing: int) -> tuple[list[str], str]:
    """Who loses by the draw: its first ones are taken, for the place, or to go out."""
    keys = list(contest.ballot_rounds.get(stage=found.stage.id, number=1).field)
    named = {one.key: one.name for one in contest.candidates.all()}
    lot = Lot(draw.seed, tuple(draw.numbers))
    order = [keys[number - 1] for number in lot.order([named.get(key, key) for key in keys])]
    drawn = [key for key in order if key in tied]
    last = found.last
    for_a_place = bool(last and last.played and last.played.decision and last.played.decision.for_a_place)
    losers = drawn[len(drawn) - losing :] if for_a_place else drawn[:losing]
    return losers, _("lot, drawn from the published seed")


def leave(entry: Entry, contest: Contest, candidate: Candidate) -> None:
    """Enter that somebody withdrew after the last round that was announced. Raises RefusedError if none may."""
    found = _between(contest)
    if found is None or found.last is None:
        raise RefusedError(_("the ballot is open: a name on the paper stays there"))
    if candidate.status != Candidate.Status.STANDING:
        raise RefusedError(_("they are not in the contest any more"), field="candidate")
    event, _made = RoundEvent.objects.get_or_create(
        contest=contest, stage=found.stage.id, number=found.last.ballot.number
    )
    event.data = {**event.data, "withdrawn": [*event.data.get("withdrawn", ()), candidate.key]}
    event.save(update_fields=["data"])
    candidate.status = Candidate.Status.WITHDRAWN
    candidate.save(update_fields=["status"])
    entry.details |= {"stage": found.stage.id, "round": found.last.ballot.number, "candidate": candidate.key}
    after = progress(contest, found.stage.id)
    if after is not None:
        _settle(entry, contest, after)


def _between(contest: Contest) -> Progress | None:
    """The rounds between which the contest stands, where the rulebook lets candidates withdraw between them."""
    stages = [one for one in contest.rulebook.stage if isinstance(one, BallotStage)]
    opened = set(contest.ballot_rounds.values_list("stage", flat=True))
    latest = next((one for one in reversed(stages) if one.id in opened), None)
    if latest is None or not is_repeated(latest) or not latest.withdrawals:
        return None
    found = progress(contest, latest.id)
    announced = found is not None and found.last is not None and found.last.ballot.announced is not None
    return found if announced else None


@act(
    OFFICER,
    two=True,
    says=lambda contest, candidate, says: (
        _("enter that %(who)s has withdrawn: %(says)s") % {"who": candidate, "says": says}
    ),
)
def record_withdrawal(entry: Entry, contest: Contest, *, candidate: str, says: str) -> None:
    """Enter that a candidate withdrew between two rounds: what the withdrawal is, and where it is kept."""
    found = contest.candidates.filter(key=candidate).first()
    if found is None:
        raise RefusedError(_("there is no such candidate"), field="candidate")
    if not plain(says):
        raise RefusedError(_("say what the withdrawal is, and where it is kept"), field="says")
    leave(entry, contest, found)


@act(OFFICER)
def pass_stage(entry: Entry, contest: Contest, *, stage: str) -> None:
    """Close a ballot that is not held, because there are too few candidates for one."""
    state = contest.stages.filter(stage=stage, status=StageState.Status.WAITING).first()
    found = without_ballot(contest, stage) if contest.status == Contest.Status.ADOPTED else None
    if state is None or found is None:
        raise RefusedError(_("a ballot has to be held, or was"), field="stage")
    state.status, state.closed = StageState.Status.CLOSED, entry.at
    state.result = {"elected": list(found.elected), "qualified": list(found.qualified), "held": False}
    state.save(update_fields=["status", "closed", "result"])
    entry.details["result"] = state.result
