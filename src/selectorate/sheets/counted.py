"""The sheet of a count of ballots: who is elected, every round with its totals, what happened in it by which clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from ..count.registry import Method
from ..count.result import Count, CountRound
from . import numbers, words
from .blocks import Column, Item, Part, Sentences, Sheet, Table, cells

ACTIONS = {
    "first preferences": "First preferences",
    "surplus": "Surplus of {of}",
    "exclusion": "Out: {of}",
    "iteration": "Votes kept",
    "declaration": "Places filled",
}


def count_sheet(count: Count, method: Method, title: str, date: dt.date | None = None) -> Sheet:
    """The sheet of ``count``, counted by ``method``."""
    people = [count.name(who) for who in count.elected]
    facts = [("Method", method.name), ("By the rule of", method.source)]
    if method.proved_by is None:
        facts.append(("Unproven", "no published count that this method reproduces is known"))
    facts += [("Places", str(count.seats)), ("Ballots", _ballots(count))]
    quota = next((item.quota for item in count.rounds if item.quota is not None), None)
    if quota is not None:
        facts.append(("Quota", _votes(quota, count.decimals)))
    parts = [Part("Elected", (Sentences(tuple(people) or ("Nobody.",), listed=True),))]
    if count.tied:
        tied = words.listed([count.name(who) for who in count.tied])
        parts.append(Part("Tied", (Sentences((f"{tied} are tied, and the rules given do not decide between them.",)),)))
    if count.rounds:
        parts.append(Part("Every round", (_totals(count),)))
        parts.append(Part("What happened", tuple(_said(count))))
    unusual = [f"{name}: {number:,} ballots" for name, number in count.met.items() if number]
    unusual += [f"spoilt, {reason}: {number:,}" for reason, number in count.spoilt_by.items() if number]
    if unusual or count.say:
        parts.append(Part("Of the papers", (Sentences((*count.say, *unusual), listed=True),)))
    headline = f"Elected: {words.listed(people)}" if people else "Nobody is elected"
    return Sheet(title, "A count of ballots", headline, date, facts=tuple(facts), parts=tuple(parts))


def _ballots(count: Count) -> str:
    text = f"{count.valid:,} valid"
    if count.blank:
        text += f", {count.blank:,} blank"
    if count.spoilt:
        text += f", {count.spoilt:,} spoilt"
    return text


def _votes(amount: Fraction, decimals: int | None) -> str:
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    return numbers.decimal(amount, decimals if decimals is not None else 5, "down")


def _totals(count: Count) -> Table:
    """Candidates by rounds; those elected first, then by how long they stayed in."""
    order = sorted(range(1, len(count.candidates) + 1), key=lambda who: _rank(count, who))
    columns = [Column("Candidate", numeric=False), *(Column(str(item.number)) for item in count.rounds)]
    columns.append(Column("Outcome", numeric=False))
    rows = []
    gone: set[int] = set()
    for who in order:
        texts: list[str] = [count.name(who)]
        out = False
        for item in count.rounds:
            amount = item.totals.get(who, Fraction(0))
            texts.append("" if out and not amount else _votes(amount, count.decimals))
            out = out or who in item.excluded
        if out:
            gone.add(who)
        outcome = "elected" if who in count.elected else "out" if out else ""
        rows.append(cells(*texts, outcome, strong=who in count.elected))
    for label, values in (
        ("Not transferable", [item.exhausted for item in count.rounds]),
        ("Lost to cutting", [item.lost for item in count.rounds]),
    ):
        if any(values):
            rows.append(cells(label, *(_votes(value, count.decimals) for value in values), ""))
    return Table("rounds", "Votes after every round", tuple(columns), tuple(rows))


def _rank(count: Count, who: int) -> tuple[int, int, str]:
    if who in count.elected:
        return 0, count.elected.index(who), ""
    out = next((item.number for item in count.rounds if who in item.excluded), len(count.rounds) + 1)
    return 1, -out, count.name(who)


def _said(count: Count) -> list[Item]:
    lines = []
    for item in count.rounds:
        of = words.listed([count.name(who) for who in item.of])
        head = ACTIONS[item.action].format(of=of)
        lines.append(f"Round {item.number}. {head}. {' '.join(_sentences(count, item))}".rstrip())
    return [Sentences(tuple(lines), listed=True)]


def _sentences(count: Count, item: CountRound) -> Sequence[str]:
    told = [words.sentence(text) for text in item.say]
    for tie in item.ties:
        between = words.listed([count.name(who) for who in tie.between])
        told.append(f"{between} were tied: {count.name(tie.chosen)} was taken, {tie.how}.")
    return told
