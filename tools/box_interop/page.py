"""The table that is printed, and docs/interoperability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.interop.box.cases import CASES, GROUPS, KEYS, MAKERS, ODD
from tests.interop.box.elections import Keys

SAID = {
    "ranking": "ranking",
    "choice": "choose one",
    "blank": "choose up to two, or blank",
    "lists": "lists",
    "mixed": "all of these",
}
KEYS_SAID = {"single": "two, both needed", "threshold": "two of three", "both": "one, and two of three"}
MAKERS_SAID = {
    "ours": "all by us",
    "theirs": "all by the tool",
    "in turn": "in turn, we first",
    "in turn, they first": "in turn, it first",
}


@dataclass(frozen=True)
class Work:
    """An election to be held: of the ``matrix``, ``odd`` or ``random``."""

    kind: str
    name: str
    keys: Keys = "single"
    group: str = "Ed25519"
    makers: str = "ours"


@dataclass(frozen=True)
class Outcome:
    """What came of it: how many verdicts of the tool on whole archives, or the failure."""

    work: Work
    checked: int = 0
    ballots: int = 0
    revotes: int = 0
    weighted: bool = False
    keys: str = ""
    group: str = ""
    kinds: tuple[str, ...] = ()
    failure: str = ""


def of_kind(outcomes: Iterable[Outcome], kind: str) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.work.kind == kind]


def rows(outcomes: Sequence[Outcome], group: str) -> list[list[str]]:
    """The matrix of one group: a row for each kind of question and of keys."""
    found = {
        (one.work.name, one.work.keys, one.work.makers): one
        for one in of_kind(outcomes, "matrix")
        if one.work.group == group
    }
    made = []
    for name in CASES:
        for keys in KEYS:
            cells = [found.get((name, keys, makers)) for makers in MAKERS]
            marks = ["-" if one is None else "**no**" if one.failure else "yes" for one in cells]
            made.append([SAID[name], KEYS_SAID[keys], *marks])
    return made


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def table(outcomes: Sequence[Outcome]) -> str:
    """What is printed: the matrix, the odd elections, the random ones."""
    parts = []
    for group in GROUPS:
        parts.append(f"{group}\n\n{_table(['questions', 'trustees', *MAKERS], rows(outcomes, group))}")
    for kind in ("odd", "random"):
        of_it = of_kind(outcomes, kind)
        good = sum(not one.failure for one in of_it)
        parts.append(f"{kind}: {good} of {len(of_it)} elections agree in everything.")
    return "\n\n".join(parts)


def page(outcomes: Sequence[Outcome], release: str, date: str) -> str:
    """The page, of outcomes none of which is a failure."""
    everything = len(outcomes), sum(one.checked for one in outcomes), sum(one.ballots for one in outcomes)
    head = ["questions", "trustees", *(MAKERS_SAID[name] for name in MAKERS)]
    matrices = "\n\n".join(f"### {group}\n\n{_table(head, rows(outcomes, group))}" for group in GROUPS)
    odd = "\n".join(f"- {name[0].upper()}{name[1:]}." for name in ODD)
    return TEXT.format(
        release=release,
        date=date,
        elections=f"{everything[0]:,}",
        archives=f"{everything[1]:,}",
        ballots=f"{everything[2]:,}",
        matrices=matrices,
        odd=odd,
        random=_table(
            ["made by", "elections", "ballots", "of them revotes", "weighted", "threshold keys", "RFC-3526-2048"],
            [_random_row(of_kind(outcomes, "random"), way) for way in ("ours", "theirs")],
        ),
        kinds=_kinds(of_kind(outcomes, "random")),
    )


def _random_row(outcomes: Sequence[Outcome], way: str) -> list[str]:
    of_it = [one for one in outcomes if one.work.makers == way]
    counts = (
        len(of_it),
        sum(one.ballots for one in of_it),
        sum(one.revotes for one in of_it),
        sum(one.weighted for one in of_it),
        sum(one.keys != "single" for one in of_it),
        sum(one.group != "Ed25519" for one in of_it),
    )
    return [{"ours": "us", "theirs": "the tool"}[way], *(f"{count:,}" for count in counts)]


def _kinds(outcomes: Sequence[Outcome]) -> str:
    counted = Counter(kind for one in outcomes for kind in one.kinds)
    return ", ".join(f"{counted[name]:,} {word}" for name, word in WORDS.items())


WORDS = {
    "ranking": "rankings",
    "choice": "choices without blank",
    "blank": "choices with blank",
    "lists": "lists questions",
}

TEXT = """\
# Sealed boxes beside the reference tool

<!-- Written by `make interop-box`; do not edit. -->

A sealed box is an archive of the Belenios protocol, version 1, specification 3.1. Another program implements it: the
reference tool of its authors. On {date} whole elections were held by this program and by belenios-tool {release},
together and apart: {elections} elections, {ballots} ballots; {archives} times both programs were asked for their
verdict on an archive. **They agreed every time**; otherwise this page would not have been written.

## What one election is put through

1. **Keys.** Each trustee's key is made by one program and used by both. The steps by which three trustees make a
   threshold key are done by either for each trustee, and by both for the server; what the server sends is the same.
   The trustees' structure is written by both: the same bytes.
2. **Credentials and election.** The registrar is one of the two; public credentials are derived by both. The election
   is written by both: the same bytes. The box is opened by one of the two.
3. **Ballots.** Each is made by one of the two (those with a lists question by the tool: this program reads and checks
   them, and does not make them), checked by itself by both, and cast by one of the two. A voter's last ballot counts.
4. **Tally, shuffles, decryptions, result.** Each is made by one of the two and added by one of the two. Tally and
   result, which follow from what is public, are made by both: the same bytes. The result is what the plain answers
   say.
5. **Verdicts.** In the matrix for Ed25519 both programs verify the whole archive after every event; elsewhere when the
   voting ends, and at the end. Both say that the archive has only grown.
6. **Bytes.** All that stands in the archive, written again by this program, gives the same bytes; so does the archive.

"In turn" means that the two alternate with every single act, so that each works on what the other has made.

## The matrix

"Yes": everything above holds.

{matrices}

## Elections with something odd in them

Each of these was held all by us, all by the tool, and in turn; each agreed.

{odd}

## Random elections

One to six questions of any kind, up to 60 ballots of up to 60 voters, texts of random characters, answers of any kind
that is legal. {kinds}.

{random}

## How to do it again

`make interop-box` does all of this where the reference tool is installed, and writes this page. A selection that goes
through every pair of the matrix is among the tests, `make test`.
"""
