"""From one roll to another: the difference, the plan of an import that is shown first, the act, and its undoing."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import polars as pl

from ..errors import InputError
from .columns import COLUMNS, KEY, SCHEMA, Key
from .fingerprints import canonical_rows, fingerprint
from .reading import Reading
from .rolls import Refusal, Remark, Roll

ALL = list(COLUMNS)
REST = tuple(name for name in COLUMNS if name not in KEY)
_FRAMES = ("added", "gone", "changed_before", "changed_after")
_PARTS = ("given", "family", "former")
MAX_PLAN = 2 << 30
"""Bytes that a kept plan may unpack to."""


@dataclass(frozen=True)
class Change:
    """One cell of one row that changes. ``key``: (person, capacity, body, spell)."""

    key: Key
    column: str
    before: object
    after: object


@dataclass(frozen=True)
class Difference:
    """From one roll to another.

    All frames have the columns of a roll; ``changed_before`` and ``changed_after`` have the same keys in the same
    order.
    """

    added: pl.DataFrame = field(repr=False)
    gone: pl.DataFrame = field(repr=False)
    changed_before: pl.DataFrame = field(repr=False)
    changed_after: pl.DataFrame = field(repr=False)
    unchanged: int

    @property
    def nothing(self) -> bool:
        """Whether the two rolls are the same."""
        return not (self.added.height or self.gone.height or self.changed_before.height)

    def changes(self, limit: int | None = None) -> list[Change]:
        """Cell by cell, in the order of the rows; the first ``limit`` of them."""
        found: list[Change] = []
        for before, after in zip(
            self.changed_before.iter_rows(named=True), self.changed_after.iter_rows(named=True), strict=True
        ):
            key = (before["person"], before["capacity"], before["body"], before["spell"])
            for name in REST:
                if before[name] != after[name]:
                    found.append(Change(key, name, before[name], after[name]))
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def by_column(self) -> dict[str, int]:
        """How many rows change in each column."""
        counts = {name: int(self.changed_before[name].ne_missing(self.changed_after[name]).sum()) for name in REST}
        return {name: count for name, count in counts.items() if count}


def difference(before: Roll, after: Roll) -> Difference:
    """From ``before`` to ``after``, row by row and cell by cell."""
    old, new = before.rows, after.rows
    added = new.join(old.select(KEY), on=KEY, how="anti", nulls_equal=True)
    gone = old.join(new.select(KEY), on=KEY, how="anti", nulls_equal=True)
    both = old.join(new, on=KEY, how="inner", nulls_equal=True, suffix="_new")
    changed = both.filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in REST))
    changed = changed.sort(KEY, nulls_last=False)
    return Difference(
        added=_sorted(added),
        gone=_sorted(gone),
        changed_before=changed.select(ALL),
        changed_after=changed.select(pl.col(name if name in KEY else f"{name}_new").alias(name) for name in COLUMNS),
        unchanged=both.height - changed.height,
    )


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(ALL).sort(KEY, nulls_last=False)


# -- the plan of an import ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What an import would do.

    ``base`` and ``result``: fingerprints of the roll before and after; ``fingerprint``: of the plan itself, so that
    what is applied is what was shown.
    """

    difference: Difference
    refusals: tuple[Refusal, ...] = field(repr=False)
    remarks: tuple[Remark, ...]
    base: str
    result: str
    fingerprint: str

    @property
    def new(self) -> int:
        """Rows that are added."""
        return self.difference.added.height

    @property
    def changed(self) -> int:
        """Rows that change."""
        return self.difference.changed_before.height

    @property
    def gone(self) -> int:
        """Rows that go."""
        return self.difference.gone.height

    @property
    def unchanged(self) -> int:
        """Rows that stay as they are."""
        return self.difference.unchanged

    @property
    def refused(self) -> int:
        """Rows of the file that are refused."""
        return len({refusal.row for refusal in self.refusals})

    def to_bytes(self) -> bytes:
        """To be kept (for undo); ``Plan.from_bytes`` reads it again."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in _FRAMES:
                piece = io.BytesIO()
                getattr(self.difference, name).write_ipc(piece, compression="zstd")
                packed.writestr(f"{name}.arrow", piece.getvalue())
            told = {
                "unchanged": self.unchanged,
                "base": self.base,
                "result": self.result,
                "fingerprint": self.fingerprint,
                "refusals": [asdict(refusal) for refusal in self.refusals],
                "remarks": [asdict(remark) for remark in self.remarks],
            }
            packed.writestr("plan.json", json.dumps(told, ensure_ascii=False))
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Plan:
        """What ``to_bytes`` gave. Raises InputError for anything else."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                if sum(info.file_size for info in packed.infolist()) > MAX_PLAN:
                    raise ValueError
                frames = {name: pl.read_ipc(packed.read(f"{name}.arrow")) for name in _FRAMES}
                told = json.loads(packed.read("plan.json"))
            if any(dict(frame.schema) != dict(SCHEMA) for frame in frames.values()):
                raise ValueError
            plan = cls(
                difference=Difference(**frames, unchanged=int(told["unchanged"])),
                refusals=tuple(Refusal(**refusal) for refusal in told["refusals"]),
                remarks=tuple(Remark(**remark) for remark in told["remarks"]),
                base=told["base"],
                result=told["result"],
                fingerprint=told["fingerprint"],
            )
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, pl.exceptions.PolarsError):
            raise InputError("this is no plan of an import", hint="Make the dry run again.") from None
        if plan.fingerprint != _fingerprint(plan.base, plan.result, plan.difference):
            raise InputError("the plan does not have its own fingerprint", hint="Make the dry run again.")
        return plan


