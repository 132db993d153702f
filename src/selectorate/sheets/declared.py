"""A declaration as a sheet: what is said of a contest, in which order, before it is text, HTML or PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, NominationSheet, PrintingSheet, RoundSheet, SectionSheet
from ..contest.declaration import Row as CandidateRow
from . import numbers, words
from .blocks import (
    MARK_WORDS,
    MARKS,
    Cell,
    Column,
    Item,
    KeyFigure,
    Links,
    Part,
    Row,
    Sentences,
    Sheet,
    Table,
    cells,
    without,
)

FATES = {"elected": "elected", "out": "out", "withdrawn": "withdrew", "qualified": "goes on", "": ""}
SIDES = {"for": "For", "against": "Against", "reopen": "Re-open nominations"}
RESULTS = {
    "nominated": "nominated",
    "not nominated": "not nominated",
    "automatic": "automatic place",
    "withdrew": "withdrew",
    "refused": "refused",
    "supporting": "supporting",
    "not known": "not known",
}
PAPERS = {
    "choose one": "choose one",
    "rank": "rank in order of preference",
    "choose up to": "choose several",
    "yes or no": "for or against",
}
STACKED_ROUNDS = 4
"""Up to so many rounds a table shows shares under the votes; with more they have a table of their own."""


def declaration_sheet(declaration: Declaration) -> Sheet:
    """The sheet of ``declaration``, without pictures."""
    held = [ballot for ballot in declaration.ballots if ballot.rounds]
    parts: list[Part] = []
    for ballot in declaration.ballots:
        parts.extend(ballot_parts(declaration, ballot, alone=len(declaration.ballots) == 1))
    nominated = list(nomination_tables(declaration))
    if nominated:
        parts.append(Part("Nominations", tuple(nominated)))
    parts.append(provenance(declaration, held))
    return Sheet(
        title=declaration.title,
        kicker=declaration.organisation,
        headline=headline(declaration),
        date=declaration.date,
        facts=tuple(facts(declaration)),
        key_figures=tuple(key_figures(declaration)),
        parts=tuple(parts),
    )


def headline(declaration: Declaration) -> str:
    """The result in one line: ``Elected: Jeremy Corbyn``."""
    deciding = declaration.deciding
    names = declaration.elected_names
    if deciding is not None and deciding.kind == "motion" and not names:
        return {"carried": "The motion was carried", "lost": "The motion was lost"}.get(
            deciding.outcome, "Not decided by these figures"
        )
    if len(names) > 3:
        return f"Elected: {numbers.whole(len(names))} candidates"
    if names:
        return f"Elected: {words.listed(names)}"
    if deciding is not None and deciding.qualified:
        return f"Goes on: {words.listed([declaration.name(who) for who in deciding.qualified])}"
    return "Nobody is elected by these figures"


def facts(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """What is said at the top, label and value."""
    yield "Office", declaration.office
    yield "Date of the result", numbers.day(declaration.date)
    yield "Rulebook", f"{declaration.rulebook_name} ({declaration.rulebook})"
    yield "Why it was held", occasion(declaration)


def occasion(declaration: Declaration) -> str:
    """Why the contest was held, in words."""
    holder = declaration.name(declaration.holder) if declaration.holder else None
    if all(ballot.kind == "motion" for ballot in declaration.ballots) and declaration.ballots:
        return "a motion was put" + (f"; the holder was {holder}" if holder else "")
    if declaration.occasion == "challenge":
        return f"the holder, {holder}, was challenged" if holder else "the holder was challenged"
    if declaration.occasion == "regular":
        return "the term was over" + (f"; the holder was {holder}" if holder else "")
    return "the post was vacant"


# -- key figures ------------------------------------------------------------------------------------------------


def last_round(ballot: BallotSheet) -> RoundSheet | None:
    """The last round that counted."""
    counted = [item for item in ballot.rounds if not item.void]
    return counted[-1] if counted else None


def total_section(ballot: BallotSheet) -> SectionSheet | None:
    """The figures of all sections together."""
    return next((section for section in ballot.sections if section.section == TOTAL), None)


def key_figures(declaration: Declaration) -> Iterator[KeyFigure]:
    """The three or four figures that are read first."""
    ballot = declaration.deciding
    final = last_round(ballot) if ballot else None
    if ballot is None or final is None or not final.rows:
        return
    printing, first = ballot.printing, final.rows[0]
    if ballot.places == 1 and first.value is not None:
        of = SHARES_OF.get(printing.of, printing.of)
        shown = row_share(first, printing)
        if final.unit == "college":
            yield KeyFigure(words.clean(first.name), shown, of)
        else:
            yield KeyFigure(
                words.clean(first.name),
                numbers.value(first.value, final.unit, printing.decimals, printing.cut),
                f"{final.unit}, {shown} {of}" if shown != numbers.ABSENT else final.unit,
            )
        lead = lead_of(final)
        if lead is not None:
            yield KeyFigure(
                "Lead over the next" if ballot.kind == "ballot" else "Majority",
                lead_value(lead, final.unit, printing),
                lead_note(final, printing),
            )
        over = majority_of(final)
        if over is not None and len(final.rows) > 2:
            yield KeyFigure(
                "Majority over all others",
                lead_value(over, final.unit, printing),
                final.unit if final.unit != "college" else "percentage points",
            )
    elif ballot.places > 1:
        yield KeyFigure("Places", numbers.whole(ballot.places), "")
    total = total_section(ballot)
    if total is not None:
        yield from turnout_figure(total, printing)


def turnout_figure(total: SectionSheet, printing: PrintingSheet) -> Iterator[KeyFigure]:
    """The turnout, on the base that the rulebook prints it on where that is known."""
    both = {"ballots returned": total.turnout_returned, "valid votes": total.turnout_valid}
    chosen = (
        printing.turnout_counts
        if both[printing.turnout_counts] is not None
        else next((k for k, v in both.items() if v is not None), None)
    )
    if chosen is not None:
        yield KeyFigure(
            "Turnout",
            numbers.percent(both[chosen], printing.turnout_decimals, printing.turnout_cut),
            f"{chosen}, of {numbers.whole(total.entitled)} entitled",
        )
    elif total.turnout_published is not None:
        yield KeyFigure("Turnout", numbers.printed(total.turnout_published), "as published")


def lead_value(value: Fraction, unit: str, printing: PrintingSheet) -> str:
    """A lead in the unit of its round; of a college in percentage points."""
    if unit == "college":
        return numbers.decimal(value * 100, printing.decimals, printing.cut)
    return numbers.value(value, unit, printing.decimals, printing.cut)


def lead_note(final: RoundSheet, printing: PrintingSheet) -> str:
    """What stands beside the lead: its unit, and the lead in percentage points."""
    if final.unit == "college":
        return "percentage points of the college"
    one, two = final.rows[0].share, final.rows[1].share
    if one is None or two is None:
        return final.unit
    return f"{final.unit}, {numbers.percentage_points(one - two, printing.decimals, printing.cut)}"


def lead_of(item: RoundSheet) -> Fraction | None:
    """The lead of the first over the next; None with fewer than two, or where values are not known."""
    if len(item.rows) < 2 or item.rows[0].value is None or item.rows[1].value is None:
        return None
    return item.rows[0].value - item.rows[1].value


def majority_of(item: RoundSheet) -> Fraction | None:
    """What the first has more than all others together (negative without a majority)."""
    values = [row.value for row in item.rows if row.value is not None]
    if len(values) != len(item.rows) or len(values) < 2 or item.others:
        return None
    return 2 * values[0] - sum(values, Fraction(0))


SHARES_OF = {
    "votes": "of the votes",
    "valid votes": "of the valid votes",
    "ballots returned": "of the ballots returned",
    "those entitled": "of those entitled to vote",
    "points": "of the points on offer",
    "points allotted": "of the points allotted",
    "the college": "of the college",
}


def row_share(row: CandidateRow, printing: PrintingSheet) -> str:
    """The share of a candidate as it is printed; the published one where the votes are not known."""
    if row.share is not None:
        return numbers.percent(row.share, printing.decimals, printing.cut)
    return numbers.printed(row.published)


# -- a ballot ---------------------------------------------------------------------------------------------------


def ballot_parts(declaration: Declaration, ballot: BallotSheet, *, alone: bool) -> Iterator[Part]:
    """The parts of one ballot or motion: result, rounds, lead, turnout, units."""
    before = "" if alone else f"{words.capital(ballot.name)}: "
    result: list[Item] = [Sentences((held_by(ballot),))]
    if ballot.rounds:
        result += list(vote_tables(declaration, ballot))
    ending = outcome_sentences(declaration, ballot)
    if ending and not (alone and ballot.outcome in ("elected", "carried", "lost")):
        result.append(Sentences(tuple(ending)))
    yield Part(words.capital(f"{before}result" if before else "result"), tuple(result))
    steps = list(round_sentences(declaration, ballot))
    if steps:
        heading = "what was needed, and what was had" if len(ballot.rounds) == 1 else "round by round"
        yield Part(words.capital(before + heading), (Sentences(tuple(steps), listed=len(steps) > 1),))
    lead = list(lead_items(declaration, ballot))
    if lead:
        yield Part(words.capital(f"{before}lead and majority"), tuple(lead))
    roll = turnout_table(ballot)
    if roll is not None:
        notes = [
            Sentences((section.note,))
            for section in ballot.sections
            if section.note and section.note != ballot.disclosure
        ]
        yield Part(words.capital(f"{before}roll and turnout"), (roll, *dict.fromkeys(notes)))
    units = list(unit_tables(declaration, ballot))
    if units:
        yield Part(words.capital(f"{before}{plural(ballot.unit_name or 'unit')}"), tuple(units))
    remarks = [words.sentence(text) for text in (*ballot.notes, ballot.disclosure) if text]
    if remarks:
        yield Part(
            words.capital(f"{before}notes"), (Sentences(tuple(dict.fromkeys(remarks)), listed=len(remarks) > 1),)
        )


def plural(noun: str) -> str:
    """The plural of the name of a unit."""
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou") else f"{noun}s"


def held_by(ballot: BallotSheet) -> str:
    """Who voted, on what paper."""
    places = f" {words.capital(numbers.counted(ballot.places, 'place', 'places'))}." if ballot.places > 1 else ""
    kind = "motion" if ballot.kind == "motion" else "paper"
    names = [section.name for section in ballot.sections if section.section != TOTAL]
    voters = words.listed(names) if ballot.voters == "the selectorate" and names else ballot.voters
    return f"Voters: {voters}. {words.capital(kind)}: {PAPERS.get(ballot.paper, ballot.paper)}.{places}"


def vote_tables(declaration: Declaration, ballot: BallotSheet) -> Iterator[Table]:
    """The votes: by section for one round; by round for several, with the sections of each round after it."""
    if len(ballot.rounds) == 1:
        yield section_table(ballot, ballot.rounds[0])
        return
    yield from rounds_tables(declaration, ballot)
    for item in ballot.rounds:
        if any(len(row.by_section) > 1 for row in item.rows):
            yield section_table(ballot, item)


def section_names(ballot: BallotSheet) -> dict[str, str]:
    """The names of the sections, with a capital, without the total."""
    return {section.section: words.capital(section.name) for section in ballot.sections if section.section != TOTAL}


def section_table(ballot: BallotSheet, item: RoundSheet) -> Table:
    """One round: candidates by sections, votes over shares; votes and shares alone where there are no sections."""
    printing, names = ballot.printing, section_names(ballot)
    sections = [section for section in names if any(section in row.by_section for row in item.rows)]
    cast = {section: section_cast(item, section) for section in sections}
    college = item.unit == "college" and any(row.weighted for row in item.rows)
    several = len(ballot.rounds) > 1
    caption = (
        f"{item.label}: votes by section" if several and sections else ("Votes by section" if sections else "Votes")
    )
    columns = [
        Column("Side" if ballot.kind == "motion" else "Candidate", numeric=False),
        *(Column(names[section]) for section in sections),
    ]
    with_value = item.unit != "votes"
    columns += [Column("All votes" if sections else "Votes")]
    columns += [Column({"points": "Points", "college": "College"}[item.unit])] if with_value else []
    columns += [] if (sections and not with_value) or item.unit == "college" else [Column("Share")]
    fates = not several and any(row.fate for row in item.rows)
    columns += [Column("Outcome", numeric=False)] if fates else []
    rows = []
    for row in item.rows:
        line: list[Cell | str | tuple[str, ...]] = [row.name]
        for section in sections:
            line.append(section_cell(row, section, cast[section], printing))
        share = row_share(row, printing) if not item.others else numbers.printed(row.published)
        if sections and not with_value:
            line.append(Cell(stacked(numbers.whole(row.votes), share), strong=True))
        else:
            line.append(numbers.whole(row.votes))
            if with_value:
                line.append(
                    Cell(
                        (
                            share
                            if item.unit == "college"
                            else numbers.value(row.value, item.unit, printing.decimals, printing.cut),
                        ),
                        strong=True,
                    )
                )
            if item.unit != "college":
                line.append(share)
        if fates:
            line.append(FATES[row.fate])
        rows.append(cells(*line, strong=row.fate == "elected"))
    if item.cast is not None and len(item.rows) > 1 and not item.others and ballot.places == 1:
        foot: list[Cell | str | tuple[str, ...]] = ["All candidates" if ballot.kind == "ballot" else "Both sides"]
        foot += [numbers.whole(cast[section]) for section in sections]
        foot += [numbers.whole(item.cast)]
        foot += [""] * (len(columns) - len(foot))
        rows.append(cells(*foot))
    notes = []
    if sections:
        notes.append(
            "Under the votes: the share of the votes in the section"
            + (", and what it gave of the whole college." if college else ".")
        )
    if (not (sections and not with_value) or printing.of != "votes") and not item.others:
        notes.append(
            f"Shares {SHARES_OF.get(printing.of, printing.of)}."
            if item.unit != "college"
            else "The last figure is the share of the college, which elects."
        )
    if any(value is None for row in item.rows for value in row.by_section.values()):
        notes.append(f"{numbers.ABSENT}: not shown apart.")
    if item.others:
        notes.append(
            f"The votes of {numbers.counted(item.others, 'further candidate', 'further candidates')} are not known."
        )
    table = Table(
        words.slug(f"{ballot.stage}-votes-{item.number}"),
        caption,
        tuple(columns),
        tuple(rows),
        tuple(notes),
        extra=several,
    )
    return without(table, numbers.ABSENT)


def stacked(first: str, *others: str) -> tuple[str, ...]:
    """The lines of a cell, without those that are not known (but the first)."""
    return (first, *(text for text in others if text and text != numbers.ABSENT))


def section_cast(item: RoundSheet, section: str) -> int | None:
    """The votes in a section in a round; None where any of them is not shown."""
    votes = [row.by_section[section] for row in item.rows if section in row.by_section]
    return sum(number for number in votes if number is not None) if votes and None not in votes else None


def section_cell(row: CandidateRow, section: str, cast: int | None, printing: PrintingSheet) -> Cell:
    """A candidate's votes in a section, the share of its votes, and what that gave of a college."""
    votes = row.by_section.get(section)
    share = (
        numbers.percent(Fraction(votes, cast), printing.decimals, printing.cut) if votes is not None and cast else ""
    )
    gave = (
        f"→ {numbers.percent(row.weighted[section], printing.decimals, printing.cut)}"
        if section in row.weighted
        else ""
    )
    return Cell(stacked(numbers.whole(votes), share, gave))


