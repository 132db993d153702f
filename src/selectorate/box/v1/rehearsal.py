"""A test of a trustee's key before any box is opened: does its holder still have it, and can they use it?

What is decrypted is no ballot and cannot be one. The trustee's own tool makes it: from a text that everybody can read
(which contest, which attempt at the key, which trustee, a number that the server drew and published, the trustee's
public key) it computes ``r``, the hash of the text, and ``alpha = g^r``. It answers with the factor ``alpha^x`` and the
proof of the protocol that the factor is right (``proofs.prove_decryption``), in which the text stands where that of an
election has its fingerprint.

Why this cannot be abused to open a ballot:

* The tool decrypts nothing that it was handed. It computes ``alpha`` itself, and a server that wants another ``alpha``
  would need a text that hashes to the randomness of a ballot, which only that voter's browser knew; knowing it, the
  server would not need the trustee.
* The factor says nothing that is not known: ``alpha^x = (g^r)^x = (g^x)^r``, the public key to the power of a public
  number, which anybody computes. So it is no evidence by itself either; the proof is, for it needs ``x``.
* The proof gives nothing away (it is the one that is published with each decryption of a tally, with new randomness),
  and is worth nothing elsewhere: an election's fingerprint is 43 letters and digits, and the text has bars in it, so
  what is hashed here is never what is hashed for an election. Nor can it be shown again for another contest, attempt,
  trustee or key: all of these stand in the text, and the number that was drawn makes it new.

Source of the proof: Belenios specification 3.1, section 4.20. The text is ours; no step of the protocol is changed.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group
from ..public import Pool
from ..shapes import Fields, require
from . import proofs
from .hashes import challenge
from .keys import proof_shape, read_points
from .proofs import Proof

__all__ = ["Answer", "alpha_of", "make_answer", "read_answer", "rehearsal_text", "require_answer"]

CHECK = "keys.rehearsal"


class Answer(TypedDict):
    """What a trustee answers: the decryption factor of the test, and the proof that it is right."""

    factor: str
    proof: Proof


def rehearsal_text(*, contest: str, attempt: int, trustee: int, nonce: str, public: str) -> str:
    """The text from which the test of one trustee is made. ``public``: the public key of the trustee's share."""
    for part in (contest, nonce):
        if not part or not part.isascii() or not part.isalnum():
            raise ProtocolError("this does not name a test", check=CHECK)
    return f"selectorate-rehearsal-1|{contest}|{attempt}|{trustee}|{nonce}|{public}"


def alpha_of(group: Group, text: str) -> str:
    """The ``alpha`` of the test: the generator to the power of the hash of ``text``."""
    return group.power_g(challenge(text, group.q))


def make_answer(group: Group, private: int, public: str, text: str) -> Answer:
    """Decrypt the test that ``text`` makes. ``private``: the trustee's share; ``public``: its public key."""
    alpha = alpha_of(group, text)
    factor = group.power(alpha, private)
    return {"factor": factor, "proof": proofs.prove_decryption(group, private, phi=text, public=public, alpha=alpha)}


def read_answer(raw: bytes, group: Group) -> Answer:
    """The answer whose bytes are ``raw``. Raises ProtocolError (``keys.rehearsal``) if it has not the form."""
    value: Any = canonical.loads(raw.removesuffix(b"\n"), what="the answer", check=CHECK)
    require(Fields((("factor", group.point), ("proof", proof_shape(group)))), value, "the answer", check=CHECK)
    answer: Answer = value
    return answer


def require_answer(pool: Pool, group: Group, answer: Answer, *, text: str, public: str) -> None:
    """Raise ProtocolError (``keys.rehearsal``) unless ``answer`` decrypts the test of ``text`` with the key.

    ``public``: the public key of the trustee's share, which was checked when the common key was made.
    """
    alpha = alpha_of(group, text)
    points = [("the test", alpha), ("the key", public), ("the factor of the answer", answer["factor"])]
    read = read_points(pool, points)
    try:
        fault = next(read)
    except StopIteration as end:
        alpha_, key, factor = end.value
    else:
        raise ProtocolError(fault, check=CHECK)
    c, r = proofs.numbers(answer["proof"])
    check = proofs.check_decryption(pool, phi=text, key=key, public=public, alpha=alpha_, factor=factor, c=c, r=r)
    if not proofs.run(pool, [check])[0]:
        raise ProtocolError("the test was not decrypted with the key of this trustee", check=CHECK)
