"""Counting under the rules of an RCTab configuration: its settings as data for our two engines.

RCTab (Bright Spots, version 2.0) is the tabulator of several American cities. Its configuration names every choice
that a ranked-choice count has; here each is turned into an ``AlternativeRule`` or a ``GregoryRule``, the rules for
marks, and a way to break ties, down to the random numbers of its Java library. What versions before 1.2 called
otherwise is understood; what RCTab itself refuses, or would have to guess, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from .. import exact
from ..ballots import MarkRules, Profile, rankings
from ..errors import CountError
from .alternative import AlternativeRule, count_alternative, count_in_turn, joined
from .gregory import GregoryRule, count_gregory
from .registry import Method, Options
from .result import Count, TieBreak, TieFor
from .ties import TieRule, Ties

_OVERVOTE: dict[str, Literal["end", "pass over", "end if several"]] = {
    "exhaustImmediately": "end",
    "alwaysSkipToNextRank": "pass over",
    "exhaustIfMultipleContinuing": "end if several",
}
_TIEBREAKS = (
    "random",
    "stopCountingAndAsk",
    "previousRoundCountsThenRandom",
    "previousRoundCountsThenAsk",
    "useCandidateOrder",
    "generatePermutation",
)
_INT, _SEED = (1 << 31) - 1, 1 << 47
"""The largest whole number that RCTab's settings hold, and the largest seed."""
_MODES = (
    "singleWinnerMajority",
    "multiWinnerAllowMultipleWinnersPerRound",
    "multiWinnerAllowOnlyOneWinnerPerRound",
    "bottomsUp",
    "bottomsUpUsingPercentageThreshold",
    "multiPassIrv",
)
_MANY = ("multiWinnerAllowMultipleWinnersPerRound", "multiWinnerAllowOnlyOneWinnerPerRound", "bottomsUp")
"""The modes that have a given number of winners, more than one."""
_FORMER_MODES = {
    "singleSeatContinueUntilTwoCandidatesRemain": "singleWinnerMajority",
    "multiSeatAllowOnlyOneWinnerPerRound": "multiWinnerAllowOnlyOneWinnerPerRound",
    "multiSeatSequentialWinnerTakesAll": "multiPassIrv",
}
_FORMER_TIEBREAKS = {
    "interactive": "stopCountingAndAsk",
    "previousRoundCountsThenInteractive": "previousRoundCountsThenAsk",
    "usePermutationInConfig": "useCandidateOrder",
}


