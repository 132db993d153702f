"""How a file becomes rows of the roll: said once by a clerk, and remembered."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import tomlkit
from pydantic import Field, field_validator, model_validator

from .. import documents
from ..documents import FileModel, nearest, wrong
from .columns import COLUMNS
from .headings import guessed

Covers = Literal["the whole roll", "its capacities", "additions"]


def _columns_only(value: dict[str, object]) -> dict[str, object]:
    for name in value:
        if name not in COLUMNS:
            raise wrong(f'a roll has no column "{name}"', nearest(name, list(COLUMNS), "It has") or "", (name,))
    return value


class Mapping(FileModel):
    """How a file becomes rows: remembered from one import to the next (``to_toml``, ``model_dump(mode="json")``)."""

    columns: dict[str, str] = Field(
        {}, description='Columns of the roll, and their headings: { joined = "Member since" }.'
    )
    fixed: dict[str, str] = Field({}, description='The value of every row: { capacity = "member" }.')
    words: dict[str, dict[str, str]] = Field(
        {}, description='What the file says and what is meant: { capacity = { "Full" = "member" } }.'
    )
    blank: dict[str, str] = Field({}, description='What an empty cell means: { suspended = "no" }.')
    day_first: bool | None = Field(
        None, description="Whether 03/04/2016 is in April; left out, as the column itself tells."
    )
    serials: Literal["1900", "1904"] | None = Field(
        None, description="Dates that are numbers are days since then, as Excel counts them."
    )
    zone: str | None = Field(None, description='The zone of the organisation, where times carry one: "Europe/London".')
    prefix: str = Field("", max_length=40, description='Put before every number to make the key of a person: "unite-".')
    digits: int | None = Field(
        None, ge=1, le=40, description="Numbers are filled up with leading zeros to so many digits."
    )
    encoding: str | None = Field(None, description="The encoding of a CSV file; left out, it is found out.")
    separator: str | None = Field(
        None, min_length=1, max_length=1, description="The separator of a CSV file; left out, it is found out."
    )
    sheet: str | None = Field(None, description="The sheet of a workbook.")
    header: int | None = Field(None, ge=0, le=50, description="The row of the headings; 0: there are none.")
    hidden: Literal["take", "leave"] | None = Field(None, description="What to do with hidden rows of a sheet.")
    covers: Covers = Field(
        "its capacities",
        description=(
            "Whom the file lists in full, so that who is not in it is gone: the whole roll, those in the capacities and"
            " bodies that it names, or nobody (additions)."
        ),
    )

    _known = field_validator("columns", "fixed", "words", "blank")(_columns_only)

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        if value is not None and value not in zoneinfo.available_timezones():
            raise wrong("there is no zone of this name", 'Write it as "Europe/London".')
        return value

    @model_validator(mode="after")
    def _once(self) -> Mapping:
        for name in self.fixed:
            if name in self.columns:
                raise wrong(f'"{name}" is both a column and fixed', "Leave one of them out.", ("fixed", name))
        return self

    def to_toml(self) -> str:
        """As a file; ``load_mapping`` and ``mapping_of`` read it again."""
        return tomlkit.dumps(self.model_dump(exclude_defaults=True))


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises InputError with file, line and key."""
    return documents.check(documents.read(path), Mapping)


def mapping_of(text: str, name: str = "mapping") -> Mapping:
    """The mapping that ``to_toml`` wrote. Raises InputError with line and key."""
    return documents.check(documents.parse(text.encode(), name), Mapping)


def proposed(headings: Sequence[str], remembered: Sequence[Mapping] = ()) -> Mapping:
    """The remembered mapping whose headings are all there and that uses most of them, or a guess."""
    there = set(headings)
    fitting = [mapping for mapping in remembered if mapping.columns and set(mapping.columns.values()) <= there]
    if fitting:
        return max(fitting, key=lambda mapping: len(mapping.columns))
    return Mapping(columns=guessed(headings))
