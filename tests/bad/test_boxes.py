"""Every check of the room has an archive that it is the first to refuse: a check without one fails here."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.bad.boxes import make
from tests.box_mutations import ARITHMETICS
from tests.box_subjects import signed
from tests.boxes import YES_NO, Part, new_box, parts_of, put_together

from selectorate.box import canonical
from selectorate.box.pools import Arithmetic
from selectorate.box.v1 import results
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.credentials import secret_exponent
from selectorate.box.v1.decryptions import decryption_text
from selectorate.box.v1.hashes import hex_hash
from selectorate.box.v1.reading import CHECKS, SECTIONS, read_box, tally_pieces, usable_shares
from selectorate.box.v1.report import report
from selectorate.box.v1.results import open_tally
from selectorate.errors import ProtocolError

NEVER_FIRST = {
    "result.range": "Who keeps to the protocol makes no such sum, and of bad ballots none is opened. Tried below.",
}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return make.made()


def test_every_check_has_an_archive_and_every_archive_a_check() -> None:
    files = {path.stem for path in make.HERE.glob("*.bel")}
    assert files == set(make.CASES) == set(CHECKS) - set(NEVER_FIRST)


@pytest.mark.parametrize("check", make.CASES)
@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_it_is_the_first_to_refuse_it(check: str, arithmetic: Arithmetic) -> None:
    reading = read_box(make.HERE / f"{check}.bel", arithmetic)
    assert reading.faults[0].check == check
    found = report(reading)
    assert not found.sound
    failed = [finding.check for finding in found.findings if finding.verdict == "failed"]
    assert check in failed
    if check.partition(".")[0] in ("archive", "events", "setup"):
        assert failed == [check], "what cannot be read is not judged"


def test_the_box_is_sound_that_was_changed(tmp_path: Path) -> None:
    """At the end of every event: what is refused is what was changed."""
    path, parts = tmp_path / "box.bel", make.small().parts
    for end in range(1, len(parts) + 1):
        path.write_bytes(put_together(parts[:end]))
        assert read_box(path).faults == []


def test_the_script_still_makes_them(made: dict[str, bytes]) -> None:
    for check, data in made.items():
        assert (make.HERE / f"{check}.bel").read_bytes() == data
        assert len(data) < 32_000


def test_checks_are_in_the_order_of_the_sections() -> None:
    assert list(dict.fromkeys(check.partition(".")[0] for check in CHECKS)) == list(SECTIONS)


def test_a_sum_beyond_all_votes(tmp_path: Path) -> None:
    """A ballot of five votes for one name, with proofs that do not hold; all that follows is done as it should be."""
    made = new_box(tmp_path, (YES_NO,), voters=1, trustees=1)
    group, election = made.group, made.election
    content = json.loads(make_ballot(election, made.credentials[0], [[1, 0]]))
    choice = content["answers"][0]["choices"][0]
    choice["beta"] = group.multiply(choice["beta"], group.power_g(4))
    ballot = signed(group, secret_exponent(group, election.uuid, made.credentials[0]), content)
    parts = [*parts_of(made.path), Part("Ballot", [ballot], True), Part("EndBallots", [], False)]
    made.path.write_bytes(put_together(parts))
    reading = made.read()
    tally = b"".join(tally_pieces(reading))
    sized = {"num_tallied": 1, "total_weight": 1, "encrypted_tally": hex_hash(tally)}
    alphas = [[alpha for alpha, _ in ciphertexts.texts()] for ciphertexts in reading.ciphertexts]
    decryption = decryption_text(election, *made.private[1], alphas)
    owned = {"owner": 1, "payload": hex_hash(decryption)}
    parts += [
        Part("EncryptedTally", [tally, canonical.dumps(sized).encode()], True),
        Part("PartialDecryption", [decryption, canonical.dumps(owned).encode()], True),
        Part("Result", [b'{"result":[[5,0]]}'], True),
    ]
    made.path.write_bytes(put_together(parts))
    with patch.object(results, "logarithms", side_effect=AssertionError("a sum that no ballots prove is looked for")):
        reading = made.read()
    assert [fault.check for fault in reading.faults] == ["ballot.proofs"]
    verdicts = {finding.check: finding.verdict for finding in report(reading).findings}
    assert verdicts["result.range"] == verdicts["result.content"] == "not reached"
    with pytest.raises(ProtocolError) as caught:
        open_tally(reading.pool, election, reading.ciphertexts, usable_shares(reading), reading.total_weight)
    assert caught.value.check == "result.range"