def finishing_order(ballot: BallotSheet) -> list[CandidateRow]:
    """Everybody in any round, each by the row of their last round: who lasted longest first, then who had most."""
    last: dict[str, tuple[int, int, CandidateRow]] = {}
    for item in ballot.rounds:
        for place, row in enumerate(item.rows):
            last[row.candidate] = (-item.number, place, row)
    return [row for _, _, row in sorted(last.values(), key=lambda found: found[:2])]


def rounds_tables(declaration: Declaration, ballot: BallotSheet) -> Iterator[Table]:
    """All rounds beside each other: one table, or values and shares apart where there are many rounds."""
    printing, final = ballot.printing, ballot.rounds[-1]
    people = finishing_order(ballot)
    found = {(item.number, row.candidate): row for item in ballot.rounds for row in item.rows}
    unit = final.unit
    stack = len(ballot.rounds) <= STACKED_ROUNDS and unit != "college"
    heads = [Column(round_heading(item)) for item in ballot.rounds]
    name = Column("Candidate", numeric=False)
    outcome = Column("Outcome", numeric=False)
    fates = {row.candidate: fate_words(ballot, row.candidate) for row in people}

    def value(item: RoundSheet, who: str) -> tuple[str, ...]:
        row = found.get((item.number, who))
        if row is None:
            return ("",)
        share = row_share(row, printing)
        if unit == "college":
            return (share if row.share is None else numbers.percent(row.share, printing.decimals, printing.cut),)
        shown = numbers.value(row.value if row.value is not None else row.votes, unit, printing.decimals, printing.cut)
        return stacked(shown, share) if stack else (shown,)

    rows = [
        cells(
            row.name,
            *(value(item, row.candidate) for item in ballot.rounds),
            fates[row.candidate],
            strong=row.candidate in ballot.elected,
        )
        for row in people
    ]
    rows += list(round_sums(ballot))
    caption = {"votes": "Votes by round", "points": "Points by round", "college": "Per cent of the college by round"}[
        unit
    ]
    notes = (
        [f"Under the {unit}: the share {SHARES_OF.get(printing.of, printing.of)}."]
        if stack and any(row.share is not None or row.published is not None for row in people)
        else []
    )
    if any(item.void for item in ballot.rounds):
        notes.append("A round marked void did not count.")
    yield Table(words.slug(f"{ballot.stage}-rounds"), caption, (name, *heads, outcome), tuple(rows), tuple(notes))
    if unit != "college" and not stack and any(row.share is not None for row in people):
        shares = [
            cells(
                row.name,
                *(
                    row_share(at, printing).rstrip("%") if (at := found.get((item.number, row.candidate))) else ""
                    for item in ballot.rounds
                ),
                strong=row.candidate in ballot.elected,
            )
            for row in people
        ]
        yield Table(
            words.slug(f"{ballot.stage}-shares"),
            f"Per cent {SHARES_OF.get(printing.of, printing.of)} by round",
            (name, *heads),
            tuple(shares),
            extra=True,
        )


