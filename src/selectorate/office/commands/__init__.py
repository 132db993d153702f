"""The commands of the office: set it up, serve it, look after it, copy and restore it.

Nothing of Django is imported before a command runs, so that ``selectorate --help`` works where the office is not
installed; ``started`` then says what to install.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import typer

Told = Callable[[], AbstractContextManager[None]]


def add_to(app: typer.Typer, told: Told) -> None:
    """Add the commands to the program. ``told`` turns what goes wrong into a message and a status."""
    app.command("serve")(_serve(told))
    app.command("doctor")(_doctor(told))
    app.command("backup")(_backup(told))
    app.command("restore")(_restore(told))
    office = typer.Typer(no_args_is_help=True, help="The election office: a site in the browser.")
    office.command("init")(_init(told))
    office.command("demo")(_demo(told))
    office.command("booth")(_booth(told))
    office.command("manage", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(_manage(told))
    app.add_typer(office, name="office")
    record = typer.Typer(help="The record of a contest: everything published, to be checked by anybody.")
    record.callback()(lambda: None)
    record.command("export")(_export_record(told))
    app.add_typer(record, name="record")


def _init(told: Told) -> Callable[..., None]:
    def init(
        organisation: str = typer.Option("", "--organisation", help="The name of the organisation."),
        name: str = typer.Option("", "--name", help="The name of the first returning officer."),
        email: str = typer.Option("", "--email", help="Their mail address."),
        contact: str = typer.Option("", "--contact", help="The mail address for questions, shown on every page."),
    ) -> None:
        """Set an empty office up: the database, the organisation, its first returning officer."""
        with told():
            from .setting_up import set_up

            asked = {"organisation": organisation, "name": name, "email": email}
            for key, label in (
                ("organisation", "The organisation's name"),
                ("name", "The first returning officer's name"),
                ("email", "Their mail address"),
            ):
                asked[key] = asked[key] or typer.prompt(label)
            for line in set_up(**asked, contact=contact):
                typer.echo(line)

    return init


def _demo(told: Told) -> Callable[..., None]:
    def demo(
        home: Path = typer.Option(Path("demo/office"), "--home", help="The folder to make it in."),
        serve: bool | None = typer.Option(
            None, "--serve/--no-serve", help="Whether to serve it then; left out: if somebody is at the terminal."
        ),
        port: int = typer.Option(0, "--port", min=0, max=65535, help="The port; the first free one from 8000 on."),
    ) -> None:
        """Make an invented party of 5,000 with a contest in each state, look it over, and serve it at 127.0.0.1."""
        with told():
            from .demonstrating import demonstrate

            serving = sys.stdin.isatty() and sys.stdout.isatty() if serve is None else serve
            raise typer.Exit(demonstrate(home, serving=serving, port=port, say=typer.echo))

    return demo


def _booth(told: Told) -> Callable[..., None]:
    def booth(
        folder: Path | None = typer.Option(None, "--folder", help="Build into this folder, not into the office's."),
        check: bool = typer.Option(False, "--check", help="Build nothing: compare the files with their list."),
    ) -> None:
        """Build the booth in which members vote, and print the SHA-256 of each of its files."""
        with told():
            from .. import booth as built

            if folder is None:
                from .starting import started

                started(check=False)
            target = folder or built.home()
            there = built.read(target) if check else built.build(target)
            for name, sha256 in there.files.items():
                typer.echo(f"{sha256}  {name}")

    return booth


def _manage(told: Told) -> Callable[..., None]:
    def manage(context: typer.Context) -> None:
        """Run one of Django's own commands with the settings of this office; `help` lists them."""
        with told():
            from .starting import started

            started(check=False)
            from django.core.management import execute_from_command_line

            execute_from_command_line(["selectorate office manage", *(context.args or ["help"])])

    return manage


def _serve(told: Told) -> Callable[..., None]:
    def serve(
        host: str = typer.Option("127.0.0.1", "--host", help="The address to listen at; 0.0.0.0 for every one."),
        port: int = typer.Option(8000, "--port", min=1, max=65535, help="The port to listen at."),
        workers: int = typer.Option(2, "--workers", min=1, max=64, help="Processes that answer."),
        threads: int = typer.Option(24, "--threads", min=1, max=64, help="Threads of each of them."),
        migrate: bool = typer.Option(True, "--migrate/--no-migrate", help="Bring the database up to date first."),
    ) -> None:
        """Serve the office until it is interrupted: pages, background work, the clock, mail."""
        with told():
            from .serving import serve as run

            raise typer.Exit(run(host, port, workers, threads, migrate=migrate, say=typer.echo))

    return serve


def _doctor(told: Told) -> Callable[..., None]:
    def doctor(
        offline: bool = typer.Option(False, "--offline", help="Ask nothing outside this machine and its database."),
    ) -> None:
        """Look the installation over, and say of each thing whether it is well, and what to do if not."""
        with told():
            from .doctor import examine
            from .starting import started

            started(check=False)
            worst = 0
            for finding in examine(offline=offline):
                typer.echo(finding.line())
                worst = max(worst, 1 if finding.state == "bad" else 0)
            raise typer.Exit(worst)

    return doctor


def _backup(told: Told) -> Callable[..., None]:
    def backup(file: Path = typer.Argument(..., help="The file to write; there must be none yet.")) -> None:
        """Copy the whole office (database and pictures) into one file, while it runs."""
        with told():
            from .starting import started

            started()
            from ..copies import back_up

            made = back_up(file)
            typer.echo(f"{file}: {made.rows} rows of {made.tables} tables, {made.files} files. It holds personal data.")

    return backup


def _restore(told: Told) -> Callable[..., None]:
    def restore(file: Path = typer.Argument(..., help="A file that `selectorate backup` wrote.")) -> None:
        """Put a copy back into an empty office: wholly, or not at all."""
        with told():
            from .starting import prepare, started

            started(check=False)
            prepare(migrate=True)
            from ..copies import restore as put_back

            made = put_back(file)
            typer.echo(
                f"{made.rows} rows of {made.tables} tables and {made.files} files are back, and every log holds."
            )

    return restore


def _export_record(told: Told) -> Callable[..., None]:
    def export(
        contest: str = typer.Argument(..., metavar="SLUG", help="The contest, as in the address of its page."),
        out: Path = typer.Option(Path("record"), "--out", help="A new folder; or a ZIP file, if it is called so."),
    ) -> None:
        """Write the record of a declared contest: rules, candidates, roll in numbers, boxes, acts, declaration."""
        with told():
            from .recording import export_record
            from .starting import started

            started()
            typer.echo(export_record(contest, out))

    return export
