"""What reads a box, given anything at all: nothing may come out but a value or an error of ours, soon.

For the tests (a little, always the same) and for ``python -m tools.box_fuzz`` (as long as one likes).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.box_mutations import TEXTS, walked, with_data
from tests.box_mutations import replaced as with_replaced
from tests.box_subjects import SUBJECTS, Subject, subject
from tests.boxes import TIMESTAMP, put_together

from selectorate.box import canonical
from selectorate.box.archive import BLOCK, Archive, member_bytes
from selectorate.box.pools import new_pool
from selectorate.box.v1.ballots import read_ballot
from selectorate.box.v1.box import Box
from selectorate.box.v1.credentials import read_credentials
from selectorate.box.v1.decryptions import read_decryption
from selectorate.box.v1.diff import compare
from selectorate.box.v1.elections import read_election
from selectorate.box.v1.looking import look
from selectorate.box.v1.reading import read_box
from selectorate.box.v1.report import report
from selectorate.box.v1.shuffles import read_shuffle
from selectorate.box.v1.trustees import read_trustees, trustee_faults
from selectorate.errors import SelectorateError

MOST_SECONDS = 5.0
"""What one input may take on a busy machine; by itself none takes one second."""


@dataclass
class Target:
    """Something that reads bytes. ``sound``: what it reads without an error, from which inputs are made."""

    name: str
    read: Callable[[bytes], object]
    sound: list[bytes]
    tried: int = 0
    refused: int = 0
    slowest: float = 0.0
    checks: set[str] = field(default_factory=set)

    def take(self, data: bytes) -> None:
        """Read ``data``; errors of ours are what is wanted, others go on."""
        begun = time.perf_counter()
        try:
            self.read(data)
        except SelectorateError as error:
            assert error.message and str(error)
            self.refused += 1
            self.checks.add(getattr(error, "check", type(error).__name__))
        took = time.perf_counter() - begun
        self.tried, self.slowest = self.tried + 1, max(self.slowest, took)
        assert took < MOST_SECONDS, f"{took:.1f} s for {len(data)} bytes"


def targets(folder: Path) -> list[Target]:
    """All that read a part of a box, and all that read the whole."""
    boxes = [subject(name, folder / name) for name in SUBJECTS]
    ranking, _, lists, threshold = boxes
    group = ranking.group

    def datas(kind: str, number: int) -> list[bytes]:
        return [box.parts[event].data[number] for box in boxes for event in box.of_type(kind)]

    def ballots(box: Subject) -> list[bytes]:
        return [box.parts[event].data[0] for event in box.of_type("Ballot")]

    def trustees(raw: bytes) -> object:
        return list(trustee_faults(new_pool(group, "libsodium"), read_trustees(raw, group)))

    everything = [raw for box in boxes for part in box.parts for raw in part.data]
    found = [
        Target("JSON", lambda raw: canonical.loads(raw, what="it"), everything),
        Target("elections", read_election, datas("Setup", 0)),
        Target("trustees", trustees, datas("Setup", 1)),
        Target("credentials", lambda raw: read_credentials(raw, group), datas("Setup", 2)),
        Target("shuffles", partial(_shuffle, ranking), datas("Shuffle", 0)),
        Target("decryptions", partial(_decryption, threshold), [threshold.parts[-2].data[0]]),
        Target("decryptions of lists", partial(_decryption, lists), [lists.parts[-2].data[0]]),
        Target("archives", partial(_archive, folder / "any.bel"), [box.made.path.read_bytes() for box in boxes]),
        Target("data of archives", partial(_data, threshold, folder / "data.bel"), everything),
        Target("events", partial(_event, threshold, folder / "event.bel"), events(threshold)),
    ]
    for box in boxes:
        found.append(Target(f"ballots: {box.name}", partial(_ballot, box), ballots(box)))
    return found


def _ballot(box: Subject, raw: bytes) -> object:
    return read_ballot(raw, box.made.election)


def _shuffle(box: Subject, raw: bytes) -> object:
    return read_shuffle(pieces(raw), new_pool(box.group, "libsodium"), box.group, [3])


def _decryption(box: Subject, raw: bytes) -> object:
    reading = box.made.read()
    alphas = [row.alphas for row in reading.ciphertexts]
    public = box.made.private[1][1]
    (key,) = reading.pool.read([public])
    assert key is not None
    reading.pool.keep(key)
    return read_decryption(pieces(raw), reading.pool, box.made.election, key=key, public=public, alphas=alphas)


def pieces(raw: bytes) -> list[bytes]:
    """The same bytes in pieces, as a stream gives them, which end anywhere."""
    return [raw[at : at + 1009] for at in range(0, len(raw), 1009)]


def events(box: Subject) -> list[bytes]:
    """The events of a box as they stand in its archive."""
    with Archive(box.made.path) as archive:
        return [archive.read(member, 1000) for member in archive.members() if member.kind == "event"]


def _event(box: Subject, path: Path, raw: bytes) -> object:
    """``raw`` in the place of one event, with its own hash for its name."""
    at = len(raw) % len(box.parts)
    begun = put_together(box.parts[:at]) + b"".join(member_bytes("data", one, TIMESTAMP) for one in box.parts[at].data)
    return _archive(path, begun + member_bytes("event", raw, TIMESTAMP))


def _data(box: Subject, path: Path, raw: bytes) -> object:
    """``raw`` in the place of some data, with everything chained anew."""
    places = [(event, data) for event, part in enumerate(box.parts) for data in range(len(part.data))]
    return _archive(path, put_together(with_data(box.parts, *places[len(raw) % len(places)], raw)))


def _archive(path: Path, raw: bytes) -> object:
    path.write_bytes(raw)
    reading = read_box(path, "libsodium")
    report(reading, final=True)
    for function in (look, Box, lambda one: compare(one, one)):
        try:
            function(path)
        except SelectorateError:
            pass
        else:
            continue
        assert function is not Box or reading.faults or reading.phase == "empty" or len(raw) < 2 * BLOCK
    if reading.faults:
        raise SelectorateError(reading.faults[0].check)
    return reading


# --- inputs ----------------------------------------------------------------------------------------------

_SIGNS = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"0",
    b"-1",
    b"1e9",
    b"NaN",
    b"\n",
    b"\x7f",
    b"\xff",
)
_PIECES = (b"\\u0000", b"\\ud800", b"\0" * BLOCK, b"9" * 100, b'"alpha":', b'"challenge":"', b'{"a":1}', "é".encode())
_WORDS = st.sampled_from(_SIGNS + _PIECES)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["0", "1", "9" * 78, "f" * 64]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["alpha", "beta", "challenge", "response", "choices", "proof", "answers", "type", "value", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@st.composite
def inputs(draw: Callable[..., Any], sound: list[bytes]) -> bytes:
    """Bytes made from what is sound, in one of several ways, or from nothing."""
    raw: bytes = draw(st.sampled_from(sound))
    way = draw(st.sampled_from(["bytes", "value", "cut", "words", "place", "text", "spliced", "bits", "digits"]))
    if way == "bytes":
        return bytes(draw(st.binary(max_size=200)))
    if way == "value":
        return canonical.dumps(draw(_VALUES)).encode("utf-8", "surrogatepass")
    if way == "text":
        return TEXTS[draw(st.sampled_from(sorted(set(TEXTS) - {"UTF-16"})))](raw)
    first = draw(st.integers(0, len(raw)))
    second = draw(st.integers(first, len(raw)))
    if way == "cut":
        return raw[:first] + raw[second:]
    if way == "words":
        return raw[:first] + b"".join(draw(st.lists(_WORDS, min_size=1, max_size=4))) + raw[first:]
    if way == "spliced":
        other: bytes = draw(st.sampled_from(sound))
        return raw[:first] + other[draw(st.integers(0, len(other))) :]
    if way == "bits":
        changed = bytearray(raw)
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, len(raw) - 1))
            changed[at] ^= 1 << draw(st.integers(0, 7))
        return bytes(changed)
    if way == "digits":
        return raw[:first] + b"0123456789"[: draw(st.integers(1, 10))] * draw(st.integers(1, 600)) + raw[second:]
    return _other_place(draw, raw)


def _other_place(draw: Callable[..., Any], raw: bytes) -> bytes:
    """Another value at one place of a structure."""
    try:
        value = json.loads(raw)
    except ValueError:
        return raw[::-1]
    places = [place for place, _ in walked(value)]
    rng = random.Random(draw(st.integers(0, 2**32)))
    new = draw(_VALUES)
    return canonical.dumps(with_replaced(value, rng.choice(places), lambda _: new)).encode("utf-8", "surrogatepass")


def fuzz(target: Target, examples: int, number: int) -> None:
    """Try so many inputs; ``number``: the seed. What breaks it is shown as small as Hypothesis makes it."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(target.sound))
    def one(data: bytes) -> None:
        target.take(data)

    one()
