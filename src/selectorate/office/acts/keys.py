"""Keys of trustees that are lost: two officials state that boxes cannot be opened, and state it if one is found."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..boxes import ceremony, lost
from ..models import Contest, KeysLost, OnlineVote, Role
from ..slugs import plain
from .core import Entry, act

OFFICER = Role.RETURNING_OFFICER


def _vote(contest: Contest) -> OnlineVote:
    found = OnlineVote.objects.filter(contest=contest).first()
    if found is None:
        raise RefusedError(_("nobody votes online in this contest"))
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    return found


def _basis(contest: Contest, **given: Any) -> dict[str, Any]:
    return {"status": contest.status, **lost.basis(_vote(contest))}


def _says_lost(contest: Contest, *, trustees: list[int], reason: str) -> str:
    return _("The boxes cannot be opened: the keys of %(names)s are lost. %(reason)s") % {
        "names": ", ".join(ceremony.names_of(_vote(contest), sorted(set(trustees)))),
        "reason": reason,
    }


@act(OFFICER, two=True, says=_says_lost, basis=_basis)
def state_keys_lost(entry: Entry, contest: Contest, *, trustees: list[int], reason: str) -> KeysLost:
    """State that boxes of the contest cannot be opened, because the keys of ``trustees`` (their numbers) are lost.

    Nothing is done to the boxes: if a key is found again (``state_key_found``), they are opened as ever.
    """
    vote = _vote(contest)
    numbers = sorted(set(trustees))
    if vote.keys_lost.filter(found=None).exists():
        raise RefusedError(_("it is stated already that the boxes cannot be opened"))
    if not numbers or vote.trustees.filter(number__in=numbers).count() != len(numbers):
        raise RefusedError(_("say which trustees have lost their keys"), field="trustees")
    if not plain(reason):
        raise RefusedError(_("say why"), field="reason")
    if not vote.boxes.exclude(phase="empty").exists():
        raise RefusedError(
            _("no box is open under the key yet"), hint=_("The common key is begun again, with new certificates.")
        )
    sealed = lost.sealed_by(vote, numbers)
    if not sealed:
        raise RefusedError(
            _("the others can open every box: %(threshold)s of %(size)s are enough")
            % {"threshold": vote.threshold, "size": vote.size},
            field="trustees",
        )
    made = KeysLost.objects.create(vote=vote, trustees=numbers, reason=plain(reason, longest=300), at=entry.at)
    entry.details = {"trustees": numbers, "reason": made.reason, "boxes": [box.uuid for box in sealed]}
    return made


def _says_found(contest: Contest, *, reason: str) -> str:
    return _("It is not so any more that the boxes cannot be opened. %(reason)s") % {"reason": reason}


@act(OFFICER, two=True, says=_says_found, basis=_basis)
def state_key_found(entry: Entry, contest: Contest, *, reason: str) -> KeysLost:
    """State that a key is found again: what was stated of the boxes holds no more, and they may be opened."""
    found = _vote(contest).keys_lost.filter(found=None).first()
    if found is None:
        raise RefusedError(_("it is not stated that the boxes cannot be opened"))
    if not plain(reason):
        raise RefusedError(_("say whose key is found"), field="reason")
    found.found, found.found_says = entry.at, plain(reason, longest=300)
    found.save(update_fields=["found", "found_says"])
    entry.details = {"trustees": found.trustees, "reason": found.found_says}
    return found