def round_heading(item: RoundSheet) -> str:
    """The head of a round's column: its label, its day, whether it is void."""
    lines = (item.label, numbers.short_day(item.date) if item.date else "", "(void)" if item.void else "")
    return "\n".join(line for line in lines if line)


def round_sums(ballot: BallotSheet) -> Iterator[Row]:
    """The rows under the candidates: votes in the count, ballots exhausted."""
    if any(item.cast is not None for item in ballot.rounds) and ballot.places == 1:
        yield cells("Votes in the count", *(numbers.whole(item.cast) for item in ballot.rounds), "")
    if any(item.exhausted for item in ballot.rounds):
        yield cells(
            "Exhausted",
            *(numbers.whole(item.exhausted) if item.exhausted is not None else "" for item in ballot.rounds),
            "",
        )


def fate_words(ballot: BallotSheet, who: str) -> str:
    """What became of a candidate in this ballot: ``out, round 3``."""
    for item in reversed(ballot.rounds):
        for row in item.rows:
            if row.candidate == who and row.fate:
                if row.fate in ("out", "withdrawn") and len(ballot.rounds) > 1:
                    return f"{FATES[row.fate]}, {words_lower(item.label)}"
                return FATES[row.fate]
    return "elected" if who in ballot.elected else ""


def words_lower(label: str) -> str:
    """The label of a round inside a sentence."""
    return label[:1].lower() + label[1:] if label.startswith(("Round ", "Ballot ")) else label


