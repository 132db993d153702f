"""``rules``: rulebooks listed, said in sentences, checked, and their schema."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.table import Table

from .. import contest, gallery, rules
from . import base

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_command(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the rulebooks that are shipped, each with the contests that prove it."""
    with base.failures_told():
        proofs = proved_by()
        rows = [(rules.load(name), proofs.get(name, [])) for name in rules.preset_ids()]
        if json:
            base.print_json(
                [
                    {
                        "id": r.id,
                        "name": r.name,
                        "organisation": r.organisation,
                        "in_force": r.in_force,
                        "proved_by": p,
                    }
                    for r, p in rows
                ]
            )
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("rulebook", "what it is", "in force", "proved by"):
            table.add_column(heading)
        for rulebook, contests in rows:
            proof = (
                base.line(", ".join(gallery.short_name(c) for c in contests))
                if contests
                else base.line("unproven", style="yellow")
            )
            table.add_row(rulebook.id, f"{rulebook.organisation}: {rulebook.name}", rulebook.in_force or "", proof)
        base.out().print(table)


def proved_by() -> dict[str, list[str]]:
    """The contests of the gallery that were held under each rulebook."""
    found: dict[str, list[str]] = {}
    for name in gallery.contest_ids():
        found.setdefault(contest.load(name).rulebook.id, []).append(name)
    return found


@app.command("show")
def show_command(
    name: str = typer.Argument(metavar="RULEBOOK", help="The id of a rulebook, or the path of a file."),
    contest_name: str | None = typer.Option(
        None, "--contest", metavar="CONTEST", help="Fill in the sizes of the bodies at this contest."
    ),
    toml: bool = typer.Option(False, "--toml", help="Print the file of a shipped rulebook, to copy and change."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Say a rulebook in plain sentences."""
    with base.failures_told():
        if toml:
            typer.echo(rules.preset_text(name), nl=False)
            return
        rulebook = rules.load(name)
        sizes: dict[str, int] = {}
        names: dict[str, str] = {}
        if contest_name is not None:
            case = contest.load(contest_name)
            if case.rulebook.id != rulebook.id:
                raise contest_mismatch(case.contest.id, case.rulebook.id, rulebook.id)
            rulebook = case.rulebook
            sizes = {body: size for body in rulebook.bodies if (size := case.body_size(body)) is not None}
            names = {body: case.body_name(body) for body in rulebook.bodies}
        passages = rules.explain(rulebook, sizes, names)
        proofs = proved_by().get(rulebook.id, []) if name in rules.preset_ids() else []
        if json:
            base.print_json(
                {
                    "id": rulebook.id,
                    "proved_by": proofs,
                    "passages": [{"heading": p.heading, "sentences": list(p.sentences)} for p in passages],
                }
            )
            return
        console = base.out()
        if name in rules.preset_ids():
            console.print(
                base.line(
                    f"Proved by {', '.join(proofs)}."
                    if proofs
                    else "Unproven: no contest in the gallery was held under it.",
                    style="dim",
                )
            )
        for passage in passages:
            console.print()
            console.print(base.line(passage.heading, style="bold"))
            for sentence in passage.sentences:
                console.print(base.line(sentence))


def contest_mismatch(contest_id: str, held_under: str, asked: str) -> Exception:
    """The error for a contest that was held under another rulebook than the one asked for."""
    from ..errors import InputError

    return InputError(
        f'the contest "{contest_id}" was held under "{held_under}", not under "{asked}"',
        hint=f"selectorate rules show {held_under} --contest {contest_id}",
    )


@app.command("check")
def check_command(path: Path = typer.Argument(metavar="FILE", help="A rulebook file.")) -> None:
    """Check whether a rulebook file can be used."""
    with base.failures_told():
        rulebook = rules.load_file(path)
        base.out().print(f'{path}: the rulebook "{rulebook.id}" can be used ({len(rulebook.stage)} stages).')


@app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of rulebooks, for editors."""
    with base.failures_told():
        base.print_json(rules.json_schema())
