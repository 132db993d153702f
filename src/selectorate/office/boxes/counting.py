"""What follows the closing of a box: tally, shuffles, decryptions, result.

Each step is made from the archive, which is read and checked whole first, outside of any transaction; then a short
one appends it, if the box is still the one that was read. ``advance`` does what can be done without anybody, and is
called by the clock again and again; whatever stopped it, the next call goes on.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from ...box.v1 import acts as steps
from ...box.v1.reading import Reading, read_box
from ...contest.sealed import SealedPapers, opened_papers
from ...errors import ProtocolError, RefusedError, SelectorateError
from ..models import Contest, HandedIn, SealedBox, Trustee
from . import store

log = logging.getLogger(__name__)
SMALL = 500
"""Ballots of a box up to which what a trustee hands in is checked while they wait; of a larger one by the clock."""
MOST = 1 << 30
"""Bytes of a shuffle or a decryption: those of a million ballots."""
UNDER_WAY = ("closed", "tallied", "shuffled", "decrypting")
KINDS = ("Shuffle", "PartialDecryption")
AGAIN_AFTER = 60.0
"""Seconds for which a box that does not go on is left alone: reading it again and again keeps a machine busy."""
_not_before: dict[str, float] = {}


def advance() -> int:
    """Take every box of a contest that is under way as far as it goes without anybody; how many steps that were."""
    found = SealedBox.objects.filter(phase__in=UNDER_WAY, vote__contest__status=Contest.Status.ADOPTED)
    number = 0
    for box in found.select_related("vote__contest"):
        if _not_before.get(box.uuid, 0) > time.monotonic():
            continue
        try:
            while advance_box(box):
                number += 1
            _not_before.pop(box.uuid, None)
        except SelectorateError as fault:
            log.warning("the box %s does not go on: %s", box.uuid, fault.message)
            _not_before[box.uuid] = time.monotonic() + AGAIN_AFTER
        except Exception:
            log.exception("the box %s does not go on", box.uuid)
            _not_before[box.uuid] = time.monotonic() + AGAIN_AFTER
    return number


def advance_box(box: SealedBox) -> bool:
    """The next step of a box that needs nobody, or nobody any more; whether there was one.

    Raises SelectorateError if the archive fails a check, or the file is not what the database has.
    """
    from ..acts import boxes as acts

    box.refresh_from_db()
    contest = box.vote.contest
    if box.phase == "closed":
        reading = read(box)
        content, payload = steps.encrypted_tally(reading)
        acts.tally_box(None, contest, box=box.uuid, head=head_of(reading), content=content, payload=payload)
        return True
    waiting = box.handed.filter(status=HandedIn.Status.WAITING).first()
    if waiting is not None and box.phase in UNDER_WAY:
        take(waiting)
        return True
    if _to_be_shuffled(box):
        if len(shufflers(box)) < box.vote.size:
            return False
        acts.end_shuffles(None, contest, box=box.uuid)
        return True
    if box.phase == "decrypting" and len(decrypters(box)) >= box.vote.threshold:
        _finish(box)
        return True
    return False


def _finish(box: SealedBox) -> None:
    from ..acts import boxes as acts

    reading = read(box)
    opened, content = steps.opened(reading)
    assert reading.election is not None
    marked = opened.not_canonical.get(0, [])
    papers = opened_papers(reading.election, opened.result[0], frozenset(marked), reading.tallied)
    outcome = {"tallied": reading.tallied, "void": papers.void, "blank": papers.blank, "marked": marked}
    acts.finish_box(None, box.vote.contest, box=box.uuid, head=head_of(reading), content=content, outcome=outcome)


def read(box: SealedBox) -> Reading:
    """The archive of a box, read whole. Raises ProtocolError if it fails a check."""
    reading = read_box(store.archive(box))
    steps.require_no_fault(reading)
    return reading


def head_of(reading: Reading) -> str:
    """The hash of the last event that was read."""
    return reading.chain.head or ""


def require_head(box: SealedBox, head: str) -> None:
    """Raise RefusedError if something was added to a box, which the caller has locked, since it was read."""
    if box.head != head:
        raise RefusedError(_("something was added to the box meanwhile: it is done again"))


def _to_be_shuffled(box: SealedBox) -> bool:
    return box.phase == "tallied" and bool(store.election_of(box).rankings)


def waits_for(box: SealedBox) -> str:
    """What a box waits for from its trustees: a kind of ``KINDS``; nothing, where it waits for something else."""
    if _to_be_shuffled(box):
        return "Shuffle"
    if box.phase in ("tallied", "shuffled") or (
        box.phase == "decrypting" and len(decrypters(box)) < box.vote.threshold
    ):
        return "PartialDecryption"
    return ""


def shufflers(box: SealedBox) -> list[int]:
    """The numbers of the trustees who have shuffled, in their order."""
    return _owners(box, "Shuffle")


def decrypters(box: SealedBox) -> list[int]:
    """The numbers of the trustees who have decrypted, in their order."""
    return list(dict.fromkeys(_owners(box, "PartialDecryption")))


def _owners(box: SealedBox, kind: str) -> list[int]:
    contents = box.events.filter(type=kind).order_by("height").values_list("content", flat=True)
    return [json.loads(bytes(content))["owner"] for content in contents]


def still_needed(box: SealedBox) -> list[Trustee]:
    """The trustees who have not given what the box waits for now."""
    kind = waits_for(box)
    gave = shufflers(box) if kind == "Shuffle" else decrypters(box)
    return [one for one in box.vote.trustees.all() if one.number not in gave] if kind else []


# -- what trustees hand in -----------------------------------------------------------------------------------------


def hand_in(box: SealedBox, trustee: Trustee, kind: str, after: str, pieces: Iterable[bytes]) -> HandedIn:
    """Keep what a trustee hands in until it is checked. Raises RefusedError for what nobody waits for."""
    if trustee.vote_id != box.vote_id or kind not in KINDS:
        raise RefusedError(_("this box waits for nothing of the kind"))
    _require_wanted(box, trustee, kind, after)
    if box.handed.filter(trustee=trustee, kind=kind, status=HandedIn.Status.WAITING).exists():
        raise RefusedError(_("what you handed in before is still being checked"))
    name = f"{box.uuid}/handed-{trustee.number}-{secrets.token_hex(8)}"
    path = store.root() / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    size = 0
    try:
        with path.open("xb") as out:
            for piece in pieces:
                size += len(piece)
                if size > MOST:
                    raise RefusedError(_("this is larger than any contribution can be"))
                out.write(piece)
        if not size:
            raise RefusedError(_("nothing was handed in"))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return HandedIn.objects.create(box=box, trustee=trustee, kind=kind, after=after, file=name)


def _require_wanted(box: SealedBox, trustee: Trustee, kind: str, after: str) -> None:
    """Raise RefusedError unless a box waits for a contribution of this kind, by this trustee, made after ``after``."""
    box.refresh_from_db()
    if waits_for(box) != kind:
        raise RefusedError(_("the box does not wait for this now"))
    if kind == "PartialDecryption":  # a shuffle needs no key
        _require_key(trustee)
    gave = shufflers(box) if kind == "Shuffle" else decrypters(box)
    if trustee.number in gave:
        raise RefusedError(_("you have given it already"))
    since = box.events.filter(digest=after).values_list("height", "type").first()
    if kind == "Shuffle" and after != box.head:
        raise RefusedError(_("it was not made from the box as it is: somebody has shuffled since, do it again"))
    # Decryptions do not build on one another: each is of the tally as the last shuffle left it.
    if since is None or since[1] not in ("Shuffle", "EncryptedTally", "EndShuffles", "PartialDecryption"):
        raise RefusedError(_("it was not made from the box as it is: fetch the box, and do it again"))
    if kind == "PartialDecryption" and box.events.filter(height__gt=since[0], type="Shuffle").exists():
        raise RefusedError(_("it was not made from the box as it is: fetch the box, and do it again"))


def _require_key(trustee: Trustee) -> None:
    """Raise RefusedError if it is stated that a trustee's key is lost, and is therefore not waited for."""
    if any(trustee.number in one.trustees for one in trustee.vote.keys_lost.filter(found=None)):
        raise RefusedError(
            _("it is stated that your key is lost"),
            hint=_("Tell the returning officer that it is found: two officials state it, and then you can decrypt."),
        )


