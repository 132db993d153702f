"""Makes the archives beside it, one for each check of the room, that this check is the first to refuse.

``python -m tests.bad.boxes.make`` writes them again; always the same bytes. All are the same box, which ends where it
goes wrong.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.box_mutations import flipped, rechained, with_data
from tests.box_subjects import Subject, seeded, signed
from tests.boxes import TIMESTAMP, Part, new_box, parts_of, put_together

from selectorate.box import canonical
from selectorate.box.archive import BLOCK, member_bytes
from selectorate.box.v1.credentials import secret_exponent

HERE = Path(__file__).parent
OFF_THE_CURVE = f"{2:064x}"
"""Of the right form; no point has this number."""


def small() -> Subject:
    """One ranking, two voters of whom one votes, two trustees, two shuffles."""
    with tempfile.TemporaryDirectory() as folder, seeded(1):
        made = new_box(Path(folder), voters=2, trustees=2, uuid="BadBoxes111111")
        made.cast(0, [[1, 2, 3]])
        result = made.to_the_end()
        parts = parts_of(made.path)
        known = {}
        for credential in made.credentials:
            secret = secret_exponent(made.group, made.election.uuid, credential)
            known[made.group.power_g(secret)] = secret
        return Subject("small", made, parts, parts, known, result)


SETUP, BALLOT, END, TALLY, SHUFFLE, SECOND, _, DECRYPTION, _, RESULT = range(10)
"""Where the events of the small box stand."""


class Making:
    """What archives are made from: the small box, and ways to spoil it."""

    def __init__(self, box: Subject) -> None:
        self.box, self.parts = box, box.parts
        (self.ballot,) = box.parts[BALLOT].data
        self.content: dict[str, Any] = box.parts[BALLOT].value(0)
        self.secret = box.secrets[self.content["credential"]]

    def until(self, event: int) -> bytes:
        """The box to this event."""
        return put_together(self.parts[: event + 1])

    def with_value(self, event: int, data: int, change: Callable[[Any], Any]) -> bytes:
        """The box to this event, whose data is changed."""
        value = change(copy.deepcopy(self.parts[event].value(data)))
        return self.with_raw(event, data, canonical.dumps(value).encode())

    def with_raw(self, event: int, data: int, raw: bytes) -> bytes:
        """The same with other bytes."""
        return put_together(with_data(self.parts[: event + 1], event, data, raw))

    def with_ballot(self, **changed: Any) -> bytes:
        """The box to a ballot that its voter made so and signed."""
        return self.with_raw(BALLOT, 0, signed(self.box.group, self.secret, {**self.content, **changed}))

    def with_answer(self, **changed: Any) -> bytes:
        """The same, where the answer is made so."""
        return self.with_ballot(answers=[{**self.content["answers"][0], **changed}])


def _header(making: Making) -> bytes:
    version_2 = member_bytes("header", b'{"version":2,"timestamp":"%d"}' % TIMESTAMP, TIMESTAMP)
    return version_2 + making.until(SETUP)[2 * BLOCK :]


def _container(making: Making) -> bytes:
    whole = making.until(SETUP)
    at = 3 * BLOCK + len(making.parts[SETUP].data[0])  # behind the election
    return whole[:at] + b"x" + whole[at + 1 :]


def _long_event(making: Making) -> bytes:
    return making.until(SETUP) + member_bytes("event", b'{"parent":"%s"}' % (b"0" * 1000), TIMESTAMP)


def _replayed(making: Making) -> bytes:
    return put_together([*making.parts[: BALLOT + 1], making.parts[BALLOT]])


def _foreign_credential(making: Making) -> bytes:
    group = making.box.group
    return making.with_raw(BALLOT, 0, signed(group, 5, {**making.content, "credential": group.power_g(5)}))


def _other_signer(making: Making) -> bytes:
    return making.with_raw(BALLOT, 0, signed(making.box.group, 5, making.content))


def _too_few(making: Making) -> bytes:
    parts = making.parts
    return put_together([*parts[: DECRYPTION + 1], parts[RESULT]])


def _set(*path: str | int, to: Any) -> Callable[[Any], Any]:
    """A change of one place."""

    def change(value: Any) -> Any:
        here = value
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = to(here[path[-1]]) if callable(to) else to
        return value

    return change


def _more(number: str) -> str:
    return str(int(number) + 1)


CASES: dict[str, Callable[[Making], bytes]] = {
    "archive.header": _header,
    "archive.container": _container,
    "archive.truncated": lambda m: m.until(BALLOT)[:-BLOCK],
    "archive.size": _long_event,
    "archive.hash": lambda m: flipped(m.until(SETUP), 8 * (3 * BLOCK + 20)),
    "archive.order": lambda m: put_together([Part("Setup", m.parts[SETUP].data[1:], True)]),
    "events.shape": lambda m: rechained(m.parts[:3], BALLOT, lambda event: {**event, "type": "Revote"}),
    "events.chain": lambda m: rechained(m.parts[:3], END, lambda event: {**event, "parent": "0" * 64}),
    "events.order": lambda m: put_together([*m.parts[: END + 1], m.parts[BALLOT]]),
    "setup.election": lambda m: m.with_value(SETUP, 0, _set("questions", to=[])),
    "setup.group": lambda m: m.with_value(SETUP, 0, _set("group", to="BELENIOS-2048")),
    "setup.trustees": lambda m: m.with_value(SETUP, 1, _set(0, 1, "pok", "response", to=_more)),
    "setup.key": lambda m: m.with_value(SETUP, 0, _set("public_key", to=m.box.group.generator)),
    "setup.credentials": lambda m: m.with_value(SETUP, 2, lambda listed: [listed[0], listed[0]]),
    "ballot.canonical": lambda m: m.with_raw(BALLOT, 0, m.ballot.replace(b":", b": ", 1)),
    "ballot.shape": lambda m: m.with_ballot(answers=[]),
    "ballot.election": lambda m: m.with_ballot(election_hash="x" * 43),
    "ballot.hash": lambda m: m.with_value(BALLOT, 0, _set("signature", "hash", to="x" * 43)),
    "ballot.credential": _foreign_credential,
    "ballot.points": lambda m: m.with_answer(choices={"alpha": OFF_THE_CURVE, "beta": OFF_THE_CURVE}),
    "ballot.signature": _other_signer,
    "ballot.proofs": lambda m: m.with_answer(proof={"challenge": "1", "response": "1"}),
    "ballot.distinct": _replayed,
    "tally.content": lambda m: m.with_value(TALLY, 0, lambda tally: [[]]),
    "tally.numbers": lambda m: m.with_value(TALLY, 1, _set("num_tallied", to=2)),
    "shuffle.owner": lambda m: m.with_value(SECOND, 1, _set("owner", to=1)),
    "shuffle.shape": lambda m: m.with_value(SHUFFLE, 0, _set("ciphertexts", to=[[]])),
    "shuffle.points": lambda m: m.with_value(SHUFFLE, 0, _set("ciphertexts", 0, 0, "beta", to=OFF_THE_CURVE)),
    "shuffle.proof": lambda m: m.with_value(SHUFFLE, 0, _set("proofs", 0, 1, 0, to=_more)),
    "decryption.owner": lambda m: m.with_value(DECRYPTION, 1, _set("owner", to=3)),
    "decryption.shape": lambda m: m.with_value(DECRYPTION, 0, _set("decryption_factors", to=[[]])),
    "decryption.points": lambda m: m.with_value(DECRYPTION, 0, _set("decryption_factors", 0, 0, to=OFF_THE_CURVE)),
    "decryption.proof": lambda m: m.with_value(DECRYPTION, 0, _set("decryption_proofs", 0, 0, "response", to=_more)),
    "decryption.enough": _too_few,
    "result.content": lambda m: m.with_value(RESULT, 0, _set("result", 0, 0, to=[2, 1, 3])),
}


def made() -> dict[str, bytes]:
    """The archive of each check."""
    making = Making(small())
    with seeded(2):
        return {check: make(making) for check, make in CASES.items()}


def main() -> None:
    for check, data in made().items():
        (HERE / f"{check}.bel").write_bytes(data)


if __name__ == "__main__":
    main()
