"""Somebody asks which entry they have. All are told the same words; the answer goes to the address on the roll."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from .alike import plain_text
from .columns import COLUMNS
from .entitled import Entitlement
from .papers import shown
from .rolls import Roll

PUBLIC = (
    "If what you gave is that of somebody on the roll, their entry is on its way to the address that stands there. If"
    " nothing comes, ask the office: it will look with you, and you can appeal."
)
"""What everybody is told who asks, whatever they gave."""
_TOLD = ("number", "name", "born", "address", "postcode", "email", "unit")
_OF_CAPACITY = ("body", "unit", "joined", "left", "registered", "suspended", "arrears", "consented", "paid")


@dataclass(frozen=True)
class Answer:
    """``public``: what is shown to whoever asked: the same words in every case.

    ``letter``: what is sent to ``to``, the address that stands on the roll (e-mail, or by post); None when nothing, or
    more than one person, matches. ``person``: whose entry it is, for the office's own record.
    """

    public: str
    to: str | None = field(repr=False)
    letter: str | None = field(repr=False)
    person: str | None = field(repr=False)


def ask(
    roll: Roll,
    entitled: Entitlement | None,
    *,
    number: str,
    family: str,
    born: dt.date | None = None,
    postcode: str | None = None,
) -> Answer:
    """Which entry somebody has. It takes the number, the family name, and date of birth or postcode, all of them right.

    The whole roll is gone through in every case, so that the time tells nothing either.
    """
    given = pl.DataFrame({"number": [number.strip()], "family": [family], "postcode": [postcode or ""]})
    asked = given.select(
        pl.col("number"), plain_text(pl.col("family")), plain_text(pl.col("postcode")).str.replace_all(" ", "")
    ).row(0)
    names = pl.coalesce(plain_text(pl.col("family")), plain_text(pl.col("name")).str.split(" ").list.last())
    same = (pl.col("number") == asked[0]) | (pl.col("person") == asked[0])
    fits = (names == asked[1]) if asked[1] else pl.lit(False)
    by_day = (pl.col("born") == pl.lit(born, pl.Date)).fill_null(False)
    by_place = plain_text(pl.col("postcode")).str.replace_all(" ", "") == asked[2] if asked[2] else pl.lit(False)
    match = roll.rows.filter((same & fits & (by_day | by_place.fill_null(False))).fill_null(False))
    persons = match["person"].unique()
    if len(persons) != 1:
        return Answer(PUBLIC, None, None, None)
    return entry(roll, entitled, persons[0])


def entry(roll: Roll, entitled: Entitlement | None, person: str) -> Answer:
    """The entry of a person whom the office knows: the letter that they get."""
    rows = roll.rows.filter(pl.col("person") == person).sort("capacity", "body", "spell", nulls_last=False)
    if not rows.height:
        return Answer(PUBLIC, None, None, None)
    known = {name: next((v for v in rows[name] if v is not None), None) for name in (*_TOLD, "email")}
    lines = ["This is your entry on the roll.", ""]
    lines += [f"{COLUMNS[name].says}: {shown(known[name])}" for name in _TOLD if name != "unit"]
    for row in rows.iter_rows(named=True):
        lines += ["", f"As {row['capacity']}:"]
        lines += [f"  {COLUMNS[name].says}: {shown(row[name])}" for name in _OF_CAPACITY if row[name] is not None]
    if entitled is not None:
        lines += ["", *_verdict(entitled, person)]
    lines += ["", "If something is wrong, or you think that you may vote, you can appeal to the office."]
    post = ", ".join(str(part) for part in (known["name"], known["address"], known["postcode"]) if part)
    to = known["email"] or (post if known["address"] else None)
    return Answer(PUBLIC, to, "\n".join(lines) + "\n", person)


def _verdict(entitled: Entitlement, person: str) -> list[str]:
    found = entitled.persons.filter(pl.col("person") == person)
    if not found.height:
        return ["It is not decided yet whether you may vote."]
    segments, also, reasons = found.select("segments", "also", "reasons").row(0)
    if segments:
        told = [f"You may vote in: {', '.join(segments)}."]
        if also:
            told.append(f"You belong to {', '.join(also)} too; under the rules you vote once.")
        return told
    return ["You may not vote:", *(f"  {reason}" for reason in reasons)]
