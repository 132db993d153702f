"""How ties are broken, from what is given to ``count``; and ``lot``: a seed made, and a published draw repeated."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer

from .. import sheets
from ..count.lot import Lot
from ..count.registry import Method
from ..count.result import Count
from ..count.ties import FOR, Decisions, TieRule, Ties
from ..documents import nearest
from ..errors import CountError, InputError, Where
from ..sheets import words
from . import base
from .outputs import written

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
MOST_DIGITS = 100
"""Digits of a number that a scrutineer gives: more is a slip, not a number."""


class By(StrEnum):
    """What breaks a tie that the method's own rule leaves open."""

    EARLIER_ROUNDS = "earlier-rounds"
    LOT = "lot"
    OFFICER = "officer"
    ASK = "ask"


@dataclass(frozen=True)
class Given:
    """What was given to break ties with: the options of ``count``, by their names."""

    ties: Sequence[By]
    seed: str | None
    seed_file: Path | None
    commitment: str | None
    numbers: str | None
    officer: Sequence[str]
    officer_file: Path | None


def ties_of(method: Method, candidates: Sequence[str], given: Given) -> Ties | None:
    """How ties are broken; None if nothing was given, and it is for the method to say.

    The earlier rounds that the method's own rule looks at come first, whatever else was given. Raises InputError for
    what cannot be used, CountError if the seed is not the one that was committed to.
    """
    lot = lot_of(given)
    decisions = decisions_of(candidates, given)
    steps = list(dict.fromkeys(given.ties))
    if not steps:
        steps = [By.OFFICER] * bool(decisions.pairs) + [By.LOT] * bool(lot)
    if not steps:
        return None
    if not method.ties:
        raise InputError(f'"{method.id}" leaves no tie open: there is nothing to be broken otherwise')
    own: list[TieRule] = [rule for rule in method.ties if rule.endswith("difference")]
    if By.EARLIER_ROUNDS in steps and not own:
        raise InputError(f'"{method.id}" does not look at earlier rounds', hint="Give lot, officer or ask.")
    if lot is not None and By.LOT not in steps:
        raise InputError("a seed was given, and ties are not broken by lot", hint="Add --ties lot.")
    if decisions.pairs and By.OFFICER not in steps:
        raise InputError("decisions were given, and ties are not broken by them", hint="Add --ties officer.")
    rule: dict[By, TieRule] = {By.LOT: "lot", By.OFFICER: "officer", By.ASK: "stop"}
    return Ties((*own, *(rule[step] for step in steps if step in rule)), lot, decisions=decisions)


def lot_of(given: Given) -> Lot | None:
    """The draw, if a seed was given."""
    seed = given.seed
    if given.seed_file is not None:
        if seed is not None:
            raise InputError("the seed is given twice", hint="Give --seed or --seed-file.")
        seed = read_text(given.seed_file).strip()
    if seed is None:
        for name, value in (("--numbers", given.numbers), ("--commitment", given.commitment)):
            if value is not None:
                raise InputError(f"{name} belongs to a lot, and there is no seed", hint="Give --seed-file or --seed.")
        return None
    if not seed or "\n" in seed:
        raise InputError("a seed is one line of text", where=Where(str(given.seed_file) if given.seed_file else None))
    lot = Lot(seed, numbers_of(given.numbers or ""))
    if given.commitment is not None and not lot.kept(given.commitment):
        raise CountError(
            f"the seed is not the one that was committed to: its SHA-256 is {lot.commitment()}",
            hint="Nothing was counted. Look for the right seed; a draw from another one proves nothing.",
        )
    return lot


def numbers_of(text: str) -> tuple[str, ...]:
    """Scrutineers' numbers as they were given, in their order, without signs or leading zeros."""
    found = []
    for part in re.split(r"[,;\s]+", text.strip()) if text.strip() else []:
        if not (part.isascii() and part.isdigit()) or len(part) > MOST_DIGITS:
            raise InputError(f'"{part}" is no number', hint='Give whole numbers: --numbers "12,45,7".')
        found.append(str(int(part)))
    return tuple(found)


def decisions_of(candidates: Sequence[str], given: Given) -> Decisions:
    """What the officer has decided: each line, or option, is "Ann before Bob", of names or numbers."""
    lines = list(given.officer)
    if given.officer_file is not None:
        text = read_text(given.officer_file)
        lines += [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    orders = []
    for line in lines:
        parts = re.split(r"\s+before\s+", line.strip())
        if len(parts) < 2:
            raise InputError(f'"{line}" does not say who is preferred', hint='Write "Ann before Bob".')
        orders.append([candidate(candidates, part) for part in parts])
    return Decisions.of(orders)


def candidate(candidates: Sequence[str], said: str) -> int:
    """The number of the candidate who is called ``said``, or has that number."""
    found = [number for number, name in enumerate(candidates, 1) if name.casefold() == said.casefold()]
    if not found and said.isascii() and said.isdigit() and 1 <= int(said[:9]) <= len(candidates):
        found = [int(said)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = " and ".join(map(str, found))
        raise InputError(f'several candidates are called "{said}"', hint=f"Give the number: {listed}.")
    hint = nearest(said, list(candidates)) or f"There are: {', '.join(candidates)}."
    raise InputError(f'there is no candidate "{said}"', hint=hint)


def read_text(path: Path) -> str:
    """A small text file. Raises InputError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=Where(str(path))) from None
    except UnicodeDecodeError:
        raise InputError("is no text in UTF-8", where=Where(str(path))) from None


def tell_tie(count: Count, method: Method) -> None:
    """Say on the error stream who is tied, where, and what has to be given."""
    assert count.tied_for is not None
    people = [count.name(who) for who in count.tied]
    where = f"after round {count.rounds[-1].number}" if count.rounds else "before the first round"
    message = f"{words.listed(people)} are tied for {FOR[count.tied_for]} {where}, and the count stopped there"
    hint = f'Give the officer\'s decision, --officer "{" before ".join(people)}", or the seed of a lot, --seed-file.'
    if not method.ties:
        hint = f'"{method.id}" has no rule for it.'
    base.tell(CountError(message, hint=hint))


# -- the lot ----------------------------------------------------------------------------------------------------------


@app.command("commit")
def commit_command(
    file: Path = typer.Argument(metavar="SEED_FILE", help="Where the seed is kept, secret until the count is made."),
) -> None:
    """Make the seed of a lot, and print its commitment: publish that before scrutineers give their numbers."""
    with base.failures_told():
        seed = secrets.token_hex(32)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            hint = "A seed that was committed to must not be lost: give another name."
            raise InputError("is there already", where=Where(str(file)), hint=hint) from None
        except OSError as fault:
            raise InputError(f"cannot be written: {fault.strerror}", where=Where(str(file))) from None
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(f"{seed}\n")
        written(file)
        base.out().print(Lot(seed).commitment(), soft_wrap=True)


@app.command("check")
def check_command(
    file: Path = typer.Argument(metavar="COUNT", help="A count in JSON, as count --json gives it."),
    commitment: str | None = typer.Option(None, "--commitment", help="What was published before the count."),
) -> None:
    """Repeat the draw of a published count: whether the lot was drawn from what was committed to."""
    with base.failures_told():
        try:
            document = json.loads(read_text(file))
        except (ValueError, RecursionError):
            raise InputError("is no JSON", where=Where(str(file))) from None
        checks = sheets.check_draw(document, commitment)
        for right, said in checks:
            base.out().print(base.line(f"{'right' if right else 'WRONG'}  {said}"), soft_wrap=True)
        if not all(right for right, _ in checks):
            raise typer.Exit(base.CHECK_FAILED)