def round_sentences(declaration: Declaration, ballot: BallotSheet) -> Iterator[str]:
    """What each round decided: what elects and what was had, who went out, who withdrew."""
    for item in ballot.rounds:
        said = [words.sentence(text) for text in item.say]
        for fate, verb in (("elected", "Elected"), ("qualified", "Go on"), ("out", "Out"), ("withdrawn", "Withdrew")):
            who = [row.name for row in item.rows if row.fate == fate]
            if fate == "elected" and (len(who) > 3 or len(ballot.rounds) == 1):
                continue
            if who:
                said.append(f"{verb}: {words.listed(who)}.")
        if item.void:
            said.append("This round is void.")
        if said:
            front = (
                f"{item.label}{f' ({numbers.day(item.date)})' if item.date else ''}. " if len(ballot.rounds) > 1 else ""
            )
            yield front + " ".join(said)


def outcome_sentences(declaration: Declaration, ballot: BallotSheet) -> list[str]:
    """What the ballot came to."""
    names = [declaration.name(who) for who in ballot.elected]
    if ballot.kind == "motion":
        return {"carried": ["Carried."], "lost": ["Lost."]}.get(ballot.outcome, stopped(ballot))
    if ballot.outcome == "elected" and names:
        return [f"Elected: {words.listed(names)}."]
    if ballot.outcome == "qualified":
        return [f"Go on to the next stage: {words.listed([declaration.name(who) for who in ballot.qualified])}."]
    return stopped(ballot)