def _fingerprint(base: str, result: str, found: Difference) -> str:
    digest = hashlib.sha256(f"selectorate plan 1\n{base}\n{result}\n".encode())
    for name in _FRAMES:
        digest.update(f"{name}\n".encode())
        for piece in canonical_rows(getattr(found, name)):
            digest.update(piece)
    return digest.hexdigest()


def dry_run(current: Roll, reading: Reading) -> Plan:
    """What would happen. A refused row leaves its person on the roll as they are, and so does a column that the file
    does not have what the roll has in it.

    Raises InputError if the reading has questions.
    """
    if reading.questions:
        question = reading.questions[0]
        raise InputError(question.what, hint=f"Answer it in the mapping: {question.key}.")
    reading = _completed(current, reading)
    strangers = _strangers(current, reading)
    refused = pl.Series([refusal.row for refusal in strangers], dtype=pl.Int64)
    coming = reading.roll.rows.filter(~reading.numbers.is_in(refused.implode()))
    held = pl.Series(sorted(reading.held), dtype=pl.String)
    kept = _kept(current, coming, reading, held)
    after = Roll(pl.concat([coming, kept]))
    found = difference(current, after)
    base, result = fingerprint(current), fingerprint(after)
    return Plan(
        difference=found,
        refusals=tuple(sorted((*reading.refusals, *strangers), key=lambda refusal: refusal.row)),
        remarks=(*reading.remarks, *_warnings(current, reading, found)),
        base=base,
        result=result,
        fingerprint=_fingerprint(base, result, found),
    )


def _completed(current: Roll, reading: Reading) -> Reading:
    """The reading with what the roll has in columns of which the file says nothing: a list without telephones is no
    reason to forget them. Parts of a name stay as long as the name does.
    """
    mapping = reading.mapping
    told = {*mapping.columns, *mapping.fixed, *mapping.blank, *KEY, "name"}
    silent = [name for name in COLUMNS if name not in told]
    if not silent or not len(current):
        return reading
    known = current.rows.select(*KEY, "name", *silent)
    both = reading.roll.rows.join(
        known, on=list(KEY), how="left", nulls_equal=True, suffix="_known", maintain_order="left"
    )
    same = pl.col("name") == pl.col("name_known")
    kept = [
        pl.coalesce(name, pl.when(same).then(f"{name}_known") if name in _PARTS else pl.col(f"{name}_known")).alias(
            name
        )
        for name in silent
    ]
    return replace(reading, roll=Roll(both.with_columns(kept).select(*COLUMNS)))


