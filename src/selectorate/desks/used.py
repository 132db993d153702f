"""What a trustee's key has opened, noted beside its file: a key is for one contest, and for one tally of each box.

Two tallies of one election differ by single ballots, which could be seen if both were opened. A key that was used in
another contest is one more chance for it to have leaked. The note is the trustee's own: it protects from being asked
twice, not from the trustee.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from ..box.shapes import HASH, Fields, Items, Text, require
from ..box.v1.elections import UUID
from ..box.v1.reading import Reading
from ..errors import InputError, ProtocolError, Where
from .saving import save

_SHAPE = Items(Fields((("uuid", UUID), ("name", Text()), ("tally", HASH))))
MOST_BYTES = 10_000_000


def note_of(key: Path) -> Path:
    """The file beside a key file that says what the key has opened."""
    return key.with_name(key.name.removesuffix(".key") + ".used.json")


def noted(key: Path, reading: Reading, boxes: Collection[str] | None = None) -> list[str]:
    """Note that ``key`` is about to open the tally of ``reading``; what is to be said of what it has opened before.

    ``boxes``: all that belong to the key's contest, where that is known. Raises InputError if it has opened another
    tally of the same election, or a box that is none of ``boxes``, or if the note cannot be read or written: a key is
    not used that nothing could be remembered of.
    """
    path, election = note_of(key), reading.election
    if election is None:
        return []
    before = _read(path)
    for one in before:
        if one["uuid"] == election.uuid and one["tally"] != reading.tally:
            raise InputError(
                "this key has opened another tally of this election: single ballots could be seen between the two",
                where=Where(str(path)),
                hint="Ask who gave you the two boxes. `selectorate box diff` tells how they differ.",
            )
    others = {one["uuid"]: one["name"] for one in before if one["uuid"] != election.uuid}
    if boxes is not None:
        others = {uuid: name for uuid, name in others.items() if uuid not in boxes}
        for uuid, name in others.items():
            raise InputError(
                f"this key was used in another contest: {name} ({uuid})",
                where=Where(str(path)),
                hint="Each contest has keys of its own. Ask for the ceremony to begin again, and make a new one",
            )
    if all(one["uuid"] != election.uuid for one in before):
        _write(path, [*before, {"uuid": election.uuid, "name": election.name, "tally": reading.tally}])
    if not others:
        return []
    listed = ", ".join(f"{name} ({uuid})" for uuid, name in others.items())
    return [f"This key has opened before: {listed}.", "If that was another contest, make new keys for the next one."]


def _read(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        value = json.loads(path.read_bytes())
        require(_SHAPE, value, "the note", check="note")
    except FileNotFoundError:
        return []
    except OSError as fault:
        raise InputError(fault.strerror or "cannot be read", where=Where(str(path))) from None
    except (ValueError, RecursionError, ProtocolError):
        raise InputError(
            "this does not say what the key has opened",
            where=Where(str(path)),
            hint="It was changed by hand, perhaps. Put it back, or away if you know what the key has opened.",
        ) from None
    return list(value)


def _write(path: Path, entries: list[dict[str, str]]) -> None:
    """Write the note whole or not at all, readable by its owner alone."""
    try:
        save(path, (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    except OSError as fault:
        raise InputError(
            f"it cannot be noted what the key opens: {fault.strerror or type(fault).__name__}",
            where=Where(str(path)),
            hint="The note lies beside the key file; put both where they can be written.",
        ) from None
