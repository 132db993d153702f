"""The program ``selectorate``: its commands put together."""

from __future__ import annotations

import typer

from .. import __version__
from . import (
    acts,
    audits,
    ballots_audit,
    boxes,
    counts,
    declarations,
    demo,
    entitling,
    folders,
    gallery,
    mandates,
    others,
    records,
    registrar,
    rolls,
    rulebooks,
    scrutineers,
    tiebreaks,
    trustee,
)

app = typer.Typer(
    name="selectorate",
    help="The election office of a party, a union or a society.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"selectorate {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", help="Print the version and end.", is_eager=True, callback=_version
    ),
) -> None:
    pass


def _roll() -> typer.Typer:
    """The commands on rolls, in the order in which they are used."""
    group = typer.Typer(no_args_is_help=True)
    group.command("look")(rolls.look_command)
    group.command("check")(rolls.check_command)
    group.command("entitle")(entitling.entitle_command)
    group.command("duplicates")(entitling.duplicates_command)
    group.command("compare")(rolls.compare_command)
    group.command("fingerprint")(rolls.fingerprint_command)
    group.command("invent")(rolls.invent_command)
    return group


gallery.add_to(app)
declarations.add_to(app)
audits.add_to(app)
mandates.add_to(app)
counts.add_to(app)
demo.add_to(app)
records.add_to(app)
scrutineers.add_to(app)
app.add_typer(acts.app, name="acts", help="The published log of an office's official acts.")
app.add_typer(ballots_audit.app, name="ballot", help="Ballots in the hands of their voters: one that was opened.")
app.add_typer(boxes.app, name="box", help="A sealed ballot box, each step by its own person on their own machine.")
app.add_typer(folders.app, name="contest", help="A contest of your own, run from the files of a folder.")
app.add_typer(
    tiebreaks.app, name="lot", help="The verifiable lot: a seed that is committed to, a draw that is repeated."
)
app.add_typer(registrar.app, name="registrar", help="Credentials of voters, made and delivered by the registrar alone.")
app.add_typer(_roll(), name="roll", help="Lists of persons: import as a dry run, entitlement, duplicates, comparison.")
app.add_typer(rulebooks.app, name="rules", help="Rulebooks: what they say, and whether one can be used.")
app.add_typer(trustee.app, name="trustee", help="A trustee's own steps: the common key, its test, opening the boxes.")
others.add_to(app)
