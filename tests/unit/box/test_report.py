"""What a report says of checks that had nothing to look at, or not yet enough: never that they are passed."""

from __future__ import annotations

from pathlib import Path

from tests.box_subjects import signed
from tests.boxes import YES_NO, Made, new_box, parts_of, put_together, repointed

from selectorate.box import canonical
from selectorate.box.v1.credentials import secret_exponent
from selectorate.box.v1.report import report


def verdicts(made: Made) -> dict[str, str]:
    return {finding.check: finding.verdict for finding in report(made.read()).findings}


def test_one_of_two_trustees_is_not_enough(tmp_path: Path) -> None:
    made = new_box(tmp_path, (YES_NO,), trustees=2)
    made.cast(0, [[1, 0]])
    made.close()
    made.decrypt(1)
    found = verdicts(made)
    assert (found["decryption.proof"], found["decryption.enough"]) == ("passed", "nothing yet")
    made.decrypt(2)
    assert verdicts(made)["decryption.enough"] == "passed"


def test_the_key_of_trustees_that_are_refused_is_not_checked(tmp_path: Path) -> None:
    made = new_box(tmp_path, (YES_NO,), trustees=2)
    parts = parts_of(made.path)
    items = parts[0].value(1)
    items[0][1]["pok"]["response"] = "1"
    parts[0].data[1] = canonical.dumps(items).encode()
    made.path.write_bytes(put_together([repointed(parts[0]), *parts[1:]]))
    found = verdicts(made)
    assert (found["setup.trustees"], found["setup.key"]) == ("failed", "not reached")


def test_of_a_ballot_that_is_refused_the_rest_is_not_checked(tmp_path: Path) -> None:
    made = new_box(tmp_path, (YES_NO,))
    made.cast(0, [[1, 0]])
    parts = parts_of(made.path)
    ballot = parts[1].value(0)
    ballot["answers"][0]["choices"][0]["alpha"] = made.group.identity
    parts[1].data[0] = signed(made.group, secret_exponent(made.group, made.election.uuid, made.credentials[0]), ballot)
    made.path.write_bytes(put_together(parts))
    found = verdicts(made)
    assert (found["ballot.points"], found["ballot.signature"], found["ballot.proofs"]) == (
        "failed",
        "not reached",
        "not reached",
    )
    assert found["ballot.hash"] == found["ballot.distinct"] == "passed"
