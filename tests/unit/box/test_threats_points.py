"""THREATS A6, A7 and A14: no point outside the group of prime order enters, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests import box_oracle as oracle
from tests.box_mutations import ARITHMETICS, Place, named, replaced, verdict, walked, with_data
from tests.box_subjects import SUBJECTS, Subject, seeded, signed, subject
from tests.boxes import RANK, YES_NO, Part, new_box, parts_of, put_together

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.finite import P as FINITE_P
from selectorate.box.groups import Group, group_named, random_scalar
from selectorate.box.shapes import Fields, Items, Nested, Pair, Pattern, Shape
from selectorate.box.v1.ballots import ballot_shape, make_ballot
from selectorate.box.v1.credentials import secret_exponent
from selectorate.box.v1.elections import _shape as election_shape
from selectorate.box.v1.elections import read_election
from selectorate.box.v1.hashes import challenge
from selectorate.box.v1.trustees import trustees_shape
from selectorate.errors import ProtocolError

# --- the points ------------------------------------------------------------------------------------------


def bad_points() -> dict[str, str]:
    """Texts that stand for no element of Ed25519, or for the identity, which is no key and no alpha."""
    found = {"the identity": ED25519.identity}
    for number, point in enumerate(oracle.SMALL):
        if point != oracle.IDENTITY:
            found[f"of small order, {number}"] = oracle.encode(point)
            found[f"of mixed order, {number}"] = oracle.encode(oracle.add(oracle.G, point))
    for more in range(19):
        for sign in (0, 1):
            found[f"y = p + {more}, sign {sign}"] = f"{oracle.P + more + (sign << 255):064x}"
    found["the identity with a sign"] = f"{1 + (1 << 255):064x}"
    off = next(y for y in range(2, 100) if oracle.find(y, 0) is None)
    found |= {"off the curve": f"{off:064x}", "off the curve, with a sign": f"{off + (1 << 255):064x}"}
    good = ED25519.generator
    found |= {
        "in capitals": oracle.encode(oracle.multiply(oracle.G, 5)).upper(),
        "too short": good[1:],
        "too long": "0" + good,
        "with spaces": f" {good[:-2]} ",
        "not hexadecimal": "g" + good[1:],
        "with a line end": good[:-1] + "\n",
        "with other digits": "٠" + good[1:],
        "bytes first to last": bytes.fromhex(good)[::-1].hex(),
        "empty": "",
    }
    return found


def bad_numbers() -> dict[str, str]:
    """Texts that stand for no element of RFC-3526-2048, or for its identity."""
    return {
        "zero": "0",
        "the identity": "1",
        "of order two": str(FINITE_P - 1),
        "no square": str(FINITE_P - 2),
        "the prime": str(FINITE_P),
        "not reduced": str(FINITE_P + 2),
        "twice as long": str(FINITE_P * FINITE_P + 4),
        "below zero": "-4",
        "a zero before it": "04",
        "a sign before it": "+4",
        "hexadecimal": "0x4",
        "with a line": "1_6",
        "with a space": " 4",
        "with a point": "4.0",
        "empty": "",
    }


BAD = {ED25519.name: bad_points(), RFC_3526_2048.name: bad_numbers()}


def test_there_are_as_many_as_threats_asks_for() -> None:
    kinds = [re.sub(r"[\d,]", "", name) for name in BAD["Ed25519"]]
    assert kinds.count("of mixed order ") == 7 and kinds.count("of small order ") == 7  # and the identity
    assert len([name for name in BAD["Ed25519"] if name.startswith("y = p")]) == 38


@pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)
def test_none_is_an_element(group: Group) -> None:
    for name, text in BAD[group.name].items():
        assert group.is_element(text) is (name == "the identity"), name


# --- the places ------------------------------------------------------------------------------------------


def points_of(shape: Shape, value: Any, place: Place = ()) -> Iterator[Place]:
    """Where points stand in a value of a shape, by the shape."""
    match shape:
        case Pattern(kind=kind):
            if kind == "point":
                yield place
        case Items(item=item):
            for number, one in enumerate(value):
                yield from points_of(item, one, (*place, number))
        case Pair(shapes=shapes):
            for number, (of_item, one) in enumerate(zip(shapes, value, strict=True)):
                yield from points_of(of_item, one, (*place, number))
        case Fields(fields=fields):
            for name, of_field in fields:
                if name in value:
                    yield from points_of(of_field, value[name], (*place, name))
        case Nested(inner=inner):
            yield from points_of(inner, canonical.loads(value.encode(), what="it"), (*place, "$"))
        case _:
            # Shapes of one structure's own keep those that they are made of.
            if hasattr(shape, "single"):
                yield from points_of(shape.single if value[0] == "Single" else shape.pedersen, value, place)
            elif hasattr(shape, "fields"):
                yield from points_of(shape.fields, value, place)


def texts_that_are_points(group: Group, value: Any) -> Iterator[Place]:
    """Where texts stand that can only be points: the same by another way."""
    for place, text in walked(value):
        if isinstance(text, str) and group.is_element(text) and place[-1:] not in (("challenge",), ("response",)):
            yield place


def shape_of(box: Subject, part: Part, data: int) -> Shape | None:
    """The shape of what is kept as one; long structures are read as streams and have none."""
    election = box.made.election
    if part.type == "Ballot":
        return ballot_shape(election)
    if part.type == "Setup" and data < 2:
        return election_shape(box.group) if data == 0 else trustees_shape(box.group)
    return None


def fields(box: Subject) -> dict[str, tuple[int, int, Place]]:
    """By name every field that holds a point, once: event, data, and the first place (in a list: the first item)."""
    found: dict[str, tuple[int, int, Place]] = {}
    for event, part in enumerate(box.parts):
        streams = part.type in ("EncryptedTally", "Shuffle", "PartialDecryption")
        for data in range(len(part.data) - (part.type == "Setup" or streams)):
            value, shape = part.value(data), shape_of(box, part, data)
            places = list(points_of(shape, value)) if shape else list(places_in_streams(box, part, data, value))
            if shape and box.group is ED25519:
                assert places == list(texts_that_are_points(box.group, value))
            for place in places:
                found.setdefault(f"{part.type}.{data}{told(part, place)}", (event, data, place))
    return found


def told(part: Part, place: Place) -> str:
    """The name of a field: numbers are left out where a list holds what is alike, and kept in tuples."""
    kept = 3 if part.type == "Shuffle" and place[0] == "proofs" else 2 if part.type == "Ballot" else 0
    if place[2:3] == (0,) and kept == 3:  # the commitments: t1, t2, t3, [t41, t42], and a list
        kept = 4 if place[3] == 4 else 5
    first = 2 if part.type == "Shuffle" else 1
    exact = range(first, kept)
    return "".join(
        named((key,)) if number in exact or isinstance(key, str) else "[]" for number, key in enumerate(place)
    )


def places_in_streams(box: Subject, part: Part, data: int, value: Any) -> Iterator[Place]:
    """Points of tallies, shuffles and decryptions; entries of the list of credentials."""
    if part.type == "Setup":
        yield from ((number,) for number in range(len(value)))
        return
    for place, text in walked(value):
        numbers = part.type == "Shuffle" and place[:1] == ("proofs",) and place[2:3] == (1,)
        if isinstance(text, str) and not numbers and place[-1] not in ("challenge", "response"):
            yield place


# Which checks may say that a point is none, by where it stands. The identity is a point: where it may stand, a proof
# says that it is the wrong one.
SAYS = {
    "Setup.0": {"setup.election", "setup.key"},
    "Setup.1": {"setup.trustees"},
    "Setup.2": {"setup.credentials"},
    "Ballot.0": {"ballot.shape", "ballot.points", "ballot.credential", "ballot.proofs"},
    "EncryptedTally.0": {"tally.content"},
    "Shuffle.0": {"shuffle.shape", "shuffle.points", "shuffle.proof"},
    "PartialDecryption.0": {"decryption.shape", "decryption.points", "decryption.proof", "decryption.enough"},
}


@cache
def finite(folder: Path) -> Subject:
    """A small box in the larger group."""
    with seeded(9):
        made = new_box(folder, (RANK, YES_NO), voters=1, trustees=1, group="RFC-3526-2048", uuid="Larger1111111g")
        made.cast(0, [[1, 2, 3], [1, 0]])
        made.close()
        made.shuffle(1)
        made.decrypt(1)
        result = made.finish()
    secret = secret_exponent(made.group, made.election.uuid, made.credentials[0])
    return Subject("finite", made, parts_of(made.path), [], {made.group.power_g(secret): secret}, result)


# By box the fields that no other one before it has: what is the same everywhere is tried once.
OWN = {"ranking": 19, "sums": 4, "lists": 6, "threshold": 4, "finite": 21}


def own_fields(name: str, folder: Path) -> tuple[Subject, dict[str, tuple[int, int, Place]]]:
    """A box, and its fields; those of the groups' own are all of them."""
    if name == "finite":
        box = finite(folder)
        return box, fields(box)
    before: set[str] = set()
    for one in SUBJECTS:
        box = subject(one, folder / one)
        own = {field: where for field, where in fields(box).items() if field not in before}
        if one == name:
            break
        before |= set(own)
    return box, own


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN)
def test_a6_bad_points_in_every_field(name: str, tmp_path: Path) -> None:
    """Ballots are signed again, so that the point itself is looked at; the archive ends where it stands."""
    box, own = own_fields(name, tmp_path)
    path = tmp_path / "changed.bel"
    for field, (event, data, place) in own.items():
        for number, (kind, bad) in enumerate(BAD[box.group.name].items()):
            check, _ = verdict(spoilt(box, event, data, place, bad), path, ARITHMETICS[number % len(ARITHMETICS)])
            assert check in SAYS[field[: field.index(".") + 2]], f"{field}: {kind}: {check}"
    assert len(own) >= OWN[name], sorted(own)


