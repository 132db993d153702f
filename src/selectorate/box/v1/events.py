"""The events of a box: a chain by hashes, and the order in which they may come.

An archive is read in steps: the data that an event brings along stands directly before it, deepest first, and nothing
else does. Source: Belenios specification 3.1, sections 4.4 and 3.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypedDict, get_args

from ...errors import ProtocolError
from .. import canonical
from ..archive import TRUNCATED, Archive, Member
from ..shapes import HASH, Fields, Small, Text, require
from .hashes import hex_hash

__all__ = ["MOST_EVENT", "Chain", "Event", "EventType", "Phase", "Step", "steps"]

EventType: TypeAlias = Literal[
    "Setup",
    "Ballot",
    "EndBallots",
    "EncryptedTally",
    "Shuffle",
    "EndShuffles",
    "PartialDecryption",
    "Result",
]
Phase: TypeAlias = Literal["empty", "voting", "closed", "tallied", "shuffled", "decrypting", "final"]
"""What a box is in the middle of: the events so far decide it."""

MOST_EVENT = 1000
"""Bytes of an event or of a payload that only points to other data."""

# From each phase, which events may follow, and the phase they lead to. "tallied" depends on the questions, see Chain.
_AFTER: dict[Phase, dict[EventType, Phase]] = {
    "empty": {"Setup": "voting"},
    "voting": {"Ballot": "voting", "EndBallots": "closed"},
    "closed": {"EncryptedTally": "tallied"},
    "tallied": {"Shuffle": "tallied", "EndShuffles": "shuffled"},
    "shuffled": {"PartialDecryption": "decrypting"},
    "decrypting": {"PartialDecryption": "decrypting", "Result": "final"},
    "final": {},
}
_WITHOUT_PAYLOAD: frozenset[EventType] = frozenset({"EndBallots", "EndShuffles"})

_EVENT = Fields(
    (
        ("parent", HASH),
        ("height", Small(0, 10**9)),
        ("type", Text(get_args(EventType))),
        ("payload", HASH),
    ),
    frozenset({"parent", "payload"}),
)

# The one form of the event of which there are half a million: what matches needs no parsing.
_BALLOT = re.compile(
    rb'\{"parent":"([0-9a-f]{64})","height":([1-9][0-9]{0,9}),"type":"Ballot","payload":"([0-9a-f]{64})"\}'
)

# What a payload points to: the fields of the payload that name data, in the order in which that data stands.
_SETUP = Fields((("election", HASH), ("trustees", HASH), ("credentials", HASH)))
_SIZED_TALLY = Fields((("num_tallied", Small()), ("total_weight", Small()), ("encrypted_tally", HASH)))
_OWNED = Fields((("owner", Small(1, 10_000)), ("payload", HASH)))
POINTERS: dict[EventType, Fields] = {
    "Setup": _SETUP,
    "EncryptedTally": _SIZED_TALLY,
    "Shuffle": _OWNED,
    "PartialDecryption": _OWNED,
}


class EventJson(TypedDict, total=False):
    """An event as it stands in JSON."""

    parent: str
    height: int
    type: EventType
    payload: str


@dataclass(frozen=True)
class Event:
    """An event of the chain; ``digest``: its own hash, which the next one names as its parent."""

    type: EventType
    height: int
    digest: str
    payload: str | None


@dataclass
class Chain:
    """The chain so far: what may come next, and by which hash it has to be tied.

    ``shuffles``: whether the election has rankings, so that shuffles come before decryption; known from the setup on.
    """

    height: int = -1
    head: str | None = None
    phase: Phase = "empty"
    shuffles: bool = True
    _counts: dict[EventType, int] = field(default_factory=dict)

    def count(self, kind: EventType) -> int:
        """How many events of a type the chain has."""
        return self._counts.get(kind, 0)

    def next_phase(self, kind: EventType) -> Phase:
        """The phase after an event of type ``kind``. Raises ProtocolError (``events.order``) if it may not come now."""
        after = _AFTER[self.phase]
        if self.phase == "tallied" and not self.shuffles:
            after = _AFTER["shuffled"]
        if kind not in after:
            raise ProtocolError(
                f"an event {kind} cannot come now",
                check="events.order",
                hint=f"Here may come: {', '.join(after) or 'nothing'}",
            )
        if kind == "EndShuffles" and not self.count("Shuffle"):
            raise ProtocolError("the shuffles end before there is one", check="events.order")
        return after[kind]

    def link(self, kind: EventType, payload: str | None) -> bytes:
        """The bytes of the event that would come next."""
        value: EventJson = {} if self.head is None else {"parent": self.head}
        value |= {"height": self.height + 1, "type": kind}
        if payload is not None:
            value["payload"] = payload
        return canonical.dumps(value).encode("ascii")

    def extend(self, raw: bytes) -> Event:
        """Take in the event whose bytes are ``raw``.

        Raises ProtocolError: ``events.shape``, ``events.chain`` (parent or height), ``events.order``.
        """
        match = _BALLOT.fullmatch(raw) if self.phase == "voting" else None
        if match and match[1].decode() == self.head and int(match[2]) == self.height + 1:
            self._counts["Ballot"] = self.count("Ballot") + 1
            self.height, self.head = self.height + 1, hex_hash(raw)
            return Event("Ballot", self.height, self.head, match[3].decode())
        value = canonical.loads(raw, what="an event", check="events.shape")
        require(_EVENT, value, "event", check="events.shape")
        kind: EventType = value["type"]
        place = f"the event {kind} of height {value['height']}"
        if ("payload" in value) == (kind in _WITHOUT_PAYLOAD):
            raise ProtocolError(f"{place} has a payload and should not, or the reverse", check="events.shape")
        if value["height"] != self.height + 1 or value.get("parent") != self.head:
            raise ProtocolError(
                f"{place} does not follow the event before it: its parent or its height is another",
                check="events.chain",
            )
        self.phase = self.next_phase(kind)
        self._counts[kind] = self.count(kind) + 1
        self.height, self.head = value["height"], hex_hash(raw)
        return Event(kind, self.height, self.head, value.get("payload"))


@dataclass(frozen=True)
class Step:
    """An event with the data that came with it. ``member``: the event itself.

    ``pointer``: the payload, read, where it only points to data; then ``data`` is what it points to. Else ``data`` is
    the payload itself, or nothing.
    """

    event: Event
    member: Member
    pointer: dict[str, Any]
    data: tuple[Member, ...]

    @property
    def end(self) -> int:
        """Where in the file the step ends."""
        return self.member.end


def steps(
    archive: Archive,
    chain: Chain,
    start: int | None = None,
    on_setup: Callable[[Step], None] | None = None,
) -> Iterator[Step]:
    """The steps of ``archive`` from ``start``, each after ``chain`` has taken it in.

    ``on_setup`` is called with the first step before the next event is looked at, so that it can tell the chain of
    shuffles. Raises ProtocolError as `Archive.members` and `Chain.extend` do, and ``archive.order`` for data that is
    not where its event wants it.
    """
    waiting: list[Member] = []
    for member in archive.members(start):
        if member.kind == "data":
            waiting.append(member)
            if len(waiting) > MOST_WAITING:
                raise ProtocolError("more data stands in a row than any event brings along", check="archive.order")
            continue
        event = chain.extend(_read_event(archive, member))
        step = _step(archive, event, member, waiting)
        waiting = []
        if event.type == "Setup" and on_setup is not None:
            on_setup(step)
        yield step
    if waiting:
        raise ProtocolError("the archive ends with data that belongs to no event", check=TRUNCATED)


MOST_WAITING = 4
"""Members of data before one event: election, trustees, credentials and the setup that points to them."""


def _read_event(archive: Archive, member: Member) -> bytes:
    return archive.read(member, MOST_EVENT)


def _step(archive: Archive, event: Event, own: Member, waiting: Sequence[Member]) -> Step:
    """The step of ``event``, which stands at ``own``; its data must be exactly ``waiting``."""
    wanted: list[str] = []
    pointer: dict[str, Any] = {}
    if event.payload is not None:
        wanted = [event.payload]
        if event.type in POINTERS and waiting and waiting[-1].digest == event.payload:
            pointer = _pointer(archive, event, waiting[-1])
            wanted = [value for value in pointer.values() if type(value) is str] + wanted
    if [member.digest for member in waiting] != wanted:
        raise ProtocolError(
            f"the data before the event {event.type} of height {event.height} is not what it points to",
            check="archive.order",
        )
    data = tuple(waiting[:-1]) if event.type in POINTERS else tuple(waiting)
    return Step(event, own, pointer, data)


def _pointer(archive: Archive, event: Event, member: Member) -> dict[str, Any]:
    """The payload of ``event``, which points to other data."""
    what = f"the payload of the event {event.type} of height {event.height}"
    value = canonical.loads(archive.read(member, MOST_EVENT), what=what, check="events.shape")
    require(POINTERS[event.type], value, what, check="events.shape")
    return dict(value)