@dataclass(frozen=True)
class RctabRules:
    """The settings under "rules" of a configuration that decide a count, by RCTab's names for them.

    ``permutation``: the candidates (numbers from 1) in the order of the configuration.
    """

    mode: str
    winners: int
    tiebreak: str
    seed: int | None
    overvote: str
    decimals: int
    minimum: int
    skipped: int | None
    ranks: int | None
    non_integer: bool
    static: bool
    hare: bool
    batch: bool
    until_two: bool
    stop_after: int | None
    exhaust_on_duplicate: bool
    share: Fraction
    permutation: tuple[int, ...] = ()

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> RctabRules:
        """The rules in the ``settings`` of a configuration. Raises CountError for one that is not understood."""

        def text(key: str, default: str = "") -> str:
            value = settings.get(key)
            return default if value in (None, "") else str(value)

        def number(key: str, least: int, most: int, default: int | None = None) -> int:
            written = text(key, "" if default is None else str(default))
            digits = written.removeprefix("-")
            value = int(written) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None
            if value is None or not least <= value <= most:
                raise CountError(
                    f'"{key}" of the configuration is {written!r}',
                    hint=f"Write a whole number from {least} to {most}." if least else "Write a whole number.",
                )
            return value

        def limit(key: str, word: str, least: int) -> int | None:
            return None if text(key).lower() == word else number(key, least, _INT)

        def flag(key: str) -> bool:
            return settings.get(key) in (True, "true")

        def one_of(key: str, known: Sequence[str], value: str) -> str:
            if value not in known:
                raise CountError(f'"{key}" of the configuration is {value!r}', hint=f"Known: {', '.join(known)}.")
            return value

        winners = number("numberOfWinners", 0, _INT)
        written = text("winnerElectionMode")
        if written == "standard":
            written = _MANY[0] if winners > 1 else "singleWinnerMajority"
        elif written == "multiSeatBottomsUp":
            by_share = not winners or text("multiSeatBottomsUpPercentageThreshold")
            written = "bottomsUpUsingPercentageThreshold" if by_share else "bottomsUp"
        mode = one_of("winnerElectionMode", _MODES, _FORMER_MODES.get(written, written))
        tiebreak = text("tiebreakMode")
        seed = text("randomSeed")
        try:
            share = exact.parse_fraction(text("multiSeatBottomsUpPercentageThreshold", "0")) / 100
        except ValueError as error:
            raise CountError(f'"multiSeatBottomsUpPercentageThreshold" of the configuration: {error}') from None
        rules = cls(
            mode=mode,
            winners=winners,
            tiebreak=one_of("tiebreakMode", _TIEBREAKS, _FORMER_TIEBREAKS.get(tiebreak, tiebreak)),
            seed=number("randomSeed", -_SEED, _SEED) if seed else None,
            overvote=one_of("overvoteRule", tuple(_OVERVOTE), text("overvoteRule")),
            decimals=number("decimalPlacesForVoteArithmetic", 1, 20),
            minimum=number("minimumVoteThreshold", 0, _INT, 0),
            skipped=limit("maxSkippedRanksAllowed", "unlimited", 0),
            ranks=limit("maxRankingsAllowed", "max", 1),
            non_integer=flag("nonIntegerWinningThreshold"),
            static=flag("doesFirstRoundDetermineThreshold"),
            hare=flag("hareQuota"),
            batch=flag("batchElimination"),
            until_two=flag("continueUntilTwoCandidatesRemain")
            or text("winnerElectionMode") == "singleSeatContinueUntilTwoCandidatesRemain",
            stop_after=number("stopTabulationEarlyAfterRound", 0, _INT, 0) or None,
            exhaust_on_duplicate=flag("exhaustOnDuplicateCandidate"),
            share=share,
        )
        rules._check()
        return rules

    def _check(self) -> None:
        """Raise CountError for settings that do not go together: those that RCTab refuses, or has no meaning for."""
        many, share = self.mode in _MANY, self.mode == "bottomsUpUsingPercentageThreshold"
        if self.mode == "singleWinnerMajority" and self.winners != 1:
            raise CountError(f'"numberOfWinners" is {self.winners}, and "{self.mode}" has one winner')
        if not share and self.winners < (2 if many else 1):
            raise CountError(f'"numberOfWinners" is {self.winners}, too few for "{self.mode}"')
        if share and not 0 < self.share <= 1:
            raise CountError(f'"multiSeatBottomsUpPercentageThreshold" must be from 1 to 100 for "{self.mode}"')
        for key, given, refused in (
            ("batchElimination", self.batch, many or share),
            ("continueUntilTwoCandidatesRemain", self.until_two, many or share),
            ("doesFirstRoundDetermineThreshold", self.static, many),
        ):
            if given and refused:
                raise CountError(f'"{key}" has no meaning for "{self.mode}"', hint="RCTab refuses the two together.")

    def marks(self) -> MarkRules:
        """What becomes of unusual marks."""
        return MarkRules(
            skipped=self.skipped,
            repeated="end" if self.exhaust_on_duplicate else "pass over",
            overvote=_OVERVOTE[self.overvote],
            ranks=self.ranks,
        )

    def alternative(self) -> AlternativeRule:
        """The rule for one winner, and for those modes of several in which no surplus is transferred."""
        one = self.mode in ("singleWinnerMajority", "multiPassIrv")
        elects: Literal["continuing", "first round", "the last", "share"]
        elects = "share" if self.mode == "bottomsUpUsingPercentageThreshold" else "the last"
        if one:
            elects = "first round" if self.static else "continuing"
        return AlternativeRule(
            "rctab",
            elects=elects,
            until="two" if self.until_two and one else "majority",
            out="batch" if self.batch else "lowest",
            share=self.share,
            static=self.static,
            pool=True,
            minimum=self.minimum,
            own_round=True,
            stop_after=self.stop_after,
            decimals=self.decimals if self.non_integer else 0,
            hare=self.hare,
            marks=self.marks(),
        )

    def gregory(self) -> GregoryRule:
        """The rule for several winners whose surplus is transferred."""
        quota: Literal["hare", "droop decimals", "droop integer"] = "droop integer"
        if self.hare or self.non_integer:
            quota = "hare" if self.hare else "droop decimals"
        return GregoryRule(
            "rctab",
            decimals=self.decimals,
            quota=quota,
            quota_decimals=self.decimals if self.non_integer else 0,
            batch=self.batch,
            cut="fraction",
            surpluses="together",
            electing="one a round" if self.mode == "multiWinnerAllowOnlyOneWinnerPerRound" else "all",
            settle=True,
            pool=True,
            minimum=self.minimum,
            stop_after=self.stop_after,
        )

    def threshold(self, votes: Fraction) -> Fraction:
        """The threshold that is reported for several winners, of ``votes`` in the first round."""
        unit = 10 ** (self.decimals if self.non_integer else 0)
        if self.hare:
            threshold = Fraction(exact.ceil(votes * unit / self.winners), unit)
        else:
            threshold = Fraction(exact.floor_div(votes * unit / (self.winners + 1)) + 1, unit)
        return max(threshold, Fraction(self.minimum))

    def ties(self, names: Sequence[str], pool: frozenset[int] = frozenset()) -> Ties:
        """How ties are broken, for one run of the count: the random numbers begin anew with each.

        ``pool``: the candidates that are undeclared write-ins. They have no place in an order, and are never the last
        in it: tied with somebody who has one, they stay.
        """
        listed = (*self.permutation, *(who for who in range(1, len(names) + 1) if who not in self.permutation))
        first = tuple(sorted(pool))
        order = tuple(who for who in listed if who not in pool)
        if self.tiebreak == "useCandidateOrder":
            return Ties(("order",), order=first + order, by="the order of the configuration")
        if self.tiebreak == "generatePermutation":
            by_name = sorted(order, key=lambda who: names[who - 1])
            drawn = tuple(JavaRandom(self._seed()).shuffled(by_name))
            return Ties(("order",), order=first + drawn, by=f"an order drawn from the seed {self._seed()}")
        if self.tiebreak == "stopCountingAndAsk":
            return Ties(("stop",))
        if self.tiebreak == "previousRoundCountsThenAsk":
            return Ties(("latest difference", "stop"))
        earlier = self.tiebreak == "previousRoundCountsThenRandom"
        return _JavaTies(("latest difference",) if earlier else (), random=JavaRandom(self._seed()))

    def _seed(self) -> int:
        if self.seed is None:
            raise CountError(f'ties are broken by "{self.tiebreak}", and there is no "randomSeed"')
        return self.seed


