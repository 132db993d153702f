"""Every single event put in, taken out or exchanged: refused, or an earlier state of the box, or the same box."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.box_mutations import TEXTS, edits, unchanged
from tests.box_subjects import SUBJECTS, Subject, signed, subject
from tests.boxes import Part, put_together

from selectorate.box import canonical
from selectorate.box.v1.ballots import BallotReader
from selectorate.box.v1.reading import read_box
from selectorate.errors import ProtocolError

pytestmark = pytest.mark.slow


def changed(parts: list[Part]) -> Iterator[tuple[str, list[Part]]]:
    count = len(parts)
    for at, what in itertools.product(range(count + 1), range(count)):
        yield f"event {what} put in at {at}", [*parts[:at], parts[what], *parts[at:]]
    for at in range(count):
        yield f"event {at} taken out", [*parts[:at], *parts[at + 1 :]]
    for first, second in itertools.combinations(range(count), 2):
        turned = list(parts)
        turned[first], turned[second] = turned[second], turned[first]
        yield f"events {first} and {second} exchanged", turned


def test_the_order_of_events(tmp_path: Path) -> None:
    box = subject("ranking", tmp_path)
    before, path = box.made.read(), tmp_path / "changed.bel"
    tried = accepted = 0
    for what, parts in changed(box.parts):
        path.write_bytes(put_together(parts))
        reading = read_box(path, "libsodium")
        tried += 1
        if reading.faults:
            continue
        accepted += 1
        assert parts == box.parts[: len(parts)] or unchanged(before, reading), what
    assert tried > 3 * len(box.parts) ** 2 // 2
    assert accepted < tried // 5


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_ballot_is_known_by_its_pattern_as_it_is_by_parsing(name: str, tmp_path: Path) -> None:
    """The quick way, where a text that matches is not parsed to be known as canonical, and the slow one."""
    box: Subject = subject(name, tmp_path)
    quick, slow = BallotReader(box.made.election), BallotReader(box.made.election)
    slow._exact = None
    event = box.of_type("Ballot")[0]
    raw, content = box.parts[event].data[0], box.parts[event].value(0)
    assert quick._exact is not None and quick._exact.fullmatch(raw)
    secret = box.secrets[content["credential"]]
    texts = [spoil(raw) for spoil in TEXTS.values()]
    for _, _, value in edits(box, content):
        texts.append(canonical.dumps(value()).encode())
    for _, _, value in edits(box, {name: part for name, part in content.items() if name != "signature"}):
        if isinstance(made := value(), dict):
            texts.append(signed(box.group, secret, made))
    for text in texts:
        assert outcome(quick, text) == outcome(slow, text), text
    assert len(texts) > 200


def outcome(reader: BallotReader, raw: bytes) -> object:
    try:
        return reader.read(raw).content
    except ProtocolError as fault:
        return fault.check