def stopped(ballot: BallotSheet) -> list[str]:
    """Why the figures of a ballot do not decide it."""
    return [f"These figures alone do not decide it: {ballot.stopped.rstrip('.')}."] if ballot.stopped else []


def lead_items(declaration: Declaration, ballot: BallotSheet) -> Iterator[Item]:
    """The lead over the runner-up and the majority over all others, over all and by section."""
    final = last_round(ballot)
    if final is None or ballot.places > 1 or len(final.rows) < 2 or ballot.kind == "motion":
        return
    lead, over, printing = lead_of(final), majority_of(final), ballot.printing
    first, second = final.rows[0], final.rows[1]
    if lead is not None:
        yield Sentences((lead_sentence(first, second, lead, over, final, printing),))
    apart = [section for section in ballot.sections if section.lead is not None]
    if len(apart) > 1:
        several = len(ballot.rounds) > 1
        repeated = several and any(item.date for item in ballot.rounds)
        caption = "First, and by how much, in each section" + (
            "" if not several else (" (last ballot)" if repeated else " (first preferences)")
        )
        rows = [
            cells(
                words.capital(section.name),
                declaration.name(section.first) if section.first else "level",
                numbers.whole(section.lead),
                numbers.whole(section.majority),
                strong=section.section == TOTAL,
            )
            for section in apart
        ]
        yield without(
            Table(
                words.slug(f"{ballot.stage}-leads"),
                caption,
                (
                    Column("Section", numeric=False),
                    Column("First", numeric=False),
                    Column("Lead over the next, votes"),
                    Column("Majority over all others, votes"),
                ),
                tuple(rows),
                (f"{numbers.MINUS} in the last column: no majority.",)
                if any((section.majority or 0) < 0 for section in apart)
                else (),
                extra=True,
            ),
            numbers.ABSENT,
        )


