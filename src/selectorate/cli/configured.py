"""``count --method rctab``: a contest of which RCTab's configuration says all, counted by the rules that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import sheets
from ..ballots import formats
from ..count.rctab import RctabRules, count_rctab, method_of
from ..count.registry import Method
from ..count.ties import Ties
from ..errors import CountError, InputError, Where
from . import base

ID = "rctab"


@dataclass(frozen=True)
class Configured:
    """A configuration that was read, and its rules."""

    read: formats.rctab.Configuration
    rules: RctabRules

    def method(self) -> Method:
        """Its rules as a method."""
        return method_of(self.rules)

    def summary(self, ties: Ties | None) -> Any:
        """RCTab's summary; of a count in several passes a list, one for each."""
        said = {
            "contest": self.read.title,
            "jurisdiction": self.read.jurisdiction,
            "office": self.read.office,
            "date": self.read.date,
        }
        each = [sheets.rctab_summary(count, **said) for count in count_rctab(self.read.profile, self.rules, ties)]
        return each if self.rules.mode == "multiPassIrv" else each[0]


def configured(files: Sequence[Path], seats: int | None, *, parts: bool) -> Configured:
    """The configuration in ``files``. Raises InputError if that is not all that was given, or it cannot be read."""
    if len(files) != 1 or parts:
        raise InputError(
            f"{ID} counts by one configuration, which names its files of ballots",
            hint="Give that file alone, without segments.",
        )
    if seats is not None:
        raise InputError(f"with {ID} the configuration says how many win", hint='See its "numberOfWinners".')
    with base.working(f"Reading {files[0]}"):
        source = formats.Source.of(files[0])
        if formats.detect(source).id != formats.rctab.FORMAT.id:
            raise InputError("is no configuration of RCTab", where=Where(str(files[0])), hint="Name another --method.")
        read = formats.rctab.load(source, formats.Options())
    try:
        rules = RctabRules.read(read.rules)
    except CountError as error:  # what is wrong is in the file
        raise InputError(error.message, where=Where(str(files[0])), hint=error.hint) from None
    return Configured(read, rules)
