"""Probable duplicates: who may be on the roll twice. For a desk to decide; nothing is merged here.

Exact rules join persons by equal values; near spellings are only looked for among those who share a date of birth, an
address or a mailbox, so that half a million persons take seconds. Nicknames are not invented: Bill and William share
nothing that is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from ..errors import MissingPartError
from .rolls import Remark, Roll

if TYPE_CHECKING:
    import numpy as np

Why = Literal[
    "same number",
    "same name and date of birth",
    "same name and e-mail",
    "same name and address",
    "former name and date of birth",
    "former name and address",
    "same name, day and month of birth exchanged",
    "near spelling and date of birth",
    "near spelling and e-mail",
    "near spelling and address",
]
WHYS: tuple[Why, ...] = get_args(Why)
"""In the order of how much they weigh."""
NEAR = 88
"""From how alike two names are called near: of ten letters one may differ."""
MAX_BLOCK = 1_500
"""Persons with one date of birth (or address) among whom every two are compared. More of them share a value that stands
for "not known", such as 1 January 1900, and are compared by the first letter of their family name only."""
MAX_EQUAL = 50
"""Persons with one value that are told as pairs: more share a value that means nothing (a number 0)."""
_ROWS = 20_000


@dataclass(frozen=True)
class DuplicatePair:
    """Two keys that are probably one person. ``a < b``.

    ``score``: 0 to 100, how alike the names are as written; ``group``: pairs that hang together have the same number.
    """

    a: str
    b: str
    why: tuple[Why, ...]
    score: int
    group: int


@dataclass(frozen=True)
class Shared:
    """Persons who share an address or a mailbox and whose names differ: shown, and not called duplicates for it."""

    what: Literal["address", "e-mail"]
    persons: tuple[str, ...]


@dataclass(frozen=True)
class Duplicates:
    """``pairs`` for the desk; ``shared`` for information; ``remarks``: what was not compared in full, and why."""

    pairs: tuple[DuplicatePair, ...] = field(repr=False)
    shared: tuple[Shared, ...] = field(repr=False)
    remarks: tuple[Remark, ...]

    @property
    def groups(self) -> int:
        """How many groups the pairs fall into."""
        return len({pair.group for pair in self.pairs})


def duplicates(roll: Roll, *, different: Iterable[tuple[str, str]] = (), near: int = NEAR) -> Duplicates:
    """Probable duplicates among the persons of ``roll``.

    ``different``: pairs that the desk has found to be two persons; they are left out. ``near``: from how alike, of 100,
    two names are near. Raises MissingPartError where the extra ``office`` is not installed.
    """
    persons = _persons(roll)
    remarks: list[Remark] = []
    found: dict[tuple[int, int], set[Why]] = defaultdict(set)
    for why, equal in _exact(persons, remarks):
        for pair in equal:
            found[pair].add(why)
    for why, pair in _near(persons, near, remarks):
        if not any(already.startswith("same name") for already in found.get(pair, ())):
            found[pair].add(why)
    keys = persons["person"].to_list()
    apart = {tuple(sorted(pair)) for pair in different}
    names = persons["full"].to_list()
    kept = {(keys[a], keys[b]): (a, b) for a, b in found if (keys[a], keys[b]) not in apart}
    groups = _groups(kept)
    pairs = tuple(
        DuplicatePair(
            a, b, tuple(sorted(found[place], key=WHYS.index)), _score(names[place[0]], names[place[1]]), groups[a]
        )
        for (a, b), place in sorted(kept.items(), key=lambda item: (groups[item[0][0]], item[0]))
    )
    return Duplicates(pairs, tuple(_shared(persons, set(kept))), tuple(remarks))


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The number, from 1, of the group of every person of ``pairs``."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for a, b in pairs:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    roots = {key: root(key) for key in parent}
    order = {top: number for number, top in enumerate(sorted(set(roots.values())), 1)}
    return {key: order[top] for key, top in roots.items()}


# -- persons, made comparable ---------------------------------------------------------------------------------------


def plain_text(column: pl.Expr) -> pl.Expr:
    """Text without case, accents, hyphens and dots; strokes and ligatures as they are usually replaced."""
    return (
        column.str.to_lowercase()
        .str.replace_many(
            ["ß", "æ", "œ", "ø", "ł", "đ", "ð", "þ", "ı", "'", "’"],
            ["ss", "ae", "oe", "o", "l", "d", "d", "th", "i", "", ""],
        )
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}+", "")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars(" ")
    )


def _persons(roll: Roll) -> pl.DataFrame:
    """One row a person, sorted by key: what is known of them, made comparable. ``i``: the number of the row."""
    first = (
        roll.rows.sort("person", "capacity", "body", "spell", nulls_last=False)
        .group_by("person", maintain_order=True)
        .agg(pl.col(name).drop_nulls().first() for name in _OF_PERSON)
    )
    plain = {name: plain_text(pl.col(name)) for name in ("name", "given", "family", "former")}
    words = plain["name"].str.split(" ").list.sort().list.join(" ")
    usual = pl.when(pl.col("given").is_not_null() & pl.col("family").is_not_null())
    return (
        first.with_columns(
            full=plain["name"],
            words=words,
            before=usual.then(plain["given"] + " " + plain["former"]).str.split(" ").list.sort().list.join(" "),
            initial=pl.coalesce(plain["family"], plain["name"].str.split(" ").list.last()).str.slice(0, 1),
            mail=pl.col("email").str.to_lowercase(),
            place=plain_text(pl.col("address"))
            + " "
            + plain_text(pl.col("postcode")).str.replace_all(" ", "").fill_null(""),
            digits=pl.col("number").str.to_lowercase().str.replace_all(r"[\s./-]", "").str.strip_chars_start("0"),
            of=pl.col("body").fill_null(""),
        )
        .with_row_index("i")
        .with_columns(pl.col("i").cast(pl.Int64))
    )


_OF_PERSON = ("number", "name", "given", "family", "former", "born", "email", "address", "postcode", "body")


# -- exact rules ------------------------------------------------------------------------------------------------------


def _exact(persons: pl.DataFrame, remarks: list[Remark]) -> Iterator[tuple[Why, Iterator[tuple[int, int]]]]:
    swapped = pl.date(pl.col("born").dt.year(), pl.col("born").dt.day(), pl.col("born").dt.month())
    could = persons.filter((pl.col("born").dt.day() <= 12) & (pl.col("born").dt.day() != pl.col("born").dt.month()))
    other = could.with_columns(swapped.alias("born"))
    yield "same number", _equal(persons.filter(pl.col("digits") != ""), ["digits", "of"], "number", remarks)
    yield "same name and date of birth", _equal(persons, ["words", "born"], "date of birth", remarks)
    yield "same name and e-mail", _equal(persons, ["words", "mail"], "e-mail", remarks)
    yield "same name and address", _equal(persons, ["words", "place"], "address", remarks)
    yield "former name and date of birth", _across(persons, persons, "born")
    yield "former name and address", _across(persons, persons, "place")
    met = could.select("i", "words", "born").join(other.select("i", "words", "born"), on=["words", "born"], suffix="_b")
    yield "same name, day and month of birth exchanged", _ordered(met)


def _equal(persons: pl.DataFrame, columns: list[str], says: str, remarks: list[Remark]) -> Iterator[tuple[int, int]]:
    """Every two rows that are equal in ``columns``, all of them known."""
    known = persons.select("i", *columns).drop_nulls()
    groups = known.group_by(columns).agg(pl.col("i")).filter(pl.col("i").list.len() > 1)["i"].to_list()
    for group in groups:
        if len(group) > MAX_EQUAL:
            remarks.append(
                Remark(
                    f"{len(group):,} persons have the same {says} (and name): they are not told two by two",
                    f"Look whether this {says} stands for something that is not known.",
                )
            )
            continue
        group.sort()
        for place, a in enumerate(group):
            for b in group[place + 1 :]:
                yield a, b


def _across(persons: pl.DataFrame, others: pl.DataFrame, by: str) -> Iterator[tuple[int, int]]:
    """Every two of whom one's former name is the name of the other, and who share ``by``."""
    left = persons.select("i", pl.col("before").alias("words"), by).drop_nulls()
    right = others.select("i", "words", by).drop_nulls()
    return _ordered(left.join(right, on=["words", by], suffix="_b"))