def spoilt(box: Subject, event: int, data: int, place: Place, bad: str) -> bytes:
    part = box.parts[event]
    value = part.value(data)

    def instead(old: str) -> str:
        return (
            bad + old[len(box.parts[0].value(2)[0].partition(",")[0]) :] if (part.type, data) == ("Setup", 2) else bad
        )

    changed = replaced(value, place, instead)
    if part.type == "Ballot":
        raw = signed(box.group, box.secrets[value["credential"]], changed)
    else:
        raw = canonical.dumps(changed).encode()
    return put_together(with_data(box.parts[: event + 1], event, data, raw))


def test_there_are_twenty_five_fields() -> None:
    """A field of a new structure is a new field here."""
    assert sum(OWN.values()) - OWN["finite"] >= 25


# --- torsion ---------------------------------------------------------------------------------------------


def torsion_ballot(box: Any, order: int, *, on_beta: bool = False) -> bytes:
    """A ballot whose alpha or beta has a part of small order, with a proof of which every equation holds.

    The proof raises alpha to the challenge: it is made again until the order divides the challenge.
    """
    group, election = box.group, box.election
    torsion = next(point for point in oracle.SMALL if smallest(point) == order)
    secret = secret_exponent(group, election.uuid, box.credentials[0])
    credential = group.power_g(secret)
    r = random_scalar(group)
    alpha, beta = group.power_g(r), group.multiply(group.power(election.public_key, r), group.encode([1, 2, 3]))
    tainted = oracle.encode(oracle.add(oracle.decode(beta if on_beta else alpha), torsion))  # type: ignore[arg-type]
    alpha, beta = (alpha, tainted) if on_beta else (tainted, beta)
    while True:
        w = random_scalar(group)
        a = group.power_g(w)
        c = challenge(f"raweg|{election.phi}|{credential}|{election.public_key},{alpha},{beta}|{a}", group.q)
        if on_beta or c % order == 0:
            break
    proof = {"challenge": str(c), "response": str((w - r * c) % group.q)}
    point = oracle.decode(alpha)
    assert point is not None
    again = oracle.add(oracle.multiply(oracle.G, int(proof["response"])), oracle.multiply(point, c))
    assert oracle.encode(again) == a, "the proof holds for who does not look at the group"
    content = {
        "election_uuid": election.uuid,
        "election_hash": election.phi,
        "credential": credential,
        "answers": [{"choices": {"alpha": alpha, "beta": beta}, "proof": proof}],
    }
    return signed(group, secret, content)


