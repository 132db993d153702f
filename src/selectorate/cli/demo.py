"""``demo``: the main job, for a newcomer to see: a page with the result of 2016 and what it amounts to."""

from __future__ import annotations

import os
import sys
import webbrowser
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import typer

from .. import contest, gallery, mandate, sheets
from ..contest.audit import audit
from ..errors import InputError, MissingPartError
from . import base, records
from .gallery import line
from .outputs import write_files

NOW, BEFORE = "labour-2016", "labour-2015"
PLAY = "selectorate.play"
"""The name of the entry point of what plays a vote held online: the office brings it (see ``others``)."""


def demo_command(
    folder: Path = typer.Option(Path("demo"), "--folder", help="Where to write the page."),
    play: bool = typer.Option(
        False, "--play", help="Play a vote held online instead, from the roll to a record that is verified (a minute)."
    ),
    browser: bool = typer.Option(True, "--browser/--no-browser", help="Open the page where there is a browser."),
) -> None:
    """Show the contest of 2016: declaration, mandate beside 2015, claims, and the gallery, as one page."""
    with base.failures_told():
        if play:
            _play(folder / "play")
            return
        console = base.out()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise InputError(f"{folder} cannot be made: {fault.strerror}") from None
        case = contest.load(NOW)
        declaration, before = contest.declare(case), contest.declare(contest.load(BEFORE))
        result = audit(case)
        console.print(base.line(f"{declaration.title}, under the rulebook “{declaration.rulebook_name}”"))
        console.print(
            base.line(
                f"  {result.count('agrees')} published figures agree with the rules, "
                f"{result.count('disagrees')} do not, {result.count('cannot be checked')} cannot be checked"
            )
        )
        comparison = mandate.compare(declaration, before)
        claims = mandate.check_claims(case)
        console.print(base.line(f"  Elected: {', '.join(declaration.elected_names)}"))
        for claim in claims:
            console.print(base.line(f"  “{claim.quote}”: {claim.verdict}"))
        with base.working("Drawing and writing the page"):
            page = _page(case, declaration, before, comparison, claims)
            written: dict[str, str | bytes] = {
                "index.html": page,
                "declaration.pdf": sheets.declaration_pdf(declaration),
                "declaration.csv": sheets.declaration_csv(declaration),
                "declaration.json": base.json_text(contest.to_json(declaration)),
            }
            write_files({folder / name: content for name, content in written.items()})
        target = (folder / "index.html").resolve()
        console.print(base.line(f"The page: {target}"))
        console.print(base.line(f"Beside it: {', '.join(name for name in written if name != 'index.html')}"))
        if browser and sys.stdout.isatty() and _has_browser():
            webbrowser.open(target.as_uri())


def _play(home: Path) -> None:
    """Let the office play a vote, and check its record as a stranger would. Ends with 1 if the record does not hold."""
    entries = entry_points(group=PLAY)
    if not entries:
        raise MissingPartError("the office is not installed", hint="Install it with: pip install 'selectorate[office]'")
    (entry,) = entries
    console = base.out()
    record = entry.load()(home, lambda text: console.print(base.line(text)))
    console.print(base.line(f"The record: {record}. Now it is checked from nothing but itself:"))
    records.verify(record, html=None, as_json=False)


def _page(
    case: contest.Case,
    declaration: contest.Declaration,
    before: contest.Declaration,
    comparison: mandate.Comparison,
    claims: tuple[mandate.ClaimResult, ...],
) -> str:
    """The declaration, the mandate beside the one before, the claims, what it would have taken, and the gallery."""
    picture = sheets.compare_picture(before, declaration)
    measured = sheets.mandate_sheet(
        comparison.now, comparison, claims=claims, rivals=mandate.rivals(case), picture=picture
    )
    swing = sheets.what_if_sheet(declaration, (), mandate.swing(case))
    rows = sorted((line(name) for name in gallery.contest_ids()), key=lambda item: (item["date"], item["id"]))
    listed = sheets.gallery_sheet(rows, declaration.date)
    declared = sheets.illustrated(declaration)
    last = {"Nominations", "About this declaration"}
    first = [part for part in declared.parts if part.heading not in last]
    rest = [part for part in declared.parts if part.heading in last]
    parts = (*first, *measured.parts, *swing.parts, *rest, *listed.parts)
    return sheets.sheet_html(replace(declared, parts=parts))


def _has_browser() -> bool:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("demo")(demo_command)
