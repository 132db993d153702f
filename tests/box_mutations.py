"""Single changes of a finished box, each chained anew, as somebody could make them who holds the file and knows how.

A change has a kind and a place; `changes` lists all of one box. What is changed in a structure is found by walking its
JSON, so that a field that is added tomorrow is changed tomorrow. `verdict` says which check refuses an archive;
`reason` is the list of what may be accepted, and why.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from tests.box_subjects import Subject, signed
from tests.boxes import TIMESTAMP, Part, put_together, repointed

from selectorate.box import canonical
from selectorate.box.archive import BLOCK, header_text, member_bytes
from selectorate.box.groups import random_scalar
from selectorate.box.kernel import available
from selectorate.box.pools import Arithmetic, new_pool
from selectorate.box.v1 import proofs, shuffles
from selectorate.box.v1.credentials import token
from selectorate.box.v1.decryptions import decryption_text
from selectorate.box.v1.events import EventType
from selectorate.box.v1.reading import Reading, read_box
from selectorate.box.v1.report import report
from selectorate.errors import InputError, ProtocolError

Key = str | int
Place = tuple[Key, ...]
ARITHMETICS: tuple[Arithmetic, ...] = ("kernel", "libsodium") if available() else ("libsodium",)
"""Every way to compute that is installed here. Boxes as small as these are read without the compiled one by default."""
_POINT = re.compile("[0-9a-f]{64}")
_SCALAR = re.compile("0|[1-9][0-9]{0,76}")


@dataclass(frozen=True)
class Change:
    """One change. ``kind``: what is done; ``place``: where; ``make``: the archive that comes of it."""

    subject: str
    kind: str
    place: str
    make: Callable[[], bytes]

    def __str__(self) -> str:
        return f"{self.subject}: {self.kind}: {self.place}"


# --- verdicts --------------------------------------------------------------------------------------------


def verdict(data: bytes, path: Path, arithmetic: Arithmetic = "auto") -> tuple[str | None, Reading | None]:
    """The check that refuses the archive ``data`` first, or None; and what was read of it. Any other error goes on."""
    path.write_bytes(data)
    try:
        reading = read_box(path, arithmetic)
    except InputError:
        return "no archive", None
    except ProtocolError as fault:
        return fault.check, None
    failed = reading.faults[0].check if reading.faults else None
    if failed is None and not report(reading, final=True).sound:
        failed = "archive.final"
    return failed, reading


@dataclass(frozen=True)
class Allowed:
    """Changes that may be accepted. ``told``: what they are; ``kind``, ``place``: patterns of them; ``why``: why."""

    told: str
    kind: str
    place: str
    why: str

    def fits(self, change: Change) -> bool:
        """Whether ``change`` is one of them."""
        return bool(re.fullmatch(self.kind, change.kind) and re.match(self.place, change.place))


# None of these alters what a box means. That the result, the number of ballots and the votes are those of the box that
# was changed is seen to besides: see `unchanged`.
ALLOWED: tuple[Allowed, ...] = (
    Allowed(
        "the timestamp of the header, and with it of all members",
        "header: another timestamp",
        "",
        "Version 1 binds the time of the beginning by nothing. Who holds an earlier copy sees it (`box diff`).",
    ),
    Allowed(
        "a credential of nobody who voted added to the list, or another put in its place; the order of the list",
        "the list of credentials: (order|a credential more|the credential of who did not vote is another)",
        "",
        "Who may vote is what the setup says. Ballots do not bind it; its published fingerprint does.",
    ),
    Allowed(
        "anything else in an entry of the list whose voter did not vote; a weight of one left out",
        "(list|point|credential): .*",
        r"Setup\[0\]\.credentials",
        "As before.",
    ),
    Allowed(
        "the name of a trustee",
        "text: .*|object: a field dropped",
        r"Setup\[0\]\.trustees.*(\.name|verification_keys\[\d+\])$",
        "Nobody signs what a trustee is called. The published fingerprint of the trustees binds it.",
    ),
    Allowed(
        "two ballots of different voters in the other order",
        "event: swapped with the next|ballots: payloads swapped",
        r"Ballot.*",
        "It decides nothing. Receipts and earlier copies of the box bind it.",
    ),
    Allowed(
        "a ballot left out that its voter had superseded",
        "event: dropped",
        r"Ballot.* \(superseded\)",
        "It is counted nowhere. Its receipt and earlier copies of the box show that it is missing.",
    ),
    Allowed(
        "a ballot that its voter casts once more, with the same ciphertexts and a new signature",
        "ballots: its voter signs it once more",
        r"Ballot.*",
        "It is a vote like any other, which only the voter can cast. `box verify` tells how many there are.",
    ),
    Allowed(
        "a superseded ballot, made anew by its voter of the ciphertexts of the later one",
        "ballots: answers of another ballot",
        r"Ballot.* \(superseded\): of one voter",
        "As before; and it is counted nowhere.",
    ),
    Allowed(
        "two decryptions in the other order",
        "event: swapped with the next",
        r"PartialDecryption.*",
        "It decides nothing.",
    ),
    Allowed(
        "a decryption twice",
        "event: repeated",
        r"PartialDecryption.*",
        "The second one of a trustee is not used.",
    ),
    Allowed(
        "a shuffle under the number of a trustee who has not shuffled",
        r"number: .*",
        r"Shuffle.*pointer\.owner \(free\)",
        "Version 1 binds a shuffle to its trustee by nothing. Trustees look for their own shuffle under their number.",
    ),
)


def reason(change: Change) -> Allowed | None:
    """The line by which ``change`` may be accepted; None if it may not."""
    return next((line for line in ALLOWED if line.fits(change)), None)


def unchanged(before: Reading, after: Reading) -> bool:
    """Whether an archive that was accepted says what the one said that was changed."""

    def said(reading: Reading) -> Any:
        opened = reading.opened and reading.opened.result
        election = reading.election and reading.election.phi
        return opened, reading.tallied, reading.total_weight, election, reading.phase

    return bool(said(before) == said(after))


# --- structures ------------------------------------------------------------------------------------------


def walked(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value in a structure, itself included, and what is inside JSON that is kept in strings."""
    yield place, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from walked(item, (*place, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from walked(item, (*place, number))
    elif isinstance(value, str) and value.startswith("{"):
        for inside, item in walked(json.loads(value), (*place, "$")):
            if inside != (*place, "$"):
                yield inside, item


def replaced(value: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """A copy of ``value`` in which ``change`` was made to what stands at ``place``."""
    if not place:
        return change(copy.deepcopy(value))
    if place[0] == "$":
        return canonical.dumps(replaced(json.loads(value), place[1:], change))
    new: Any = copy.copy(value)
    new[place[0]] = replaced(value[place[0]], place[1:], change)
    return new


def named(place: Place) -> str:
    """``place`` as it is told."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)


Edit = tuple[str, str, Callable[[], Any]]
"""A kind, a place, and the whole structure as it is then."""


def edits(subject: Subject, value: Any, *, hashes: bool = False) -> Iterator[Edit]:
    """Every single change of a structure. ``hashes``: whether strings of 64 hexadecimal digits are hashes in it."""
    leaves: dict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place, here in walked(value):
        for kind, new in _changed(subject, here, hashes):
            yield kind, named(place), lambda p=place, n=new: replaced(value, p, n)  # type: ignore[misc]
        if isinstance(here, str) and _kind(here, hashes) in ("point", "number in a string"):
            leaves[_kind(here, hashes)].append((place, here))
    for kind, found in leaves.items():
        for (place, here), (other, there) in itertools.pairwise(found):
            if here != there:

                def swapped(a: Place = place, b: Place = other, x: str = here, y: str = there) -> Any:
                    return replaced(replaced(value, a, lambda _: y), b, lambda _: x)

                yield f"{kind}: swapped with the next", named(place), swapped


def _kind(text: str, hashes: bool) -> str:
    if _POINT.fullmatch(text):
        return "hash" if hashes else "point"
    if _POINT.match(text) and text[64:65] == ",":
        return "credential"
    return "number in a string" if _SCALAR.fullmatch(text) else "JSON in a string" if text[:1] == "{" else "text"


Changing = tuple[str, Callable[[Any], Any]]


def _changed(subject: Subject, here: Any, hashes: bool) -> Iterator[Changing]:
    """What can be done to one value."""
    if isinstance(here, dict):
        yield from _of_object(here)
    elif isinstance(here, list):
        yield from _of_list(here)
    elif isinstance(here, str):
        yield from _of_string(subject, here, _kind(here, hashes))
    elif type(here) is bool:
        yield "boolean: the other", lambda b: not b
        yield "boolean: as a number", int
    elif type(here) is int:
        yield "number: one more", lambda n: n + 1
        yield "number: one less", lambda n: n - 1
        yield "number: another", lambda n: 10 * n + 7
        yield "number: as a string", str
        yield "number: below zero", lambda n: -1 - n
        yield "number: beyond all bounds", lambda n: 10**19 + n
    if not isinstance(here, dict):
        yield "value: null instead", lambda _: None


def _of_object(here: dict[str, Any]) -> Iterator[Changing]:
    for name in here:
        yield "object: a field dropped", lambda o, n=name: {k: v for k, v in o.items() if k != n}
        yield "object: a field of another name", lambda o, n=name: {(k + "s" if k == n else k): v for k, v in o.items()}
    if len(here) > 1:
        yield "object: fields in another order", lambda o: dict(reversed(o.items()))
    yield "object: a field more", lambda o: {**o, "weight": 1}
    yield "object: a list instead", lambda o: list(o.values())


def _of_list(here: list[Any]) -> Iterator[Changing]:
    for number in range(min(len(here), 6)):
        yield "list: an item dropped", lambda x, i=number: x[:i] + x[i + 1 :]
        yield "list: an item twice", lambda x, i=number: x[: i + 1] + x[i:]
        if number and here[number] != here[number - 1]:
            yield "list: neighbours swapped", lambda x, i=number: [*x[: i - 1], x[i], x[i - 1], *x[i + 1 :]]
    yield "list: empty", lambda _: []
    yield "list: an empty list more", lambda x: [*x, []]
    yield "list: in a list", lambda x: [x]


def _of_string(subject: Subject, here: str, kind: str) -> Iterator[Changing]:
    group = subject.group
    if kind == "point":
        yield "point: another", lambda p: group.multiply(p, group.generator)
        yield "point: the generator", lambda _: group.generator
        yield "point: the identity", lambda _: group.identity
        yield "point: its inverse", group.invert
        yield "point: with the point of order two", _tainted
        yield "point: another form of it", str.upper
        yield "point: none", lambda p: p[:-1]
    elif kind == "number in a string":
        yield "number in a string: one more", lambda n: str(int(n) + 1)
        yield "number in a string: one less", lambda n: str(int(n) - 1)
        yield "number in a string: q more", lambda n: str(int(n) + group.q)
        yield "number in a string: negated", lambda n: str(-int(n) % group.q)
        yield "number in a string: a zero before it", lambda n: "0" + n
        yield "number in a string: as a number", int
        yield "number in a string: zero", lambda n: "0" if n != "0" else "1"
    elif kind == "hash":
        yield "hash: another", lambda h: hashlib.sha256(h.encode()).hexdigest()
        yield "hash: in capitals", str.upper
    elif kind == "credential":
        yield "credential: another weight", lambda c: f"{c[:65]}{int(c[65:]) + 1}"
        yield "credential: a zero before its weight", lambda c: f"{c[:65]}0{c[65:]}"
        yield "credential: without its weight", lambda c: c[:64]
        yield "credential: another key", lambda c: group.multiply(c[:64], group.generator) + c[64:]
    elif kind == "text":
        yield "text: a letter more", lambda t: t + "x"
        if here:
            yield "text: empty", lambda _: ""
        yield "text: as a number", lambda _: 1
    if kind in ("text", "JSON in a string"):
        yield "text: a space more", lambda t: t + " "


def _tainted(text: str) -> str:
    """The point plus the point of order two: (-x, -y)."""
    number = int(text, 16)
    sign, y = number >> 255, number & (2**255 - 1)
    return f"{((1 - sign) << 255) | ((2**255 - 19 - y) % (2**255 - 19)):064x}"


# --- changes of a box ------------------------------------------------------------------------------------


def changes(subject: Subject, rng: random.Random) -> Iterator[Change]:
    """Every single change of a box."""
    for maker in (_structures, _re_signed, _events, _ballots, _shuffles, _decryptions, _setups, _headers, _raw_json):
        for kind, place, make in maker(subject, rng):
            yield Change(subject.name, kind, place, make)


def sampled(all_changes: Iterable[Change], number: int, rng: random.Random) -> list[Change]:
    """So many of the changes, of all kinds in turn, so that rare kinds are tried as well as frequent ones."""
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for change in all_changes:
        by_kind[change.kind].append(change)
    for of_kind in by_kind.values():
        rng.shuffle(of_kind)
    taken: list[Change] = []
    while len(taken) < number and by_kind:
        for kind in list(by_kind):
            taken.append(by_kind[kind].pop())
            if not by_kind[kind]:
                del by_kind[kind]
    return taken[:number]


_DATA = {
    "Setup": ("election", "trustees", "credentials", "pointer"),
    "EncryptedTally": ("tally", "pointer"),
    "Shuffle": ("content", "pointer"),
    "PartialDecryption": ("content", "pointer"),
}
Made = Iterator[tuple[str, str, Callable[[], bytes]]]


def with_data(parts: Sequence[Part], event: int, data: int, content: bytes) -> list[Part]:
    """The parts with other bytes at one place, and everything that points there pointing there again."""
    part = parts[event]
    changed = Part(part.type, [content if i == data else raw for i, raw in enumerate(part.data)], part.payload)
    if not (part.type in _DATA and data == len(part.data) - 1):
        changed = repointed(changed)
    return [*parts[:event], changed, *parts[event + 1 :]]


def _structures(subject: Subject, rng: random.Random) -> Made:
    """Everything in the data of every event."""
    for event, part in enumerate(subject.parts):
        names = _DATA.get(part.type, ("content",))
        for data in range(len(part.data)):
            where = f"{part.type}[{event}].{names[data]}"
            free = part.type == "Shuffle" and names[data] == "pointer"
            for kind, place, changed in edits(subject, part.value(data), hashes=names[data] == "pointer"):

                def made(e: int = event, d: int = data, c: Callable[[], Any] = changed) -> bytes:
                    return put_together(with_data(subject.parts, e, d, canonical.dumps(c()).encode()))

                note = " (free)" if free and _names_an_idle_trustee(subject, changed()) else ""
                yield kind, f"{where}{place}{note}", made


def _names_an_idle_trustee(subject: Subject, pointer: Any) -> bool:
    """Whether the owner that a shuffle has then is a trustee who has not shuffled."""
    owner = pointer.get("owner") if isinstance(pointer, dict) else None
    shuffled = {subject.parts[i].value(1)["owner"] for i in subject.of_type("Shuffle")}
    return type(owner) is int and owner in subject.made.private and owner not in shuffled


def _re_signed(subject: Subject, rng: random.Random) -> Made:
    """Everything in a ballot, by its own voter: hash and signature fit again."""
    for event in subject.of_type("Ballot"):
        content = subject.parts[event].value(0)
        secret = subject.secrets[content["credential"]]
        for kind, place, changed in edits(subject, {k: v for k, v in content.items() if k != "signature"}):

            def made(e: int = event, s: int = secret, c: Callable[[], Any] = changed) -> bytes:
                value = c()
                raw = signed(subject.group, s, value) if isinstance(value, dict) else canonical.dumps(value).encode()
                return put_together(with_data(subject.parts, e, 0, raw))

            yield f"signed again: {kind}", f"Ballot[{event}]{place}", made


def _superseded(subject: Subject, event: int) -> str:
    """A note on a ballot that does not count."""
    voter = [subject.parts[i].value(0)["credential"] for i in subject.of_type("Ballot")]
    ballots = subject.of_type("Ballot")
    of_event = voter[ballots.index(event)]
    later = any(v == of_event for i, v in zip(ballots, voter, strict=True) if i > event)
    return " (superseded)" if later else ""


def _events(subject: Subject, rng: random.Random) -> Made:
    """Events dropped, repeated, moved, of another type, of another box."""
    parts, twin = subject.parts, subject.twin

    def together(changed: Sequence[Part]) -> Callable[[], bytes]:
        return lambda: put_together(changed)

    for event, part in enumerate(parts):
        where = f"{part.type}[{event}]"
        note = _superseded(subject, event) if part.type == "Ballot" else ""
        rest = [*parts[:event], *parts[event + 1 :]]
        yield "event: dropped", where + note, together(rest)
        yield "event: repeated", where, together([*parts[: event + 1], *parts[event:]])
        yield "event: repeated at the end", where, together([*parts, part])
        yield "event: moved to the front", where, together([part, *rest]) if event else together([*rest, part])
        if event + 1 < len(parts) and parts[event + 1] != part:
            changed = [*parts[:event], parts[event + 1], part, *parts[event + 2 :]]
            same = parts[event + 1].type == part.type
            both = f"{where}" if same else f"{where}: and {parts[event + 1].type}"
            yield "event: swapped with the next", both if same else f"= {both}", together(changed)
        if twin[event] != part:
            yield "event: of another box", where, together([*parts[:event], twin[event], *parts[event + 1 :]])
        yield "event: cut off from here on", where, together(parts[:event])
        for other in get_args(EventType):
            if other != part.type:
                of_type = Part(other, part.data, part.payload)
                yield "event: of another type", where, together([*parts[:event], of_type, *parts[event + 1 :]])
        for name, of_data in _other_data(part):
            yield f"event: {name}", where, together([*parts[:event], of_data, *parts[event + 1 :]])
        yield "event: another height", where, lambda e=event: put_together(parts, heights=lambda h: h + (h == e))
        for name, alter in _LINKS.items():
            yield f"event: {name}", where, lambda e=event, a=alter: rechained(parts, e, a)


def _other_data(part: Part) -> Iterator[tuple[str, Part]]:
    more = b'{"a":1}'
    yield "more data before it", Part(part.type, [more, *part.data], part.payload)
    if part.data:
        yield "its data missing", Part(part.type, part.data[1:], part.payload)
        yield "its data twice", Part(part.type, [part.data[0], *part.data], part.payload)
        yield "without its payload", Part(part.type, part.data, False)
    else:
        yield "with a payload", Part(part.type, [more], True)


_LINKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another parent": lambda e: {**e, "parent": "0" * 64} if "parent" in e else {"parent": "0" * 64, **e},
    "without its parent": lambda e: {k: v for k, v in e.items() if k != "parent"} if "parent" in e else {**e, "a": 1},
    "another payload": lambda e: {**e, "payload": "0" * 64},
    "a field more": lambda e: {**e, "time": 0},
    "its height a string": lambda e: {**e, "height": str(e["height"])},
    "its fields in another order": lambda e: dict(reversed(e.items())),
    "of a type that there is not": lambda e: {**e, "type": "Revote"},
}


def rechained(parts: Sequence[Part], at: int, alter: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    """The archive with the event at a place altered and all that follow chained to it."""
    pieces = [member_bytes("header", header_text(1, TIMESTAMP), TIMESTAMP)]
    parent = None
    for height, part in enumerate(parts):
        pieces += [member_bytes("data", content, TIMESTAMP) for content in part.data]
        event: dict[str, Any] = {} if parent is None else {"parent": parent}
        event |= {"height": height, "type": part.type}
        if part.payload:
            event["payload"] = hashlib.sha256(part.data[-1]).hexdigest()
        raw = canonical.dumps(alter(event) if height == at else event).encode()
        pieces.append(member_bytes("event", raw, TIMESTAMP))
        parent = hashlib.sha256(raw).hexdigest()
    return b"".join(pieces)


def _ballots(subject: Subject, rng: random.Random) -> Made:
    """Ballots copied, replayed, stuffed, exchanged."""
    group, parts = subject.group, subject.parts
    events = subject.of_type("Ballot")
    end = parts.index(next(part for part in parts if part.type == "EndBallots"))
    contents = {event: parts[event].value(0) for event in events}

    def cast(raw: bytes) -> Callable[[], bytes]:
        return lambda: put_together([*parts[:end], Part("Ballot", [raw], True), *parts[end:]])

    def instead(event: int, raw: bytes) -> Callable[[], bytes]:
        return lambda: put_together(with_data(parts, event, 0, raw))

    for event, content in contents.items():
        where, own = f"Ballot[{event}]", subject.secrets[content["credential"]]
        for credential, secret in subject.secrets.items():
            if credential == content["credential"]:
                continue
            copied = signed(group, secret, {**content, "credential": credential})
            yield "ballots: copied under another credential", where, cast(copied)
            yield "ballots: copied, and the first one gone", where, instead(event, copied)
            same = {**content, "credential": credential}
            yield "ballots: copied, signature and all", where, cast(canonical.dumps(same).encode())
            yield "ballots: signed by another voter", where, instead(event, signed(group, secret, content))
        note = _superseded(subject, event)
        yield "ballots: replayed", where + note, cast(parts[event].data[0])
        again = signed(group, own, content)
        yield "ballots: its voter signs it once more", where, cast(again)
        foreign = random_scalar(group)
        stuffed = signed(group, foreign, {**content, "credential": group.power_g(foreign)})
        yield "ballots: stuffed, by a key of one's own", where, cast(stuffed)
        yield "ballots: stuffed, signed with a key of one's own", where, cast(signed(group, foreign, content))
        unsigned = {**content, "signature": {"hash": content["signature"]["hash"], "proof": _zero_proof()}}
        yield "ballots: not signed", where, instead(event, canonical.dumps(unsigned).encode())
        if len(content["answers"]) > 1:
            turned = {**content, "answers": content["answers"][::-1]}
            yield "ballots: answers exchanged", where, instead(event, signed(group, own, turned))
        for other, theirs in contents.items():
            if other != event:
                taken = {**content, "answers": theirs["answers"]}
                place = where + note + (": of one voter" if theirs["credential"] == content["credential"] else "")
                yield "ballots: answers of another ballot", place, instead(event, signed(group, own, taken))
        for other in events:
            if other > event:
                first = with_data(parts, event, 0, parts[other].data[0])
                both = with_data(first, other, 0, parts[event].data[0])
                of_one = contents[other]["credential"] == content["credential"]
                place = f"= {where}: of one voter" if of_one else where
                yield "ballots: payloads swapped", place, lambda p=both: put_together(p)
        mine = subject.twin[event].value(0)
        over = signed(group, own, {**mine, "credential": content["credential"]})
        yield "ballots: of another election, signed here", where, cast(over)
        bound = {**mine, **{name: content[name] for name in ("election_uuid", "election_hash", "credential")}}
        yield "ballots: of another election, bound to this one", where, cast(signed(group, own, bound))
        for name in ("election_uuid", "election_hash"):
            changed = {**content, name: token(14) if name == "election_uuid" else mine[name]}
            yield f"ballots: another {name}", where, instead(event, signed(group, own, changed))


def _zero_proof() -> dict[str, str]:
    return {"challenge": "0", "response": "0"}


class ChosenGenerators:
    """A pool whose generators somebody chose, so that their logarithms are known to him."""

    def __init__(self, pool: Any, logarithm: Callable[[int], int], only: Sequence[int] | None = None) -> None:
        self._pool, self._logarithm, self._only = pool, logarithm, only

    def generators(self, start: int, count: int) -> list[Any]:
        """Powers of the generator; the true ones where ``only`` says so."""
        found = []
        for number in range(start, start + count):
            if self._only is not None and number not in self._only:
                found += self._pool.generators(number, 1)
            else:
                found += self._pool.products([[(self._pool.generator, self._logarithm(number))]])
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)


def _before(subject: Subject, event: int) -> list[list[tuple[str, str]]]:
    """The rankings, by question, as they stand before a shuffle."""
    earlier = [i for i in subject.of_type("Shuffle") if i < event]
    election = subject.made.election
    if earlier:
        rows = subject.parts[earlier[-1]].value(0)["ciphertexts"]
    else:
        tally = subject.parts[subject.of_type("EncryptedTally")[0]].value(0)
        rows = [tally[position] for position in election.rankings]
    return [[(c["alpha"], c["beta"]) for c in row] for row in rows]


def _shuffles(subject: Subject, rng: random.Random) -> Made:
    """Shuffles with generators, keys and fingerprints of one's own choice; shuffles that do not only shuffle."""
    election, group = subject.made.election, subject.group
    pool = new_pool(group, "libsodium")

    def made(event: int, questions: list[list[tuple[str, str]]], with_pool: Any = pool, **other: str) -> bytes:
        bound = {"pk": election.public_key, "phi": election.phi} | other
        raw = shuffles.shuffle_text(group, with_pool, questions, **bound)
        return put_together(with_data(subject.parts, event, 0, raw))

    for event in subject.of_type("Shuffle"):
        where, e = f"Shuffle[{event}]", _before(subject, event)
        for only in (None, (-1,), (0,), (1,)):
            chosen = ChosenGenerators(pool, lambda i: 1000 + i, only)
            place = f"{where}: {'all' if only is None else only[0]}"
            yield "shuffles: a generator of one's own", place, lambda v=event, q=e, c=chosen: made(v, q, c)
        yield "shuffles: under another fingerprint", where, lambda v=event, q=e: made(v, q, phi="x" * 43)
        other_key = subject.made.private[1][1]
        yield "shuffles: under another key", where, lambda v=event, q=e, k=other_key: made(v, q, pk=k)
        altered = [[(a, group.multiply(b, group.generator)) for a, b in e[0]], *e[1:]]
        yield "shuffles: of other ballots", where, lambda v=event, q=altered: made(v, q)
        twice = [[e[0][0], *e[0][:-1]], *e[1:]]
        yield "shuffles: of one ballot twice", where, lambda v=event, q=twice: made(v, q)
        yield "shuffles: of a ballot fewer", where, lambda v=event, q=[row[1:] for row in e]: made(v, q)
        yield "shuffles: of a ballot more", where, lambda v=event, q=[[*row, row[0]] for row in e]: made(v, q)
        if event != subject.of_type("Shuffle")[0]:
            yield "shuffles: of the tally before", where, lambda v=event: made(v, _before(subject, 0))
        honest = subject.parts[event].value(0)

        def exchanged(v: int = event, h: Any = honest) -> bytes:
            """One ballot exchanged for one's own after an honest shuffle; the proof stays."""
            value = copy.deepcopy(h)
            r = random_scalar(group)
            plain = group.encode([3, 2, 1])
            value["ciphertexts"][0][0] = {
                "alpha": group.power_g(r),
                "beta": group.multiply(group.power(election.public_key, r), plain),
            }
            return put_together(with_data(subject.parts, v, 0, canonical.dumps(value).encode()))

        yield "shuffles: a ballot exchanged", where, exchanged


def _decryptions(subject: Subject, rng: random.Random) -> Made:
    """Decryptions by another key, of another tally, with a factor shifted."""
    election, group = subject.made.election, subject.group
    alphas = decrypted_alphas(subject)
    for event in subject.of_type("PartialDecryption"):
        where, owner = f"PartialDecryption[{event}]", subject.parts[event].value(1)["owner"]
        private, public = subject.made.private[owner]

        def made(e: int, x: int, key: str, of: list[list[str]]) -> bytes:
            raw = decryption_text(election, x, key, of)
            return put_together(with_data(subject.parts, e, 0, raw))

        for other, (x, key) in subject.made.private.items():
            if other != owner:
                yield "decryptions: by another trustee", where, lambda e=event, a=x, k=key: made(e, a, k, alphas)
        yield (
            "decryptions: by a key of nobody",
            where,
            lambda e=event, k=public: made(e, random_scalar(group), k, alphas),
        )
        shifted = [[group.multiply(a, group.generator) for a in row] for row in alphas]
        yield "decryptions: of another tally", where, lambda e=event, x=private, k=public, a=shifted: made(e, x, k, a)
        value = subject.parts[event].value(0)
        for place, factor in walked(value["decryption_factors"]):
            if isinstance(factor, str):
                new = replaced(value["decryption_factors"], place, lambda f: group.multiply(f, group.generator))
                alpha = alphas[int(place[0])][
                    sum(
                        1
                        for p, v in walked(value["decryption_factors"][place[0]])
                        if isinstance(v, str) and p < place[1:]
                    )
                ]
                proof = proofs.prove_decryption(group, private, phi=election.phi, public=public, alpha=alpha)
                theirs = replaced(value["decryption_proofs"], place, lambda _, p=proof: p)
                raw = canonical.dumps({"decryption_factors": new, "decryption_proofs": theirs}).encode()
                yield (
                    "decryptions: a factor shifted, its proof made anew",
                    where + named(place),
                    lambda e=event, r=raw: put_together(with_data(subject.parts, e, 0, r)),
                )


def decrypted_alphas(subject: Subject) -> list[list[str]]:
    """What trustees decrypt: the alphas of the tally after the last shuffle, by question, flat."""
    election = subject.made.election
    tally = subject.parts[subject.of_type("EncryptedTally")[0]].value(0)
    shuffled = subject.of_type("Shuffle")
    if shuffled:
        for position, row in zip(election.rankings, subject.parts[shuffled[-1]].value(0)["ciphertexts"], strict=True):
            tally[position] = row
    return [[c["alpha"] for _, c in walked(row) if isinstance(c, dict)] for row in tally]


def _setups(subject: Subject, rng: random.Random) -> Made:
    """Other keys, groups, names and lists under the same ballots."""
    parts, group = subject.parts, subject.group
    setup, twin = parts[0], subject.twin[0]

    def instead(data: int, value: Any) -> Callable[[], bytes]:
        return lambda: put_together(with_data(parts, 0, data, canonical.dumps(value).encode()))

    election = setup.value(0)
    for name, value in (
        ("group", "RFC-3526-2048"),
        ("group", "BELENIOS-2048"),
        ("group", "ed25519"),
        ("public_key", subject.made.private[1][1]),
        ("public_key", group.power_g(random_scalar(group))),
        ("uuid", token(14)),
        ("uuid", twin.value(0)["uuid"]),
        ("questions", election["questions"] + election["questions"]),
    ):
        yield f"election: another {name}", f"Setup[0].election.{name}", instead(0, {**election, name: value})
    yield "trustees: a key of one's own instead", "Setup[0].trustees", instead(1, _own_trustees(subject))
    listed = setup.value(2)
    voted = {parts[i].value(0)["credential"] for i in subject.of_type("Ballot")}
    own = group.power_g(random_scalar(group)) + listed[0][64:]
    yield "the list of credentials: order", "Setup[0].credentials", instead(2, listed[::-1])
    yield "the list of credentials: a credential more", "Setup[0].credentials", instead(2, [*listed, own])
    yield "the list of credentials: one twice", "Setup[0].credentials", instead(2, [*listed, listed[0]])
    for number, entry in enumerate(listed):
        changed = [own if i == number else one for i, one in enumerate(listed)]
        who = "who voted" if entry[:64] in voted else "who did not vote"
        kind = f"the list of credentials: the credential of {who} is another"
        yield kind, "Setup[0].credentials", instead(2, changed)


def _own_trustees(subject: Subject) -> Any:
    """The trustees with the key of the first exchanged for one's own, proven."""
    group = subject.group
    private = random_scalar(group)
    key = group.power_g(private)
    value = subject.parts[0].value(1)
    return [["Single", {"pok": proofs.prove_possession(group, private, key), "public_key": key}], *value[1:]]


def _headers(subject: Subject, rng: random.Random) -> Made:
    """The container, everything in it of a piece."""
    whole = put_together(subject.parts)
    yield "header: another timestamp", "", lambda: put_together(subject.parts, TIMESTAMP + 1)
    for name, header in (
        ("version 2", b'{"version":2,"timestamp":"%d"}' % TIMESTAMP),
        ("the timestamp a number", b'{"version":1,"timestamp":%d}' % TIMESTAMP),
        ("a field more", b'{"version":1,"timestamp":"%d","a":1}' % TIMESTAMP),
        ("another time than its members", b'{"version":1,"timestamp":"%d"}' % (TIMESTAMP + 1)),
        ("empty", b""),
    ):
        begun = member_bytes("header", header, TIMESTAMP)
        yield f"header: {name}", "", lambda b=begun: b + whole[2 * BLOCK :]
    yield "container: zeros at its end", "", lambda: whole + bytes(2 * BLOCK)
    yield "container: something at its end", "", lambda: whole + b"more"
    yield "container: its header twice", "", lambda: whole[: 2 * BLOCK] + whole
    starts = _members(whole)
    for at in starts:
        place = f"byte {at}"
        for name, field in _FIELDS.items():
            yield f"container: {name}", place, lambda a=at, f=field: _with_header(whole, a, *f)
        size = int(whole[at + 124 : at + 135], 8)
        if size % BLOCK:
            behind = at + BLOCK + size
            yield "container: something in the padding", place, lambda b=behind: whole[:b] + b"x" + whole[b + 1 :]
        yield (
            "container: an empty member before it",
            place,
            lambda a=at: whole[:a] + member_bytes("data", b"", TIMESTAMP) + whole[a:],
        )


_FIELDS: dict[str, tuple[int, bytes]] = {
    "another mode": (100, b"0000755\0"),
    "another owner": (108, b"0001750\0"),
    "another time": (136, b"%011o\0" % (TIMESTAMP + 1)),
    "a link": (156, b"2"),
    "a folder": (156, b"5"),
    "an extended header": (156, b"x"),
    "a long name": (156, b"L"),
    "a magic": (257, b"ustar\00000"),
    "the name of a link": (157, b"/etc/passwd"),
    "a name with a path": (0, b"../" + b"0" * 61),
    "an absolute name": (0, b"/"),
    "a size in base 256": (124, b"\x80" + bytes(10) + b"\x40"),
    "spaces in its size": (124, b"       1000\0"),
}


def _with_header(data: bytes, at: int, offset: int, value: bytes) -> bytes:
    """``data`` with a field of a member's header changed, and the header's checksum made right."""
    block = bytearray(data[at : at + BLOCK])
    block[offset : offset + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode("ascii")
    return data[:at] + bytes(block) + data[at + BLOCK :]


def _members(data: bytes) -> list[int]:
    """Where the members of an archive begin."""
    found, at = [], 0
    while at < len(data):
        found.append(at)
        at += BLOCK + -(-int(data[at + 124 : at + 135], 8) // BLOCK) * BLOCK
    return found


def _raw_json(subject: Subject, rng: random.Random) -> Made:
    """Other texts for the same JSON, and texts that are none."""
    for event, part in enumerate(subject.parts):
        names = _DATA.get(part.type, ("content",))
        for data, raw in enumerate(part.data):
            where = f"{part.type}[{event}].{names[data]}"
            for name, spoilt in TEXTS.items():
                changed = spoilt(raw)
                if changed != raw:
                    yield (
                        f"JSON: {name}",
                        where,
                        lambda e=event, d=data, c=changed: put_together(with_data(subject.parts, e, d, c)),
                    )


def _first_field_twice(raw: bytes) -> bytes:
    end = raw.find(b":")
    return raw[: end + 1] + b"1," + raw[1:] if raw[:1] == b"{" else b"[" + raw[1:-1] + b",]"


TEXTS: dict[str, Callable[[bytes], bytes]] = {
    "a space": lambda raw: raw.replace(b":", b": ", 1) if b":" in raw else raw.replace(b",", b", ", 1),
    "a line end": lambda raw: raw + b"\n",
    "a byte-order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "a field twice": _first_field_twice,
    "a letter escaped": lambda raw: raw.replace(b'"a', b'"\\u0061', 1),
    "a lone surrogate": lambda raw: raw.replace(b'"', b'"\\ud800', 1),
    "bytes that are no UTF-8": lambda raw: raw.replace(b'"', b'"\xff', 1),
    "a zero byte": lambda raw: raw + b"\0",
    "not closed": lambda raw: raw[:-1],
    "something behind it": lambda raw: raw + b"{}",
    "not a number": lambda raw: re.sub(rb":\d+", b":NaN", raw, count=1),
    "an exponent": lambda raw: re.sub(rb":(\d+)", rb":\1e0", raw, count=1),
    "minus zero": lambda raw: re.sub(rb":\d+", b":-0", raw, count=1),
    "5,000 digits": lambda raw: re.sub(rb":\d+", b":" + b"9" * 5000, raw, count=1),
    "5,000 digits in a string": lambda raw: re.sub(rb'"\d+"', b'"' + b"9" * 5000 + b'"', raw, count=1),
    "deep": lambda raw: b"[" * 100_000 + raw + b"]" * 100_000,
}


# --- bits ------------------------------------------------------------------------------------------------


def flipped(data: bytes, bit: int) -> bytes:
    """``data`` with one bit the other way; nothing is chained anew."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)
