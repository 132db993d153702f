"""``contest``: a contest of one's own, from the files of a folder."""

from __future__ import annotations

import contextlib
from pathlib import Path

import typer
from rich.text import Text

from .. import contest, sheets
from ..contest import folder as folders
from ..contest.writing import remove_remains, write_all
from ..documents import json_schema
from ..errors import InputError, SelectorateError, Where
from ..rules import NominationStage
from . import base
from .given import FOLDER, day_given
from .nominating import close_command, nominate_command
from .papers import count_command, stop_if_wrong

app = typer.Typer(no_args_is_help=True)


@app.command("new")
def new_command(
    folder: Path = FOLDER,
    title: str = typer.Option(..., "--title", prompt=True, help="The title of the contest."),
    organisation: str = typer.Option(..., "--organisation", prompt=True, help="Whose contest it is."),
    office: str = typer.Option(..., "--office", prompt=True, help="The post that is to be filled."),
    date: str | None = typer.Option(
        None, "--date", metavar="DATE", help="The day of the result (2026-09-24); today without it."
    ),
    rulebook: str | None = typer.Option(
        None,
        "--rulebook",
        metavar="RULEBOOK",
        help="A shipped rulebook's id, or a file; without it the folder gets a plain one to be changed.",
    ),
) -> None:
    """Start a contest: make a folder with its files."""
    with base.failures_told():
        loaded = folders.start(
            folder, title=title, organisation=organisation, office=office, date=day_given(date), rulebook=rulebook
        )
        own = (folder / folders.RULEBOOK).exists()
        console = base.out()
        console.print(base.line(f'{folder}: {title}, under the rulebook "{loaded.id}".'))
        for name, says in folders.to_be_fixed(loaded).items():
            console.print(base.line(f"To be fixed first, in contest.toml under [parameters]: {name}, {says}."))
        following = "count" if not any(isinstance(s, NominationStage) for s in loaded.stage) else "nominate"
        example = 'nominate {} "NAME" --by "NOMINATOR"' if following == "nominate" else "count {} CANDIDATE=VOTES"
        console.print(
            base.line(
                "Next: look through contest.toml"
                + (" and rulebook.toml" if own else "")
                + f", then: selectorate contest {example.format(folder)}"
            )
        )


app.command("nominate")(nominate_command)
app.command("close")(close_command)
app.command("count")(count_command)


@app.command("declare")
def declare_command(
    folder: Path = FOLDER,
    replace: bool = typer.Option(False, "--replace", help="Replace a declaration that is there already."),
) -> None:
    """Declare the result: check every figure, then write the declaration as text, HTML, PDF, CSV and JSON.

    Ends with 1, and writes nothing, if the figures do not agree with each other or do not decide the result.
    """
    with base.failures_told(), folders.locked(folder):
        case = contest.load_file(folder / folders.CONTEST)
        console = base.out()
        stop_if_wrong(case)
        declaration = contest.declare(case)
        results = contest.replay(case)
        if not declaration.derived and not any(result.outcome in ("carried", "lost") for result in results):
            stopped = next((result.stopped for result in results if result.stopped), "there are no figures of a ballot")
            console.print(base.line(f"Nothing can be declared yet: {stopped}."))
            raise typer.Exit(base.CHECK_FAILED)
        target = folder / "declaration"
        if target.exists() and not replace:
            raise InputError(f"{target} is there already", hint="With --replace it is written again.")
        with base.working("Writing the declaration"):
            contents: dict[str, str | bytes] = {
                "declaration.txt": sheets.declaration_text(declaration),
                "declaration.html": sheets.declaration_html(declaration),
                "declaration.csv": sheets.declaration_csv(declaration),
                "declaration.json": base.json_text(contest.to_json(declaration)),
            }
            try:
                contents["declaration.pdf"] = sheets.declaration_pdf(declaration)
            except SelectorateError as fault:  # not installed, or no letters for a name: the other sheets stand
                base.tell(fault)
        _write(target, contents)
        console.print(Text(sheets.declaration_text(declaration)))
        console.print(base.line(f"Written to {target}: {', '.join(contents)}."))


def _write(target: Path, contents: dict[str, str | bytes]) -> None:
    """Write all of ``contents`` into the folder ``target``, or nothing."""
    there = target.exists()
    try:
        target.mkdir(exist_ok=True)
        remove_remains(target, contents)
    except OSError as fault:
        raise InputError(f"cannot be made: {fault.strerror}", where=Where(str(target))) from None
    try:
        write_all({target / name: content for name, content in contents.items()})
    except InputError:
        if not there:
            with contextlib.suppress(OSError):
                target.rmdir()
        raise


@app.command("check")
def check_command(
    path: Path = typer.Argument(metavar="FILE", help="A contest file, or the folder of one."),
) -> None:
    """Check whether a contest file can be used."""
    with base.failures_told():
        case = contest.load_file(path / folders.CONTEST if path.is_dir() else path)
        base.out().print(
            Text(f'{path}: the contest "{case.contest.id}" can be used, under the rulebook "{case.rulebook.id}".')
        )


@app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of contest files, for editors."""
    with base.failures_told():
        base.print_json(json_schema(contest.Contest, "A selectorate contest"))
