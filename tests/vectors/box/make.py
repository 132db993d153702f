"""Make the vectors of this folder again: ``python -m tests.vectors.box.make``; see README.md for what they say."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.box_subjects import lists_answer, prove_nonzero, signed
from tests.unit.box.test_threats_points import BAD
from tests.vectors.box.fixed import Recorded, number, recording

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group, group_named
from selectorate.box.pools import new_pool
from selectorate.box.v1 import ballots, channels, proofs, shuffles
from selectorate.box.v1.ballots import make_ballot, tracker
from selectorate.box.v1.channels import Channel, Seed
from selectorate.box.v1.credentials import BASE58, PublicCredential, credential_text, public, secret_exponent
from selectorate.box.v1.elections import (
    Election,
    HomomorphicQuestion,
    ListsQuestion,
    Question,
    RankingQuestion,
    election_text,
    read_election,
)
from selectorate.box.v1.hashes import base64_hash, challenge, hex_hash
from selectorate.box.v1.trustees import lagrange

FOLDER = Path(__file__).parent
GROUPS: tuple[Group, ...] = (ED25519, RFC_3526_2048)
Item = dict[str, Any]


def secret(label: str, group: Group, place: int = 0) -> int:
    """A secret number that is always the same."""
    return number(label, place, group.q)


def base58(label: str, length: int) -> str:
    """A text of Base58 characters that is always the same."""
    return "".join(BASE58[number(label, place, 59) - 1] for place in range(length))


def credential_of(label: str) -> str:
    """A private credential that is always the same."""
    text = base58(label, 22)
    return "-".join((text[:5], text[5:11], text[11:16], text[16:]))


# --- texts, hashes, credentials --------------------------------------------------------------------------

LETTERS = "".join(map(chr, range(0x100))) + "Łódź, Ἑλλάς, עברית, 日本語, \u2028\u2029\ufeff\U0001f5f3\U0010ffff"


def canonical_items() -> Iterator[Item]:
    """Texts in the one form that is allowed, and others."""
    values: list[Any] = [
        {"b": 1, "a": [True, False, None], "": {}},
        [],
        "",
        0,
        -1,
        10**11,
        {"2": 0, "10": 1, "1": [[], {}]},
        LETTERS,
        {LETTERS: LETTERS},
        [[[[]]]],
    ]
    for value in values:
        text = canonical.dumps(value)
        yield {"canonical": True, "text": text, "sha256": hex_hash(text.encode())}
    others = {
        "a space": b'{"a": 1}',
        "a line end": b'{"a":1}\n',
        "an escape of a letter": b'["\\u0061"]',
        "an escape in capitals": b'["\\u001F"]',
        "DEL not escaped": b'["\x7f"]',
        "a slash escaped": b'["\\/"]',
        "a tab as a number": b'["\\u0009"]',
        "half a character": b'["\\ud83d"]',
        "a field twice": b'{"a":1,"a":1}',
        "a zero before a number": b"[01]",
        "minus zero": b"[-0]",
        "an exponent": b"[1e3]",
        "a fraction": b"[1.0]",
        "no number": b"[NaN]",
        "more than twenty digits": b"[100000000000000000000]",
        "a byte order mark": b"\xef\xbb\xbf[]",
        "no UTF-8": b'["\xff"]',
        "a comma too many": b"[1,]",
        "something behind it": b"[][]",
        "nothing": b"",
    }
    for why, raw in others.items():
        yield {"canonical": False, "why": why, "bytes": raw.hex()}


def hash_items() -> Iterator[Item]:
    """SHA-256 in the forms that the protocol has."""
    for raw in (b"", b"abc", canonical.dumps(LETTERS).encode(), bytes(1000)):
        yield {"bytes": raw.hex(), "hex": hex_hash(raw), "base64": base64_hash(raw)}
    for group in GROUPS:
        for text in ("", "ggen|0", "prove|é|ß"):
            yield {"challenge of": text, "group": group.name, "number": str(challenge(text, group.q))}
    for name in ("ranking", "mixed"):
        election = vector_election(name, ED25519)
        text = election.raw.decode()
        yield {"election": text, "phi": election.phi, "hex": election.digest}


def credential_items() -> Iterator[Item]:
    """A hundred credentials, derived."""
    for place in range(100):
        group = RFC_3526_2048 if place % 10 == 9 else ED25519
        uuid, credential = base58(f"uuid|{place}", 14 + place % 5), credential_of(f"credential|{place}")
        yield {
            "group": group.name,
            "uuid": uuid,
            "credential": credential,
            "exponent": str(secret_exponent(group, uuid, credential)),
            "public": public(group, uuid, credential),
        }
    for group in GROUPS:
        keys = [public(group, "11111111111111", credential_of(f"list|{place}")) for place in range(8)]
        for weights in ([1] * 8, [1, 1, 3, 1, 1, 100, 1, 1]):
            entries = [PublicCredential(key, weight) for key, weight in zip(keys, weights, strict=True)]
            raw = credential_text(group, entries)
            item: Item = {"group": group.name, "keys": keys, "weights": weights}
            yield item | {"list": raw.decode(), "fingerprint": base64_hash(raw)}


# --- group elements --------------------------------------------------------------------------------------


def generator_items() -> Iterator[Item]:
    """The independent generators."""
    for group in GROUPS:
        pool = new_pool(group, "libsodium")
        texts = pool.texts(pool.generators(-1, 1001))
        some = {place: texts[place + 1] for place in (*range(-1, 19), 99, 100, 255, 256, 511, 512, 998, 999)}
        everything = hex_hash(canonical.dumps(texts).encode())
        yield {"group": group.name, "first": -1, "last": 999, "sha256 of all as JSON": everything, "some": some}


def embedding_items() -> Iterator[Item]:
    """Vectors of values as elements: the values and what is added to them until there is an element."""
    for group in GROUPS:
        count, padding = (1000, 14) if group is ED25519 else (60, 8)
        encoded = []
        for values in embedded(group, count):
            number_of = int(group.encode(values), 16 if group is ED25519 else 10)
            start = int.from_bytes(bytes(values), "big") << padding
            encoded.append([bytes(values).hex(), number_of - start])
        whole = [{"values": list(values), "element": group.encode(values)} for values in list(embedded(group, 8))]
        decoded = []
        for place in range(10):
            element = group.power_g(secret("decoded", group, place))
            length = (1, 3, 30)[place % 3]
            decoded.append({"element": element, "count": length, "values": group.decode(element, length)})
        yield {"group": group.name, "padding": padding, "encoded": encoded, "whole": whole, "decoded": decoded}


def embedded(group: Group, count: int) -> Iterator[tuple[int, ...]]:
    """Vectors: the edges first, then whatever the stream says."""
    most = group.most_values
    yield from [(0,), (0,) * 3, (0,) * most, (255,), (255,) * most, (1, 2, 3), tuple(range(1, most + 1)), (0, 0, 1)]
    for place in range(count - 8):
        length = number("length", place, most + 1)
        top = (4, 31, 256)[place % 3]
        yield tuple(number(f"values|{place}", at, top + 1) - 1 for at in range(length))


def point_items() -> Iterator[Item]:
    """Texts that stand for an element, and texts that do not."""
    for group in GROUPS:
        for why, text in BAD[group.name].items():
            if text == group.identity:
                yield {"group": group.name, "text": text, "element": True, "why": f"{why}: no key, no alpha"}
            else:
                yield {"group": group.name, "text": text, "element": False, "why": why}
        for place in range(5):
            text = group.power_g(secret("point", group, place))
            yield {"group": group.name, "text": text, "element": True, "why": "an element"}


# --- proofs ----------------------------------------------------------------------------------------------


def proof_items() -> Iterator[Item]:
    """Every type of proof, with all that goes into it and comes out."""
    for group in GROUPS:
        for name, inputs in proof_inputs(group):
            with recording(f"proof|{group.name}|{name}") as recorded:
                output = MAKERS[inputs["type"]](group, inputs)
            yield told(name, group, inputs, recorded) | {"output": output}


def told(name: str, group: Group, inputs: Item, recorded: Recorded) -> Item:
    """What every item of a proof says."""
    return {
        "name": name,
        "group": group.name,
        "inputs": inputs,
        "randomness": list(map(str, recorded.randomness)),
        "commitments": recorded.commitments,
        "hashed": recorded.hashed,
    }


def encrypted(group: Group, y: str, r: int, m: int) -> proofs.Ciphertext:
    """A small number, encrypted."""
    return {"alpha": group.power_g(r), "beta": group.multiply(group.power(y, r), group.power_g(m))}


def proof_inputs(group: Group) -> Iterator[tuple[str, Item]]:
    """The statements that are proven: a name and the inputs of each."""
    x, r, r_sum = (secret("inputs", group, place) for place in range(3))
    y = group.power_g(secret("election", group))
    key, alpha = group.power_g(x), group.power_g(r)
    phi, s0 = base64_hash(b"an election"), f"{base64_hash(b'an election')}|{key}"
    yield "possession of a key", {"type": "pok", "private": str(x), "public": key}
    yield "signature of a message", {"type": "sigmsg", "private": str(x), "message": '{"é":"|"}'}
    yield "signature of a ballot", {"type": "sig", "private": str(x), "hash": base64_hash(b"a ballot")}
    raw = {"alpha": alpha, "beta": group.multiply(group.power(y, r), group.encode((1, 2, 3)))}
    yield "a ranking", {"type": "raweg", "s": s0, "y": y, "r": str(r), **raw}
    yield "decryption", {"type": "decrypt", "phi": phi, "private": str(x), "public": key, "alpha": alpha}
    for ms, i in (([0, 1], 0), ([0, 1], 1), ([1], 0), ([1, 2, 3], 1), ([0, 1, 2, 3], 3)):
        c = encrypted(group, y, r, ms[i])
        name = f"one of {', '.join(map(str, ms))}: it is {ms[i]}"
        yield name, {"type": "prove", "s": s0, "y": y, "ms": ms, "i": i, "r": str(r), **c}
    for blank in (True, False):
        first, rest = encrypted(group, y, r, int(blank)), encrypted(group, y, r_sum, 0 if blank else 2)
        shared = {"s": s0, "y": y, "first": first, "sum": rest}
        which, word = (str(r), "blank") if blank else (str(r_sum), "not blank")
        other = str(r_sum) if blank else str(r)
        yield f"blank or nothing: {word}", {"type": "bproof0", **shared, "true": int(blank), "r": other}
        bounds = {"ms": [1, 2, 3], "true": 0 if blank else 2, "r": which}
        yield f"blank or within bounds: {word}", {"type": "bproof1", **shared, **bounds}
    for chosen in (True, False):
        first, rest = encrypted(group, y, r, int(chosen)), encrypted(group, y, r_sum, 3 if chosen else 0)
        given = {"s": s0, "y": y, "first": first, "sum": rest}
        word = "chosen" if chosen else "not chosen"
        known = {"true": int(not chosen), "r": str(r if chosen else r_sum)}
        yield f"a list or nothing of it: {word}", {"type": "lproof", **given, **known}
    yield "not zero", {"type": "nonzero", "s": s0, "y": y, "r": str(r), **encrypted(group, y, r, 2)}


def made_exponent(kind: str) -> Callable[[Group, Item], Any]:
    """The maker of a proof that one secret number is known."""

    def make(group: Group, given: Item) -> Any:
        if kind == "pok":
            return proofs.prove_possession(group, int(given["private"]), given["public"])
        if kind == "sigmsg":
            return proofs.prove_signed_message(group, int(given["private"]), given["message"])
        if kind == "sig":
            return proofs.prove_signature(group, int(given["private"]), given["hash"])
        return proofs.prove_raw_encryption(group, int(given["r"]), s=given["s"], y=given["y"], c=ciphertext(given))

    return make


def ciphertext(given: Item) -> proofs.Ciphertext:
    """The ciphertext among the inputs."""
    return {"alpha": given["alpha"], "beta": given["beta"]}


def branches_of(given: Item) -> list[proofs.Branch]:
    """The alternatives of a proof about two ciphertexts."""
    first, rest = given["first"], given["sum"]
    head = proofs.Branch(first["alpha"], first["beta"], 0 if given["type"] == "bproof0" else 1)
    return [head, *(proofs.Branch(rest["alpha"], rest["beta"], m) for m in given.get("ms", [0]))]


def made_one_of(group: Group, given: Item) -> Any:
    """A proof about two ciphertexts, of which one alternative is true."""
    return proofs.prove_one_of(
        group,
        branches_of(given),
        given["true"],
        int(given["r"]),
        y=given["y"],
        hashed=lambda a: f"{given['type']}|{given['s']}|{a}",
    )


def made_interval(group: Group, given: Item) -> Any:
    """A proof of interval membership."""
    r, i, ms = int(given["r"]), given["i"], given["ms"]
    return proofs.iprove(group, given["s"], r, i, ms, c=ciphertext(given), y=given["y"])


def made_decryption(group: Group, given: Item) -> Any:
    """A decryption factor with its proof."""
    private, alpha = int(given["private"]), given["alpha"]
    proof = proofs.prove_decryption(group, private, phi=given["phi"], public=given["public"], alpha=alpha)
    return {"factor": group.power(alpha, private), "proof": proof}


def made_nonzero(group: Group, given: Item) -> Any:
    """A proof that something is not zero."""
    return prove_nonzero(group, given["s"], ciphertext(given), int(given["r"]), given["y"])


MAKERS: dict[str, Callable[[Group, Item], Any]] = {
    **{kind: made_exponent(kind) for kind in ("pok", "sigmsg", "sig", "raweg")},
    **dict.fromkeys(("bproof0", "bproof1", "lproof"), made_one_of),
    "prove": made_interval,
    "decrypt": made_decryption,
    "nonzero": made_nonzero,
}
"""How each type of proof is made from its inputs."""


# --- shuffles --------------------------------------------------------------------------------------------


def shuffle_items() -> Iterator[Item]:
    """Shuffles of a few ciphertexts, with every number of their proofs."""
    for group, sizes in ((ED25519, (0, 1, 2, 5)), (RFC_3526_2048, (2,))):
        for n in sizes:
            y = group.power_g(secret("election", group))
            phi = base64_hash(b"an election")
            e = []
            for place in range(n):
                r = secret("voter", group, place)
                plain = group.encode((place + 1, 2, 3))
                e.append((group.power_g(r), group.multiply(group.power(y, r), plain)))
            psi = sorted(range(n), key=lambda place: number("psi", place, 2**64))
            inputs: Item = {"type": "shuffle", "phi": phi, "y": y, "e": [list(pair) for pair in e], "psi": psi}
            with recording(f"shuffle|{group.name}|{n}") as recorded:
                shuffled, proof = made_shuffle(group, inputs)
            item = told(f"{n} ciphertexts", group, inputs, recorded)
            item["commitments"] = []
            first = "".join(f"{a},{b}," for a, b in (*e, *shuffled)) + "".join(f"{text}," for text in proof[2])
            challenges = f"shuffle-challenges|{phi}|{first}"
            u = shuffles.get_nizkp_challenges(hex_hash(challenges.encode()), 0, n, group.q)
            item |= {"challenges of": challenges, "u": list(map(str, u))}
            yield item | {"output": {"e": [list(pair) for pair in shuffled], "proof": proof}}


def made_shuffle(group: Group, given: Item) -> tuple[list[tuple[str, str]], list[Any]]:
    """A shuffle and its proof."""
    e = [(alpha, beta) for alpha, beta in given["e"]]
    with patch.object(shuffles, "gen_permutation", lambda n: list(given["psi"])):
        shuffled = shuffles.gen_shuffle(group, e, given["y"])
    pool = new_pool(group, "libsodium")
    return shuffled.e_prime, shuffles.gen_shuffle_proof(group, pool, e, shuffled, given["y"], given["phi"])


# --- trustees --------------------------------------------------------------------------------------------


def channel_items() -> Iterator[Item]:
    """Keys that come from a seed, sealed messages, and coefficients by which shares are put together."""
    for group in GROUPS:
        for place in range(3):
            seed = base58(f"seed|{place}", 22)
            channel = Channel.of(group, Seed(seed))
            item: Item = {"group": group.name, "seed": seed}
            item |= {"signing": str(channel.signing), "decryption": str(channel.decryption)}
            item |= {"verification key": channel.verification_key, "encryption key": channel.encryption_key}
            message = '{"secret":"é"}'
            with recording(f"channel|{group.name}|{place}") as recorded:
                sealed = channels.encrypt(group, channel.encryption_key, message)
            yield item | {"message": message, "randomness": list(map(str, recorded.randomness)), "sealed": sealed}
        for indices in ([1, 2], [2, 5], [1, 3, 4], [7, 255, 2]):
            coefficients = [str(number) for number in lagrange(group.q, indices).values()]
            yield {"group": group.name, "indices": indices, "lagrange": coefficients}


# --- ballots ---------------------------------------------------------------------------------------------

RANK = RankingQuestion("Who?", ("Ada", "Ben", "Cyd"))
CHOICE = HomomorphicQuestion("Yes or no?", ("Yes", "No"), 1, 1)
UP_TO = HomomorphicQuestion("Which?", ("a", "b", "c"), 0, 2)
BLANK = HomomorphicQuestion("Which, or blank?", ("a", "b", "c"), 1, 2, blank=True)
LISTS = ListsQuestion("Whose list?", (("Red", "Rose", "Rob"), ("Blue", "Bea")))

QUESTIONS: dict[str, tuple[Question, ...]] = {
    "ranking": (RANK,),
    "choice": (CHOICE, UP_TO),
    "blank": (BLANK,),
    "lists": (LISTS,),
    "mixed": (UP_TO, RANK, BLANK, LISTS),
}
ANSWERS: dict[Question, list[Any]] = {
    RANK: [[1, 2, 3], [3, 2, 1], [0, 0, 0], [0, 1, 0], [255, 0, 255], [2, 2, 2]],
    CHOICE: [[1, 0], [0, 1]],
    UP_TO: [[0, 0, 0], [1, 0, 0], [0, 1, 1], [1, 0, 1], [0, 0, 1]],
    BLANK: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]],
    LISTS: [[[1, 1, 0], [0, 0]], [[1, 1, 1], [0, 0]], [[0, 0, 0], [1, 1]], [[1, 0, 1], [0, 0]]],
}


def vector_election(name: str, group: Group) -> Election:
    """An election of the vectors."""
    return read_election(
        election_text(
            uuid=base58(f"election|{name}", 14),
            name=f"Vectors: {name}, é",
            description="",
            group=group,
            public_key=group.power_g(secret("election", group)),
            questions=QUESTIONS[name],
            administrator="Zoë",
        )
    )


def vector_ballot(election: Election, credential: str, answers: list[Any]) -> bytes:
    """A ballot. The package makes no answers to lists questions; those are made beside it."""
    ours = ballots._answer

    def answer(of: Election, question: Question, choices: Any, s0: str) -> dict[str, Any]:
        made = lists_answer if isinstance(question, ListsQuestion) else ours
        return made(of, question, choices, s0) if made is ours else lists_answer(of, choices, s0)

    with patch.object(ballots, "_answer", answer):
        return make_ballot(election, credential, answers)


def ballot_items() -> Iterator[Item]:
    """Fifty whole ballots, ten for each kind of questions, and some in the larger group."""
    for group, count in ((ED25519, 10), (RFC_3526_2048, 1)):
        for name in QUESTIONS:
            election = vector_election(name, group)
            yield {"election": election.raw.decode(), "phi": election.phi}
            for place in range(count):
                credential = credential_of(f"voter|{name}|{place}")
                answers = [ANSWERS[question][place % len(ANSWERS[question])] for question in QUESTIONS[name]]
                label = f"ballot|{group.name}|{name}|{place}"
                with recording(label) as recorded:
                    raw = vector_ballot(election, credential, answers)
                drawn = {"label": label, "count": len(recorded.randomness)}
                item: Item = {"credential": credential, "answers": answers, "randomness": drawn}
                yield item | {"ballot": raw.decode(), "tracker": tracker(raw)}


# --- bad ballots -----------------------------------------------------------------------------------------


def bad_ballot_items() -> Iterator[Item]:
    """Ballots that are refused, each with the check that refuses it; first the election, its list and a good one."""
    election = vector_election("mixed", ED25519)
    group = election.group
    voters = [credential_of(f"bad|{place}") for place in range(3)]
    listed = [PublicCredential(public(group, election.uuid, voter)) for voter in voters[:2]]
    with recording("bad ballots"):
        answers = [[1, 0, 1], [1, 2, 3], [0, 1, 1, 0], [[1, 1, 0], [0, 0]]]
        good, other, stranger = (vector_ballot(election, voter, answers) for voter in voters)
        bad = list(spoilt(election, voters, good, other))
    text = election.raw.decode()
    yield {"election": text, "credentials": credential_text(group, listed).decode(), "good": good.decode()}
    bad.insert(0, ("ballot.credential", "a credential that is not on the list", stranger))
    for check, why, raw in bad:
        edits = edits_of(good, raw)
        assert edited(good, edits) == raw != good, why
        yield {"check": check, "why": why, "edits": edits}


def edits_of(good: bytes, bad: bytes) -> list[list[Any]]:
    """What has to be replaced in ``good`` to get ``bad``: places, lengths, and bytes in hexadecimal."""
    mark = b',"signature":'
    if good.count(mark) != 1 or bad.count(mark) != 1:
        return [_edit(good, bad, 0)]
    (head, tail), (bad_head, bad_tail) = good.split(mark), bad.split(mark)
    edits = [_edit(head, bad_head, 0), _edit(tail, bad_tail, len(head) + len(mark))]
    return [edit for edit in edits if edit[1] or edit[2]]


def _edit(good: bytes, bad: bytes, at: int) -> list[Any]:
    most = min(len(good), len(bad))
    start = next((n for n in range(most) if good[n] != bad[n]), most)
    most -= start
    end = next((n for n in range(most) if good[-n - 1] != bad[-n - 1]), most)
    return [at + start, len(good) - start - end, bad[start : len(bad) - end].hex()]


def edited(good: bytes, edits: list[list[Any]]) -> bytes:
    """``good`` with its edits made, from the last to the first."""
    for place, length, raw in reversed(edits):
        good = good[:place] + bytes.fromhex(raw) + good[place + length :]
    return good


def spoilt(election: Election, voters: list[str], good: bytes, other: bytes) -> Iterator[tuple[str, str, bytes]]:
    """A check, what is wrong, and the ballot."""
    group, content = election.group, canonical.loads(good, what="a ballot")
    secrets_of = [secret_exponent(group, election.uuid, voter) for voter in voters]
    strange = canonical.loads(other, what="a ballot")

    def text(change: Callable[[Any], Any]) -> bytes:
        """As it stands, changed, without signing it again."""
        changed = copy.deepcopy(content)
        change(changed)
        return canonical.dumps(changed).encode()

    def again(change: Callable[[Any], Any], by: int = 0) -> bytes:
        """Changed, and signed again by a voter."""
        changed = copy.deepcopy(content)
        change(changed)
        return signed(group, secrets_of[by], changed)

    form = "ballot.canonical"
    yield form, "nothing", b""
    yield form, "a line end", good + b"\n"
    yield form, "a space", good.replace(b":", b": ", 1)
    yield form, "an escape", good.replace(b'"election_uuid"', b'"election_\\u0075uid"', 1)
    yield form, "a field twice", b'{"election_uuid":"x",' + good[1:]
    yield form, "cut off", good[:-1]
    shape = "ballot.shape"
    yield shape, "a list, not an object", b"[]"
    yield shape, "fields in another order", canonical.dumps(dict(reversed(content.items()))).encode()
    yield shape, "a field too many", text(lambda b: b.update(more=1))
    yield shape, "no signature", text(lambda b: b.pop("signature"))
    yield shape, "an answer too few", text(lambda b: b["answers"].pop())
    yield shape, "an answer too many", text(lambda b: b["answers"].append(b["answers"][0]))
    yield shape, "answers in another order", text(lambda b: b["answers"].reverse())
    yield shape, "a choice too few", text(lambda b: b["answers"][0]["choices"].pop())
    yield shape, "a proof too many", text(lambda b: b["answers"][0]["overall_proof"].append(_first_proof(b)))
    yield shape, "no blank proof", text(lambda b: b["answers"][2].pop("blank_proof"))
    yield shape, "a point in capitals", text(lambda b: b.update(credential=b["credential"].upper()))
    yield shape, "a point that is too short", text(lambda b: b.update(credential=b["credential"][1:]))
    for why, change in _other_numbers(group.q).items():
        yield shape, why, text(lambda b, change=change: _first_proof(b).update(response=change(_first_proof(b))))
    yield "ballot.election", "another identifier", text(lambda b: b.update(election_uuid="1" * 14))
    yield "ballot.election", "another election", text(lambda b: b.update(election_hash=base64_hash(b"another")))
    yield "ballot.hash", "another hash", text(lambda b: b["signature"].update(hash=base64_hash(b"another")))
    yield "ballot.hash", "changed and not signed again", text(lambda b: b.update(credential=strange["credential"]))
    for why, bad in BAD[group.name].items():
        if why.startswith(("of small order, 1", "of mixed order, 1", "y = p + 3, sign 0", "off the curve", "the iden")):
            yield "ballot.points", f"alpha: {why}", again(_at_alpha(bad))
    yield (
        "ballot.points",
        "the commitment is of mixed order",
        again(_at_commitment(BAD[group.name]["of mixed order, 1"])),
    )
    yield "ballot.signature", "signed by another", again(lambda b: None, by=1)
    yield "ballot.signature", "a response of the signature", text(lambda b: _more(b["signature"]["proof"], "response"))
    yield (
        "ballot.signature",
        "a challenge of the signature",
        text(lambda b: _more(b["signature"]["proof"], "challenge")),
    )
    for place, path in enumerate(_proofs_of(content["answers"])):
        for name in ("challenge", "response"):
            yield "ballot.proofs", f"{name} of proof {place}", again(_changed(path, name))
    yield "ballot.proofs", "another voter's answers", again(lambda b: b.update(answers=strange["answers"]))
    yield "ballot.proofs", "two choices exchanged", again(lambda b: b["answers"][0]["choices"].reverse())
    yield "ballot.proofs", "another commitment", again(_at_commitment(group.generator))


def _first_proof(ballot: Any) -> Any:
    return ballot["answers"][0]["overall_proof"][0]


def _other_numbers(q: int) -> dict[str, Callable[[Any], str]]:
    return {
        "a response that is not reduced": lambda proof: str(int(proof["response"]) + q),
        "a zero before a number": lambda proof: "0" + proof["response"],
        "a sign before a number": lambda proof: "+" + proof["response"],
        "a negative number": lambda proof: str(int(proof["response"]) - q),
        "other digits": lambda proof: "١" + proof["response"][1:],
    }


def _at_alpha(text: str) -> Callable[[Any], Any]:
    return lambda ballot: ballot["answers"][1]["choices"].update(alpha=text)


def _at_commitment(text: str) -> Callable[[Any], Any]:
    return lambda ballot: ballot["answers"][3]["nonzero_proof"].update(commitment=text)


def _more(proof: Any, name: str) -> None:
    """One more, modulo the order; of a list the first number."""
    value = proof[name]
    if isinstance(value, list):
        value[0] = str((int(value[0]) + 1) % ED25519.q)
    else:
        proof[name] = str((int(value) + 1) % ED25519.q)


def _proofs_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where proofs stand in the answers."""
    if isinstance(value, dict) and "challenge" in value:
        yield path
    elif isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _proofs_of(inner, (*path, name))