def lead_sentence(
    first: CandidateRow,
    second: CandidateRow,
    lead: Fraction,
    over: Fraction | None,
    final: RoundSheet,
    printing: PrintingSheet,
) -> str:
    """The lead and the majority of the last round, as a sentence."""
    if lead == 0:
        return f"{words.listed([first.name, second.name])} are level."
    amount = (
        ""
        if final.unit == "college"
        else f"{numbers.value(lead, final.unit, printing.decimals, printing.cut)} {final.unit}"
    )
    if first.share is not None and second.share is not None and not final.others:
        gap = numbers.percentage_points(first.share - second.share, printing.decimals, printing.cut)
        amount = f"{amount} ({gap})" if amount else gap
    elif not amount:
        amount = numbers.percentage_points(lead, printing.decimals, printing.cut)
    said = f"Lead of {first.name} over the runner-up, {second.name}: {amount}."
    if len(final.rows) == 2:
        return f"{said} With two candidates that is also the majority over all others."
    if over is None:
        return said
    had = lead_value(abs(over), final.unit, printing) + (
        f" {final.unit}" if final.unit != "college" else " percentage points"
    )
    if over > 0:
        return f"{said} Majority over all others together: {had}."
    return f"{said} All others together have {had} more." if over else f"{said} All others together have as many."


# -- roll and turnout -------------------------------------------------------------------------------------------


