"""Rules on a result: at least, or at most, so many of each group elected. By guard and doom.

Whenever somebody is elected or goes out, whoever has to be elected for a result that keeps the rules is *guarded*: they
cannot go out. Whoever cannot be elected in such a result is *doomed*: they go out at once, so that the next preferences
of their papers are taken into account. Source: I. D. Hill, "STV with constraints", Voting matters 9 (1998); J. Otten,
"STV with multiple constraints", Voting matters 13 (2001).

Groups may overlap in any way. Candidates who belong to the same groups are alike, so that it is enough to know how many
of each kind are elected; the sums that can be reached are found one kind after another, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..errors import CountError
from .result import TieBreak

MAX_SUMS = 200_000
"""More sums than any rulebook's groups can give; groups that overlap so much would take hours."""


@dataclass(frozen=True)
class Group:
    """At least ``least`` and at most ``most`` (None: any number) of ``members`` (candidates from 1) are elected."""

    name: str
    members: frozenset[int]
    least: int = 0
    most: int | None = None

    def __str__(self) -> str:
        bounds = [f"at least {self.least}"] if self.least else []
        bounds += [f"at most {self.most}"] if self.most is not None else []
        return f"{' and '.join(bounds) or 'any number'} of {self.name}"


@dataclass(frozen=True)
class Verdict:
    """Who has to be elected (``guarded``), and who cannot be (``doomed``), of those who are still in the count."""

    guarded: frozenset[int] = frozenset()
    doomed: frozenset[int] = frozenset()


_Kinds = Mapping[tuple[bool, ...], tuple[int, int]]


@dataclass(frozen=True)
class Constraints:
    """The rules on one result."""

    groups: tuple[Group, ...]

    def __str__(self) -> str:
        return "; ".join(str(group) for group in self.groups)

    def possible(self, elected: Collection[int], continuing: Collection[int], seats: int) -> bool:
        """Whether places can still be filled so that every rule is kept."""
        kinds = self._kinds(elected, continuing)
        return self._reaches(
            [(kind, chosen, chosen + left) for kind, (chosen, left) in kinds.items()],
            min(seats, len(elected) + len(continuing)),
        )

    def kept_by(self, elected: Collection[int]) -> bool:
        """Whether a result keeps every rule."""
        return all(
            group.least <= len(group.members.intersection(elected))
            and (group.most is None or len(group.members.intersection(elected)) <= group.most)
            for group in self.groups
        )

    def verdict(self, elected: Collection[int], continuing: Collection[int], seats: int) -> Verdict:
        """Who is guarded and who is doomed, when ``elected`` are elected and ``continuing`` neither elected nor out.

        Raises CountError if no result keeps the rules any more: before the count, because there are too few of a group.
        """
        target = min(seats, len(elected) + len(continuing))
        kinds = self._kinds(elected, continuing)
        ranges = {kind: (chosen, chosen + left) for kind, (chosen, left) in kinds.items()}
        if not self._reaches([(kind, *ends) for kind, ends in ranges.items()], target):
            raise CountError(f"no result of these candidates can have {self}", hint="Too few of a group are standing.")
        guarded: set[tuple[bool, ...]] = set()
        doomed: set[tuple[bool, ...]] = set()
        for kind, (low, high) in ranges.items():
            if low == high:
                continue
            rest = [(other, *ends) for other, ends in ranges.items() if other != kind]
            if not self._reaches([*rest, (kind, low, high - 1)], target):
                guarded.add(kind)
            if not self._reaches([*rest, (kind, low + 1, high)], target):
                doomed.add(kind)
        return Verdict(
            frozenset(who for who in continuing if self._kind(who) in guarded),
            frozenset(who for who in continuing if self._kind(who) in doomed),
        )

    def _kind(self, who: int) -> tuple[bool, ...]:
        return tuple(who in group.members for group in self.groups)

    def _kinds(self, elected: Iterable[int], continuing: Iterable[int]) -> _Kinds:
        """How many of each kind are elected, and how many are left."""
        kinds: dict[tuple[bool, ...], tuple[int, int]] = {}
        for who in elected:
            chosen, left = kinds.get(self._kind(who), (0, 0))
            kinds[self._kind(who)] = chosen + 1, left
        for who in continuing:
            chosen, left = kinds.get(self._kind(who), (0, 0))
            kinds[self._kind(who)] = chosen, left + 1
        return kinds

    def _reaches(self, ranges: Iterable[tuple[tuple[bool, ...], int, int]], target: int) -> bool:
        """Whether ``target`` places can be filled with so many (from, to) of each kind, within every group's bounds."""
        sums: set[tuple[int, ...]] = {(0,) * (len(self.groups) + 1)}
        for kind, low, high in ranges:
            reached: set[tuple[int, ...]] = set()
            for before in sums:
                for number in range(low, min(high, target - before[0]) + 1):
                    after = self._add(before, kind, number)
                    if after is not None:
                        reached.add(after)
            if len(reached) > MAX_SUMS:
                raise CountError("the groups that are to be represented overlap too much to be counted with")
            sums = reached
        return any(
            total == target and all(have >= group.least for have, group in zip(of, self.groups, strict=True))
            for total, *of in sums
        )

    def _add(self, before: tuple[int, ...], kind: tuple[bool, ...], number: int) -> tuple[int, ...] | None:
        of = []
        for have, group, inside in zip(before[1:], self.groups, kind, strict=True):
            now = have + number if inside else have
            if group.most is not None and now > group.most:
                return None
            # Where there is no upper bound, more than enough is as good as enough: fewer sums to keep.
            of.append(now if group.most is not None else min(now, group.least))
        return (before[0] + number, *of)


