"""``count``, ``convert`` and ``methods``: any file of ballots, any method, no contest needed."""

from __future__ import annotations

from pathlib import Path

import typer
from pydantic import TypeAdapter
from rich.table import Table

from .. import sheets
from ..ballots import formats
from ..count.lot import Lot
from ..count.registry import METHODS, Method, Options
from ..count.result import Count
from ..documents import nearest
from ..errors import InputError
from . import base


def method_named(name: str) -> Method:
    """The method with the id ``name``. Raises InputError if there is none."""
    found = METHODS.get(name)
    if found is None:
        hint = nearest(name, list(METHODS)) or "See: selectorate methods"
        raise InputError(f'there is no method "{name}"', hint=hint)
    return found


def count_command(
    file: Path = typer.Argument(metavar="FILE", help="A file of ballots, in any format that can be read."),
    method: str = typer.Option(..., "--method", "-m", metavar="METHOD", help="The method: see selectorate methods."),
    seats: int | None = typer.Option(None, "--seats", "-n", min=1, help="The places; those of the file without it."),
    format_: str | None = typer.Option(None, "--format", help="The format, where it is not to be found out."),
    seed: str | None = typer.Option(None, "--seed", help="The seed of a lot, for ties; committed to beforehand."),
    number: list[str] = typer.Option([], "--number", help="A number that a scrutineer gave, joined with the seed."),
    html: Path | None = typer.Option(None, "--html", metavar="FILE", help="Write a self-contained page."),
    pdf: Path | None = typer.Option(None, "--pdf", metavar="FILE", help="Write a sheet to print."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Count a file of ballots by a method, every round explained."""
    with base.failures_told():
        how = method_named(method)
        with base.working(f"Reading {file}"):
            profile = formats.read(file, format=format_)
        places = seats or profile.seats or 1
        if places > 1 and not how.many:
            raise InputError(f'"{how.id}" fills one place, not {places}', hint="See: selectorate methods")
        if number and seed is None:
            raise InputError("scrutineers' numbers are joined with a seed", hint="Give it with --seed.")
        options = Options(lot=Lot(seed, tuple(number))) if seed is not None else Options()
        with base.working("Counting"):
            counted = how.run(profile, places, options)
        if json:
            base.print_json(TypeAdapter(Count).dump_python(counted, mode="json", fallback=str))
            return
        sheet = sheets.count_sheet(counted, how, profile.title or file.name)
        if html is not None:
            base.write_file(html, sheets.sheet_html(sheet))
            base.written(html)
        if pdf is not None:
            base.write_file(pdf, sheets.sheet_pdf(sheet))
            base.written(pdf)
        if html is None and pdf is None:
            base.print_sheet(sheet)


def convert_command(
    file: Path = typer.Argument(metavar="FILE", help="A file of ballots."),
    target: Path = typer.Argument(metavar="TARGET", help="The file to write; its ending says the format."),
    format_: str | None = typer.Option(None, "--format", help="The format of FILE, where it is not to be found out."),
    to: str | None = typer.Option(None, "--to", help="The format of TARGET, where its ending does not say it."),
) -> None:
    """Write a file of ballots in another format."""
    with base.failures_told():
        with base.working(f"Reading {file}"):
            profile = formats.read(file, format=format_)
        formats.write(profile, target, to)
        base.written(target)


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


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("count")(count_command)
    app.command("convert")(convert_command)
    app.command("methods")(methods_command)
