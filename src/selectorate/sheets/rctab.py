"""A count as the summary that RCTab writes, which viewers of ranked-choice counts draw (RCVis, for one).

The format is that of RCTab 2.0 (``jsonFormatVersion`` 1), read from the summaries of its own test cases: numbers are
text, candidates go by their names, and what is done because of the votes of a round stands with that round, with
the transfers that follow. There, a surplus always moves in the round after the election. Where a method lets it wait,
the candidate is told as elected in the round of the election, and once more, with the transfers, in the round before
the surplus moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .. import __version__, exact
from ..count.result import EXHAUSTED, Count, CountRound
from ..count.schulze import PairwiseCount
from ..errors import InputError
from .rounds import changes, given

REASONS = {
    "exhaustedChoices": "choices",
    "overvotes": "overvote",
    "repeatedRankings": "repeated",
    "skippedRankings": "skipped",
}
SURPLUS = "last surplus"
Json = dict[str, Any]


def rctab_summary(count: Count, *, contest: str = "", jurisdiction: str = "", office: str = "", date: str = "") -> Json:
    """``count`` in RCTab's form. Raises InputError for a method of which it cannot tell the transfers."""
    unsaid = (
        any(change.values()) and not item.moved for item, change in zip(count.rounds, changes(count), strict=True)
    )
    if isinstance(count, PairwiseCount) or any(unsaid):
        raise InputError(
            f"RCTab's form cannot say what {count.method} does: it knows votes that move from one candidate to others",
            hint="Use --csv or --json.",
        )
    names = _names(count)
    last = count.rounds[-1]
    return {
        "config": {
            "contest": contest,
            "date": date,
            "generatedBy": f"selectorate {__version__}",
            "jurisdiction": jurisdiction,
            "office": office,
        },
        "jsonFormatVersion": "1",
        "results": [_round(count, index, names) for index in range(len(count.rounds))],
        "summary": {
            "finalThreshold": _text(last.quota, count.decimals),
            "numCandidates": len(count.candidates),
            "numWinners": count.seats,
            "totalNumBallots": str(count.valid + count.blank + count.spoilt),
            "undervotes": count.blank,
        },
    }


def _names(count: Count) -> dict[int, str]:
    """Names by number; of candidates with the same name each gets its number, or their votes would be one."""
    names = {}
    for who in range(1, len(count.candidates) + 1):
        name = count.name(who)
        twice = count.candidates.count(name) > 1 or name in ("exhausted", "residual surplus")
        names[who] = f"{name} ({who})" if twice else name
    return names


def _round(count: Count, index: int, names: Mapping[int, str]) -> Json:
    item = count.rounds[index]
    gone = {who for earlier in count.rounds[: index + 1] for who in earlier.excluded}
    later = count.rounds[index + 1] if index + 1 < len(count.rounds) else None
    if later is not None and later.action == "first preferences":
        later = None
    done = [{"elected": names[who], "transfers": _transfers(count, who, item, later, names)} for who in item.elected]
    if later is not None and later.action == "surplus":
        done += [
            {"elected": names[who], "transfers": _transfers(count, who, item, later, names)}
            for who in later.of
            if who not in item.elected
        ]
    if later is not None and later.excluded:
        done += [
            {"eliminated": names[who], "transfers": _transfers(count, who, item, later, names)}
            for who in later.excluded
        ]
    return {
        "inactiveBallots": _inactive(count, item),
        "round": item.number,
        "tally": {
            names[who]: _text(votes, count.decimals) for who, votes in sorted(item.totals.items()) if who not in gone
        },
        "tallyResults": done,
        "threshold": _text(item.quota, count.decimals),
    }


def _transfers(
    count: Count, who: int, item: CountRound, later: CountRound | None, names: Mapping[int, str]
) -> dict[str, str]:
    """Where the votes of ``who`` went in the round after ``item``, and what of them was lost to cutting."""
    if later is None or who not in later.of:
        return {}
    votes = given(later, who)
    found = {
        "exhausted" if to == EXHAUSTED else names[to]: _text(amount, count.decimals) for to, amount in votes.items()
    }
    lost = item.totals[who] - later.totals[who] - sum(votes.values())
    return found | ({"residual surplus": _text(lost, count.decimals)} if lost > 0 and later.lost > item.lost else {})


def _inactive(count: Count, item: CountRound) -> dict[str, str]:
    """Votes that no longer count, by why; all of them as used up where the method does not tell."""
    why = dict(item.why) or {"choices": item.exhausted}
    found = {
        name: _text(why.get(reason, Fraction(0)) + count.spoilt_by.get(reason, 0), count.decimals)
        for name, reason in REASONS.items()
    }
    return found | ({"finalRoundSurplus": _text(why[SURPLUS], count.decimals)} if SURPLUS in why else {})


def _text(value: Fraction | None, decimals: int | None) -> str:
    """A number as RCTab writes it: plain, with decimals where it has some; "0" where there is none."""
    amount = Fraction(value or 0)
    if amount.denominator == 1:
        return str(amount.numerator)
    places = decimals or next((more for more in range(1, 9) if amount * 10**more % 1 == 0), 9)
    return f"{exact.cut_to(amount, places, 'down'):f}"