def take(handed: HandedIn) -> HandedIn:
    """Check what was handed in, and put it into the box, or refuse it with the reason.

    The archive is read whole for it. Where a decryption of another trustee came between, it is read again. Raises
    ProtocolError if the box itself fails a check: then what was handed in stays to be checked.
    """
    from ..acts import boxes as acts

    box, path = handed.box, store.root() / handed.file
    act = acts.add_shuffle if handed.kind == "Shuffle" else acts.add_decryption
    fault = ""
    while handed.status == HandedIn.Status.WAITING and not fault:
        reading, head = read(box), ""  # a fault of the box itself is no fault of whoever handed something in
        try:
            _require_wanted(box, handed.trustee, handed.kind, handed.after)
            content = _bytes(path)
            head = head_of(reading)
            steps.require_good(reading, handed.kind, handed.trustee.number, content)
            act(handed.trustee.user, box.vote.contest, handed=handed.pk, head=head, content=content)
        except ProtocolError as wrong:
            fault = f"{wrong.message} ({wrong.check})"
        except RefusedError as wrong:
            box.refresh_from_db()
            moved = bool(head) and box.head != head
            fault = "" if moved and waits_for(box) == handed.kind else wrong.message
        handed.refresh_from_db()
    if fault:
        acts.refuse_contribution(None, box.vote.contest, handed=handed.pk, fault=fault[:500])
        handed.refresh_from_db()
    path.unlink(missing_ok=True)
    return handed


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise RefusedError(_("what was handed in is gone from the folder of files: hand it in again")) from None


# -- what a box says -----------------------------------------------------------------------------------------------

_papers: dict[str, SealedPapers] = {}


def papers_of(box: SealedBox) -> SealedPapers:
    """The papers of a box that is final, from the result that was checked when it was appended.

    Raises RefusedError if it is not.
    """
    if box.phase != "final":
        raise RefusedError(_("the box is not opened yet"))
    if box.uuid not in _papers:
        content = bytes(box.events.get(type="Result").content)
        result = json.loads(content)["result"][0]
        marked, tallied = frozenset(box.outcome.get("marked", ())), box.outcome["tallied"]
        _papers[box.uuid] = opened_papers(store.election_of(box), result, marked, tallied)
    return _papers[box.uuid]


def of_archive(path: Path) -> SealedPapers:
    """As ``papers_of``, for a file that a contest file names: ``UUID.bel``."""
    return papers_of(SealedBox.objects.get(uuid=path.stem))