def turnout_table(ballot: BallotSheet) -> Table | None:
    """Roll and turnout by section, on both bases; None where nothing of it is known."""
    printing = ballot.printing

    def marked(section: SectionSheet, key: str) -> Cell:
        value: int | None = getattr(section, key)
        mark = MARKS.get(section.certainty.get(key, ""), "") if value is not None else ""
        return Cell((numbers.whole(value),), mark=mark)

    def name(section: SectionSheet) -> str:
        if len(known) == 1 and section.section == TOTAL:
            return words.capital(ballot.voters if len(ballot.sections) == 1 else ballot.sections[0].name)
        return words.capital(section.name) + (f" (weight {section.weight})" if section.weight is not None else "")

    def rate(value: Fraction | None) -> str:
        return numbers.percent(value, printing.turnout_decimals, printing.turnout_cut)

    keys = ("entitled", "returned", "rejected", "spoilt", "valid", "abstentions", "not_voting")
    if not any(getattr(section, key) is not None for section in ballot.sections for key in keys) and not any(
        section.turnout_published is not None for section in ballot.sections
    ):
        return None
    only = len(ballot.sections) == 2
    known = [
        section
        for section in ballot.sections
        if section.section == TOTAL
        or not only
        and (section.note or any(getattr(section, key) is not None for key in (*keys, "turnout_published")))
    ]
    published = [section for section in ballot.sections if section.turnout_published is not None]
    rows = [
        cells(
            name(section),
            *(marked(section, key) for key in keys),
            rate(section.turnout_returned),
            rate(section.turnout_valid),
            numbers.printed(section.turnout_published) if len(published) > 1 else numbers.ABSENT,
            strong=section.section == TOTAL and len(known) > 1,
        )
        for section in known
    ]
    columns = [
        "Entitled",
        "Returned",
        "Rejected",
        "Spoilt",
        "Valid",
        "Abstentions",
        "Did not vote",
        "Turnout (returned)",
        "Turnout (valid)",
        "Turnout (published)",
    ]
    used = {
        mark
        for section in ballot.sections
        for key, mark in section.certainty.items()
        if getattr(section, key, None) is not None
    }
    notes = [f"{MARKS[mark]} {MARK_WORDS[mark]}." for mark in MARKS if mark in used]
    if any(section.turnout_returned is not None or section.turnout_valid is not None for section in ballot.sections):
        notes.insert(0, f"The rules print the turnout by {printing.turnout_counts}.")
    if len(published) == 1:
        of = f", {published[0].name}" if len(ballot.sections) > 1 and published[0].section != TOTAL else ""
        notes.insert(0, f"Turnout as it was published{of}: {numbers.printed(published[0].turnout_published)}.")
    repeated = len(ballot.rounds) > 1 and any(item.date for item in ballot.rounds)
    caption = "Ballots returned and valid votes, of those entitled" + (" (last ballot)" if repeated else "")
    head = "Section" if len(known) > 1 else ""
    return without(
        Table(
            words.slug(f"{ballot.stage}-roll"),
            caption,
            (Column(head or "Voters", numeric=False), *map(Column, columns)),
            tuple(rows),
            tuple(notes),
        ),
        numbers.ABSENT,
    )


# -- units ------------------------------------------------------------------------------------------------------


def unit_tables(declaration: Declaration, ballot: BallotSheet) -> Iterator[Item]:
    """Units won, and every unit of the last round."""
    if not ballot.units:
        return
    unit = ballot.unit_name or "unit"
    level = sum(1 for item in ballot.units if item.winner is None and item.pooled == 1)
    won = sorted(ballot.units_won.items(), key=lambda item: (-item[1], item[0]))
    rows = [cells(declaration.name(who), numbers.whole(number)) for who, number in won]
    rows += [cells("Level", numbers.whole(level))] if level else []
    count = sum(item.pooled for item in ballot.units)
    yield Table(
        words.slug(f"{ballot.stage}-units-won"),
        f"{words.capital(plural(unit))} in which each was first in the last round, of {numbers.whole(count)}",
        (Column("Candidate", numeric=False), Column(words.capital(plural(unit)))),
        tuple(rows),
    )
    people = list(dict.fromkeys(who for item in ballot.units for who in item.votes))
    people.sort(key=lambda who: (-ballot.units_won.get(who, 0), who))
    yield Table(
        words.slug(f"{ballot.stage}-units"),
        f"Votes in every {unit} in the last round",
        (
            Column(words.capital(unit), numeric=False),
            *(Column(declaration.name(who)) for who in people),
            Column("First", numeric=False),
        ),
        tuple(
            cells(
                item.name,
                *(numbers.whole(item.votes.get(who)) for who in people),
                declaration.name(item.winner) if item.winner else ("level" if item.pooled == 1 else ""),
            )
            for item in ballot.units
        ),
        long=True,
    )


