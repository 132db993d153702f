"""Sentences for a ballot: who votes, on what paper, how it is counted, what elects, and what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .grammar import GoingOut, ParameterRef, Quantity, Requirement
from .model import BY_METHOD, BallotRule, BallotStage, Interpretation, Points
from .say_nominations import held_online, turnout
from .wording import (
    BASES,
    CUTS,
    Speaker,
    counted,
    going_out,
    group_rule,
    listed,
    number,
    ordinal,
    printed,
    requirement,
    sentence,
    share,
)

_TIES = {
    "earlier rounds": "the order of the earlier rounds decides",
    "lot": "a lot is drawn",
    "officer": "the returning officer decides",
    "vote again": "the vote is held again",
    "all out": "all who are tied for the last place go out",
    "stop": "the count stops until it has been decided how to go on",
}

_STV = "The papers are counted by the single transferable vote, by the rules of"
_COUNTS = {
    "most votes": "There is one vote and one count.",
    "repeated ballots": "If a ballot elects nobody, another ballot is held.",
    "two rounds": "If the first round of voting elects nobody, there is a second, and no third.",
    "alternative vote": (
        "The papers are counted in rounds: when a candidate goes out, each of that candidate's papers passes"
        " to the next preference on it who is still in the count; a paper without one leaves the count."
    ),
    "supplementary vote": (
        "The papers are counted in two rounds at most: the papers of those who go out after the first pass to"
        " the next preference on them, if that candidate is still in the count."
    ),
    "scottish": f"{_STV} the Scottish Local Government Elections Order 2011.",
    "minneapolis": f"{_STV} Minneapolis.",
    "wigm": f"{_STV} weighted inclusive Gregory, with values cut to four decimals.",
    "wigm-exact": f"{_STV} weighted inclusive Gregory, in exact fractions.",
    "ers97": f"{_STV} the Electoral Reform Society of 1997.",
    "northern-ireland": f"{_STV} the local elections of Northern Ireland.",
    "meek-1987": f"{_STV} Meek, as published in 1987.",
    "meek-nz": f"{_STV} Meek, as New Zealand's local elections have it.",
    "meek-prf": f"{_STV} Meek, as the Proportional Representation Foundation's reference rule has it.",
    "bottoms-up": (
        "The papers are counted in rounds: the candidate with fewest votes goes out and the papers pass to the next"
        " preference, until no more candidates are left than places."
    ),
    "debian": (
        "The papers are counted by Schulze's method in Debian's form: candidates are compared in pairs, after those are"
        " dropped who do not beat the default option."
    ),
    "schulze": "The papers are counted by Schulze's method: candidates are compared in pairs, by winning votes.",
    "schulze-margins": "The papers are counted by Schulze's method: candidates are compared in pairs, by margins.",
    "schulze-not-compared": (
        "The papers are counted by Schulze's method: candidates are compared in pairs, and one who is not ranked on a"
        " paper is not compared on it."
    ),
}

_UNITS = {
    "one-person-one-vote": "fewest votes",
    "weighted-college": "smallest share of the college",
    "points-by-unit": "fewest points",
}


def tie_clause(rules: Sequence[str]) -> str:
    """What breaks a tie, as a clause."""
    first, *others = [_TIES[rule] for rule in rules] or ["nothing is laid down"]
    return f"if candidates are tied, {first}" + "".join(f"; if that does not decide, {other}" for other in others)


def ballot(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    """The sentences of a ballot."""
    yield from _voters(stage, speaker)
    yield from _paper(stage, speaker)
    yield from _combination(stage, speaker)
    if stage.count == "repeated ballots" and _only_reduces(stage):
        yield "Ballots are held one after another."
    else:
        yield _COUNTS[stage.count]
    yield from _result(stage, speaker)
    yield from _changes(stage, speaker)
    yield from _ending(stage, speaker)
    yield from _declaration(stage, speaker)


def _voters(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    if stage.by:
        yield f"Those who vote are {speaker.sized(stage.by)}."
    if stage.segments:
        yield f"Those who vote are {listed(f'the {speaker.segment(name)}' for name in stage.segments)}."
    several = len(stage.segments) > 1
    if stage.votes == "one in each segment":
        yield "Somebody who belongs to several of these has one vote in each of them."
    elif several:
        yield "Somebody who belongs to several of these has one vote, in the first of them in this order."
    elif stage.paper == "choose up to":
        yield "Each of them has one paper."
    else:
        yield "Each of them has one vote."


def _paper(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    if stage.paper == "rank":
        yield "On the paper the voter numbers the candidates in the order of preference."
    elif stage.paper == "choose one":
        yield "On the paper the voter chooses one candidate."
    if stage.choose_up_to is not None or stage.paper == "choose up to":
        most = counted(stage.choose_up_to, "candidate") if stage.choose_up_to else "several candidates"
        yield f"On the paper the voter chooses {most} at most."
    yield from held_online(stage.online)
    if stage.paper_rules:
        asked = listed(group_rule(rule, speaker.rulebook.groups) for rule in stage.paper_rules)
        yield f"A paper is spoilt unless it chooses {asked}."
    if stage.reopen_nominations:
        yield "“Re-open nominations” stands on the paper beside the candidates."
    if stage.abstentions == "valid":
        yield "A paper that says abstention is a valid vote."
    else:
        yield "A paper that says abstention is not a vote."


def _combination(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    if stage.combine == "one-person-one-vote":
        if len(stage.segments) > 1:
            yield "All votes are counted together, and each counts the same, wherever it was cast."
        else:
            yield "Each vote counts the same."
    elif stage.combine == "weighted-college":
        yield "The votes are combined in a college, of which each part has a fixed share."
    else:
        unit = stage.points.unit if stage.points else "unit"
        yield f"The votes are turned into points, {unit} by {unit}."
    if stage.weights:
        (first, weight), *others = stage.weights.items()
        shares = [f"{share(weight)} of the college"]
        shares += [f"the {speaker.segment(name)} {share(weight)}" for name, weight in others]
        yield f"The {speaker.segment(first)} have {listed(shares)}."
        yield (
            "Each part's share is divided in proportion to the votes there for the candidates still in the"
            " count, so that it counts in full however few vote."
        )
    if stage.points:
        yield from _points(stage.points)


def _points(points: Points) -> Iterator[str]:
    unit = points.unit
    yield (
        f"Each {unit} gives {counted(points.each, 'point')}, divided in proportion to the votes there for the"
        " candidates still in the count."
    )
    if points.units is not None:
        total = points.units * points.each
        upper = "at most " if points.at_most_votes else ""
        yield f"There are {counted(points.units, unit)}, and so {upper}{counted(total, 'point')} on offer."
    if points.at_most_votes:
        yield f"A {unit} gives no more points than votes were cast in it."
    else:
        yield f"A {unit} gives all its points however few vote in it, if anybody does."
    if points.decimals is None:
        yield "Points are reckoned exactly, without rounding."
        if points.cut != "down":
            yield f"Where points have to be rounded, they are {_cut(points)}."
    else:
        yield (
            f"A candidate's points in a {unit} are taken to {counted(points.decimals, 'decimal')},"
            f" {_cut(points)}; what is lost by that goes to nobody."
        )


def _cut(points: Points) -> str:
    return CUTS[points.cut]


def _result(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    if isinstance(stage.places, ParameterRef):
        yield (
            f"As many are elected as is fixed for each contest ({speaker.parameter(stage.places)}),"
            " those with the most votes first."
        )
    elif stage.places > 1 and stage.count in BY_METHOD:
        yield f"{sentence(number(stage.places)).rstrip('.')} candidates are elected."
    elif stage.places > 1:
        yield f"The {number(stage.places)} candidates with the most votes are elected."
    elif stage.until is None:
        yield "One candidate is elected."
    superseded = bool(stage.ballots) and stage.ballots[0].from_ == 1
    if stage.elected:
        if stage.places == 1 or any(item.kind != "most" for item in stage.elected):
            yield f"To be elected, a candidate needs {_needs(stage.elected, stage, speaker)}."
    elif _only_reduces(stage):
        yield "Nobody is elected at this stage while several are left: it only reduces their number."
    out = _general_out(stage)
    if out and not (superseded and stage.ballots[0].out is not None):
        each = "ballot" if stage.count == "repeated ballots" else "round"
        after = f"each {each}" if _only_reduces(stage) else f"a {each} that elects nobody"
        yield f"After {after}, {going_out(out, _UNITS[stage.combine])}."
    yield from _minimum(stage, speaker)
    if stage.result_rules:
        asked = listed(group_rule(rule, speaker.rulebook.groups) for rule in stage.result_rules)
        yield f"Among those elected there must be {asked}."


def _only_reduces(stage: BallotStage) -> bool:
    """Whether nothing elects at this stage, but the number of candidates is brought down."""
    by_rule = stage.elected or any(rule.elected for rule in stage.ballots)
    return not by_rule and stage.count not in BY_METHOD


def _general_out(stage: BallotStage) -> GoingOut | None:
    """Who goes out where no single ballot has a rule of its own; None if nobody can."""
    if "out" in stage.model_fields_set:
        return stage.out
    if stage.count in ("two rounds", "supplementary vote"):
        return GoingOut("all but", 2)
    return None if stage.count == "most votes" or stage.count in BY_METHOD else stage.out


def _needs(requirements: Sequence[Requirement], stage: BallotStage, speaker: Speaker) -> str:
    phrases = [requirement(item, speaker.entitled(stage), _base(item.base, stage)) for item in requirements]
    return ", and ".join(phrases)


def _base(base: str, stage: BallotStage) -> str | None:
    """What a share is of, where the stage says it more plainly than the list of bases."""
    points = stage.points
    if base == "points" and points and points.units is not None and not points.at_most_votes:
        return f"the {counted(points.units * points.each, 'point')} on offer"
    if base == "valid votes" and stage.abstentions == "valid":
        return "all valid votes, abstentions included"
    if base == "votes" and stage.count == "most votes":
        return "the votes for the candidates"
    if base == "votes" and stage.count == "repeated ballots":
        return "the votes for the candidates on that ballot"
    return None


def _minimum(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    if isinstance(stage.minimum, ParameterRef):
        yield (
            "How many votes are needed to stay in after the first ballot, the second and so on is fixed for"
            f" each contest ({speaker.parameter(stage.minimum)})."
        )
    elif stage.minimum:
        entitled = speaker.entitled(stage)
        asked = listed(
            f"{_votes(quantity, entitled)} after the {ordinal(index + 1)} ballot"
            for index, quantity in enumerate(stage.minimum)
        )
        yield f"To stay in, a candidate needs at least {asked}."
    if stage.minimum:
        yield (
            "All who have fewer than that go out; where nobody has fewer, or nothing is fixed for the ballot,"
            " the general rule holds."
        )


def _votes(quantity: Quantity, entitled: int | None) -> str:
    if quantity.share is None:
        return counted(quantity.number, "vote")
    more = f" and {number(quantity.number)} more" if quantity.number else ""
    result = "" if entitled is None else f" ({quantity.of(entitled):,})"
    return f"the votes of {share(quantity.share)} of those entitled, rounded up,{more}{result}"


def _changes(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    for rule in stage.ballots:
        if rule.elected is not None:
            which = _which(stage, rule, "elected")
            yield f"At {which}, a candidate needs {_needs(rule.elected, stage, speaker)} to be elected."
        if rule.out is not None:
            which = _which(stage, rule, "out")
            yield f"After {which}, if nobody is elected, {going_out(rule.out, _UNITS[stage.combine])}."
        if rule.new_candidates is not None:
            which = _which(stage, rule, "new_candidates")
            may = "new candidates" if rule.new_candidates else "no new candidates"
            yield f"After {which}, if nobody is elected, {may} may be nominated."


def _which(stage: BallotStage, rule: BallotRule, key: str) -> str:
    """The ballots for which ``key`` of ``rule`` holds: until a later rule says something else of it."""
    until = next((r.from_ for r in stage.ballots if r.from_ > rule.from_ and getattr(r, key) is not None), None)
    first = f"the {ordinal(rule.from_)} ballot"
    if until is None:
        return f"{first} and every later one"
    return first if until == rule.from_ + 1 else f"the {ordinal(rule.from_)} to the {ordinal(until - 1)} ballot"


def _ending(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    if stage.until is not None:
        left = "one candidate is" if stage.until == 1 else f"{counted(stage.until, 'candidate')} are"
        yield f"The stage ends when no more than {left} left, who then go on to the next."
    if not stage.withdrawals:
        yield "Candidates may not withdraw once voting has begun."
    elif stage.count in ("repeated ballots", "two rounds"):
        yield "Candidates may withdraw between ballots."
    if stage.unopposed == "elected" and stage.places != 1:
        yield "If there are no more candidates than places, they are elected without a ballot."
    elif stage.unopposed == "elected":
        yield "A single candidate is elected without a ballot."
    else:
        yield "A ballot is held even if there is a single candidate."
    if stage.count in BY_METHOD:
        yield "Ties are broken as that method has it; one that it leaves open stops the count, unless a lot was drawn."
    elif isinstance(stage.tie, Interpretation):
        yield "How a tie is broken, the text does not settle; what was held on it is told further on."
    else:
        yield sentence(tie_clause(stage.tie))
    if stage.binding:
        yield "The result binds."
    else:
        yield "The result is advice: it does not bind."
    if stage.formally:
        yield sentence(f"Formally, {stage.formally}")


def _declaration(stage: BallotStage, speaker: Speaker) -> Iterator[str]:
    of = None
    if stage.shares.of:
        of = f"as shares of {_base(stage.shares.of, stage) or BASES[stage.shares.of]}"
    yield f"Shares are published {printed(of, stage.shares.decimals, stage.shares.cut)}."
    yield turnout(stage.turnout.counts, printed(None, stage.turnout.decimals, stage.turnout.cut))
    unit = stage.points.unit if stage.points else "unit"
    figures = {
        "total": "the total",
        "segment": "the figures of each segment",
        "unit": f"the figures of each {unit}",
    }
    named = [figures[part] for part in stage.declare if part != "segment" or stage.segments]
    yield f"The declaration gives {listed(named)}." if named else "No figures are declared."
