"""``count``, ``convert`` and ``methods``: any file of ballots, any method, no contest needed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from .. import sheets
from ..ballots import Profile, formats, in_parts
from ..contest.segments import kept_together, marked
from ..count.choices import named_sides
from ..count.registry import METHODS, Method, Options
from ..count.result import Count
from ..count.ties import Ties
from ..documents import nearest
from ..errors import CountError, InputError
from ..rules import Disclosure
from ..sheets import words
from ..sheets.count_json import json_schema
from . import base, configured
from .configured import ID as RCTAB
from .outputs import STANDARD_OUTPUT, Outputs, print_file, written
from .tiebreaks import By, Given, tell_tie, ties_of


def method_named(name: str) -> Method:
    """The method with the id ``name``. Raises InputError if there is none."""
    found = METHODS.get(name)
    if found is None:
        hint = nearest(name, list(METHODS)) or "See: selectorate methods"
        raise InputError(f'there is no method "{name}"', hint=hint)
    return found


def count_command(
    files: list[Path] = typer.Argument(
        None, metavar="FILE...", help="Files of ballots, in any format that can be read; counted together."
    ),
    method: str = typer.Option(
        ...,
        "--method",
        "-m",
        metavar="METHOD",
        help="The method: see selectorate methods. Or rctab: the rules that a configuration of RCTab names.",
    ),
    seats: int | None = typer.Option(None, "--seats", "-n", min=1, help="The places; those of the file without it."),
    most: int | None = typer.Option(
        None, "--most", min=1, help="How many may be chosen on a paper, by a limited vote."
    ),
    entitled: int | None = typer.Option(
        None, "--entitled", min=1, help="How many could vote, for a majority of those entitled."
    ),
    default: str | None = typer.Option(
        None, "--default", metavar="NAME", help="The default option, for debian; the last on the paper without it."
    ),
    yes: str | None = typer.Option(
        None, "--yes", metavar="NAME", help="The option that is for a question, where it is not called yes or for."
    ),
    quorum: int | None = typer.Option(
        None, "--quorum", min=0, help="How many must put an option above the default one, for debian."
    ),
    format_: str | None = typer.Option(None, "--format", help="The format, where it is not to be found out."),
    segment: list[str] = typer.Option(
        [], "--segment", metavar="NAME=FILE", help="A file of ballots that is also told by itself, under this name."
    ),
    by_file: bool = typer.Option(False, "--by-file", help="Tell every file by itself too, under its own name."),
    segment_column: str | None = typer.Option(
        None,
        "--segment-column",
        metavar="HEADING",
        help="The column of a table that says the segment of each ballot: every segment is told by itself too.",
    ),
    floor: int | None = typer.Option(
        None,
        "--floor",
        min=1,
        max=1000,
        help="Segments with fewer valid ballots, or all of one mind, are told together: the rule of disclosure.",
    ),
    ties: list[By] = typer.Option(
        [],
        "--ties",
        metavar="HOW",
        help="What breaks a tie that the method's own rule leaves open: earlier-rounds, lot, officer or ask.",
    ),
    officer: list[str] = typer.Option([], "--officer", help='A decision of the officer: "Ann before Bob".'),
    officer_file: Path | None = typer.Option(
        None, "--officer-file", metavar="FILE", help="Decisions of the officer, one a line."
    ),
    seed: str | None = typer.Option(None, "--seed", help="The seed of a lot, committed to beforehand."),
    seed_file: Path | None = typer.Option(
        None, "--seed-file", metavar="FILE", help="The file with the seed, as lot commit wrote it."
    ),
    commitment: str | None = typer.Option(None, "--commitment", help="What was published of the seed: its SHA-256."),
    numbers: str | None = typer.Option(
        None, "--numbers", help='What scrutineers gave, joined with the seed: "12,45,7".'
    ),
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a self-contained page; - for standard output."
    ),
    pdf: Path | None = typer.Option(
        None, "--pdf", metavar="FILE", help="Write a sheet to print; - for standard output."
    ),
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FILE", help="Write a table: a line is a candidate in a round."
    ),
    rctab_json: Path | None = typer.Option(
        None, "--rctab-json", metavar="FILE", help="Write RCTab's summary, which viewers of counts draw."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Count ballots by a method, every round explained.

    A tie that nothing breaks stops the count: the rounds up to it are shown, and the command ends with 1.
    """
    with base.failures_told():
        outputs = Outputs({"html": html, "pdf": pdf, "csv": csv, "rctab_json": rctab_json}, json)
        parts = bool(segment) or by_file or segment_column is not None
        told = configured.configured(files or [], seats, parts=parts) if method == RCTAB else None
        how = told.method() if told else method_named(method)
        if told:
            profile = told.read.profile
        elif segment_column is None:
            profile = ballots_of(files or [], segment, format_, by_file=by_file)
        else:
            profile = ballots_by_column(files or [], segment_column, format_, alone=not segment and not by_file)
        places = _places(how, seats, profile)
        _fits(how, most, entitled)
        options = Options(
            most=most,
            entitled=entitled,
            reopen=_default(how, profile, default, quorum),
            quorum=quorum or 0,
            yes=_yes(how, profile, yes),
        )
        given = Given(ties, seed, seed_file, commitment, numbers, officer, officer_file)
        broken = ties_or_end(how, [option.name for option in profile.candidates], given)
        with base.working("Counting"):
            counted = how.run(profile, places, replace(options, ties=broken))
        counted = _disclosed(counted, profile, floor)
        _put(outputs, counted, how, profile.title, (lambda: told.summary(broken)) if told else None)
        if counted.tied:
            tell_tie(counted, how)
            raise typer.Exit(base.CHECK_FAILED)


