"""Contradictions in what a paper, a pair or a result must contain."""

from __future__ import annotations

from ..grammar import ParameterRef
from ..model import BY_METHOD, MANY_PLACES, BallotStage, GroupRule, Rulebook
from .found import Contradiction, Found, known_names


def papers(rulebook: Rulebook, stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    """Contradictions between the paper of a ballot, its count and its places."""
    ranked = stage.count in ("alternative vote", "supplementary vote") or stage.count in BY_METHOD
    if ranked and stage.paper != "rank":
        yield Contradiction((*at, "paper"), f'"{stage.count}" needs ranked papers', 'Write paper = "rank".')
    if not ranked and stage.paper == "rank":
        yield Contradiction((*at, "paper"), f'"{stage.count}" does not use rankings', 'Write paper = "choose one".')
    if (stage.paper == "choose up to") != (stage.choose_up_to is not None):
        key = "paper" if stage.choose_up_to is None else "choose_up_to"
        yield Contradiction(
            (*at, key),
            '"choose up to" and choose_up_to belong together',
            'Write paper = "choose up to" and choose_up_to = 19.',
        )
    if isinstance(stage.places, int) and stage.places < 1:
        yield Contradiction((*at, "places"), "nobody is elected", "places is 1 or more.")
    if isinstance(stage.places, int) and stage.places > 1 and stage.count not in ("most votes", *MANY_PLACES):
        yield Contradiction(
            (*at, "places"),
            f'"{stage.count}" fills one place, not {stage.places}',
            'Write count = "most votes", or a transferable vote: "scottish".',
        )
    if stage.paper == "choose up to" and stage.count != "most votes":
        yield Contradiction(
            (*at, "count"),
            f'"choose up to" papers cannot be counted by "{stage.count}"',
            'Write count = "most votes".',
        )
    yield from group_rules(rulebook, stage.paper_rules, stage.choose_up_to or 1, (*at, "paper_rules"))
    yield from group_rules(rulebook, stage.result_rules, stage.places, (*at, "result_rules"))


def pairs(rulebook: Rulebook) -> Found:
    """Contradictions in the rules for pairs."""
    if rulebook.pair_rules and rulebook.candidate == "a person":
        yield Contradiction(
            ("pair_rules",),
            "there are rules for pairs, but a candidate is one person",
            'Write candidate = "a pair" or "a person or a pair", or leave them out.',
        )
    yield from group_rules(rulebook, rulebook.pair_rules, 2, ("pair_rules",))


def group_rules(
    rulebook: Rulebook, rules: tuple[GroupRule, ...], size: int | ParameterRef, at: tuple[str | int, ...]
) -> Found:
    """Contradictions in ``rules`` on what something of ``size`` persons must contain."""
    least = 0
    for number, rule in enumerate(rules):
        if rule.group not in rulebook.groups:
            yield Contradiction(
                (*at, number, "group"),
                f'there is no group "{rule.group}"',
                known_names(rule.group, rulebook.groups, "groups"),
            )
        if rule.at_least is None and rule.at_most is None:
            yield Contradiction((*at, number), "the rule asks for nothing", "Write at_least or at_most.")
        if rule.at_least is not None and rule.at_most is not None and rule.at_least > rule.at_most:
            yield Contradiction(
                (*at, number),
                f"at least {rule.at_least} and at most {rule.at_most} contradict each other",
                "at_most is not less than at_least.",
            )
        least += rule.at_least or 0
    if rules and isinstance(size, int) and least > size:
        yield Contradiction(
            at,
            f"{least} are asked for of {size}",
            "A paper, a pair or a result cannot contain more than it has places.",
        )
