"""From texts to what the columns of a roll hold: a column at a time, every fault with its row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from . import cells, dates
from .columns import COLUMNS, SCHEMA
from .mapping import Mapping
from .rolls import Question, Refusal, Remark


@dataclass
class Fields:
    """``frame``: "row" and one column of the roll after another, as texts and then as what they hold."""

    frame: pl.DataFrame
    mapping: Mapping
    headings: MappingOf[str, str]
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def heading(self, name: str) -> str:
        """What the file calls a column; the mapping's own value has no heading."""
        return self.headings.get(name, f"(all rows) {name}")

    def refuse(self, mask: pl.Expr, name: str, what: str, todo: str, *, shows: str | None = None) -> None:
        """Refuse the rows of which ``mask`` is true. ``shows``: the column whose value the clerk sees."""
        found = self.frame.filter(mask).select("row", pl.col(shows or name).cast(pl.String).alias("value"))
        heading = self.heading(name)
        self.refusals += [Refusal(row, heading, what, todo, value) for row, value in found.iter_rows()]

    def clean(self) -> None:
        """Make every text clean, put in what is fixed and what an empty cell means, and translate words."""
        mapping = self.mapping
        for name in self.headings:
            self._formulas(name)
        self.frame = self.frame.with_columns(self._cleaned(name) for name in self.headings).with_columns(
            pl.lit(value, pl.String).alias(name) for name, value in mapping.fixed.items()
        )
        for name in self.headings:
            self._spoilt(name)
        self.frame = self.frame.with_columns(
            pl.col(name).fill_null(value) if name in self.frame.columns else pl.lit(value, pl.String).alias(name)
            for name, value in mapping.blank.items()
        )
        for name, words in mapping.words.items():
            if name in self.frame.columns:
                meant = {cells.folded(said): means for said, means in words.items()}
                self._translate(name, lambda text, meant=meant: meant.get(cells.folded(text), text))  # type: ignore[misc]

    def _formulas(self, name: str) -> None:
        """Refuse formulas. What was made safe with an apostrophe is none, so this looks before it is taken off."""
        if name in ("person", "number", "name", "given", "family", "capacity", "body", "email"):
            bare = pl.col(name).str.strip_chars()
            formula = bare.str.contains(cells.FORMULA) & ~bare.str.contains('^="[^"]*"$')
            self.refuse(formula, name, "the cell holds a formula", "Write the value itself.")

    def _cleaned(self, name: str) -> pl.Series:
        """A column made clean. Most texts are: only the others, each once, go through all that is done to them."""
        column = self.frame[name]
        dirty = column.filter(column.str.contains(cells.DIRTY)).unique().alias(name)
        if len(dirty):
            clean = dirty.to_frame().select(cells.cleaned(pl.col(name), lines=", " if name == "address" else " "))
            column = column.replace(dirty, clean[name])
        return column.set(column == "", None)

    def _spoilt(self, name: str) -> None:
        column = pl.col(name)
        self.refuse(
            cells.is_error(column), name, "the cell shows the error of a formula", "Correct it, or write the value."
        )
        if name in ("person", "number"):
            self.refuse(
                cells.is_shortened(column),
                name,
                "a spreadsheet has shortened this number: its last digits are lost",
                "Export it as text.",
            )

    def _translate(self, name: str, means: Callable[[str], str]) -> None:
        texts = self.frame[name].drop_nulls().unique()
        table = {text: meant for text in texts if (meant := means(text)) != text}
        if table:
            self.frame = self.frame.with_columns(pl.col(name).replace(table))

    # -- kinds of columns ---------------------------------------------------------------------------------------

    def read_days(self, name: str) -> None:
        """A column of dates, or of dates with their time."""
        times = COLUMNS[name].holds == "date and time"
        texts = self.frame[name].drop_nulls().unique().sort()
        said = self.mapping
        column = dates.read_column(texts, times=times, day_first=said.day_first, serials=said.serials, zone=said.zone)
        if column.open is not None:
            what = f"the dates, such as {column.open}, can be read in two ways: does the day or the month come first?"
            self._ask("day_first", name, what, ((True, "the day"), (False, "the month")))
        if column.serial is not None:
            what = f"there are numbers, such as {column.serial}, in place of dates: are they Excel's days?"
            choices = (("1900", "days since 1900, as usual"), ("1904", "days since 1904, as on older Macs"))
            self._ask("serials", name, what, choices)
        self._replace(name, dict(column.values), column.faults)

    def _ask(self, key: str, name: str, what: str, choices: tuple[tuple[object, str], ...]) -> None:
        self.questions.append(Question(key, self.heading(name), what, choices))

    def read_truths(self, name: str) -> None:
        """A column of yes and no."""
        values: dict[str, object] = {}
        faults: dict[str, tuple[str, str]] = {}
        for text in self.frame[name].drop_nulls().unique().sort():
            value = cells.yes_or_no(text)
            if value is None and not cells.is_nothing(text):
                faults[text] = ("is neither yes nor no", "Write yes or no, or say in the mapping what the word means.")
            values[text] = value
        self._replace(name, values, faults)

    def _replace(self, name: str, values: MappingOf[str, object], faults: MappingOf[str, tuple[str, str]]) -> None:
        """Put values in the place of texts, and refuse the rows of those that have none."""
        for (what, todo), texts in _by_fault(faults).items():
            self.refuse(pl.col(name).is_in(texts), name, what, todo)
        kind = SCHEMA[name]
        known = {text: value for text, value in values.items() if value is not None and text not in faults}
        if isinstance(kind, pl.Date):
            known = {text: value.date() if isinstance(value, dt.datetime) else value for text, value in known.items()}
        table = pl.DataFrame(
            {name: pl.Series(list(known), dtype=pl.String), "_value": pl.Series(list(known.values()), dtype=kind)}
        )
        self.frame = (
            self.frame.join(table, on=name, how="left", maintain_order="left")
            .with_columns(pl.col("_value").alias(name))
            .drop("_value")
        )

    def look_at_letters(self) -> None:
        """Remark on names that were saved in one encoding and opened in another: they stay as they are."""
        odd = self.frame.filter(pl.col("name").str.contains(cells.MOJIBAKE))["row"]
        if len(odd):
            rows = f"{len(odd):,} names look" if len(odd) > 1 else "a name looks"
            self.remarks.append(
                Remark(
                    f"{rows} as if the file was saved in one encoding and opened in another",
                    "Ask for the file anew.",
                    row=odd[0],
                )
            )

    def look_at_mail(self) -> None:
        """Remark on addresses of mail that cannot be delivered to; they stay as they are written."""
        if "email" not in self.frame.columns:
            return
        wrong = self.frame.filter(~pl.col("email").str.contains(cells.ADDRESS_OF_MAIL))["row"]
        if len(wrong):
            self.remarks.append(
                Remark(
                    f"{len(wrong):,} e-mail addresses cannot be right",
                    "Correct them, or these persons will get nothing by e-mail.",
                    row=wrong[0],
                    column=self.heading("email"),
                )
            )


def _by_fault(faults: MappingOf[str, tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for text, fault in faults.items():
        found.setdefault(fault, []).append(text)
    return found


def read_all(fields: Fields) -> None:
    """Read every column that is no text."""
    readers: dict[str, Callable[[str], Any]] = {
        "date": fields.read_days,
        "date and time": fields.read_days,
        "true or false": fields.read_truths,
    }
    for name in list(fields.frame.columns):
        if name != "row" and (reader := readers.get(COLUMNS[name].holds)):
            reader(name)