def _places(method: Method, seats: int | None, profile: Profile) -> int:
    """The places to fill: as was said, or as the file says. Raises InputError if the method cannot fill so many."""
    places = seats or profile.seats or 1
    if places > 1 and not method.many:
        hint = "See: selectorate methods" if seats else f"The file says {places} places; --seats 1 counts for one."
        raise InputError(f'"{method.id}" fills one place, not {places}', hint=hint)
    return places


def _disclosed(counted: Count, profile: Profile, floor: int | None) -> Count:
    """``counted`` with small segments told together, if a floor was given, or else marked."""
    if profile.parts is None and floor is not None:
        raise InputError(
            "--floor is for segments, and none are told apart", hint="Add --by-file, --segment or --segment-column."
        )
    if not counted.segments:
        return counted
    return marked(counted, Disclosure()) if floor is None else kept_together(counted, Disclosure(floor=floor))


def _put(outputs: Outputs, counted: Count, how: Method, title: str, summary: Callable[[], Any] | None = None) -> None:
    """Write what was asked for; print the sheet if nothing was. ``summary``: makes RCTab's of several passes."""
    sheet = sheets.count_sheet(counted, how, title)
    outputs.put(
        html=lambda: sheets.sheet_html(sheets.illustrated_count(sheet, counted)),
        pdf=lambda: sheets.sheet_pdf(sheets.illustrated_count(sheet, counted), pages=None),
        csv=lambda: sheets.count_csv(counted),
        rctab_json=lambda: base.json_text(summary() if summary else sheets.rctab_summary(counted, contest=title)),
        json=lambda: sheets.count_json(counted, how, title),
    )
    if outputs.none:
        base.print_sheet(sheet)


def _fits(method: Method, most: int | None, entitled: int | None) -> None:
    """Raises InputError for an option that belongs to another method, and for one that is missing."""
    if most is not None and method.id != "limited-vote":
        raise InputError(f'--most belongs to limited-vote, not to "{method.id}"')
    if entitled is not None and method.id != "yes-no-entitled":
        raise InputError(f'--entitled belongs to yes-no-entitled, not to "{method.id}"')
    if entitled is None and method.id == "yes-no-entitled":
        raise InputError(f'"{method.id}" has to know how many could vote', hint="Give their number: --entitled 120.")


def _default(method: Method, profile: Profile, name: str | None, quorum: int | None) -> int | None:
    """The number of the default option that was named. Raises InputError if it, or a quorum, is out of place."""
    for option, said in (("--default", name), ("--quorum", quorum)):
        if said is not None and method.id != "debian":
            raise InputError(f'{option} belongs to debian, not to "{method.id}"')
    return None if name is None else _option(profile, name)


def _yes(method: Method, profile: Profile, name: str | None) -> int | None:
    """The number of the option that is for a question. Raises InputError where the sides cannot be told."""
    if not method.id.startswith("yes-no"):
        if name is not None:
            raise InputError(f'--yes belongs to questions, not to "{method.id}"')
        return None
    standing = [option.name for option in profile.candidates if not option.withdrawn]
    if len(standing) > 2 and named_sides(profile) is None:
        raise InputError(
            f"this is no question, or its sides cannot be told: there are {words.listed(standing)}",
            hint="The sides are called yes and no, or for and against; what else there is, is an abstention.",
        )
    return None if name is None else _option(profile, name)


def _option(profile: Profile, name: str) -> int:
    """The number of the option called ``name``. Raises InputError if there is not one."""
    names = [option.name for option in profile.candidates]
    if names.count(name) != 1:
        how_many = "several options are" if name in names else "no option is"
        raise InputError(
            f'{how_many} called "{name}"', hint=nearest(name, names) or f"On the paper: {'; '.join(names)}."
        )
    return names.index(name) + 1


