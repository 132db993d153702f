"""A roll of persons who do not exist, the same for the same seed on every machine: for the demo, measuring and tests.

Every value is a mix of the seed, the column and the number of the person (splitmix64), not a stream of a random
generator: no version of a library changes it, and person 7 is the same in a roll of a thousand and of a million (but
the last of a roll are earlier persons once more).
Mail goes to example.org, telephones are those kept for drama, no post has the area ZZ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ..errors import InputError
from .columns import COLUMNS, SCHEMA
from .rolls import Roll

INVENTED_DATES: Mapping[str, dt.date | dt.datetime] = {
    "freeze": dt.date(2016, 1, 12),
    "affiliated_deadline": dt.datetime(2016, 8, 8, 12),
    "registration_deadline": dt.datetime(2016, 7, 20, 17),
}
"""The dates of labour-2014 for which an invented roll is made: on both sides of each there is somebody."""
MOST = 5_000_000

_GIVEN_NAMES = (
    "Ada Agnes Aisha Alan Alasdair Amara Amélie Andrew Aneurin Angela Anita Anjali Arthur Astrid Ayesha Barbara "
    "Beatrix Ben Bilal Brian Bronwen Caitlín Carlos Carol Catherine Cerys Chidi Chloë Clement Colm Conor Daisy "
    "Daniel David Dawn Derek Diane Dilys Donald Dylan Edith Eilidh Elena Ellen Emeka Emrys Esther Ewan Fatima "
    "Fergus Fiona Florence Frances Frank Gareth Geoffrey George Gerald Grace Graham Gwen Hamish Hannah Harold "
    "Harriet Hassan Heather Helen Henry Hugh Ian Imran Ingrid Irene Isla Ivan Jack James Jane Janet Jasmine Jean "
    "Joan John Joseph José Joyce Judith Karen Keir Kenji Kevin Kirsty Kwame Laura Leila Leonard Lesley Lewis "
    "Liam Linda Lloyd Lucy Magnus Mair Malcolm Manjit Margaret Mark Martha Mary Maureen Megan Michael Mohammed "
    "Moira Morag Nadia Nancy Neil Niamh Nigel Nora Olive Oliver Olwen Omar Owen Patricia Paul Peter Philip Priya "
    "Rachel Raj Ralph Renée Rhiannon Robert Rosa Ruth Sadia Samuel Sarah Seán Sheila Siân Simon Siobhán Sofia "
    "Stanley Stella Susan Tariq Theresa Thomas Tomasz Una Ursula Valerie Victor Vikram Walter Wendy William "
    "Yasmin Yusuf Zoë"
)
_STARTS = (
    "Ack Alder Ash Barn Beck Bex Birk Brad Bram Brook Burn Cald Carl Chal Clay Cob Cran Crof Dal Den Drax Dun "
    "Eck Elm Fair Farn Fen Gar Glen Gran Hal Harp Hart Haw Hol Kel Ket Kirk Lang Lin Mal Mar Mell Mor Nor Oak Os "
    "Pem Pres Ral Ravens Red Ros Ruth Sax Sel Shel Stan Stock Thorn Tren Wal Wat West Whit Win Wood Wyn Yar"
)
_ENDS = (
    "bourne bridge bury by combe cote croft dale den field ford gate ham hurst land ley low mere more ridge shaw "
    "stead ton wick worth"
)
_MORE = (
    "García|Müller|O'Hanlon|MacAulay|Nguyễn|Søndergård|Kowalczyk|Nagy-Bartók|Ní Bhriain|van der Meer|"
    "Ó Súilleabháin|Łukasik|D'Angelo|Çelik|Iñárritu|Þórsdóttir|al-Rashid|St John-Ives|Lefèvre|Dvořák"
)
_BODIES = (
    "Union of Makers",
    "Clerks and Carriers",
    "Railway and Quayside Union",
    "Guild of Teachers",
    "Society of Socialist Gardeners",
    "Health and Care Union",
)
_UNITS = tuple(
    f"{place} {side}"
    for place in ("Aldermoor", "Brackwater", "Carrowdale", "Dunmere", "Eastholm", "Farrowby", "Glanrhyd", "Hexwick")
    for side in ("North", "South", "East", "West", "Central", "and the Vale", "Docks")
)
_STREETS = (
    "Acacia",
    "Bevan",
    "Canal",
    "Chapel",
    "Fountain",
    "Hardie",
    "Mill",
    "Orchard",
    "Priory",
    "Quarry",
    "Station",
)
_WAYS = ("Road", "Street", "Lane", "Terrace", "Close", "Avenue")
_SOURCES = ("web form", "paper form", "stall", "telephone")
_SOME_DAY = dt.date(1990, 1, 1)
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)

Array = np.ndarray[Any, Any]


class _Draw:
    """Numbers of persons ``who``, from the seed: each name of a draw gives numbers of its own."""

    def __init__(self, seed: int, who: Array) -> None:
        self.seed, self.who = seed, who

    def upto(self, name: str, end: int) -> Array:
        """For each person a number from 0 up to, not including, ``end``."""
        salt = int.from_bytes(name.encode()[:8].ljust(8, b"."), "big") ^ (self.seed * _MIX[1] % 2**64)
        with np.errstate(over="ignore"):
            x = self.who.astype(np.uint64) * np.uint64(_MIX[0]) + np.uint64(salt)
            for shift, factor in ((30, _MIX[1]), (27, _MIX[2])):
                x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
            x ^= x >> np.uint64(31)
        return (x % np.uint64(end)).astype(np.int64)

    def share(self, name: str, per_mille: int) -> Array:
        """Whether a person is one of so many in a thousand."""
        return self.upto(name, 1000) < per_mille

    def of(self, name: str, choices: Sequence[str]) -> pl.Series:
        """One of ``choices`` for each person."""
        return pl.Series(list(choices), dtype=pl.String).gather(self.upto(name, len(choices)))

    def days(self, name: str, first: dt.date, last: dt.date) -> pl.Series:
        """A day from ``first`` to ``last`` for each person."""
        days = self.upto(name, (last - first).days + 1) + (first - dt.date(1970, 1, 1)).days
        return pl.Series(days, dtype=pl.Int32).cast(pl.Date)


def invented(n: int, seed: int = 1) -> Roll:
    """A roll of ``n`` persons who do not exist, the same for the same seed.

    Some are in two segments, some refused by any date of ``INVENTED_DATES``, some there twice (one in two hundred);
    couples share an address, some a mailbox. Raises InputError for a number below 0 or above ``MOST``.
    """
    if not 0 <= n <= MOST:
        raise InputError(f"a roll is invented for 0 to {MOST:,} persons")
    if n == 0:
        return Roll.empty()
    copies = n // 200
    who = np.arange(n)
    # The last of them are earlier persons once more, under another number.
    origin = np.where(who >= n - copies, (who * 7919 + 13) % max(1, n - copies), who)
    rows = _capacities(seed, who, _person(seed, who, origin, n - copies))
    return Roll(rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()))


def _person(seed: int, who: Array, origin: Array, first_copy: int) -> pl.DataFrame:
    """What is known of the persons themselves."""
    draw, own = _Draw(seed, origin), _Draw(seed, who)
    families = [start + end for start in _STARTS.split() for end in _ENDS.split()] + _MORE.split("|") * 12
    given = draw.of("given", _GIVEN_NAMES.split())
    family = draw.of("family", families)
    home = origin - (origin % 2) * _Draw(seed, origin // 2).share("couple", 350)  # who lives with their neighbour
    place = _Draw(seed, home)
    return pl.DataFrame(
        {
            "i": who,
            "copied": np.where(who >= first_copy, own.upto("how", 6), -1),
            "given": given,
            "second": draw.of("second", _GIVEN_NAMES.split()).set(pl.Series(~draw.share("has2", 120)), None),
            "family": family,
            "maiden": draw.of("maiden", families).set(pl.Series(~draw.share("hasm", 60)), None),
            "born": draw.days("born", dt.date(1928, 1, 1), dt.date(2000, 6, 30)),
            "house": place.upto("house", 180) + 1,
            "street": place.of("street", _STREETS),
            "way": place.of("way", _WAYS),
            "postcode": pl.Series([f"ZZ{a}" for a in range(1, 100)]).gather(place.upto("area", 99))
            + " "
            + pl.Series([f"{a}{b}{c}" for a in range(10) for b in "ABDEFG" for c in "HJLNPQ"]).gather(
                place.upto("walk", 360)
            ),
            "unit": place.of("unit", _UNITS),
            "mailbox": np.where(_Draw(seed, origin // 2).share("mailbox", 15), origin // 2 * 2, origin),
            "no_mail": own.share("nomail", 90),
            "phone": pl.Series([f"01632 960{a:03}" for a in range(1000)]).gather(own.upto("phone", 1000)),
        }
    ).with_columns(_copied())


def _copied() -> list[pl.Expr]:
    """How those differ who are there twice: not at all, an accent, a slip, a former name, day and month."""
    copied, family, given = pl.col("copied"), pl.col("family"), pl.col("given")
    plain = family.str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    slip = (family.str.slice(0, 4) + family.str.slice(3, 1) + family.str.slice(4)).str.replace_all("  ", " ")
    swapped = pl.when(pl.col("born").dt.day() <= 12).then(
        pl.date(pl.col("born").dt.year(), pl.col("born").dt.day(), pl.col("born").dt.month())
    )
    return [
        pl.when(copied == 1).then(plain).when(copied == 2).then(slip).when(copied == 3)
        .then(pl.coalesce("maiden", "family")).otherwise(family).alias("family"),
        pl.when(copied == 3).then(None).otherwise(pl.col("maiden")).alias("maiden"),
        pl.when(copied == 4).then(pl.coalesce(swapped, "born")).otherwise(pl.col("born")).alias("born"),
        pl.when(copied == 5).then(given + "e").otherwise(given).alias("given"),
    ]  # fmt: skip


def _capacities(seed: int, who: Array, persons: pl.DataFrame) -> pl.DataFrame:
    """The rows: one for every capacity that a person holds or held."""
    draw = _Draw(seed, who)
    kind = draw.upto("kind", 100)  # 52 members, 34 affiliated supporters, 14 registered supporters of a hundred
    i = pl.col("i").cast(pl.String).str.zfill(7)
    given = pl.concat_str("given", "second", separator=" ", ignore_nulls=True)
    letters = pl.concat_str("given", pl.lit("."), "family").str.normalize("NFKD").str.replace_all(r"[^A-Za-z.]", "")
    mail = letters.str.to_lowercase().gather(pl.col("mailbox").clip(0, len(who) - 1))
    base = persons.with_columns(
        kind=pl.Series(kind),
        person=i,
        number=i,
        name=pl.concat_str(given, pl.lit(" "), pl.col("family")),
        given=given,
        former=pl.col("maiden"),
        email=pl.when(~pl.col("no_mail")).then(mail + pl.col("mailbox").cast(pl.String) + "@example.org"),
        address=pl.concat_str("house", pl.lit(" "), "street", pl.lit(" "), "way"),
        spell=pl.lit(1),
        body=pl.lit(None, pl.String),
        suspended=pl.Series(draw.share("susp", 6)).set(pl.Series(draw.share("nosusp", 3)), None),
        joined=draw.days("joined", _SOME_DAY, dt.date(2016, 8, 1)).set(pl.Series(draw.share("nojoin", 2)), None),
        source=draw.of("source", _SOURCES),
        body_=draw.of("body", _BODIES),
        left_=pl.Series(draw.share("left", 12)),
        both=pl.Series(draw.share("both", 60)),
        again=pl.Series(draw.share("again", 10)),
        paid_=pl.Series(~draw.share("unpaid", 40)),
        minutes=pl.Series(draw.upto("minutes", 2900)),
        left=pl.lit(None, pl.Date),
    )
    of_age = pl.max_horizontal("joined", pl.col("born").dt.offset_by("15y"))
    base = base.with_columns(joined=pl.when(pl.col("joined").is_not_null()).then(of_age))
    members = base.filter(pl.col("kind") < 52).with_columns(
        capacity=pl.lit("member"),
        left=pl.when(pl.col("left_") & (pl.col("joined") < pl.date(2016, 1, 1))).then(pl.date(2016, 6, 1)),
        source=pl.lit(None, pl.String),
    )
    later = pl.max_horizontal(pl.col("joined") + pl.duration(days=1500), pl.date(2012, 1, 1))
    again = members.filter(pl.col("again") & pl.col("joined").is_not_null() & (pl.col("joined") < pl.date(2008, 1, 1)))
    once = again.with_columns(left=pl.col("joined") + pl.duration(days=900))
    twice = again.with_columns(spell=pl.lit(2), joined=later)
    members = pl.concat([members.join(again.select("i"), on="i", how="anti"), once, twice])
    affiliated = base.filter(
        ((pl.col("kind") >= 52) & (pl.col("kind") < 86)) | ((pl.col("kind") < 52) & pl.col("both"))
    )
    affiliated = affiliated.with_columns(
        capacity=pl.lit("affiliated supporter"),
        body="body_",
        registered=pl.lit(dt.datetime(2016, 5, 1)) + pl.duration(minutes=pl.col("minutes") * 50),
        consented=pl.lit(True),
    )
    registered = base.filter(pl.col("kind") >= 86).with_columns(
        capacity=pl.lit("registered supporter"),
        joined=pl.lit(None, pl.Date),
        registered=pl.lit(dt.datetime(2016, 7, 18, 17)) + pl.duration(minutes="minutes"),
        paid="paid_",
    )
    rows = pl.concat([members, affiliated, registered], how="diagonal")
    missing = [pl.lit(None).alias(name) for name in COLUMNS if name not in rows.columns]
    return rows.with_columns(missing)