def count_rctab(profile: Profile, rules: RctabRules, ties: Ties | None = None) -> tuple[Count, ...]:
    """The count of ``profile`` under ``rules``; one for each place where the mode is "multiPassIrv".

    The pool of undeclared write-ins is the candidate that is marked as ``write_in``. ``ties``: how ties are broken
    instead, where the rules say to ask.
    """
    names = [option.name for option in profile.candidates]
    pool = frozenset(who for who, option in enumerate(profile.candidates, 1) if option.write_in)
    if rules.overvote == "exhaustIfMultipleContinuing" and () in profile.sets:
        raise CountError(
            'a rank is marked as an over-vote without saying of whom, and "exhaustIfMultipleContinuing" has to know',
            hint='Take another "overvoteRule", or files in which the candidates stand.',
        )
    if rules.mode == "multiPassIrv":
        return count_in_turn(profile, rules.winners, rules.alternative(), lambda: ties or rules.ties(names, pool))
    if rules.mode.startswith("multiWinner"):
        standing = [who for who, option in enumerate(profile.candidates, 1) if not option.withdrawn]
        count = count_gregory(
            rankings(profile, rules.marks()),
            names,
            rules.winners,
            rules.gregory(),
            ties or rules.ties(names, pool),
            pool.intersection(standing),
            standing=standing,
        )
        return (count,)
    seats = max(rules.winners, 1)
    count = count_alternative(profile, rules.alternative(), ties or rules.ties(names, pool), seats=seats)
    if rules.mode == "bottomsUpUsingPercentageThreshold":
        # No number of winners is given: a share elects as many as have it; and it has decimals, as votes have not.
        return (replace(count, seats=rules.winners, decimals=2),)
    if rules.mode == "bottomsUp":  # a threshold is reported, though nobody is elected by it
        threshold = rules.threshold(sum(count.rounds[0].totals.values(), Fraction(0)))
        count = replace(count, rounds=tuple(replace(round_, quota=threshold) for round_ in count.rounds))
    return (count,)


