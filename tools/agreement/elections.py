"""Random elections: small, so that a difference can be counted by hand; of several kinds, so that ties come and go."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from .model import Election, Paper


def elections(
    number: int, seed: str, *, kind: str, seats: bool, blank: bool, small: bool = False
) -> Iterator[Election]:
    """``number`` elections. ``kind``: of papers: "ranked", "complete" (all ranked) or "chosen" (without ranks).

    ``seats``: several places; ``blank``: blank papers among them, in one election of ten; ``small``: for a slow count.
    """
    rng = random.Random(seed)
    for _ in range(number):
        candidates = rng.randint(3, 5 if small else 8)
        places = rng.randint(1, min(candidates - 1, 4)) if seats else 1
        ballots = rng.randint(5, 25 if small else 60)
        draw = rng.choice(_MODELS)(rng, candidates)
        papers = [_shaped(rng, draw(), kind, places) for _ in range(ballots)]
        if blank and rng.random() < 0.1:
            papers += [()] * rng.randint(1, 6)
        counted = sorted(Counter(papers).items())
        yield Election(candidates, places, tuple((times, paper) for paper, times in counted))


def _shaped(rng: random.Random, order: Paper, kind: str, places: int) -> Paper:
    if kind == "complete":
        return order
    if kind == "chosen":
        return tuple(sorted(order[: rng.randint(1, len(order) - 1)]))
    if kind == "up to the places":
        return tuple(sorted(order[: rng.randint(1, places)]))
    return order if rng.random() < 0.4 else order[: rng.randint(1, len(order))]


def _anyhow(rng: random.Random, candidates: int) -> Callable[[], Paper]:
    """Every order as likely: much is close, and many tables have ties."""
    people = range(1, candidates + 1)
    return lambda: tuple(rng.sample(people, candidates))


def _camps(rng: random.Random, candidates: int) -> Callable[[], Paper]:
    """Two to four orders that voters follow, a few neighbours swapped."""
    people = range(1, candidates + 1)
    slates = [rng.sample(people, candidates) for _ in range(rng.randint(2, 4))]
    weights = [rng.random() + 0.1 for _ in slates]

    def draw() -> Paper:
        order = list(rng.choices(slates, weights)[0])
        for _ in range(rng.randint(0, 2)):
            at = rng.randrange(candidates - 1)
            order[at], order[at + 1] = order[at + 1], order[at]
        return tuple(order)

    return draw


def _line(rng: random.Random, candidates: int) -> Callable[[], Paper]:
    """Voters and candidates on a line from left to right, the nearest first."""
    stand = [rng.randrange(1000) for _ in range(candidates)]

    def draw() -> Paper:
        here = rng.randrange(1000)
        return tuple(sorted(range(1, candidates + 1), key=lambda who: (abs(stand[who - 1] - here), who)))

    return draw


def _favourites(rng: random.Random, candidates: int) -> Callable[[], Paper]:
    """Some are known to everybody and most to few: large surpluses, and candidates whom nobody puts first."""
    known = [2.0 ** -rng.randint(0, 5) for _ in range(candidates)]

    def draw() -> Paper:
        left = list(range(1, candidates + 1))
        order = []
        while left:
            who = rng.choices(left, [known[one - 1] for one in left])[0]
            left.remove(who)
            order.append(who)
        return tuple(order)

    return draw


_MODELS = (_anyhow, _camps, _line, _favourites)
