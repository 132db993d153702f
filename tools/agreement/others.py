"""The twins of methods that transfer nothing: pairs, most votes, two rounds; and of Meek's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from .model import Answer, Election
from .twins import Choices, RefusedError, outcomes


@dataclass(frozen=True)
class Pairs:
    """Schulze's method: all who are not beaten.

    A defeat is as strong as its "winning votes", of equal ones that with fewer against it being the stronger
    (``against``), or as its "margins". Departures: ``only_on_papers``; ``elects``: those with "most wins", or one of
    the unbeaten or of the first "tier" (the fewest who all beat all others).
    """

    strength: Literal["winning votes", "margins"]
    unranked: Literal["last", "not compared"] = "last"
    against: bool = True
    only_on_papers: bool = False
    elects: Literal["all unbeaten", "one unbeaten", "most wins", "tier"] = "all unbeaten"

    def count(self, election: Election, choose: Choices) -> Answer:
        on_papers = {who for _, paper in election.papers for who in paper}
        people = [who for who in election.people if not self.only_on_papers or who in on_papers]
        chains = self.chains(self.defeats(election, people), people)
        beats = {
            (one, other)
            for one in people
            for other in people
            if chains.get((one, other), (0, 0)) > chains.get((other, one), (0, 0))
        }
        unbeaten = [who for who in people if not any((other, who) in beats for other in people)]
        if self.elects == "one unbeaten":
            unbeaten = [choose.one_of(unbeaten)]
        elif self.elects == "tier":
            unbeaten = [choose.one_of(self.tier(beats, people))]
        elif self.elects == "most wins":
            wins = {who: sum(1 for pair in beats if pair[0] == who) for pair in beats for who in pair}
            unbeaten = [who for who in wins if wins[who] == max(wins.values())]
        return Answer(frozenset(unbeaten))

    def defeats(self, election: Election, people: Sequence[int]) -> dict[tuple[int, int], tuple[int, int]]:
        votes = {(one, other): 0 for one in people for other in people if one != other}
        for number, paper in election.papers:
            for at, one in enumerate(paper):
                below = [who for who in people if who not in paper] if self.unranked == "last" else []
                for other in (*paper[at + 1 :], *below):
                    votes[one, other] += number
        found = {}
        for (one, other), for_ in votes.items():
            against = votes[other, one]
            if for_ > against:
                winning = (for_, -against if self.against else 0)
                found[one, other] = winning if self.strength == "winning votes" else (for_ - against, 0)
        return found

    @staticmethod
    def chains(
        defeats: dict[tuple[int, int], tuple[int, int]], people: Sequence[int]
    ) -> dict[tuple[int, int], tuple[int, int]]:
        """How strong the strongest chain is, by letting in ever weaker defeats and seeing who is reached."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for strength in sorted(set(defeats.values()), reverse=True):
            for start in people:
                reached, new = {start}, {start}
                while new:
                    new = {other for (one, other), how in defeats.items() if one in new and how >= strength} - reached
                    reached |= new
                for who in reached - {start}:
                    found.setdefault((start, who), strength)
        return found

    @staticmethod
    def tier(beats: set[tuple[int, int]], people: Sequence[int]) -> list[int]:
        ranked = sorted(people, key=lambda who: -sum(1 for pair in beats if pair[0] == who))
        for size in range(1, len(ranked) + 1):
            top, rest = ranked[:size], ranked[size:]
            if all((one, other) in beats for one in top for other in rest):
                return top
        return ranked


@dataclass(frozen=True)
class Most:
    """Most votes, of first preferences or (``all_marks``) of all who are chosen on a paper; at a tie, all of it.

    Departures: ``refuses``: no answer at a tie for the last place; ``voted``: only who has a vote is known;
    ``enough``: no answer if fewer have a vote than there are places.
    """

    all_marks: bool
    refuses: bool = False
    voted: bool = False
    enough: bool = False

    def count(self, election: Election, choose: Choices) -> Answer:
        votes = dict.fromkeys(election.people, 0)
        for number, paper in election.papers:
            for who in paper if self.all_marks else paper[:1]:
                votes[who] += number
        if self.enough and sum(1 for who in votes if votes[who]) < election.seats:
            raise RefusedError("too few have votes")
        known = [who for who in votes if votes[who] or not self.voted]
        elected = [who for who in known if sum(1 for one in known if votes[one] > votes[who]) < election.seats]
        if self.refuses and len(elected) > election.seats:
            raise RefusedError("a tie")
        return Answer(frozenset(elected))