def _changed(path: tuple[Any, ...], name: str) -> Callable[[Any], Any]:
    def change(ballot: Any) -> None:
        at = ballot["answers"]
        for step in path:
            at = at[step]
        _more(at, name)

    return change


# --- files -----------------------------------------------------------------------------------------------

FILES: dict[str, Callable[[], Iterator[Item]]] = {
    "canonical": canonical_items,
    "hashes": hash_items,
    "credentials": credential_items,
    "generators": generator_items,
    "embeddings": embedding_items,
    "points": point_items,
    "proofs": proof_items,
    "shuffles": shuffle_items,
    "channels": channel_items,
    "ballots": ballot_items,
    "bad-ballots": bad_ballot_items,
}
"""What each file holds."""


def file_text(name: str) -> str:
    """A file as it is written: a list with an item a line, in ASCII."""
    items = ",\n".join(json.dumps(item, separators=(",", ":")) for item in FILES[name]())
    return f"[\n{items}\n]\n"


def read(name: str) -> list[Item]:
    """The items of a file."""
    items: list[Item] = json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))
    return items


def group_of(item: Item) -> Group:
    """The group that an item is in."""
    return group_named(item["group"])


def main() -> None:
    """Write all files."""
    for name in FILES:
        text = file_text(name)
        (FOLDER / f"{name}.json").write_text(text, encoding="ascii")
        print(f"{name}.json: {len(text):,} bytes, {hashlib.sha256(text.encode()).hexdigest()[:16]}")


if __name__ == "__main__":
    main()
