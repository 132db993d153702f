"""After the database was put back from a copy: what voters and scrutineers hold is taken in, and casting goes on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...errors import RefusedError
from ..boxes import proven, voters, witness
from ..mailing import tell
from ..models import BoxVoter, Contest, OnlineVote, Restoration, Role
from ..slugs import plain
from .core import Entry, act

OFFICER = Role.RETURNING_OFFICER


def waiting(contest: Contest) -> Restoration | None:
    """The restoration for which a contest waits; of the whole office's, a part of its own is made when it is needed."""
    own = contest.restorations.filter(reconciled=None).order_by("pk").first()
    return own or Restoration.objects.filter(contest=None, reconciled=None).order_by("pk").first()


def _vote(contest: Contest) -> OnlineVote:
    found = OnlineVote.objects.filter(contest=contest).first()
    if found is None:
        raise RefusedError(_("nobody votes online in this contest"))
    return found


def _open(contest: Contest) -> Restoration:
    found = waiting(contest)
    if found is None:
        raise RefusedError(_("this contest does not wait for being reconciled"))
    return found


@act(OFFICER)
def say_restored(entry: Entry, contest: Contest, *, why: str) -> Restoration:
    """Say that the database was put back by hand: nothing is cast until it is reconciled."""
    _vote(contest)
    if waiting(contest) is not None:
        raise RefusedError(_("casting has stopped already, until it is reconciled"))
    if not plain(why):
        raise RefusedError(_("say what was put back, and from when"), field="why")
    return Restoration.objects.create(contest=contest, at=entry.at, why=plain(why, longest=300))


@act(OFFICER, silent=True)
def hand_in_proof(entry: Entry, contest: Contest, *, text: str) -> proven.Held:
    """Take in receipts of voters and heads of scrutineers."""
    vote, here = _vote(contest), _open(contest)
    found = proven.held(vote, text)
    if not found.whole and not found.lost and not found.said:
        raise RefusedError(_("no receipt of this contest and no head of its boxes is in it"), field="text")
    heights: dict[str, int] = here.found
    for box, height in [*found.highest.items(), *found.said.items()]:
        heights[box] = max(heights.get(box, -1), height)
    here.lost = proven.merged(here.lost, found.lost)
    here.save(update_fields=["found", "lost"])
    entry.details |= {"whole": found.whole, "lost": len(found.lost), "said": len(found.said), "unread": found.unread}
    return found


def _says(contest: Contest) -> str:
    lost = len(_open(contest).lost)
    return ngettext(
        "Casting goes on. %(number)s ballot is known to be lost; its voter is told to vote again.",
        "Casting goes on. %(number)s ballots are known to be lost; their voters are told to vote again.",
        lost,
    ) % {"number": lost}


def _basis(contest: Contest) -> dict[str, Any]:
    here = _open(contest)
    return {"restoration": here.pk, "found": here.found, "lost": [one["tracker"] for one in here.lost]}


@act(OFFICER, two=True, says=_says, basis=_basis)
def reconcile(entry: Entry, contest: Contest) -> Restoration:
    """Let casting go on: what is lost is known as far as anybody has shown it, and its voters are told."""
    vote, here = _vote(contest), _open(contest)
    boxes = list(vote.boxes.all())
    if here.contest_id is None and OnlineVote.objects.exclude(pk=vote.pk).exists():
        here = _of_this_contest(here, contest)
    told = _tell(contest, vote, here.lost)
    entry.details |= {
        "why": here.why,
        "heights": {box.uuid: box.height for box in boxes},
        "shown": here.found,
        "lost": [{name: one[name] for name in ("box", "height", "tracker")} for one in here.lost],
        "told": told,
    }
    here.lost, here.reconciled = entry.details["lost"], entry.at
    here.save(update_fields=["lost", "reconciled"])
    # Not in the rehearsal of an act of two, which is undone.
    transaction.on_commit(lambda: [witness.forget(box) for box in boxes], robust=True)
    return here


def _of_this_contest(whole: Restoration, contest: Contest) -> Restoration:
    """One for each contest that votes online, in the place of one for the whole office; that of ``contest``."""
    for vote in OnlineVote.objects.select_related("contest"):
        own = set(vote.boxes.values_list("uuid", flat=True))
        made = Restoration.objects.create(
            contest=vote.contest,
            at=whole.at,
            why=whole.why,
            found={box: height for box, height in whole.found.items() if box in own},
            lost=[one for one in whole.lost if one["box"] in own],
        )
        if vote.contest_id == contest.pk:
            found = made
    whole.delete()
    return found


def _tell(contest: Contest, vote: OnlineVote, lost: list[dict[str, Any]]) -> int:
    """Tell the voters of lost ballots to vote again; to how many a mail goes."""
    wanted: Counter[str] = Counter()
    stages = set()
    for one in lost:
        row = BoxVoter.objects.filter(box__uuid=one["box"], credential=one.get("credential", "")).first()
        if row is not None and row.who is not None:
            wanted[row.who] += 1
            stages.add(row.box.stage)
    told = 0
    for stage in sorted(stages):
        for voter in voters.electorate(contest, stage):
            if wanted.pop(voters.who(vote, voter.voter), 0) and voter.email:
                subject = _("Please vote again: %(contest)s") % {"contest": contest.title}
                text = _(
                    "The office had to be put back from a copy. The receipt that was handed in for you shows that "
                    "your ballot was in the box before, and it is not there now. It does not count. Please vote "
                    "again, with the same credential, before the box closes."
                )
                tell(voter.email, subject, text, "contest", contest=contest.slug)
                told += 1
    return told
