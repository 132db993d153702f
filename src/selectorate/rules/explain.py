"""The rulebook in plain sentences, to be shown or read aloud at a committee.

``explain`` gives passages, each a heading with sentences; how they look is for others to say. Every key of
the rulebook comes out in one of them, but for three that mean nothing to a reader: ids, the kind of a stage,
and the tests on the roll, for which the words beside them stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .grammar import ParameterRef, Quantity
from .model import BallotStage, Interpretation, MotionStage, NominationStage, Parameter, Rulebook
from .say_ballots import ballot, tie_clause
from .say_nominations import holder_clause, motion, nomination
from .wording import Speaker, counted, day, group_rule, listed, number, ordinal, sentence, share, the


@dataclass(frozen=True)
class Passage:
    """A few sentences under a heading."""

    heading: str
    sentences: tuple[str, ...]


def explain(
    rulebook: Rulebook, sizes: Mapping[str, int] | None = None, names: Mapping[str, str] | None = None
) -> list[Passage]:
    """What ``rulebook`` says, passage by passage.

    ``sizes``: how many a body or a segment has, by id; thresholds are then worked out. ``names``: what a body
    or segment was called at a contest, by id, in the plural. Where both have the same id, it is the body's.
    """
    speaker = Speaker(rulebook, sizes or {}, names or {})
    found = [Passage(rulebook.name, tuple(_opening(speaker)))]
    for index, stage in enumerate(rulebook.stage):
        heading = _title(stage)
        if len(rulebook.stage) > 1:
            heading = f"{ordinal(index + 1).capitalize()} stage: {heading}"
        found.append(Passage(heading, tuple(_stage(stage, speaker))))
    passages = (
        ("Who may vote", _entitlement(speaker)),
        ("What the rules do not say, and what was held", _interpretations(rulebook)),
        ("What is left to each contest", _left_open(speaker)),
        ("Figures of small units", _disclosure(rulebook)),
        ("Changes of the rules", (sentence(f"{item.on}: {item.says}") for item in rulebook.amendment)),
        ("Where the rules were read", _sources(rulebook)),
    )
    found += [Passage(heading, said) for heading, sentences in passages if (said := tuple(sentences))]
    return found


AnyStage = NominationStage | MotionStage | BallotStage


def _title(stage: AnyStage) -> str:
    if stage.name:
        return stage.name
    if isinstance(stage, NominationStage):
        return "Nominations" if stage.effect == "place on the paper" else "Supporting nominations"
    return "A motion" if isinstance(stage, MotionStage) else "The ballot"


def _stage(stage: AnyStage, speaker: Speaker) -> Iterator[str]:
    if isinstance(stage, NominationStage):
        return nomination(stage, speaker)
    if isinstance(stage, MotionStage):
        return motion(stage, speaker)
    return ballot(stage, speaker)


def _opening(speaker: Speaker) -> Iterator[str]:
    rulebook = speaker.rulebook
    yield f"These are rules of {the(rulebook.organisation)}."
    if all(isinstance(stage, MotionStage) for stage in rulebook.stage):
        yield f"What is decided under them is this: {rulebook.office}."
    else:
        yield f"The office that is filled under them is this: {rulebook.office}."
    if rulebook.in_force:
        yield _in_force(rulebook.in_force)
    if rulebook.about:
        yield from re.split(r"(?<=[.!?])\s+", sentence(rulebook.about))
    titles = [_title(stage) for stage in rulebook.stage]
    if len(titles) > 1:
        yield f"A contest has {counted(len(titles), 'stage')}, in this order: {'; '.join(titles)}."
    if any(isinstance(stage, BallotStage) for stage in rulebook.stage) or rulebook.candidate != "a person":
        yield {
            "a person": "A candidate is one person.",
            "a pair": "A candidate is a pair of persons, who stand together.",
            "a person or a pair": "A candidate is one person, or a pair of persons who stand together.",
        }[rulebook.candidate]
    if rulebook.pair_rules:
        yield f"A pair must have {listed(group_rule(rule, rulebook.groups) for rule in rulebook.pair_rules)}."
    if rulebook.may_stand:
        yield f"Those who may stand are {rulebook.may_stand}."


def _in_force(text: str) -> str:
    years = re.fullmatch(r"(\d{4})-(\d{4})?", text)
    if re.fullmatch(r"\d{4}", text):
        return f"They were in force in {text}."
    if not years:
        return sentence(f"The time for which they are in force: {text}")
    if years[2]:
        return f"They were in force from {years[1]} to {years[2]}."
    return f"They have been in force since {years[1]}."


def _entitlement(speaker: Speaker) -> Iterator[str]:
    with_reasons = False
    for id_, segment in speaker.rulebook.segments.items():
        name = speaker.segment(id_)
        if segment.entitled:
            with_reasons = True
            yield f"Among the {name}, everybody may vote who {listed(segment.entitled)}."
        else:
            yield f"Of the {name} nothing further is asked."
        if segment.voters == "delegations":
            yield f"The {name} vote through delegations, each of which casts its votes as one block."
        if id_ in speaker.sizes and id_ not in speaker.rulebook.bodies:
            yield f"The {name} entitled to vote are {speaker.sizes[id_]:,} in number."
    if with_reasons:
        yield "Whoever is refused is told which of these was not met, or is not known."


def _interpretations(rulebook: Rulebook) -> Iterator[str]:
    for stage in rulebook.stage:
        if isinstance(stage, NominationStage) and isinstance(stage.incumbent, Interpretation):
            about = "whether a holder who is challenged needs nominations"
            yield from _held(stage.incumbent, about, holder_clause(stage.incumbent.held))
        if isinstance(stage, BallotStage) and isinstance(stage.tie, Interpretation):
            yield from _held(stage.tie, "how a tie is broken", tie_clause(stage.tie.held))


def _held(view: Interpretation[object], about: str, clause: str) -> Iterator[str]:
    yield f"The rules are {view.text} on {about}."
    yield sentence(f"{view.by} held on {day(view.on)} that {clause}")
    if view.upheld:
        yield f"This was upheld by {view.upheld}."


def _left_open(speaker: Speaker) -> Iterator[str]:
    for name, parameter in speaker.rulebook.parameters.items():
        if not _refers(speaker.rulebook, name):
            by = f" by {parameter.by}" if parameter.by else ""
            yield f"For this contest it has been fixed{by} {parameter.says}."
            continue
        if parameter.by:
            yield sentence(f"{parameter.by} fixes for each contest {parameter.says}")
        else:
            yield f"Each contest fixes {parameter.says}."
        yield _default(parameter)
    if speaker.rulebook.timetable:
        yield f"Each contest fixes these dates: {'; '.join(speaker.rulebook.timetable.values())}."


def _refers(value: object, parameter: str) -> bool:
    """Whether ``value`` still leaves ``parameter`` open somewhere."""
    if isinstance(value, ParameterRef):
        return value.parameter == parameter
    if isinstance(value, tuple):
        return any(_refers(item, parameter) for item in value)
    fields = getattr(type(value), "model_fields", {})
    return any(_refers(getattr(value, name), parameter) for name in fields)


def _default(parameter: Parameter) -> str:
    default = parameter.default
    if default is None:
        return "Without it no contest can be held."
    if isinstance(default, Quantity):
        return f"Where a contest fixes nothing, it is {_amount(default)}."
    if not default:
        return "Where a contest fixes nothing, there is no such rule."
    return f"Where a contest fixes nothing, it is {', then '.join(_amount(item) for item in default)}."


def _amount(quantity: Quantity) -> str:
    if quantity.share is None:
        return number(quantity.number)
    return share(quantity.share) + (f" and {number(quantity.number)} more" if quantity.number else "")


def _disclosure(rulebook: Rulebook) -> Iterator[str]:
    rule = rulebook.disclosure
    yield f"A unit with fewer than {counted(rule.floor, 'valid vote')} is shown together with others."
    yield (
        f"So is a unit with fewer than {counted(rule.unanimity_below, 'valid vote')} in which all, or all but"
        " one, voted alike."
    )


def _sources(rulebook: Rulebook) -> Iterator[str]:
    for source in rulebook.source:
        says = f", on this: {source.says}" if source.says else ""
        yield sentence(f"{source.title}{says}{f' ({source.address})' if source.address else ''}")
