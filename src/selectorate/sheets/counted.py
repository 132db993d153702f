"""The sheet of a count of ballots: who is elected, every round with its totals, what happened in it by which clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ..count.registry import Method
from ..count.result import EXHAUSTED, Count, CountRound
from ..count.schulze import PairwiseCount
from ..count.ties import FOR
from . import numbers, words
from .blocks import Column, Item, Part, Sentences, Sheet, Table, cells
from .pairs import pair_tables
from .rounds import by_lot, counted, statuses
from .segments import segment_items
from .transfers import finishing_order, transfer_pictures

ACTIONS = {
    "first preferences": "First preferences",
    "surplus": "Surplus of {of}",
    "exclusion": "Out: {of}",
    "iteration": "Votes kept",
    "declaration": "Places filled",
}
MARKS = {
    "overvote": "Several candidates at one rank",
    "skipped": "A rank left empty before others",
    "repeated": "A candidate ranked more than once",
    "withdrawn": "A candidate marked who had withdrawn",
}
"""Unusual marks, by the name that a count has for them."""
SPOILT = {
    "choices": "nobody ranked who stands",
    "overvote": "several at the rank where it would begin",
    "skipped": "too many ranks left empty before the first",
    "repeated": "a candidate ranked more than once",
}


def count_sheet(count: Count, method: Method, title: str, date: dt.date | None = None) -> Sheet:
    """The sheet of ``count``, counted by ``method``, without pictures."""
    people = [count.name(who) for who in count.elected]
    parts = [Part("Elected", (Sentences(tuple(people) or ("Nobody.",), listed=True),))]
    if count.tied and count.tied_for:
        tied = words.listed([count.name(who) for who in count.tied])
        say = f"{tied} are tied for {FOR[count.tied_for]}. Nothing that was given breaks the tie: the count stopped."
        parts.append(Part("Tied", (Sentences((say,)),)))
    if isinstance(count, PairwiseCount):
        parts.append(Part("Every pair", pair_tables(count)))
    elif count.rounds:
        parts.append(Part(ROUNDS, (_totals(count),)))
    if count.rounds:
        parts.append(Part("What happened", tuple(_said(count))))
    parts += _lot(count)
    if count.segments or count.disclosure:
        parts.append(Part("By segment", tuple(segment_items(count, finishing_order(count)))))
    papers = [*count.say, *_empty(count), *_marks(count)]
    if papers:
        parts.append(Part("Of the papers", (Sentences(tuple(papers), listed=True),)))
    headline = f"Elected: {words.listed(people)}" if people else "Nobody is elected"
    if count.tied:
        headline += "; a tie stopped the count"
    return Sheet(title, "A count of ballots", headline, date, facts=_facts(count, method), parts=tuple(parts))


ROUNDS = "Every round"


def illustrated_count(sheet: Sheet, count: Count) -> Sheet:
    """``sheet`` of ``count`` with the pictures of its transfers after the table of its rounds."""
    pictures = tuple(transfer_pictures(count))
    parts = (replace(part, items=(*part.items, *pictures)) if part.heading == ROUNDS else part for part in sheet.parts)
    return replace(sheet, parts=tuple(parts))


def _facts(count: Count, method: Method) -> tuple[tuple[str, str], ...]:
    facts = [("Method", method.name), ("By the rule of", method.source)]
    if method.proved_by is None:
        facts.append(("Unproven", "no published count that this method reproduces is known"))
    facts += [("Places", str(count.seats))] if count.seats else []  # none where a share elects as many as have it
    facts.append(("Ballots", _ballots(count)))
    quota = next((item.quota for item in count.rounds if item.quota is not None), None)
    if quota is not None:
        facts.append(("Quota", numbers.votes(quota, count.decimals)))
    return tuple(facts)


def _ballots(count: Count) -> str:
    text = f"{count.valid:,} valid"
    if count.blank:
        text += f", {count.blank:,} blank"
    if count.spoilt:
        text += f", {count.spoilt:,} spoilt"
    return text


def _totals(count: Count) -> Table:
    """Candidates by rounds; those elected first, then by how long they stayed in."""
    columns = [Column("Candidate", numeric=False), *(Column(str(item.number)) for item in count.rounds)]
    columns.append(Column("Outcome", numeric=False))
    rows = []
    status = statuses(count)
    for who in finishing_order(count):
        texts: list[str] = [count.name(who)]
        for index, item in enumerate(count.rounds):
            amount = item.totals.get(who, Fraction(0))
            gone = index > 0 and status[index - 1][who] == "out" and status[index][who] == "out"
            texts.append("" if gone and not amount else numbers.votes(amount, count.decimals))
        outcome = status[-1][who]
        rows.append(cells(*texts, "" if outcome == "continuing" else outcome, strong=who in count.elected))
    for label, values in (
        ("Not transferable", [item.exhausted for item in count.rounds]),
        ("Lost to cutting", [item.lost for item in count.rounds]),
    ):
        if any(values):
            rows.append(cells(label, *(numbers.votes(value, count.decimals) for value in values), ""))
    return Table("rounds", "Votes after every round", tuple(columns), tuple(rows))


def _said(count: Count) -> list[Item]:
    lines: list[str] = []
    for item in count.rounds:
        of = words.listed([count.name(who) for who in item.of])
        head = ACTIONS[item.action].format(of=of)
        if isinstance(count, PairwiseCount):
            lines += _sentences(count, item)
        else:
            lines.append(f"Round {item.number}. {head}. {' '.join(_sentences(count, item))}".rstrip())
    return [Sentences(tuple(lines), listed=True)]


def _sentences(count: Count, item: CountRound) -> Sequence[str]:
    told = [words.sentence(text) for text in item.say]
    told += _transfers(count, item)
    for tie in item.ties:
        between = words.listed([count.name(who) for who in tie.between])
        told.append(f"{between} were tied: {count.name(tie.chosen)} was taken, {tie.how}.")
    return told


def _transfers(count: Count, item: CountRound) -> list[str]:
    """What moved where in a round, with the papers and their values where they are not whole votes."""
    votes: dict[int, Fraction] = {}
    papers: dict[int, list[str]] = {}
    whole = all(moved.value == 1 for moved in item.moved)
    for moved in item.moved:
        for to, amount in moved.by.items():
            votes[to] = votes.get(to, Fraction(0)) + amount
            number = moved.papers.get(to, 0)
            if number:
                value = numbers.votes(moved.value, count.decimals)
                papers.setdefault(to, []).append(f"{number:,} at {value}")
    ended = votes.pop(EXHAUSTED, Fraction(0))
    if not any(votes.values()) and not ended:
        return []
    parts = []
    for to in sorted(votes, key=lambda who: (-votes[who], who)):
        of = f" ({', '.join(papers[to])})" if to in papers and not whole else ""
        parts.append(f"{count.name(to)} {numbers.votes(votes[to], count.decimals)}{of}")
    told = [f"Received: {'; '.join(parts)}."] if parts else []
    if ended:
        told.append(f"Not transferable: {numbers.votes(ended, count.decimals)}.")
    before = count.rounds[item.number - 2].lost if item.number > 1 else Fraction(0)
    if item.lost > before:
        told.append(f"Lost to cutting: {numbers.votes(item.lost - before, count.decimals)}.")
    return told


def _empty(count: Count) -> list[str]:
    """The places for which there is nobody."""
    empty = count.seats - len(count.elected)
    if empty <= 0 or len(count.elected) < len(counted(count)):
        return []
    places = "1 place stays" if empty == 1 else f"{empty} places stay"
    return [f"{places} empty: nobody else stands."]


def _marks(count: Count) -> list[str]:
    """Unusual marks, each kind counted, and the spoilt papers by reason."""
    lines = [f"{MARKS.get(name, name)}: {_papers(number)}." for name, number in count.met.items() if number]
    lines += [
        f"Spoilt, {SPOILT.get(reason, reason)}: {_papers(number)}."
        for reason, number in count.spoilt_by.items()
        if number
    ]
    return lines


def _papers(number: int) -> str:
    return f"{number:,} ballot" if number == 1 else f"{number:,} ballots"


def _lot(count: Count) -> tuple[Part, ...]:
    """The draw, whole, so that anybody can repeat it."""
    tie = by_lot(count)
    if tie is None or tie.draw is None:
        return ()
    lines = (
        "SHA-256 of the seed, to be compared with what was published before the numbers were given: "
        + tie.draw.commitment(),
        f"Seed: {tie.draw.seed}",
        f"Numbers given by scrutineers: {', '.join(tie.draw.numbers) or 'none'}",
        f"Order drawn: {', '.join(count.name(who) for who in tie.lot)}. Of those who are tied, whoever comes first is"
        " taken.",
        "To repeat it: for each candidate, in the order of the paper, join seed, numbers, the candidate's number from 1"
        " and name by the character U+001F, and take the SHA-256 of that; the candidates stand in the ascending order"
        " of what comes out.",
    )
    return (Part("The lot", (Sentences(lines, listed=True),)),)
