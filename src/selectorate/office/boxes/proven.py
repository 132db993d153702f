"""What voters and scrutineers hold, held to a database that was put back: receipts, and heads of boxes.

A receipt is signed by the office, so it proves that its ballot was in the box at its height. A head (box, height, hash,
as ``selectorate watch`` keeps them) is somebody's word: it says how high the box was, and is shown as said.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from ..models import OnlineVote, SealedBox
from .receipts import public_key, signed_text

_HEAD = re.compile(r"([1-9A-HJ-NP-Za-km-z]{22})[\s,;]+(0|[1-9][0-9]{0,9})[\s,;]+([0-9a-f]{64})")
MOST_LINES = 100_000
"""Receipts and heads that are looked at at once."""


@dataclass
class Held:
    """What was found. ``lost``: box, height, tracker and credential of each receipt whose ballot is not there.

    ``highest``: by box, the highest event that a receipt proves; ``said``: that a head speaks of and is not there.
    ``whole``: receipts and heads that fit; ``unread``: lines that are neither, or not signed by us.
    """

    lost: list[dict[str, Any]] = field(default_factory=list)
    highest: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    whole: int = 0
    unread: int = 0


def held(vote: OnlineVote, text: str) -> Held:
    """Look at receipts (JSON, one after another) and heads (a line each: box, height, hash) of a contest."""
    boxes = {box.uuid: box for box in vote.boxes.all()}
    key = VerifyKey(bytes.fromhex(public_key(vote)))
    found = Held()
    for piece in _pieces(text):
        if isinstance(piece, dict):
            _receipt(found, boxes, key, vote, piece)
        elif piece is None or piece[0] not in boxes:
            found.unread += 1
        else:
            _head(found, boxes[piece[0]], piece[1], piece[2])
    return found


def _pieces(text: str) -> Iterator[dict[str, Any] | tuple[str, int, str] | None]:
    """Each receipt as a value, each head as its parts; None for what is neither."""
    decoder, place, number = json.JSONDecoder(), 0, 0
    while place < len(text) and number < MOST_LINES:
        if text[place].isspace() or text[place] in ",[]":
            place += 1
            continue
        number += 1
        if text[place] == "{":
            try:
                value, place = decoder.raw_decode(text, place)
            except (ValueError, RecursionError):
                yield None
                return
            yield value if isinstance(value, dict) else None
            continue
        end = text.find("\n", place)
        line = text[place : end if end >= 0 else len(text)]
        match = _HEAD.match(line)
        yield (match[1], int(match[2]), match[3]) if match else None
        place += len(line)


def _receipt(found: Held, boxes: dict[str, SealedBox], key: VerifyKey, vote: OnlineVote, given: dict[str, Any]) -> None:
    try:
        signature = base64.b64decode(given["signature"], validate=True)
        key.verify(signed_text(given), signature)
        box = boxes[given["box"]]
        event, height, tracker = str(given["event"]), int(given["height"]), str(given["tracker"])
        credential = str(given["credential"])
    except (KeyError, TypeError, ValueError, binascii.Error, BadSignatureError):
        found.unread += 1
        return
    found.highest[box.uuid] = max(found.highest.get(box.uuid, -1), height)
    if box.events.filter(height=height, digest=event).exists():
        found.whole += 1
    else:
        found.lost.append({"box": box.uuid, "height": height, "tracker": tracker, "credential": credential})


def _head(found: Held, box: SealedBox, height: int, digest: str) -> None:
    if box.events.filter(height=height, digest=digest).exists():
        found.whole += 1
    else:
        found.said[box.uuid] = max(found.said.get(box.uuid, -1), height)


def merged(lost: Iterable[dict[str, Any]], more: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lost ballots of both, each once, in the order of their boxes and heights."""
    by_tracker = {(one["box"], one["tracker"]): one for one in [*lost, *more]}
    return sorted(by_tracker.values(), key=lambda one: (one["box"], one["height"], one["tracker"]))


__all__ = ["Held", "held", "merged"]