def _kept(current: Roll, coming: pl.DataFrame, reading: Reading, held: pl.Series) -> pl.DataFrame:
    """Rows of ``current`` that stay although the file does not have them."""
    absent = current.rows.join(coming.select(KEY), on=KEY, how="anti", nulls_equal=True)
    covers = reading.mapping.covers
    if covers == "additions":
        return absent.select(ALL)
    stays = pl.col("person").is_in(held.implode())
    if covers == "its capacities":
        named = coming.select("capacity", "body").unique()
        absent = absent.join(
            named.with_columns(pl.lit(True).alias("_named")), on=["capacity", "body"], how="left", nulls_equal=True
        )
        stays = stays | pl.col("_named").is_null()
    return absent.filter(stays).select(ALL)


def _strangers(current: Roll, reading: Reading) -> list[Refusal]:
    """Rows that would give a capacity to somebody on the roll who has another name and no date of birth in common.

    Numbers of two bodies that happen to be equal would otherwise make two persons one.
    """
    coming = reading.roll.rows.select(*KEY, "name", "born").with_columns(reading.numbers.alias("_row"))
    new = coming.join(current.rows.select(KEY), on=KEY, how="anti", nulls_equal=True)
    known = current.rows.select("person", "name", "born").unique("person", keep="any")
    met = new.join(known, on="person", how="inner", suffix="_known")
    alike = pl.col("name").str.to_lowercase() == pl.col("name_known").str.to_lowercase()
    born = (pl.col("born") == pl.col("born_known")).fill_null(False)
    todo = "If it is another person, give the numbers of this body a prefix in the mapping; if not, correct the name."
    heading = reading.mapping.columns.get("person") or reading.mapping.columns.get("number")
    what = "somebody else on the roll has this number, with another name"
    rows = met.filter(~alike & ~born).select("_row", "person")
    return [Refusal(row, heading, what, todo, value) for row, value in rows.iter_rows()]


def _warnings(current: Roll, reading: Reading, found: Difference) -> list[Remark]:
    told: list[Remark] = []
    gone = found.gone.height
    if gone and reading.unnamed:
        told.append(
            Remark(
                f"of {reading.unnamed:,} refused rows nobody can tell whose they are; {gone:,} would go",
                "Correct these rows before the import, or say in the mapping that the file only adds.",
            )
        )
    if gone * 10 > len(current):
        told.append(
            Remark(
                f"{gone:,} of {len(current):,} rows would go: more than one in ten",
                "Is it the whole list? If it only adds, say so in the mapping.",
            )
        )
    return told


def apply(roll: Roll, plan: Plan) -> Roll:
    """The new roll. Raises InputError if ``roll`` is not the one that the plan was made for."""
    if fingerprint(roll) != plan.base:
        raise InputError("the roll has changed since the dry run", hint="Make the dry run again.")
    return _moved(roll, plan, "gone", "added", "changed_before", "changed_after", plan.result)


def undo(roll: Roll, plan: Plan) -> Roll:
    """The roll before ``plan`` was applied. Raises InputError if it has been changed since."""
    if fingerprint(roll) != plan.result:
        raise InputError("the roll has changed since this import", hint="Undo what came after it first.")
    return _moved(roll, plan, "added", "gone", "changed_after", "changed_before", plan.base)


def _moved(roll: Roll, plan: Plan, out: str, into: str, before: str, after: str, wanted: str) -> Roll:
    found = plan.difference
    leaves = pl.concat([getattr(found, out).select(KEY), getattr(found, before).select(KEY)])
    stays = roll.rows.join(leaves, on=KEY, how="anti", nulls_equal=True)
    moved = Roll(pl.concat([stays, getattr(found, into), getattr(found, after)]))
    if fingerprint(moved) != wanted:
        raise InputError("the plan does not lead to the roll that was shown", hint="Make the dry run again.")
    return moved


def told_refusals(refusals: Sequence[Refusal]) -> dict[str, int]:
    """How many rows are refused for each reason, the first one of a row counting."""
    first: dict[int, str] = {}
    for refusal in refusals:
        first.setdefault(refusal.row, refusal.what)
    counts: dict[str, int] = {}
    for what in first.values():
        counts[what] = counts.get(what, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