def method_of(rules: RctabRules) -> Method:
    """Counting by ``rules`` as a method like the others; what several passes give is one count, pass by pass."""

    def run(profile: Profile, seats: int, options: Options) -> Count:
        counts = count_rctab(profile, rules, options.ties)
        return joined(counts, rules.winners) if rules.mode == "multiPassIrv" else counts[0]

    asked: dict[str, tuple[TieRule, ...]] = {
        "stopCountingAndAsk": ("lot",),
        "previousRoundCountsThenAsk": ("latest difference", "lot"),
    }
    return Method(
        "rctab",
        "By the rules of an RCTab configuration",
        f"Its settings: {rules.mode}; over-votes: {rules.overvote}; ties: {rules.tiebreak}",
        "RCTab 2.0's test cases, round by round",
        True,
        run,
        asked.get(rules.tiebreak, ()),
    )


# -- Java's random numbers --------------------------------------------------------------------------------------------


class JavaRandom:
    """``java.util.Random``: the linear congruential generator that its documentation prescribes, bit for bit."""

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def bits(self, number: int) -> int:
        """The next ``number`` (up to 32) bits, as an unsigned number."""
        self._state = (self._state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        return self._state >> (48 - number)

    def below(self, bound: int) -> int:
        """``nextInt(bound)``."""
        drawn = self.bits(31)
        if bound & (bound - 1) == 0:
            return (bound * drawn) >> 31
        while drawn - drawn % bound + bound - 1 >= 1 << 31:
            drawn = self.bits(31)
        return drawn % bound

    def share_of(self, size: int) -> int:
        """``floor(nextDouble() * size)``: in whole numbers, since such a double is a whole number of 2**-53."""
        drawn = (self.bits(26) << 27) + self.bits(27)
        return drawn * size >> 53

    def shuffled(self, items: Sequence[int]) -> list[int]:
        """``Collections.shuffle``."""
        list_ = list(items)
        for index in range(len(list_), 1, -1):
            other = self.below(index)
            list_[index - 1], list_[other] = list_[other], list_[index - 1]
        return list_


def java_hash(text: str) -> int:
    """``String.hashCode``, as an unsigned number of 32 bits."""
    code = 0
    units = text.encode("utf-16-be")
    for index in range(0, len(units), 2):
        code = (31 * code + (units[index] << 8) + units[index + 1]) & 0xFFFFFFFF
    return code


def java_set_order(texts: Sequence[str]) -> list[str]:
    """The order in which a ``HashSet`` made of ``texts`` gives them back."""
    size = 16
    while size < len(texts) * 4 // 3 + 1:
        size *= 2
    buckets: dict[int, list[str]] = {}
    for text in texts:
        code = java_hash(text)
        buckets.setdefault((code ^ (code >> 16)) & (size - 1), []).append(text)
    return [text for bucket in sorted(buckets) for text in buckets[bucket]]


@dataclass(frozen=True)
class _JavaTies(Ties):
    """RCTab's random choice: a number drawn at each tie, from the candidates in the order in which it holds them."""

    random: JavaRandom = field(default_factory=lambda: JavaRandom(0))

    def find(
        self,
        tied: Sequence[int],
        what: TieFor,
        earlier: Sequence[Mapping[int, Fraction]],
        names: Sequence[str],
        points: Sequence[str] = (),
    ) -> TieBreak | None:
        """The same as that of ``Ties``, with a random choice where no rule decides."""
        if "latest difference" in self.rules:
            decided = super().find(tied, what, earlier, names, points)
            if decided is not None:
                return decided
        left = sorted(tied, key=lambda who: names[who - 1])
        if "latest difference" in self.rules:
            least = what == "exclusion"
            for totals in reversed(earlier):
                worth = {who: totals.get(who, Fraction(0)) for who in left}
                edge = min(worth.values()) if least else max(worth.values())
                numbers = {names[who - 1]: who for who in left}
                left = [numbers[name] for name in java_set_order(list(numbers)) if worth[numbers[name]] == edge]
        chosen = left[self.random.share_of(len(left))]
        return TieBreak(tuple(tied), chosen, what, "at random, from the seed of the configuration", tuple(left))
