"""A declaration as a sheet: what is said of a contest, in which order, before it is text, HTML or PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, PrintingSheet, RoundSheet
from ..contest.declaration import Row as CandidateRow
from . import motions, nominated, numbers, reading, turnout, votes, words
from .blocks import (
    Column,
    Item,
    KeyFigure,
    Links,
    Part,
    Sentences,
    Sheet,
    Table,
    cells,
    without,
)

PAPERS = {
    "choose one": "choose one",
    "rank": "rank in order of preference",
    "choose up to": "choose several",
    "yes or no": "for or against",
}


def declaration_sheet(declaration: Declaration) -> Sheet:
    """The sheet of ``declaration``, without pictures."""
    held = [ballot for ballot in declaration.ballots if ballot.rounds]
    parts: list[Part] = []
    for ballot in declaration.ballots:
        parts.extend(ballot_parts(declaration, ballot, alone=len(declaration.ballots) == 1))
    tables = tuple(nominated.nomination_tables(declaration))
    if tables:
        parts.append(Part("Nominations", tables))
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
        return deciding.motion.result if deciding.motion is not None else "Not decided by these figures"
    if len(names) > 3:
        return f"Elected: {numbers.whole(len(names))} candidates"
    if names:
        unopposed = any(not ballot.held and ballot.outcome == "elected" for ballot in declaration.ballots)
        return f"Elected{' unopposed' if unopposed else ''}: {words.listed(names)}"
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
        named = [ballot.motion.holder for ballot in declaration.ballots if ballot.motion and ballot.motion.holder]
        holder = holder or (named[0] if named else None)
        return "a motion was put" + (f"; the holder was {holder}" if holder else "")
    if declaration.occasion == "challenge":
        return f"the holder, {holder}, was challenged" if holder else "the holder was challenged"
    if declaration.occasion == "regular":
        return "the term was over" + (f"; the holder was {holder}" if holder else "")
    return "the post was vacant"


def key_figures(declaration: Declaration) -> Iterator[KeyFigure]:
    """The three or four figures that are read first."""
    ballot = declaration.deciding
    final = reading.last_round(ballot) if ballot else None
    if ballot is None or final is None or not final.rows:
        return
    printing, first = ballot.printing, final.rows[0]
    if ballot.places == 1 and first.value is not None:
        of = reading.share_words(printing)
        shown = reading.row_share(first, printing)
        if final.unit == "college":
            yield KeyFigure(words.clean(first.name), shown, of)
        else:
            unit = numbers.unit_of(first.value, final.unit)
            yield KeyFigure(
                words.clean(first.name),
                numbers.value(first.value, final.unit, printing),
                f"{unit}, {shown} {of}" if shown != numbers.ABSENT else unit,
            )
        lead = reading.lead_of(final)
        if ballot.motion is not None and ballot.motion.tied:
            shown = reading.row_share(final.rows[1], printing)
            yield KeyFigure(final.rows[1].name, numbers.whole(final.rows[1].votes), f"votes, {shown} {of}")
        elif lead is not None:
            yield KeyFigure(
                "Lead over the next" if ballot.kind == "ballot" else "Majority",
                reading.lead_value(lead, final.unit, printing),
                reading.lead_note(final, printing),
            )
        over = reading.majority_of(final)
        if over is not None and len(final.rows) > 2:
            yield KeyFigure(
                "Majority over all others",
                reading.lead_value(over, final.unit, printing),
                numbers.unit_of(over, final.unit) if final.unit != "college" else "percentage points",
            )
    elif ballot.places > 1:
        yield KeyFigure("Places", numbers.whole(ballot.places), "")
    total = reading.total_section(ballot)
    if total is not None:
        yield from turnout.turnout_figure(total, printing)


def printed_tables(ballot: BallotSheet) -> Iterator[Table]:
    """What was only printed of the sections, without votes: their shares, and what they gave of a weighted college."""
    kinds = (
        ("printed_shares", "shares within each section", "Share of each section's own votes, as published."),
        ("printed_weighted", "what each section gave", "Per cent of the whole college, as published."),
    )
    for item in ballot.rounds:
        for key, caption, note in kinds:
            found = {row.candidate: getattr(row, key) for row in item.rows}
            sections = [sheet for sheet in ballot.sections if any(sheet.section in row for row in found.values())]
            told = reading.only_segment(ballot) is not None and all(row.published is not None for row in item.rows)
            if not sections or told:
                continue
            columns = (Column("Candidate", numeric=False), *(Column(words.capital(s.name)) for s in sections))
            rows = tuple(
                cells(row.name, *(numbers.printed(found[row.candidate].get(s.section)) for s in sections))
                for row in item.rows
            )
            head = f"{item.label}, {caption}" if len(ballot.rounds) > 1 else words.capital(caption)
            yield Table(f"{ballot.stage}-{words.slug(key)}-{item.number}", head, columns, rows, (note,))


def ballot_parts(declaration: Declaration, ballot: BallotSheet, *, alone: bool) -> Iterator[Part]:
    """The parts of one ballot or motion: result, rounds, lead, turnout, units; of one not held, why it was not."""
    before = "" if alone else f"{words.capital(ballot.name)}: "
    if not ballot.held:
        yield Part(words.capital(f"{before}result"), tuple(Sentences((words.sentence(note),)) for note in ballot.notes))
        return
    result: list[Item] = [Sentences((held_by(ballot),))]
    if ballot.rounds:
        result += list(votes.vote_tables(declaration, ballot))
        result += list(printed_tables(ballot))
    ending = outcome_sentences(declaration, ballot)
    if ending and not (alone and ballot.outcome in ("elected", "carried", "lost")):
        result.append(Sentences(tuple(ending)))
    yield from motions.motion_part(ballot, before)
    yield Part(words.capital(f"{before}result"), tuple(result))
    yield from motions.effect_part(ballot, before)
    steps = list(round_sentences(declaration, ballot))
    if steps:
        heading = "what was needed, and what was had" if len(ballot.rounds) == 1 else "round by round"
        yield Part(words.capital(before + heading), (Sentences(tuple(steps), listed=len(steps) > 1),))
    lead = list(lead_items(declaration, ballot))
    if lead:
        yield Part(words.capital(f"{before}lead and majority"), tuple(lead))
    roll = turnout.turnout_table(ballot)
    if roll is not None:
        notes = [
            Sentences((section.note,))
            for section in ballot.sections
            if section.note and section.note != ballot.disclosure
        ]
        yield Part(words.capital(f"{before}roll and turnout"), (roll, *dict.fromkeys(notes)))
    units = list(votes.unit_tables(declaration, ballot))
    if units:
        yield Part(words.capital(f"{before}{reading.plural(ballot.unit_name or 'unit')}"), tuple(units))
    remarks = [words.sentence(text) for text in (*ballot.notes, ballot.disclosure) if text]
    if remarks:
        yield Part(
            words.capital(f"{before}notes"), (Sentences(tuple(dict.fromkeys(remarks)), listed=len(remarks) > 1),)
        )


def held_by(ballot: BallotSheet) -> str:
    """Who voted, on what paper."""
    places = f" {words.capital(numbers.counted(ballot.places, 'place', 'places'))}." if ballot.places > 1 else ""
    kind = "motion" if ballot.kind == "motion" else "paper"
    names = [section.name for section in ballot.sections if section.section != TOTAL]
    voters = words.listed(names) if ballot.voters == "the selectorate" and names else ballot.voters
    return f"Voters: {voters}. {words.capital(kind)}: {PAPERS.get(ballot.paper, ballot.paper)}.{places}"


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
    if ballot.motion is not None:
        return [words.sentence(ballot.motion.result)] if ballot.outcome in ("carried", "lost") else stopped(ballot)
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
    final = reading.last_round(ballot)
    if final is None or ballot.places > 1 or len(final.rows) < 2 or ballot.kind == "motion":
        return
    lead, over, printing = reading.lead_of(final), reading.majority_of(final), ballot.printing
    first, second = final.rows[0], final.rows[1]
    if lead is not None:
        yield Sentences((lead_sentence(first, second, lead, over, final, printing),))
    only = reading.only_segment(ballot)
    apart = [section for section in ballot.sections if section.lead is not None]
    if only is not None:  # it is all of the vote, and what decides may be counted in something else than votes
        apart = [] if final.unit == "votes" else [section for section in apart if section is only]
    if apart and (only or len(apart) > 1):
        several = len(ballot.rounds) > 1
        repeated = several and any(item.date for item in ballot.rounds)
        caption = f"First, and by how much, {'by votes' if only else 'in each section'}" + (
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
        else f"{numbers.value(lead, final.unit, printing)} {numbers.unit_of(lead, final.unit)}"
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
    had = reading.lead_value(abs(over), final.unit, printing) + (
        f" {numbers.unit_of(over, final.unit)}" if final.unit != "college" else " percentage points"
    )
    if over > 0:
        return f"{said} Majority over all others together: {had}."
    return f"{said} All others together have {had} more." if over else f"{said} All others together have as many."


def provenance(declaration: Declaration, held: Sequence[BallotSheet]) -> Part:
    """What followed, what should be known, whether the result was worked out here, and the sources."""
    lines = []
    if declaration.outcome:
        lines.append(words.sentence(declaration.outcome))
    if declaration.about:
        lines.append(words.sentence(declaration.about))
    lines.append(derivation(declaration, held))
    items: list[Item] = [Sentences((line,)) for line in lines]
    items += disagreement(declaration)
    remarks = [words.sentence(f"{declaration.name(who)}: {text}") for who, text in declaration.remarks.items()]
    if remarks:
        items.append(Sentences(tuple(remarks), listed=len(remarks) > 1))
    if declaration.sources:
        items.append(Links(tuple((source.title, source.address, source.says) for source in declaration.sources)))
    return Part("About this declaration", tuple(items))


SHOWN_DISAGREEMENTS = 6
"""So many published figures that do not follow from the others are named; the audit lists them all."""


def disagreement(declaration: Declaration) -> Iterator[Item]:
    """That published figures do not follow from the others, and which."""
    found = declaration.disagreements
    if not found:
        return
    number = numbers.counted(len(found), "published figure does", "published figures do")
    yield Sentences((f"{number} not follow from the others; selectorate audit lists every check.",))
    said = [words.sentence(text) for text in found[:SHOWN_DISAGREEMENTS]]
    if len(found) > len(said):
        said.append(f"{numbers.counted(len(found) - len(said), 'more', 'more')} in the audit.")
    yield Sentences(tuple(said), listed=len(said) > 1)


def derivation(declaration: Declaration, held: Sequence[BallotSheet]) -> str:
    """Whether the result was worked out here from votes, or is the published one."""
    decided = held and held[-1].kind == "motion" and held[-1].outcome in ("carried", "lost")
    if declaration.derived and not held:
        return "The result follows from the nominations under the rulebook; no votes were cast."
    if declaration.derived or decided:
        if all(ballot.exact for ballot in held):
            return "The result was worked out here, exactly, from the votes under the rulebook."
        return (
            "The result was worked out here under the rulebook, in part from published figures with cut decimals"
            " instead of votes."
        )
    if declaration.elected:
        return "The result is the published one: the figures given here do not decide it."
    return "The figures given here do not decide the contest, and no result was published with them."