@dataclass(frozen=True)
class TwoRounds:
    """Two stay in, unless one has a majority; then the one of them whom more papers put first.

    Departures: ``everybody``: all who could win, were ties broken otherwise; ``refuses``: no answer at a tie;
    ``to_the_end``: a majority does not end it; ``exhausted``: papers that rank neither of the two are a third, and win
    if they are most.
    """

    everybody: bool = False
    refuses: bool = False
    to_the_end: bool = False
    exhausted: bool = False
    blank_in_quota: bool = False

    def count(self, election: Election, choose: Choices) -> Answer:
        if self.everybody:
            answers = outcomes(replace(self, everybody=False), election)
            return Answer(frozenset(who for answer in answers for who in answer.winners))
        firsts = self.tally(election, list(election.people))
        majority = (len(election.ballots) if self.blank_in_quota else election.valid) // 2 + 1
        for who in election.people:
            if firsts[who] >= majority and not self.to_the_end:
                return Answer(frozenset([who]))
        staying: list[int] = []
        while len(staying) < 2:
            rest = [who for who in election.people if who not in staying]
            most = max(firsts[who] for who in rest)
            level = [who for who in rest if firsts[who] == most]
            if self.refuses and len(level) + len(staying) > 2:
                raise RefusedError("a tie")
            staying.append(choose.one_of(level))
        votes = self.tally(election, staying)
        over = votes.pop(0)
        if self.exhausted and max(votes.values()) < majority:
            if over > max(votes.values()):
                raise RefusedError("an endless loop")
            if sorted((over, *votes.values()))[1] == max(votes.values()):
                raise RefusedError("a tie")
        most = max(votes.values())
        level = [who for who in staying if votes[who] == most]
        if self.refuses and len(level) > 1:
            raise RefusedError("a tie")
        return Answer(frozenset([choose.one_of(level)]))

    @staticmethod
    def tally(election: Election, among: list[int]) -> dict[int, int]:
        """First preferences among some; 0: papers, not blank, that rank none of them."""
        votes = dict.fromkeys([0, *among], 0)
        for number, paper in election.papers:
            if paper:
                votes[next((who for who in paper if who in among), 0)] += number
        return votes


@dataclass(frozen=True)
class Meek:
    """Meek's method of 1987, settled to many decimals; who is within a thousandth of a vote is level, or at the quota.

    Departure: ``blank_in_quota``.
    """

    blank_in_quota: bool = False

    def count(self, election: Election, choose: Choices) -> Answer:
        hopeful, elected = list(election.people), list[int]()
        keep = dict.fromkeys(election.people, Decimal(1))
        start = len(election.ballots) if self.blank_in_quota else election.valid
        while len(elected) < election.seats:
            if len(hopeful) <= election.seats - len(elected):
                elected += hopeful
                break
            votes, quota = self.settled(election, keep, elected, Decimal(start))
            reached = [who for who in hopeful if votes[who] > quota + _NEAR and votes[who] > 0]
            reached += [
                who for who in hopeful if abs(votes[who] - quota) <= _NEAR < votes[who] and choose.one_of([0, 1])
            ]
            while len(reached) > election.seats - len(elected):
                least = min(votes[who] for who in reached)
                reached.remove(choose.one_of([who for who in reached if votes[who] <= least + _NEAR]))
            if not reached:
                least = min(votes[who] for who in hopeful)
                gone = choose.one_of([who for who in hopeful if votes[who] <= least + _NEAR])
                hopeful.remove(gone)
                keep[gone] = Decimal(0)
            for who in reached:
                hopeful.remove(who)
                elected.append(who)
        return Answer(frozenset(elected))

    @staticmethod
    def settled(
        election: Election, keep: dict[int, Decimal], elected: Sequence[int], start: Decimal
    ) -> tuple[dict[int, Decimal], Decimal]:
        for _ in range(3000):
            votes = dict.fromkeys(election.people, Decimal(0))
            for number, paper in election.papers:
                rest = Decimal(number)
                for who in paper:
                    votes[who] += rest * keep[who]
                    rest -= rest * keep[who]
            over = election.valid - sum(votes.values())
            quota = (start - over) / (election.seats + 1)
            if all(abs(votes[who] - quota) < Decimal("1e-9") for who in elected):
                break
            for who in elected:
                if votes[who]:
                    keep[who] = min(Decimal(1), keep[who] * quota / votes[who])
        return votes, quota


_NEAR = Decimal("0.001")