# -- nominations and provenance ---------------------------------------------------------------------------------


def nomination_tables(declaration: Declaration) -> Iterator[Table]:
    """The nominations, a table for each stage and body."""
    groups: dict[tuple[str, str], list[NominationSheet]] = {}
    for nomination in declaration.nominations:
        groups.setdefault((nomination.stage, nomination.body), []).append(nomination)
    for number, group in enumerate(groups.values(), 1):
        first = group[0]
        stage = words.capital(first.name)
        if first.size is not None:
            stage += f" by {numbers.whole(first.size)} {first.body}"
        elif first.body not in first.name:
            stage += f" by {first.body}"
        rows = [
            cells(
                item.candidate_name,
                nominations_had(item),
                numbers.whole(item.needed if item.result != "automatic" else None),
                nomination_result(item),
                strong=item.result in ("nominated", "automatic"),
            )
            for item in sorted(group, key=lambda item: -(item.count or 0))
        ]
        supporting = all(item.result == "supporting" for item in group)
        table = Table(
            words.slug(f"{first.stage}-nominations-{number}"),
            stage,
            (
                Column("Candidate", numeric=False),
                Column("Nominations"),
                Column("Needed"),
                Column("Result", numeric=False),
            ),
            tuple(rows),
            ("These decide nothing.",)
            if supporting
            else tuple(
                f"{item.candidate_name}: {item.reason}." for item in group if item.result == "automatic" and item.reason
            ),
            extra=supporting,
        )
        yield without(table, numbers.ABSENT)


def nominations_had(item: NominationSheet) -> Cell:
    """The nominations of a candidate, and of whom they came."""
    parts = ", ".join(f"{numbers.whole(number)} {part}" for part, number in item.parts.items())
    return Cell((numbers.whole(item.count), f"({parts})") if parts else (numbers.whole(item.count),))


def nomination_result(item: NominationSheet) -> str:
    """What came of a nomination, with the reason where the figures beside it do not say it."""
    if item.result in ("refused", "not known") and item.reason:
        return f"{RESULTS[item.result]}: {item.reason}"
    if item.result == "not nominated" and item.reason and " of the " not in item.reason:
        return f"{RESULTS[item.result]}: {item.reason}"
    return RESULTS[item.result]


def provenance(declaration: Declaration, held: Sequence[BallotSheet]) -> Part:
    """What followed, what should be known, whether the result was worked out here, and the sources."""
    lines = []
    if declaration.outcome:
        lines.append(words.sentence(declaration.outcome))
    if declaration.about:
        lines.append(words.sentence(declaration.about))
    lines.append(derivation(declaration, held))
    items: list[Item] = [Sentences((line,)) for line in lines]
    if declaration.sources:
        items.append(Links(tuple((source.title, source.address, source.says) for source in declaration.sources)))
    return Part("About this declaration", tuple(items))


def derivation(declaration: Declaration, held: Sequence[BallotSheet]) -> str:
    """Whether the result was worked out here from votes, or is the published one."""
    decided = held and held[-1].kind == "motion" and held[-1].outcome in ("carried", "lost")
    if declaration.derived or decided:
        if all(ballot.exact for ballot in held):
            return "The result was worked out here, exactly, from the votes under the rulebook."
        return "The result was worked out here under the rulebook, in part from published figures with cut decimals instead of votes."
    if declaration.elected:
        return "The result is the published one: the figures given here do not decide it."
    return "The figures given here do not decide the contest, and no result was published with them."