def ballots_of(files: Sequence[Path], segments: Sequence[str], format_: str | None, *, by_file: bool) -> Profile:
    """The ballots of all files as one profile: with its parts, where they are to be told."""
    named: dict[str, Path] = {}
    for name, path in [*((_stem(path, files), path) for path in files), *map(_segment, segments)]:
        if name in named:
            raise InputError(f'two files are called "{name}"', hint="Name them: --segment NAME=FILE.")
        named[name] = path
    if not named:
        raise InputError("there is no file of ballots to count", hint="Give one, or several to be counted together.")
    if segments and files and not by_file:
        raise InputError("some files are segments, and some are not", hint="Name them all, or add --by-file.")
    read = {}
    for name, path in named.items():
        with base.working(f"Reading {path}"):
            read[name] = formats.read(path, format=format_)
            read[name] = replace(read[name], title=read[name].title or path.name)
    if len(read) == 1 and not segments and not by_file:
        return next(iter(read.values()))
    titles = list(dict.fromkeys(profile.title for profile in read.values()))
    together = replace(
        in_parts(read), title=words.listed(titles) if len(titles) < 4 else f"{len(read)} files of ballots"
    )
    return together if segments or by_file else together.without_parts()


def ballots_by_column(files: Sequence[Path], column: str, format_: str | None, *, alone: bool) -> Profile:
    """The ballots of one table, each in the part that its ``column`` says."""
    if len(files) != 1 or not alone:
        raise InputError(
            "--segment-column tells the segments of one table", hint="Give one file, without --segment or --by-file."
        )
    (path,) = files
    with base.working(f"Reading {path}"):
        profile = formats.read(path, format=format_, options=formats.Options(segments=column))
    return replace(profile, title=profile.title or path.name)


def _segment(said: str) -> tuple[str, Path]:
    name, sign, path = said.partition("=")
    if not (sign and name.strip() and path):
        raise InputError(f'"{said}" is no segment', hint="Write --segment NAME=FILE.")
    return name.strip(), Path(path)


def _stem(path: Path, files: Sequence[Path]) -> str:
    """What a file is called: its name without the ending; with its folder, where several are called so."""
    same = [other for other in files if other.stem == path.stem]
    return path.stem if len(same) == 1 else str(path)


def ties_or_end(method: Method, candidates: Sequence[str], given: Given) -> Ties | None:
    """How ties are broken; ends with 1 if the seed is not the one that was committed to."""
    try:
        return ties_of(method, candidates, given)
    except CountError as error:
        base.tell(error)
        raise typer.Exit(base.CHECK_FAILED) from None


def convert_command(
    file: Path = typer.Argument(metavar="FILE", help="A file of ballots."),
    target: Path = typer.Argument(metavar="TARGET", help="The file to write; its ending says the format."),
    format_: str | None = typer.Option(None, "--format", help="The format of FILE, where it is not to be found out."),
    to: str | None = typer.Option(None, "--to", help="The format of TARGET, where its ending does not say it."),
) -> None:
    """Write a file of ballots in another format.

    What the other format cannot say is refused, never left out: several at one rank, a candidate who has withdrawn,
    weights in decimals. A configuration of RCTab (--to rctab) is TARGET, and beside it a table of the ballots.
    """
    with base.failures_told():
        with base.working(f"Reading {file}"):
            profile = formats.read(file, format=format_)
        format_of_target = to if to is not None else formats.by_extension(str(target)).id
        if target == STANDARD_OUTPUT:
            with tempfile.TemporaryFile() as held:  # nothing is printed of what is refused
                with base.working("Making what goes to standard output"):
                    formats.write(profile, held, format_of_target)
                held.seek(0)
                print_file(held)
            return
        with base.working(f"Writing {target}"):
            files = formats.write(profile, target, format_of_target)
        for path in files:
            written(path)


def methods_command(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the methods by which ballots can be counted, each with its source and the count that proves it."""
    with base.failures_told():
        if json:
            keys = ("id", "name", "source", "proved_by", "many")
            base.print_json([{key: getattr(method, key) for key in keys} for method in METHODS.values()])
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("method", "what it is", "places", "proved by"):
            table.add_column(heading, no_wrap=heading == "method")
        for method in METHODS.values():
            proof = base.line(method.proved_by) if method.proved_by else base.line("unproven", style="yellow")
            table.add_row(
                method.id, base.line(f"{method.name}. {method.source}"), "any" if method.many else "one", proof
            )
        base.out().print(table)
        base.out().print("docs/methods/ has a page on each: how it is counted, and how it differs from its neighbours.")


def schema_command() -> None:
    """Print the JSON Schema of counts, for programs that read them."""
    with base.failures_told():
        base.print_json(json_schema())


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("count")(count_command)
    app.command("convert")(convert_command)
    app.command("methods")(methods_command)
    app.command("count-schema")(schema_command)
