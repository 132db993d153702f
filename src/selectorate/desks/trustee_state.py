"""What an office says of a ceremony, read, and what a trustee's tool remembers of it beside the key.

Nothing that an office says is believed for being said: what it shows of other trustees is checked by the protocol, and
what was seen once is remembered, so that nothing can be said otherwise later.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..errors import InputError, ProtocolError, Where
from .saving import save

__all__ = ["BoxSeen", "CeremonySeen", "Memory", "read_memory", "read_seen", "write_memory"]

Message = Annotated[str, StringConstraints(max_length=2_000_000)]
Word = Annotated[str, StringConstraints(max_length=300)]
Token = Annotated[str, StringConstraints(pattern=r"^[1-9A-HJ-NP-Za-km-z]{14,40}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=1, le=255)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class ContestSeen(_Read):
    """Which contest."""

    uuid: Token
    slug: Word
    title: Word


class TrusteeSeen(_Read):
    """A trustee."""

    number: Number
    name: Word
    tested: bool = False


class RehearsalSeen(_Read):
    """The test of a trustee, as the office has it."""

    number: Number
    nonce: Word
    text: Message
    alpha: Word
    done: bool


class BoxSeen(_Read):
    """A box."""

    uuid: Token
    stage: Word
    round: int
    section: Word
    phase: Word
    height: int
    head: Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{64})?$")]
    archive: Word
    shuffled: list[int] = []
    decrypted: list[int] = []

    @property
    def name(self) -> str:
        """What a person calls it."""
        again = f", round {self.round}" if self.round > 1 else ""
        return f"{self.stage}{again}, {self.section}"


class CeremonySeen(_Read):
    """What an office says of a ceremony."""

    format: Literal["selectorate-ceremony-1"]
    contest: ContestSeen
    group: Literal["Ed25519"]
    threshold: Number
    size: Number
    least: Annotated[int, Field(ge=1, le=1_000_000)]
    attempt: Annotated[int, Field(ge=1, le=10_000)]
    step: Literal["certificates", "commitments", "polynomials", "voutputs", "done"]
    since: Word = ""
    waiting: list[Number] = []
    trustees: list[TrusteeSeen] = []
    certificates: list[Message] = []
    commitments: list[Message] = []
    vinputs: list[Message] = []
    key: Message = ""
    tests: list[RehearsalSeen] = []
    faults: list[dict[str, Any]] = []
    boxes: list[BoxSeen] = []

    def names(self, numbers: list[int]) -> str:
        """What trustees are called."""
        known = {one.number: one.name for one in self.trustees}
        return ", ".join(f"trustee {one} ({known[one]})" if one in known else f"trustee {one}" for one in numbers)


def read_seen(value: object) -> CeremonySeen:
    """The state of a ceremony as an office gives it. Raises ProtocolError if it has not the form."""
    try:
        return CeremonySeen.model_validate(value)
    except ValidationError as fault:
        place = ".".join(map(str, fault.errors()[0]["loc"]))
        raise ProtocolError(f"this is no state of a ceremony: {place}", check="ceremony.state") from None


class Memory(BaseModel):
    """What a trustee's tool remembers. ``token`` is the code with which it hands in what it made.

    ``certificates`` and ``commitments``: as they were shown, in this ``attempt``; ``trustees``: the hash of the
    finished key, ``boxes``: the boxes that it is for; ``heads``: of each, the last event that was seen.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["selectorate-trustee-1"] = "selectorate-trustee-1"
    address: str
    token: str = Field("", repr=False)
    slug: str
    contest: Token
    title: str
    number: Number
    threshold: Number
    size: Number
    least: int
    attempt: int
    certificates: list[str] = []
    commitments: list[str] = []
    trustees: str = ""
    boxes: list[str] = []
    heads: dict[str, tuple[int, str]] = {}


def memory_path(key: Path) -> Path:
    """The file beside a key file that has what is remembered."""
    return key.with_name(key.name.removesuffix(".key") + ".trustee.json")


def read_memory(key: Path) -> Memory:
    """What is remembered beside ``key``. Raises InputError if there is nothing, or it cannot be read."""
    path = memory_path(key)
    try:
        return Memory.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            "this tool has not joined a contest with this key yet", where=Where(str(path)), hint="Use `trustee join`."
        ) from None
    except OSError as fault:
        raise InputError(fault.strerror or "cannot be read", where=Where(str(path))) from None
    except ValidationError:
        raise InputError(
            "this is not what the tool had written", where=Where(str(path)), hint="It was changed by hand, perhaps."
        ) from None


def write_memory(key: Path, memory: Memory) -> None:
    """Write what is remembered, whole or not at all, for the owner alone."""
    content = json.dumps(memory.model_dump(), indent=1, ensure_ascii=False) + "\n"
    path = memory_path(key)
    try:
        save(path, content.encode("utf-8"))
    except OSError as fault:
        raise InputError(fault.strerror or "cannot be written", where=Where(str(path))) from None