def _ordered(met: pl.DataFrame) -> Iterator[tuple[int, int]]:
    pairs = met.filter(pl.col("i") != pl.col("i_b")).select(
        pl.min_horizontal("i", "i_b").alias("a"), pl.max_horizontal("i", "i_b").alias("b")
    )
    return iter(pairs.unique().sort("a", "b").rows())


# -- near spellings --------------------------------------------------------------------------------


def _near(persons: pl.DataFrame, near: int, remarks: list[Remark]) -> Iterator[tuple[Why, tuple[int, int]]]:
    rules: tuple[tuple[Why, str, str], ...] = (
        ("near spelling and date of birth", "born", "date of birth"),
        ("near spelling and e-mail", "mail", "e-mail"),
        ("near spelling and address", "place", "address"),
    )
    names = persons["words"].to_list()
    for why, column, says in rules:
        known = persons.filter(pl.col(column).is_not_null() & pl.col("words").is_not_null() & (pl.col("words") != ""))
        for block in _blocks(known, column, says, remarks):
            for pair in _near_in(block, names, near):
                yield why, pair


def _blocks(persons: pl.DataFrame, column: str, says: str, remarks: list[Remark]) -> Iterator[list[int]]:
    groups = persons.group_by(column).agg(pl.col("i")).filter(pl.col("i").list.len() > 1)["i"]
    for block in groups:
        if len(block) <= MAX_BLOCK:
            yield block.sort().to_list()
            continue
        remarks.append(
            Remark(
                f"{len(block):,} persons have the same {says}: compared by the first letter of the family name",
                f"Look whether this {says} stands for something that is not known.",
            )
        )
        parts = persons.filter(pl.col("i").is_in(block.implode())).group_by("initial").agg(pl.col("i"))["i"]
        for part in parts:
            if len(part) > MAX_BLOCK * 4:
                remarks.append(Remark(f"{len(part):,} persons with the same {says} and first letter are not compared"))
            elif len(part) > 1:
                yield part.sort().to_list()


