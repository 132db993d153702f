"""Probable duplicates: who is told, who is not for living together, and that half a million do not take for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from selectorate import roll as R
from selectorate.roll import alike

pytest.importorskip("rapidfuzz")

BORN = dt.date(1970, 3, 14)


def roll(*persons: dict[str, Any]) -> R.Roll:
    made = []
    for number, person in enumerate(persons, 1):
        whole = {"name": f"{person.get('given', '')} {person.get('family', '')}".strip()}
        made.append({"person": str(number), "capacity": "member", **whole, **person})
    return R.Roll.of(made)


def why(*persons: dict[str, Any], **more: Any) -> set[str]:
    found = R.duplicates(roll(*persons), **more)
    return {reason for pair in found.pairs for reason in pair.why}


ADA = {"given": "Ada", "family": "Müller", "born": BORN}
HOME = {"address": "1, High Street", "postcode": "ZZ1 1AA"}


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"given": "ADA", "family": "Muller", "born": BORN}, "same name and date of birth"),
        ({"name": "Müller Ada", "born": BORN}, "same name and date of birth"),
        ({"given": "Ada", "family": "Müler", "born": BORN}, "near spelling and date of birth"),
        ({"given": "Ada", "family": "Brand", "former": "Müller", "born": BORN}, "former name and date of birth"),
        ({**ADA, "born": dt.date(1970, 3, 4)}, None),
        ({"given": "Bo", "family": "Müller", "born": BORN}, None),
        ({"given": "Ada", "family": "Miles", "born": BORN}, None),
    ],
)
def test_accents_slips_and_maiden_names(other: dict[str, Any], reason: str | None) -> None:
    assert why(ADA, other) == ({reason} if reason else set())


def test_hyphens_and_apostrophes() -> None:
    a = {"name": "Mary-Jane O'Hara", "born": BORN}
    assert why(a, {"name": "mary jane ohara", "born": BORN}) == {"same name and date of birth"}


def test_day_and_month_exchanged() -> None:
    a, b = ({**ADA, "born": day} for day in (dt.date(1970, 3, 4), dt.date(1970, 4, 3)))
    assert why(a, b) == {"same name, day and month of birth exchanged"}


def test_equal_numbers_of_one_body_only() -> None:
    a, b = {"name": "Ada", "number": "00-12"}, {"name": "Bo", "number": "12"}
    assert why(a, b) == {"same number"}
    assert why(a, {**b, "body": "Makers"}) == set()


def test_a_couple_and_a_shared_mailbox_are_shown_and_no_duplicates() -> None:
    mail = {"email": "home@example.org"}
    found = R.duplicates(
        roll(
            {"given": "Ada", "family": "Lee", **HOME, **mail},
            {"given": "Bo", "family": "Lee", **HOME, **mail},
            {"given": "Cyrus", "family": "Ode", "email": "HOME@example.org"},
        )
    )
    assert found.pairs == ()
    assert found.shared == (R.Shared("address", ("1", "2")), R.Shared("e-mail", ("1", "2", "3")))


def test_the_same_name_at_one_address() -> None:
    a = {"name": "Ada Lee", **HOME}
    assert why(a, {"name": "Ada Lee", "address": "1 HIGH STREET", "postcode": "zz11aa"}) == {"same name and address"}
    assert why(a, {"name": "Ada Lea", **HOME}, near=80) == {"near spelling and address"}


def test_groups_hang_together_and_pairs_are_in_order() -> None:
    persons = [{"name": "Ada Lee", "born": BORN}] * 3 + [{"name": "Bo", "email": "b@example.org"}] * 2
    found = R.duplicates(roll(*persons))
    assert [(p.a, p.b, p.group) for p in found.pairs] == [("1", "2", 1), ("1", "3", 1), ("2", "3", 1), ("4", "5", 2)]
    assert found.groups == 2
    parted = R.duplicates(roll(*persons), different=[("2", "1")])
    assert ("1", "2") not in {(p.a, p.b) for p in parted.pairs}


def test_capacities_of_one_person_are_no_duplicates() -> None:
    rows = [{"person": "1", "name": "Ada", "capacity": c, "born": BORN} for c in ("member", "registered supporter")]
    assert R.duplicates(R.Roll.of(rows)).pairs == ()


def test_a_value_that_all_share_is_told_and_does_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "MAX_EQUAL", 5)
    monkeypatch.setattr(alike, "MAX_BLOCK", 5)
    same = [{"name": "Nora Nameless", "number": "0", "born": dt.date(1900, 1, 1)} for _ in range(7)]
    found = R.duplicates(roll(*same, {"name": "Nora Nameles", "born": dt.date(1900, 1, 1)}))
    assert any("7 persons have the same date of birth (and name)" in remark.what for remark in found.remarks)
    assert any("8 persons have the same date of birth: compared by the first letter" in r.what for r in found.remarks)
    assert {p.b for p in found.pairs} == {"8"}


def test_what_was_sown_in_an_invented_roll_is_found() -> None:
    n = 4000
    roll = R.invented(n)
    found = R.duplicates(roll)
    sown = {f"{i:07}" for i in range(n - n // 200, n)}
    assert len(sown & {key for pair in found.pairs for key in (pair.a, pair.b)}) >= len(sown) * 0.8
    assert R.fingerprint(R.invented(n)) == R.fingerprint(roll) != R.fingerprint(R.invented(n, seed=2))
