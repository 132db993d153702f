"""Sentences for the stages before a ballot: nominations and motions."""

from __future__ import annotations

from collections.abc import Iterator

from .grammar import ParameterRef, Quantity
from .model import AskedBy, ByOccasion, Gate, Interpretation, MotionStage, NominationStage, Online
from .wording import BASES, Speaker, counted, listed, number, printed, requirement, sentence, share

_ON_PAPER = "candidate needs nominations from"
_SUPPORT = "candidate is shown as supported with nominations from"


def holder_clause(incumbent: str) -> str:
    """What holds for a holder who is challenged, as a clause."""
    return {
        "automatic": "a holder who is challenged is on the paper without nominations",
        "needs nominations": "a holder who is challenged needs nominations like any other candidate",
        "may not stand": "the holder may not stand",
        "not known": (
            "whether a holder who is challenged needs nominations is not known from what was read of the rules"
        ),
    }[incumbent]


def nomination(stage: NominationStage, speaker: Speaker) -> Iterator[str]:
    """The sentences of a nomination stage."""
    if stage.by and stage.threshold is None:
        yield f"Those who may nominate are {speaker.sized(stage.by)}."
    if stage.by and stage.threshold is not None:
        yield from _thresholds(stage.threshold, stage.by, speaker, stage)
        yield from _told_apart(stage.by, speaker)
    if len(stage.any) == 1:
        yield from _way(stage.any[0], "", speaker, stage)
    elif stage.any:
        yield f"There are {number(len(stage.any))} ways to be nominated, of which one is enough."
        for index, gate in enumerate(stage.any):
            yield from _way(gate, "One way" if index == 0 else "Another way", speaker, stage)
    if stage.each_nominates is not None:
        yield f"Nobody may nominate more than {counted(stage.each_nominates, 'candidate')}."
    yield from _incumbent(stage)
    if stage.effect == "none":
        yield "These nominations are published, and decide nothing."
    else:
        yield "Only those who are so nominated go on the paper."


def _incumbent(stage: NominationStage) -> Iterator[str]:
    if isinstance(stage.incumbent, Interpretation):
        yield (
            "Whether a holder who is challenged needs nominations too, the text does not settle; what was"
            " held on it is told further on."
        )
        return
    challenged = isinstance(stage.threshold, ByOccasion) or any(
        isinstance(gate.threshold, ByOccasion) for gate in stage.any
    )
    if challenged or stage.incumbent != "needs nominations":
        yield sentence(holder_clause(stage.incumbent))


def _thresholds(
    threshold: Quantity | ByOccasion | ParameterRef, by: str, speaker: Speaker, stage: NominationStage
) -> Iterator[str]:
    needs = _ON_PAPER if stage.effect == "place on the paper" else _SUPPORT
    if isinstance(threshold, ByOccasion):
        yield f"When the post is vacant, a {needs} {speaker.so_many(threshold.vacancy, by)}."
        challenger = needs.replace("candidate", "challenger", 1)
        yield f"A {challenger} {speaker.so_many(threshold.challenge, by)}."
    else:
        yield f"A {needs} {speaker.so_many(threshold, by)}."


def _way(gate: Gate, way: str, speaker: Speaker, stage: NominationStage) -> Iterator[str]:
    threshold = gate.threshold
    if not way:
        yield from _thresholds(threshold, gate.by, speaker, stage)
    elif isinstance(threshold, ByOccasion):
        vacancy = speaker.so_many(threshold.vacancy, gate.by)
        yield f"{way}, when the post is vacant, is by nominations from {vacancy}."
        yield f"For a challenger this is {speaker.so_many(threshold.challenge, gate.by)}."
    else:
        yield f"{way} is by nominations from {speaker.so_many(threshold, gate.by)}."
    body = speaker.rulebook.bodies.get(gate.by)
    parts = body.parts if body else {}
    yield from _told_apart(gate.by, speaker)
    if gate.including:
        among = listed(f"at least {number(least)} {parts.get(part, part)}" for part, least in gate.including.items())
        yield f"Among those who nominate must then be {among}."
    if gate.spread:
        yield f"They must come from at least {number(gate.spread.at_least)} {gate.spread.of}."
    if gate.together:
        share_of = f"{_part(gate.together.share)} of the {gate.together.of}"
        yield f"Together they must have {share_of}."


def _told_apart(name: str, speaker: Speaker) -> Iterator[str]:
    body = speaker.rulebook.bodies.get(name)
    if body is not None and body.parts:
        yield f"Among the {body.name}, {listed([f'the {part}' for part in body.parts.values()])} are told apart."


def _part(quantity: Quantity) -> str:
    if quantity.share is None:
        return f"at least {number(quantity.number)}"
    more = f" and {number(quantity.number)} more" if quantity.number else ""
    return f"at least {share(quantity.share)}{more}"


def motion(stage: MotionStage, speaker: Speaker) -> Iterator[str]:
    """The sentences of a vote on a motion."""
    about = {
        "confidence": "a motion of confidence in the holder",
        "no confidence": "a motion of no confidence in the holder",
        "resolution": "a resolution",
    }[stage.motion]
    yield f"Those who vote, yes or no, on {about} are {speaker.sized(stage.by)}."
    if stage.asked_by:
        yield f"The vote is held when it is asked for by {_asked(stage.asked_by, speaker)}."
        if stage.asked_by.letters_to:
            yield (
                f"The letters that ask for it go to {stage.asked_by.letters_to}, who alone knows how many there are;"
                " everybody else is told when there are enough."
            )
    yield from held_online(stage.online)
    needs = listed(requirement(item, speaker.sizes.get(stage.by)) for item in stage.carried)
    yield f"To be carried, the motion needs {needs}."
    when = "lost" if stage.motion == "confidence" else "carried"
    yield {
        "vacancy": f"If the motion is {when}, the post falls vacant.",
        "none": "Nothing follows from the result under these rules.",
        "as stated": f"If the motion is {when}, what it states itself is what follows.",
    }[stage.effect]
    if stage.holder_may_stand is not None:
        may = "may" if stage.holder_may_stand else "may not"
        yield f"A holder who has lost {may} stand in the contest that follows."
    if stage.safe_months is not None:
        yield (f"A holder who has won is safe from another such vote for {counted(stage.safe_months, 'month')}.")
    of = f"as shares of {BASES[stage.shares.of]}" if stage.shares.of else None
    yield f"Shares are published {printed(of, stage.shares.decimals, stage.shares.cut)}."
    yield turnout(stage.turnout.counts, printed(None, stage.turnout.decimals, stage.turnout.cut))


def held_online(online: Online | None) -> Iterator[str]:
    """How a ballot is held online, if it is."""
    if online is None:
        return
    yield "The vote is held online, in sealed boxes, which trustees open together after it has ended."
    if online.revote:
        yield "Until then a voter may cast another ballot online; the last one counts."
    else:
        yield "A voter casts one ballot online and cannot change it."
    if online.paper == "none":
        yield "There is no voting on paper beside it."
    elif online.paper == "first counts":
        yield "There is paper too: of somebody who votes in both ways, what comes in first counts."
    else:
        yield (
            "There is paper too: the envelope of somebody who also votes online stays unopened, and the ballot online"
            " counts."
        )


def _asked(asked: AskedBy, speaker: Speaker) -> str:
    return speaker.so_many(asked.threshold, asked.body)


def turnout(counts: str, how: str) -> str:
    """How turnout is published."""
    who = "returned a ballot, spoilt ones among them" if counts == "ballots returned" else "cast a valid vote"
    return f"Turnout is published as the share of those entitled who {who}, {how}."
