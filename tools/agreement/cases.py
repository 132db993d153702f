"""Every departure by its name: what it is, how it was judged, and an example that was counted by hand.

The examples are counted again by both programs at every run: an example that no longer holds fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .model import Election


@dataclass(frozen=True)
class Example:
    """``called``: which comparison, by a part of its label. ``ballots``: as ``Election.told``; "A" and so on."""

    called: str
    places: str
    ballots: str
    ours: str
    theirs: str
    by_hand: str

    @property
    def election(self) -> Election:
        seats, candidates = (int(number) for number in self.places.split(" of "))
        papers = []
        for part in self.ballots.split(", "):
            number, letters = re.fullmatch(r"(\d+) (\w+)", part).groups()  # type: ignore[union-attr]
            paper = () if letters == "blank" else tuple(ord(letter) - ord("A") + 1 for letter in letters)
            papers.append((int(number), paper))
        return Election(candidates, seats, tuple(papers))


@dataclass(frozen=True)
class Case:
    """``kind``: "a lot" (both are right), "another rule", "no answer", or "an error" by the rule it says it follows."""

    kind: Literal["a lot", "another rule", "no answer", "an error"]
    what: str
    example: Example | None = None


CASES = {
    "lot": Case(
        "a lot",
        "Nothing but a lot decides, and the library drew otherwise, or takes the first or the last of the list.",
        Example(
            "stv_wig",
            "1 of 2",
            "2 A, 2 B",
            "B",
            "A",
            "A has 2, B has 2, and there is no earlier table. Our lot (with the seed of this comparison) draws B.",
        ),
    ),
    "all lowest together": Case(
        "another rule",
        "All who are level with fewest votes go out at once, and where all who are left are level, all win. Those two"
        " might together have had enough; the library's manual warns of it.",
        Example(
            "instant_runoff_for_truncated",
            "1 of 3",
            "4 A, 3 BC, 3 CB",
            "B",
            "A",
            "B and C have 3 each. Whoever of them goes out, the other gets 3 papers and has 6 of 10: A cannot win. With"
            " both out at once, A is alone.",
        ),
    ),
    "blank papers in the quota": Case(
        "an error",
        "Blank papers count as votes for the quota (votelib: also for the majority). A quota is one of valid votes.",
        Example(
            "stv_wig",
            "2 of 3",
            "1 blank, 11 A, 3 B, 11 BC, 9 C",
            "B, C",
            "A, B",
            "34 valid votes, quota 34/3 = 11.33. B has 14; of the surplus of 2.67, 11 papers of 14 go to C: 9 + 2.095 ="
            " 11.095, A has 11 and goes out. With 35 votes the quota is 11.67, the surplus 2.33, C comes to 10.833 and"
            " goes out.",
        ),
    ),
    "lot among all": Case(
        "an error",
        "Earlier tables leave some of those level behind, but not one alone: the lot is then drawn among all of them,"
        " also those who were ahead.",
        Example(
            "stv_scottish",
            "3 of 5",
            "1 AB, 1 AD, 3 B, 4 C, 3 D, 4 E",
            "B, C, E",
            "B, D, E",
            "A has 2 and goes out; then B, C, D and E have 4 each, under the quota of 5. At the first count B and D had"
            " 3, C and E 4: one of B and D has to go out, by lot. The library's lot took C.",
        ),
    ),
    "ties by number": Case(
        "another rule",
        "Ties are broken by the numbers of the candidates, without a look at earlier tables.",
        Example(
            "stv_wig",
            "1 of 3",
            "4 A, 1 B, 2 BA, 6 C",
            "C",
            "A",
            "B has 3 and goes out: A 6, C 6. In the first table C had 6 and A 4, so A goes out. The library puts out C,"
            " who is later in the list.",
        ),
    ),
    "exactly the quota": Case(
        "an error",
        "Who has exactly votes / (places + 1) is elected, though more candidates than places can have as many; an exact"
        " quota has to be passed.",
        Example(
            "stv_wig",
            "3 of 4",
            "12 A, 14 B, 9 C, 9 D, 8 DBC, 4 DC",
            "A, B, D",
            "B, C, D",
            "56 votes, quota 14. D has 21, surplus 7, a third of each paper. B has 14, not more: 8 papers of D bring B"
            " to 16.67, 4 bring C to 10.33; of B's surplus C gets 0.43, and has 10.76 to A's 12: C goes out. If B is"
            " elected with 14, C gets the 8 papers too: 13, and A goes out.",
        ),
    ),
    "surpluses together": Case(
        "another rule",
        "All who have a quota are elected at once and all their surpluses move at once; in our rule the largest moves"
        " first, and may elect somebody who then gets nothing of the others.",
        Example(
            "stv_wig",
            "4 of 5",
            "1 A, 2 AED, 1 C, 2 CB, 2 CED, 1 D, 2 EB",
            "A, C, D, E",
            "A, B, C, E",
            "11 votes, quota 2.2. C has 5, A 3. Of C's surplus (2.8, 0.56 a paper) E gets 1.12: 3.12, elected; B 1.12."
            " E's surplus of 0.92 is the larger now: B 1.71, D 1.33. Then A's of 0.8 passes over E: D 1.86. B goes out."
            " At once, A's 0.53 goes to E, and on from there to fewer: B 1.92, D 1.66, and D goes out.",
        ),
    ),
    "winning votes alone": Case(
        "another rule",
        "Defeats with equally many votes for them are equally strong. In Schulze's paper, and in Debian's constitution,"
        " that with fewer votes against it is the stronger.",
        Example(
            "strength by support",
            "1 of 3",
            "1 A, 2 AC, 3 BA, 1 CA, 2 CB",
            "A",
            "A, B",
            "A defeats C 6 to 3, B defeats A 5 to 4, C defeats B 5 to 3. The chain from A to B by C is as strong as 5"
            " to 3, more than the 5 to 4 of B over A. By 5 alone they are level.",
        ),
    ),
    "everybody who could": Case(
        "another rule",
        "At a tie everybody is named who could win, however it is broken.",
        Example(
            "plurality_with_runoff_put",
            "1 of 3",
            "4 ABC, 3 BCA, 3 CBA",
            "C",
            "B, C",
            "A has 4 and stays in; B and C have 3, and one of them stays in by lot. Whoever does wins 6 to 4.",
        ),
    ),
    "goes on": Case(
        "another rule",
        "Surpluses move though no more are left than places, or all at once: tables differ, and the cut of values too.",
        Example(
            "calculate_scottish_stv",
            "3 of 4",
            "1 C, 11 CA, 1 D, 15 DB",
            "B, C, D",
            "B, C, D",
            "28 votes, quota 8. D has 16, C 12. By rule 49 the surplus of D goes first, and there is a table with"
            " B at 7.5; then C's, and A has 3.66663. The library has one table for both.",
        ),
    ),
    "rounds values": Case(
        "an error",
        "A paper's value is rounded to five places. Rule 48(3) cuts: the remainder is ignored.",
        Example(
            "calculate_scottish_stv",
            "2 of 4",
            "6 AB, 1 B, 2 CB, 3 D",
            "A, D",
            "A, B",
            "12 votes, quota 5. A has 6, surplus 1: 1/6 is cut to 0.16666, and B has 1.99996 to C's 2: B goes out, then"
            " C (2) before D (3). Rounded to 0.16667, B has 2.00002: C goes out, and its 2 papers bring B to 4.00002.",
        ),
    ),
    "surpluses serially": Case(
        "an error",
        "Of several who are elected at once, the first one's surplus goes to the others of them too, who hand it on;"
        " and papers that lie with the others are taken for the first one's. Rules 48 and 49: to continuing candidates,"
        " and of the papers of the one whose surplus it is.",
        Example(
            "calculate_scottish_stv",
            "3 of 4",
            "1 A, 1 AC, 1 DA, 2 DAB, 1 DAC",
            "A, B, D",
            "A, C, D",
            "6 votes, quota 2. D has 4, A has 2: both elected, A has no surplus. Of D's papers, at 0.5, 2 go to B (1.0)"
            " and 1 to C (0.5); C goes out. The library gives all of D's surplus to A, who has 4 by it, and then takes"
            " half of each of A's papers, the one for C among them: C 0.75, B 0.5.",
        ),
    ),
    "majority of all": Case(
        "another rule",
        "A majority is always one of the first table's votes, however many papers have run out: more tables, and with"
        " stvpoll nobody is elected if nobody reaches it (ours: alternative-vote-static, which elects the last one).",
        Example(
            "calculate_irv",
            "1 of 2",
            "2 A, 2 B",
            "A",
            "nobody",
            "A 2, B 2. By our rule a lot decides between the last two. The library puts out B and then asks 3 votes of"
            " A.",
        ),
    ),
    "ties by second choices": Case(
        "another rule",
        "Ties are broken by the second choices on all papers, then by third ones, then at random.",
        Example(
            "instant_runoff_voting",
            "1 of 3",
            "3 A, 1 B, 1 BC, 2 C",
            "A",
            "C",
            "B and C have 2 each. If C goes out by lot, A has 3 to 2. If B does, A and C have 3 each, and A had more"
            " before: A wins in both cases. By second choices (C has one) B goes out, and then A too.",
        ),
    ),
    "hopeless together": Case(
        "another rule",
        "Whoever together with all below has no more votes than the one above goes out with them. With fewer votes that"
        " changes tables only; with exactly as many it changes who is elected, at a tie.",
        Example(
            "instant_runoff_voting",
            "1 of 4",
            "1 AB, 1 B, 3 BD, 1 CB, 2 CD, 4 D",
            "B",
            "D",
            "A 1, B 4, C 3, D 4. A goes out: B 5, C 3, D 4. C goes out: B 6, D 6, and B had more before. The library"
            " puts out A and C at once, for they have 4 together: B 6, D 6, and before that they were level.",
        ),
    ),
    "one more than a majority": Case(
        "an error",
        "With an odd number of votes one vote more than a majority is asked (5 of 7): half is rounded up, and has to be"
        " passed. It takes more tables; the same is elected.",
        Example(
            "instant_runoff_voting",
            "1 of 4",
            "4 A, 1 BA, 1 CA, 1 DA",
            "A",
            "A",
            "7 votes: A has 4, a majority, and is elected by the first table. The library asks for 5 and makes a"
            " second one.",
        ),
    ),
    "papers at one value": Case(
        "an error",
        "All papers that leave a candidate do so at one value, the average, whatever each was worth: who got a whole"
        " paper and a small part of one hands on two halves.",
        Example(
            "single_transferable_vote",
            "2 of 4",
            "1 A, 1 BA, 2 CA, 1 CBD, 2 D",
            "A, C",
            "C, D",
            "7 votes, quota 2.33. C has 3; of the surplus each paper takes 0.222: A 1.444, B 1.222. B goes out: the"
            " whole paper goes to A, 2.444, elected, the one at 0.222 to D. The library moves both at 0.611: A 2.056,"
            " D 2.611, elected.",
        ),
    ),
    "refuses ties": Case(
        "no answer",
        "There is no answer at a tie, unless it is told how to break it (votelib's transferable vote cannot be told). A"
        " tie is also one that earlier tables would break, or one between candidates without votes.",
        Example(
            "quota_function='droop'), one place",
            "1 of 3",
            "3 A, 2 B, 1 CB",
            "A",
            "no answer: a tie",
            "A has 3 of 6, no majority. C has 1 and goes out: A 3, B 3, and A had more in the first table.",
        ),
    ),
    "exhausted pile stays in": Case(
        "an error",
        "The pile of papers that have run out is ranked among the candidates who stay in: once it is not one of the two"
        " lowest, two candidates go out at once, and at last all of them. (votelib stops with an error then.)",
        Example(
            "hagenbach_bischoff",
            "3 of 4",
            "1 AC, 1 D, 1 DB",
            "A, B, D",
            "no answer: a tie",
            "3 votes, quota 3/4. D has 2, A has 1: both elected, surplus 1 1/4 and 1/4. B gets 0.625, C 0.25: C goes"
            " out and B is elected. Beside them are 0.625 that have run out: level with B, and so the library sees a"
            " tie.",
        ),
    ),
    "twice the quota": Case(
        "an error",
        "Who has exactly twice (three times, ...) the quota is not elected where the quota has to be passed.",
        Example(
            "hagenbach_bischoff",
            "3 of 4",
            "3 A, 2 B, 4 BC, 1 C, 2 D",
            "A, B, C",
            "A, B, D",
            "12 votes, quota 3. B has 6: elected, and the surplus of 3 brings C to 3. D goes out with 2. The library"
            " does not elect B, so C goes out with 1.",
        ),
    ),
    "only who is on a paper": Case("another rule", "A candidate whom no paper ranks is not known."),
    "only who has a vote": Case(
        "another rule",
        "Only candidates with a vote are known: with fewer of them than places, places stay empty; ours are filled, by"
        " lot among those without.",
        Example(
            "RankedToFirstPreference",
            "2 of 3",
            "1 A",
            "A, B, C",
            "A",
            "A has 1; B and C are level for the second place, with none. The library fills one place of two.",
        ),
    ),
    "too few with votes": Case(
        "no answer",
        "There is no answer if fewer candidates have a vote than there are places.",
        Example(
            "votekit Approval",
            "2 of 3",
            "2 A",
            "A, B, C",
            "no answer: too few have votes",
            "A has 2 and is elected; B and C are level, with none, for the second place.",
        ),
    ),
    "most wins": Case(
        "an error",
        "Of those whom nobody beats, only who beats most others is named, and nobody where nobody beats anybody. By"
        " Schulze's rule they are tied.",
        Example(
            "votelib condorcet.Schulze",
            "1 of 2",
            "3 A, 3 B",
            "A, B",
            "nobody",
            "A and B are level, 3 to 3: nobody beats either, and they are tied. Neither has a win to be counted.",
        ),
    ),
    "ties by first preferences": Case(
        "another rule",
        "Ties are broken by first preferences, then at random; ours by the latest table in which they differed.",
        Example(
            "FastSTV ~ scottish",
            "1 of 4",
            "2 AB, 3 B, 4 C, 1 DC, 2 D",
            "B",
            "C",
            "A goes out: B 5, C 4, D 3. D goes out: B 5, C 5. In the table before B had more, so C goes out; in"
            " the first table C had.",
        ),
    ),
    "values not cut": Case(
        "another rule",
        "Values are not cut to five places: the library does not say that it follows Scotland's rules.",
        Example(
            "FastSTV ~ scottish",
            "2 of 3",
            "7 BA",
            "A, B",
            "A, B",
            "7 votes, quota 3. The surplus of 4 is 4/7 a paper, cut to 0.57142: A has 3.99994. The library gives A 4.",
        ),
    ),
    "floating point": Case(
        "an error",
        "Votes that are equal are added up in floating point and differ in the last digit: no tie is seen, or a quota"
        " is not reached.",
        Example(
            "FastSTV ~ scottish",
            "3 of 4",
            "1 ADB, 1 ADBC, 1 BA, 1 BAD, 1 BADC, 3 CDAB, 1 DA, 1 DAC, 3 DACB",
            "B, C, D",
            "A, C, D",
            "13 votes, quota 4. D has 5, and the surplus is 0.2 a paper: A has 2 + 5 x 0.2 = 3, as B and C have."
            " In the first table A had 2, so A goes out. The library adds 0.2 five times and has"
            " 3.0000000000000004 for A.",
        ),
    ),
    "forgets candidates": Case(
        "an error", "Who is on no paper any more that somebody holds is left out, also where places are still to fill."
    ),
    "picks one": Case(
        "a lot",
        "One of those tied is named, the first by the alphabet.",
        Example(
            "votekit Schulze",
            "1 of 2",
            "4 A, 4 B",
            "A, B",
            "A",
            "A and B are level.",
        ),
    ),
    "first tier": Case(
        "an error",
        "The winner is looked for in the smallest group that beats all others. At a tie that group can contain somebody"
        " who is beaten, and the first by the alphabet is taken.",
        Example(
            "votekit Schulze",
            "1 of 3",
            "7 B, 7 CA",
            "B, C",
            "A",
            "C defeats A 7 to 0. A and B are level (7 to 7), B and C too: nobody beats B or C, and they are tied. The"
            " library elects A.",
        ),
    ),
    "a majority does not end it": Case(
        "another rule",
        "There is a second round also if somebody has a majority, and a tie for the second place counts.",
        Example(
            "TopTwo",
            "1 of 3",
            "3 A, 1 B, 1 C",
            "A",
            "no answer: a tie",
            "5 votes, and A has 3. B and C are level for a second place that nobody needs.",
        ),
    ),
}
"""By the keys of ``Departure``."""
