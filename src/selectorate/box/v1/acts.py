"""What follows the voting, each step from an archive that its maker has read and checked whole.

A trustee's key is used on nothing else: `require_sound` refuses an archive with a single fault.
Source: Belenios specification 3.1, section 3.4.
"""

from __future__ import annotations

from ...errors import ProtocolError
from .. import canonical
from .decryptions import decryption_text
from .elections import Election
from .hashes import hex_hash
from .reading import Reading, read_share, tally_pieces, usable_shares
from .results import Opened, open_tally, result_text
from .shuffles import check_shuffle_proof, read_shuffle, shuffle_text

__all__ = [
    "encrypted_tally",
    "opened",
    "partial_decryption",
    "require_decryptable",
    "require_good",
    "require_no_fault",
    "require_sound",
    "shuffle",
]


def require_no_fault(reading: Reading) -> None:
    """Raise ProtocolError with the first check that a box fails, if there is one."""
    if reading.faults:
        fault = reading.faults[0]
        raise ProtocolError(
            f"the archive fails a check: {fault.message}",
            check=fault.check,
            hint="Nothing is done with it. `selectorate box verify` lists all that is wrong",
        )


def require_sound(reading: Reading, *phases: str) -> Election:
    """The election of a box that has no fault and is in one of ``phases``; otherwise ProtocolError says why not."""
    require_no_fault(reading)
    if reading.election is None or reading.phase not in phases:
        raise ProtocolError(
            f"the box is in the phase {reading.phase!r}, and this is done in {' or '.join(map(repr, phases))}",
            check="events.order",
        )
    return reading.election


def encrypted_tally(reading: Reading) -> tuple[bytes, bytes]:
    """The tally of a closed box, and the payload that points to it."""
    require_sound(reading, "closed")
    content = b"".join(tally_pieces(reading))
    sized = {
        "num_tallied": reading.tallied,
        "total_weight": reading.total_weight,
        "encrypted_tally": hex_hash(content),
    }
    return content, canonical.dumps(sized).encode("ascii")


def shuffle(reading: Reading) -> bytes:
    """A shuffle of the rankings of a tallied box, on top of those that are there."""
    election = require_sound(reading, "tallied")
    if not election.rankings:
        raise ProtocolError("nothing is ranked in this election, so nothing is shuffled", check="events.order")
    questions = [list(reading.ciphertexts[position].texts()) for position in election.rankings]
    return shuffle_text(election.group, reading.pool, questions, pk=election.public_key, phi=election.phi)


def require_decryptable(reading: Reading) -> Election:
    """The election of a sound box that trustees may decrypt now; otherwise ProtocolError says why not."""
    return require_sound(reading, "tallied" if not reading.chain.shuffles else "shuffled", "decrypting")


def partial_decryption(reading: Reading, private: int, public: str) -> bytes:
    """A trustee's partial decryption of a tallied box, of all shuffles in it, with the key ``private``."""
    election = require_decryptable(reading)
    alphas = [[alpha for alpha, _ in ciphertexts.texts()] for ciphertexts in reading.ciphertexts]
    return decryption_text(election, private, public, alphas)


def opened(reading: Reading) -> tuple[Opened, bytes]:
    """The result of a box that enough trustees have decrypted: what it says, and its bytes."""
    election = require_sound(reading, "decrypting")
    shares = usable_shares(reading)
    result = open_tally(reading.pool, election, reading.ciphertexts, shares, reading.total_weight)
    return result, result_text(result)


def require_good(reading: Reading, kind: str, trustee: int, content: bytes) -> None:
    """Raise ProtocolError unless a trustee's shuffle or partial decryption may be added to the box that was read."""
    election = require_sound(reading, "tallied", "shuffled", "decrypting")
    if kind == "Shuffle":
        counts = [len(reading.ciphertexts[position]) for position in election.rankings]
        read = read_shuffle([content], reading.pool, election.group, counts)
        for number, position in enumerate(election.rankings):
            before, after = reading.ciphertexts[position], read.ciphertexts[number]
            proof = read.proofs[number]
            if not check_shuffle_proof(reading.pool, proof, before, after, pk=election.public_key, phi=election.phi):
                raise ProtocolError("the proof of the shuffle does not hold", check="shuffle.proof")
        return
    if not read_share(reading, trustee, [content]).holds:
        raise ProtocolError(f"trustee {trustee}: a proof of the decryption does not hold", check="decryption.proof")