def smallest(point: oracle.Point) -> int:
    return next(n for n in (1, 2, 4, 8) if oracle.multiply(point, n) == oracle.IDENTITY)


@pytest.mark.parametrize("order", [2, 4, 8])
@pytest.mark.parametrize("on_beta", [False, True])
def test_a7_torsion_ballot(tmp_path: Path, order: int, on_beta: bool) -> None:
    """Refused when it is cast, and when a box is read that somebody put it into."""
    made = new_box(tmp_path)
    raw = torsion_ballot(made, order, on_beta=on_beta)
    with pytest.raises(ProtocolError) as caught:
        made.box.cast(raw)
    assert caught.value.check == "ballot.points"
    archive = put_together([*parts_of(made.path), Part("Ballot", [raw], True)])
    for arithmetic in ARITHMETICS:
        assert verdict(archive, made.path, arithmetic)[0] == "ballot.points"


# --- other groups ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "BELENIOS-2048", "ed25519", "Ed25519 ", "RFC-3526-4096", "P-256"])
def test_a14_no_other_group(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        group_named(name)
    assert caught.value.check == "setup.group"
    value = parts_of(new_box(tmp_path).path)[0].value(0)
    with pytest.raises(ProtocolError):
        read_election(canonical.dumps({**value, "group": name}).encode())
    with pytest.raises(ProtocolError):
        read_election(canonical.dumps({**value, "group": {"p": "23", "q": "11", "g": "2"}}).encode())


def test_a14_encodings_are_in_the_group() -> None:
    """Every vector becomes an element of prime order, and comes back."""
    with seeded(3) as rng:
        for _ in range(300):
            values = [rng.randrange(256) for _ in range(rng.randrange(1, 31))]
            point = ED25519.encode(values)
            assert ED25519.is_element(point)
            assert ED25519.decode(point, len(values)) == values
        assert ED25519.decode(ED25519.encode([0] * 30), 30) == [0] * 30
        assert oracle.in_subgroup(oracle.decode(point) or (0, 0))


def test_a_ballot_with_the_identity_as_alpha_leaves_the_vote_in_clear(tmp_path: Path) -> None:
    """Its proof holds: it knows the randomness, which is zero."""
    made = new_box(tmp_path)
    group, election = made.group, made.election
    content = canonical.loads(make_ballot(election, made.credentials[0], [[1, 2, 3]]), what="it")
    alpha, beta, w = group.identity, group.encode([1, 2, 3]), random_scalar(group)
    s = f"{election.phi}|{content['credential']}|{election.public_key},{alpha},{beta}"
    c = challenge(f"raweg|{s}|{group.power_g(w)}", group.q)
    content["answers"] = [
        {"choices": {"alpha": alpha, "beta": beta}, "proof": {"challenge": str(c), "response": str(w)}}
    ]
    secret = secret_exponent(group, election.uuid, made.credentials[0])
    with pytest.raises(ProtocolError) as caught:
        made.box.cast(signed(group, secret, content))
    assert caught.value.check == "ballot.points"