@dataclass(frozen=True)
class Watch:
    """What a count asks while it runs; without constraints the answers are that anything may happen."""

    constraints: Constraints | None
    seats: int

    def begin(self, standing: Collection[int]) -> None:
        """Raise CountError if no result can keep the rules."""
        self.verdict([], standing)

    def verdict(self, elected: Collection[int], continuing: Collection[int]) -> Verdict:
        """Who is guarded and who is doomed now."""
        if self.constraints is None:
            return Verdict()
        return self.constraints.verdict(elected, continuing, self.seats)

    def free(self, elected: Collection[int], continuing: Sequence[int]) -> list[int]:
        """Those of ``continuing`` who may go out."""
        guarded = self.verdict(elected, continuing).guarded
        return [who for who in continuing if who not in guarded]

    def leaving(self, group: Sequence[int], elected: Collection[int], continuing: Collection[int]) -> list[int]:
        """As many of ``group``, in their order, as may go out together."""
        if self.constraints is None:
            return list(group)
        left = list(continuing)
        gone: list[int] = []
        for who in group:
            if who in self.verdict(elected, left).guarded:
                break
            left.remove(who)
            gone.append(who)
        return gone

    def admit(
        self,
        reached: Sequence[int],
        totals: Mapping[int, int | Fraction],
        elected: Collection[int],
        continuing: Collection[int],
        choose: Callable[[Sequence[int]], TieBreak],
    ) -> tuple[list[int], list[TieBreak]]:
        """Those of ``reached`` who are elected, most votes first: each only if the rules can be kept with all before.

        ``choose`` breaks a tie between some of whom not all can be elected.
        """
        waiting = sorted(reached, key=lambda who: -totals[who])
        if self.constraints is None:
            return waiting, []
        chosen: list[int] = []
        breaks: list[TieBreak] = []
        now, left = list(elected), list(continuing)
        while waiting:
            doomed = self.verdict(now, left).doomed
            waiting = [who for who in waiting if who not in doomed]
            if not waiting:
                break
            tied = [who for who in waiting if totals[who] == totals[waiting[0]]]
            rest = [who for who in left if who not in tied]
            if len(tied) > 1 and not self.constraints.possible([*now, *tied], rest, self.seats):
                breaks.append(choose(tied))
                tied = [breaks[-1].chosen]
            for who in tied:
                left.remove(who)
                waiting.remove(who)
            chosen += tied
            now += tied
        return chosen, breaks