def _near_in(block: list[int], names: list[str], near: int) -> Iterator[tuple[int, int]]:
    """Every two of ``block`` whose names are near and not equal."""
    said = [names[i] for i in block]
    if len(block) == 2:  # most blocks of an address
        if said[0] != said[1] and _score(said[0], said[1]) >= near:
            yield block[0], block[1]
        return
    scores = _cdist(said, near)
    for a, b in zip(*scores, strict=True):
        if a < b and said[a] != said[b]:
            yield block[a], block[b]


def _cdist(said: list[str], near: int) -> tuple[Any, ...]:
    """Rows and columns at which two of ``said`` are near."""
    fuzz, process = _rapidfuzz()
    scores: np.ndarray[Any, Any] = process.cdist(said, said, scorer=fuzz.ratio, score_cutoff=near)
    return scores.nonzero()


def _score(a: str, b: str) -> int:
    fuzz, _ = _rapidfuzz()
    return int(fuzz.ratio(a, b))


def _rapidfuzz() -> tuple[Any, Any]:
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        raise MissingPartError(
            "looking for near spellings needs a part that is not installed",
            hint='Install it: pip install "selectorate[office]".',
        ) from None
    return fuzz, process


# -- who only lives together ----------------------------------------------------------------------


def _shared(persons: pl.DataFrame, pairs: set[tuple[str, str]]) -> Iterator[Shared]:
    """Persons at one address or mailbox of whom not all are probable duplicates of each other."""
    rules: tuple[tuple[Literal["address", "e-mail"], str], ...] = (("address", "place"), ("e-mail", "mail"))
    for what, column in rules:
        known = persons.select("person", column).drop_nulls()
        groups = known.group_by(column).agg(pl.col("person").sort()).filter(pl.col("person").list.len() > 1)
        for members in groups["person"].sort().to_list():
            two = len(members) == 2
            if two and tuple(members) in pairs:
                continue
            yield Shared(what, tuple(members))
