"""Archives made to do harm: cut off, lying, deep, huge. A clear error, in bounded memory and time, and nothing else."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.box_mutations import flipped, with_data
from tests.box_subjects import Subject, subject
from tests.boxes import Part, parts_of, put_together

from selectorate.box import canonical
from selectorate.box.archive import BLOCK, Archive, header_text, member_bytes
from selectorate.box.v1.box import Box
from selectorate.box.v1.credentials import MOST_VOTES, PublicCredential, read_credentials
from selectorate.box.v1.diff import compare
from selectorate.box.v1.elections import read_election
from selectorate.box.v1.looking import look
from selectorate.box.v1.reading import CHECKS, read_box
from selectorate.box.v1.report import report
from selectorate.errors import InputError, ProtocolError, SelectorateError

NOW = 1_700_000_000
MOST_MEMORY = 600
"""Megabytes that the worst of these may take, the program with its compiled arithmetic included."""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return subject("ranking", tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="module")
def data(box: Subject) -> bytes:
    return box.made.path.read_bytes()


def said(path: Path) -> str:
    """What the reading finds first; that it can be reported; and that nobody else stumbles over the archive."""
    for function in (Box, look, lambda one: compare(one, one)):
        try:
            function(path)
        except SelectorateError as error:
            assert error.message
    try:
        reading = read_box(path)
    except InputError:
        return "no archive"
    found = report(reading, final=True)
    assert found.sound is (reading.sound and reading.phase == "final")
    assert all(fault.check in CHECKS for fault in reading.faults)
    return reading.faults[0].check if reading.faults else "sound"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


# --- cut off ---------------------------------------------------------------------------------------------


def test_cut_off_anywhere(box: Subject, data: bytes, tmp_path: Path) -> None:
    """At every block and at random bytes: where an event ends it is an earlier state of the box, elsewhere a fault."""
    with Archive(box.made.path) as archive:
        ends = {member.end for member in archive.members() if member.kind == "event"} | {archive.first}
    rng = random.Random(1)
    cuts = [*range(0, len(data), BLOCK), *(rng.randrange(len(data)) for _ in range(40))]
    for cut in cuts:
        found = said(written(tmp_path / "box.bel", data[:cut]))
        wanted = "no archive" if cut < 9 else "sound" if cut in ends else "archive.truncated"
        assert found == wanted, f"cut at byte {cut}"


def test_random_bytes(data: bytes, tmp_path: Path) -> None:
    rng = random.Random(2)
    for size in (0, 1, 511, 512, 513, 5000):
        assert said(written(tmp_path / "box.bel", rng.randbytes(size))) == "no archive"
        begun = data[: 2 * BLOCK] + rng.randbytes(size)
        assert said(written(tmp_path / "box.bel", begun)) in ("sound", "archive.truncated", "archive.container")
    for at in range(0, 2 * BLOCK, 7):
        spoilt = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        assert said(written(tmp_path / "box.bel", spoilt)) in ("no archive", "archive.header", "archive.container")


def test_a_fault_of_the_header_is_in_the_reading(data: bytes, tmp_path: Path) -> None:
    later = member_bytes("header", b'{"version":2,"timestamp":"%d"}' % NOW, NOW) + data[2 * BLOCK :]
    reading = read_box(written(tmp_path / "box.bel", later))
    assert [fault.check for fault in reading.faults] == ["archive.header"]
    assert not report(reading).sound
    assert read_box(written(tmp_path / "box.bel", data[:100])).faults[0].check == "archive.truncated"


def test_no_file_at_all(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.bel"):
        for function in (read_box, look, Box):
            with pytest.raises(InputError):
                function(path)


def test_a_pipe_is_no_archive() -> None:
    reader, writer = os.pipe()
    try:
        with pytest.raises(InputError, match="pipe"):
            read_box(Path(f"/dev/fd/{reader}"))
    finally:
        os.close(reader)
        os.close(writer)


def test_the_event_that_is_at_fault_is_named(box: Subject, tmp_path: Path) -> None:
    """By its height, whether it could be read or not."""
    event = box.of_type("Shuffle")[0]
    spoilt = with_data(box.parts, event, 0, b"{}")
    assert read_box(written(tmp_path / "box.bel", put_together(spoilt))).faults[0].height == event
    spoilt = [*box.parts[:event], Part("Shuffle", [], False), *box.parts[event + 1 :]]
    assert read_box(written(tmp_path / "box.bel", put_together(spoilt))).faults[0].height == event
    spoilt = with_data(box.parts, 0, 0, b"{}")
    assert read_box(written(tmp_path / "box.bel", put_together(spoilt))).faults[0].height == 0


# --- lying members ---------------------------------------------------------------------------------------


def member(name: str, content: bytes, size: int | None = None, kind: bytes = b"0") -> bytes:
    """A member with any name, any size said of it and any type, with a checksum that is right."""
    block = bytearray(member_bytes("data", content, NOW)[:BLOCK])
    block[:100] = name.encode()[:100].ljust(100, b"\0")
    block[124:136] = f"{len(content) if size is None else size:011o}\0".encode()
    block[148:157] = b" " * 8 + kind
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block) + content + bytes(-len(content) % BLOCK)


GOOD_NAME = "0" * 64 + ".data.json"


@pytest.mark.parametrize(
    ("more", "check"),
    [
        (member(GOOD_NAME, b"1"), "archive.truncated"),
        (member(GOOD_NAME, b"", 8**11 - 1), "archive.truncated"),
        (member("../../etc/passwd", b"1"), "archive.container"),
        (member("/" + GOOD_NAME, b"1"), "archive.container"),
        (member("./" + GOOD_NAME, b"1"), "archive.container"),
        (member(GOOD_NAME.upper(), b"1"), "archive.container"),
        (member(GOOD_NAME + "\n", b"1"), "archive.container"),
        (member("٠" * 32 + ".data.json", b"1"), "archive.container"),
        (member("BELENIOS", b"1"), "archive.container"),
        (member("", b"1"), "archive.container"),
        *((member(GOOD_NAME, b"1", kind=bytes([kind])), "archive.container") for kind in b"\01234567gxLKSNV"),
    ],
)
def test_members_that_are_none(data: bytes, tmp_path: Path, more: bytes, check: str) -> None:
    assert said(written(tmp_path / "box.bel", data + more)) == check


def test_two_members_of_one_name(box: Subject, data: bytes, tmp_path: Path) -> None:
    twice = data[:-BLOCK] + member_bytes("data", box.parts[0].data[0], NOW)
    assert said(written(tmp_path / "box.bel", twice)).startswith("archive.")
    early = [Part("Setup", [box.parts[0].data[0], *box.parts[0].data], True), *box.parts[1:]]
    assert said(written(tmp_path / "box.bel", put_together(early))) == "archive.order"


def test_gigabytes_that_are_not_there(data: bytes, tmp_path: Path) -> None:
    """A file of zeros of eight gigabytes that takes no room, claimed by a member, or by nobody."""
    path = written(tmp_path / "box.bel", data[: 2 * BLOCK] + member(GOOD_NAME, b"", 8**11 - 1))
    with path.open("r+b") as file:
        file.truncate(8**11 + 10 * BLOCK)
    begun = time.monotonic()
    assert said(path) in ("archive.truncated", "archive.order", "archive.size")
    assert time.monotonic() - begun < 5
    event = member("0" * 64 + ".event.json", b"", 8**11 - 1)
    with written(path, data[: 2 * BLOCK] + event).open("r+b") as file:
        file.truncate(8**11 + 10 * BLOCK)
    assert said(path) == "archive.size"


# --- JSON ------------------------------------------------------------------------------------------------

TEXTS = {
    "100,000 deep lists": b"[" * 100_000 + b"]" * 100_000,
    "100,000 deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a field twice": b'{"a":1,"a":1}',
    "not a number": b'{"a":NaN}',
    "infinity": b"-Infinity",
    "an exponent": b"1e5",
    "a fraction": b"1.0",
    "minus zero": b"-0",
    "a lone surrogate, escaped": b'"\\ud800"',
    "a lone surrogate, as it is": b'"\xed\xa0\x80"',
    "UTF-16": "[1]".encode("utf-16"),
    "UTF-16 without its mark": "[1]".encode("utf-16-be"),
    "UTF-8 with its mark": b"\xef\xbb\xbf[1]",
    "not UTF-8": b'"\xff"',
    "too long for its letter": b'"\xc0\xaf"',
    "5,000 digits": b"9" * 5000,
    "21 digits": b"9" * 21,
    "other digits": "١٢".encode(),
    "a number with a line": b"1_0",
    "hexadecimal": b"0x10",
    "spaces": b"[1, 2]",
    "a line end": b"[1]\n",
    "nothing": b"",
    "two values": b"[1][1]",
    "a comma too many": b"[1,]",
    "a remark": b"[1/**/]",
    "a zero byte": b"[1]\0",
    "a control character": b'"\x01"',
    "an escape too many": b'"\\/"',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_json_that_is_not_canonical(box: Subject, tmp_path: Path, text: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        canonical.loads(text, what="it")
    assert caught.value.check == "json.canonical"
    for event in (0, 1, box.of_type("EncryptedTally")[0], box.of_type("Shuffle")[0], len(box.parts) - 1):
        for number in range(len(box.parts[event].data)):
            changed = put_together(with_data(box.parts, event, number, text))
            assert said(written(tmp_path / "box.bel", changed)) in CHECKS


def test_numbers_with_5000_digits_in_strings(box: Subject, tmp_path: Path) -> None:
    """Python itself refuses to read them as numbers."""
    for event in range(len(box.parts)):
        for number, raw in enumerate(box.parts[event].data):
            for old in (b'"response":"', b'["', b'"owner":'):
                if old in raw:
                    changed = put_together(with_data(box.parts, event, number, raw.replace(old, old + b"9" * 5000, 1)))
                    assert said(written(tmp_path / "box.bel", changed)) in CHECKS


# --- bombs -----------------------------------------------------------------------------------------------


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def in_setup(data: int, content: Callable[[Subject], bytes]) -> Callable[[Subject], bytes]:
    return lambda box: put_together(with_data(box.parts[:1], 0, data, content(box)))


def questions(one: dict[str, Any], count: int) -> Callable[[Subject], bytes]:
    return lambda box: compact({**box.parts[0].value(0), "questions": [one] * count})


SMALLEST = {"answers": ["a"], "min": 0, "max": 1, "question": ""}
HINTS = {"type": "NonHomomorphic", "value": {"answers": ["a"], "question": ""}, "extra": [[]] * 5_000_000}
BOMBS: dict[str, tuple[Callable[[Subject], bytes], str]] = {
    "60 MB of lists as credentials": (in_setup(2, lambda _: b"[" + b"[]," * 20_000_000 + b"[]]"), "setup.credentials"),
    "60 MB of short credentials": (in_setup(2, lambda _: b"[" + b'"ab",' * 12_000_000 + b'"ab"]'), "setup.credentials"),
    "a hint of five million lists": (in_setup(0, questions(HINTS, 1)), "setup.election"),
    "300,000 questions": (in_setup(0, questions(SMALLEST, 300_000)), "setup.election"),
    "30,000 trustees": (
        in_setup(1, lambda box: compact(box.parts[0].value(1)[:1] * 30_000)),
        "setup.trustees",
    ),
    "a ballot of a million lists": (
        lambda box: put_together([box.parts[0], Part("Ballot", [b"[" + b"[]," * 1_300_000 + b"[]]"], True)]),
        "ballot.shape",
    ),
    "a result of 20 million lists": (
        lambda box: put_together(with_data(box.parts, len(box.parts) - 1, 0, b"[" + b"[]," * 20_000_000 + b"[]]")),
        "result.content",
    ),
    "a shuffle of 50 million digits": (
        lambda box: put_together(with_data(box.parts, 6, 0, b'{"ciphertexts":["' + b"9" * 50_000_000)),
        "shuffle.shape",
    ),
    "a tally of 50 million brackets": (
        lambda box: put_together(with_data(box.parts, 5, 0, b"[" * 50_000_000)),
        "tally.content",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_bombs(box: Subject, tmp_path: Path, name: str) -> None:
    """Within memory and time, measured in a process of their own."""
    make, check = BOMBS[name]
    path = written(tmp_path / "box.bel", make(box))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found, megabytes, seconds = pool.apply(measured, (path,))
    assert found == check
    assert megabytes < MOST_MEMORY
    assert seconds < 60


def measured(path: Path) -> tuple[str, float, float]:
    begun = time.process_time()
    found = said(path)
    return found, most_memory(), time.process_time() - begun


def most_memory() -> float:
    """The most memory that this process ever had, in MB. Linux counts under ``ru_maxrss`` what its parent had, too."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_votes_beyond_what_can_be_summed(box: Subject) -> None:
    """The steps by which a sum is found grow with the votes of all."""
    group, (key, *_) = box.group, box.parts[0].value(2)
    other = group.multiply(key, group.generator)
    most = compact([f"{key},{MOST_VOTES - 1}", f"{other},1"])
    assert read_credentials(most, group)[0] == PublicCredential(key, MOST_VOTES - 1)
    with pytest.raises(ProtocolError) as caught:
        read_credentials(most.replace(b',1"', b',2"'), group)
    assert caught.value.check == "setup.credentials"


def test_choices_beyond_what_a_ballot_can_hold(box: Subject) -> None:
    one = {"answers": ["a"] * 1000, "min": 0, "max": 1, "question": ""}
    assert read_election(questions(one, 8)(box)).questions
    with pytest.raises(ProtocolError, match="choices"):
        read_election(questions(one, 9)(box))


# --- beside an earlier copy ------------------------------------------------------------------------------


def test_compare_reads_what_the_events_point_to(box: Subject, data: bytes, tmp_path: Path) -> None:
    """An archive of the same events whose data is not what they name is no copy."""
    at = data.index(box.parts[1].data[0]) + 40
    spoilt = written(tmp_path / "box.bel", flipped(data, 8 * at))
    for old, new in ((box.made.path, spoilt), (spoilt, box.made.path)):
        with pytest.raises(ProtocolError) as caught:
            compare(old, new)
        assert caught.value.check == "archive.hash"


def test_parts_of_a_hostile_archive_are_those_of_a_sound_one(box: Subject) -> None:
    assert put_together(parts_of(box.made.path)) == box.made.path.read_bytes()
    assert header_text(1, NOW) in box.made.path.read_bytes()
