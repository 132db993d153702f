"""Public credentials on their way in: a registrar's list is checked line by line, then taken whole or not at all.

A private credential never comes here. What is kept of a public one is whose it is, under the keyed hash of ``voters``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from ...box.ed25519 import ED25519
from ...box.pools import new_pool
from ...box.public import Pool
from ...box.v1.credentials import PublicCredential, credential_text, fingerprint
from ...errors import InputError, RefusedError, Where
from ..models import BoxVoter, OnlineVote, SealedBox
from . import layout
from .voters import who

FORMAT = "selectorate-credentials-1"
AT_ONCE = 2_000
"""Lines that are checked and kept together."""
LONGEST = 20_000
"""Characters of a line: a voter with a hundred boxes has not so many."""
MANY = 20_000
"""Keys from which on it is worth to compile the fast arithmetic."""

Progress = Callable[[int, int], None]


def public_list(box: SealedBox) -> bytes:
    """The public list of a box, as it goes into its setup."""
    keys = BoxVoter.objects.filter(box=box).order_by("pk").values_list("credential", flat=True)
    return credential_text(ED25519, [PublicCredential(key) for key in keys.iterator(5000)])


def take(
    vote: OnlineVote, lines: Iterable[str], *, replace: bool = False, progress: Progress | None = None
) -> dict[str, str]:
    """Check a registrar's list and keep it; the fingerprint of each box's public list. Only inside an act.

    Raises InputError with the line at fault, RefusedError; the transaction of the act then undoes what was kept.
    """
    rows = iter(lines)
    given = _first(vote, next(rows, ""))
    stages = _stages(vote, given)
    boxes = {box.uuid: box for found in stages.values() for box in found}
    if BoxVoter.objects.filter(box__in=boxes.values()).exists():
        if not replace:
            raise RefusedError(_("there are credentials for these boxes already"))
        # The old ones are gone before the first of the new ones is there.
        BoxVoter.objects.filter(box__in=boxes.values()).delete()
    taking = _Taking(vote, stages, progress)
    for number, text in enumerate(rows, 2):
        taking.line(number, text)
    taking.finish()
    found = {}
    for uuid, box in boxes.items():
        printed = fingerprint(public_list(box))
        if printed != given[uuid]:
            raise RefusedError(_("the fingerprint of a public list is not the one in the file's first line"), hint=uuid)
        box.fingerprint, box.voters = printed, taking.voters[uuid]
        box.save(update_fields=["fingerprint", "voters"])
        found[uuid] = printed
    return found


def _first(vote: OnlineVote, text: str) -> dict[str, str]:
    """The fingerprints of the first line."""
    head = _read(text, 1)
    prints = head.get("fingerprints")
    sound = isinstance(prints, dict) and prints and all(isinstance(one, str) for one in prints.values())
    if head.get("format") != FORMAT or not sound:
        raise InputError(_("this is no list of public credentials: is it credentials.jsonl?"), where=Where(line=1))
    if head.get("contest") != vote.uuid:
        raise InputError(_("these are the credentials of another contest"), where=Where(line=1))
    return dict(prints)


def _stages(vote: OnlineVote, given: dict[str, str]) -> dict[str, list[SealedBox]]:
    """The stages whose boxes the list is for: all boxes of each, none of them opened."""
    ours = {box.uuid: box for box in vote.boxes.all()}
    if set(given) - set(ours):
        raise InputError(_("the list names a box that is none of this contest"), where=Where(line=1))
    if any(ours[uuid].phase != "empty" for uuid in given):
        raise RefusedError(_("a box has been opened: from then on no credential is new, and none is replaced"))
    named = {ours[uuid].stage for uuid in given}
    stages = {stage: [box for box in ours.values() if box.stage == stage] for stage in sorted(named)}
    missing = [box.uuid for boxes in stages.values() for box in boxes if box.uuid not in given]
    if missing:
        raise InputError(_("a box is missing in the list: %(uuid)s") % {"uuid": missing[0]}, where=Where(line=1))
    return stages


class _Taking:
    """The lines of one list: each is held to who may vote, and kept in batches."""

    def __init__(self, vote: OnlineVote, stages: dict[str, list[SealedBox]], progress: Progress | None) -> None:
        self._vote, self._progress = vote, progress
        self._boxes = {box.uuid: box for boxes in stages.values() for box in boxes}
        self._expected = dict(self._expect(stages))
        self._size = len(self._expected)
        self._seen: dict[str, set[bytes]] = {uuid: set() for uuid in self._boxes}
        self._batch: list[tuple[int, str, dict[str, str]]] = []
        self._pool: Pool = new_pool(ED25519, "auto" if self._size * len(self._boxes) >= MANY else "libsodium")
        self.voters = dict.fromkeys(self._boxes, 0)

    def _expect(self, stages: dict[str, list[SealedBox]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every voter with the boxes for which they have a key."""
        by_section: dict[str, list[str]] = {}
        for stage, boxes in stages.items():
            for box in boxes:
                by_section.setdefault(f"{stage}:{box.section}", []).append(box.uuid)
        kinds: dict[tuple[str, ...], tuple[str, ...]] = {}
        for one in layout.listed(self._vote, stages):
            if one.sections not in kinds:
                kinds[one.sections] = tuple(sorted(uuid for name in one.sections for uuid in by_section[name]))
            yield one.voter.voter, kinds[one.sections]

    def line(self, number: int, text: str) -> None:
        """One voter's line."""
        if not text.strip():
            return
        said = _read(text, number)
        voter, keys = said.get("voter"), said.get("keys")
        if set(said) != {"voter", "keys"} or not isinstance(voter, str) or not isinstance(keys, dict):
            raise InputError(_("this is no line of a voter"), where=Where(line=number))
        boxes = self._expected.pop(voter, None)
        if boxes is None:
            raise InputError(
                _("this voter has no vote here, or stands in the list twice: %(voter)s") % {"voter": voter[:80]},
                where=Where(line=number),
            )
        if tuple(sorted(keys)) != boxes:
            raise InputError(_("the boxes are not those in which this voter votes"), where=Where(line=number))
        for uuid, key in keys.items():
            if not isinstance(key, str) or len(key) != 64 or not set(key) <= set("0123456789abcdef"):
                raise InputError(_("this is no public key"), where=Where(line=number))
            raw = bytes.fromhex(key)
            if raw in self._seen[uuid]:
                raise InputError(_("a key stands in the list twice"), where=Where(line=number))
            self._seen[uuid].add(raw)
        self._batch.append((number, who(self._vote, voter), keys))
        if len(self._batch) >= AT_ONCE:
            self._keep()

    def finish(self) -> None:
        """What is left of the lines; and nobody may be missing."""
        self._keep()
        if self._expected:
            raise RefusedError(
                _("%(number)s voters have no credential in the list, among them %(voter)s")
                % {"number": len(self._expected), "voter": next(iter(self._expected))}
            )

    def _keep(self) -> None:
        pairs = [(number, uuid, key) for number, _who, keys in self._batch for uuid, key in keys.items()]
        elements = self._pool.read([key for _number, _uuid, key in pairs])
        for (number, _uuid, _key), element in zip(pairs, elements, strict=True):
            if element is None or self._pool.is_identity(element):
                raise InputError(_("a key is no element of the group"), where=Where(line=number))
        self._pool.clear()
        BoxVoter.objects.bulk_create(
            [
                BoxVoter(box=self._boxes[uuid], who=whose, credential=key)
                for _number, whose, keys in self._batch
                for uuid, key in keys.items()
            ],
            batch_size=AT_ONCE,
        )
        for _number, uuid, _key in pairs:
            self.voters[uuid] += 1
        self._batch = []
        if self._progress is not None:
            self._progress(self._size - len(self._expected), self._size)


def _read(text: str, number: int) -> dict[str, Any]:
    try:
        if len(text) > LONGEST + (100_000 if number == 1 else 0):
            raise ValueError
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(_("this line cannot be read"), where=Where(line=number))
    return found
