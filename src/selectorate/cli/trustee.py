"""``trustee``: what a trustee does, on a machine of their own, from the first step of the key to the opened boxes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path

import typer

from ..desks import trustee as desk
from ..desks import trustee_boxes, trustee_page
from ..desks.trustee_office import Files
from ..errors import InputError
from . import base, box_checks, box_keys
from .base import line

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

_KEY = typer.Argument(help="Your key file; what the tool remembers lies beside it.")
_PASSPHRASE = typer.Option(None, help="A file with the passphrase; else it is asked for.")
_FROM = typer.Option(None, "--from", help="Without a network: the state of the ceremony, as it was downloaded.")
_OUT = typer.Option(None, help="Without a network: the new file to be handed in on the page.")
_ARCHIVES = typer.Option(None, help="Without a network: the folder with the boxes, each as UUID.bel.")


def _say(text: str) -> None:
    base.out().print(line(text))


def _desk(key: Path, stated: Path | None, out: Path | None, archives: Path | None = None) -> desk.Desk:
    if (stated is None) != (out is None):
        raise InputError("one of the two files is missing", hint="Without a network, give --from and --out.")
    office = Files(stated, out, archives) if stated is not None and out is not None else None
    return desk.Desk.at(key, office)


def _ask(file: Path | None) -> desk.Passphrase:
    return lambda new: box_keys.passphrase(file, new=new)


@app.command()
def join(
    address: str = typer.Argument("", help="The address of the office's site: https://elections.example.org."),
    contest: str = typer.Option("", help="The contest, as in the address of its page."),
    out: Path = typer.Option(..., help="Your key file, to be made by the steps that follow: anna.key."),
    least: int = typer.Option(0, min=0, max=1_000_000, help="Never open a box with fewer ballots, if more than asked."),
    code_file: Path | None = typer.Option(None, help="A file with the code from the page; else it is asked for."),
    stated: Path | None = _FROM,
    number: int = typer.Option(0, help="Without a network: your number among the trustees."),
) -> None:
    """Join the trustees of a contest, with the code from its page. With a new code: the same again."""
    with base.failures_told():
        if stated is not None:
            said = desk.join_by_file(Files(stated, out), number, out, least=least)
        elif address and contest:
            said = desk.join(address, contest, _code(code_file), out, least=least)
        else:
            raise InputError("say which contest", hint="Give the address of the site, and --contest.")
        _say(said)
        _say(f"Go on with: selectorate trustee next {out}")


def _code(file: Path | None) -> str:
    """The code from the page: never an argument, which other users of the machine could see."""
    if file is not None:
        return box_keys.passphrase(file, new=False).strip()
    if not sys.stdin.isatty():
        raise InputError("nobody is there to be asked for the code", hint="Give --code-file.")
    return getpass("Code from the page of the ceremony: ").strip()


@app.command("next")
def next_(
    key: Path = _KEY, stated: Path | None = _FROM, out: Path | None = _OUT, passphrase_file: Path | None = _PASSPHRASE
) -> None:
    """Do what is asked for now, after everything that was shown has been checked; or say of whom it is waited."""
    with base.failures_told():
        _say(_desk(key, stated, out).next(_ask(passphrase_file)))


@app.command()
def status(key: Path = _KEY, stated: Path | None = _FROM) -> None:
    """Say where the ceremony and the boxes stand, and remember the last event of each box."""
    with base.failures_told():
        here = _desk(key, stated, key if stated is not None else None)
        seen = here.seen()
        memory = here.memory
        _say(f"“{memory.title}”: you are trustee {memory.number} of {memory.size}; {memory.threshold} suffice.")
        asked = here.asked(seen)
        if asked:
            _say(f"You are asked for: {asked}. Use `trustee next`.")
        elif seen.step != "done":
            _say(f"It is waited for {seen.names(seen.waiting)}.")
        for fault in seen.faults:
            _say(f"Not valid, of trustee {fault.get('number')}: {fault.get('says')}")
        for box in seen.boxes:
            _say(f"{box.name}: {box.phase}, {box.height + 1:,} events.")
        wrong = trustee_boxes.heads_seen(here, seen)
        for text in wrong:
            base.out().print(line(text, "bold red"))
        if wrong:
            raise typer.Exit(base.CHECK_FAILED)


@app.command()
def test(
    key: Path = _KEY, stated: Path | None = _FROM, out: Path | None = _OUT, passphrase_file: Path | None = _PASSPHRASE
) -> None:
    """Decrypt the test with your share of the key. It is made here: nothing that the office hands over is decrypted."""
    with base.failures_told():
        _say(_desk(key, stated, out).test(_ask(passphrase_file)))


@contextmanager
def _worked(kind: str) -> Iterator[list[int]]:
    done: list[int] = []
    yield done
    if not sum(done):
        _say(f"No box waits for your {kind}.")


@app.command()
def shuffle(
    key: Path = _KEY, stated: Path | None = _FROM, out: Path | None = _OUT, archives: Path | None = _ARCHIVES
) -> None:
    """Shuffle every box that waits for it, after the whole of it was checked. Needs no passphrase."""
    with base.failures_told(), _worked("shuffle") as done:
        here = _desk(key, stated, out, archives)
        with box_checks.shown_progress("Checking the box") as progress:
            done.append(trustee_boxes.shuffle(here, _say, progress))


@app.command()
def decrypt(
    key: Path = _KEY,
    stated: Path | None = _FROM,
    out: Path | None = _OUT,
    archives: Path | None = _ARCHIVES,
    passphrase_file: Path | None = _PASSPHRASE,
) -> None:
    """Decrypt your part of every box that waits for it, after the whole of it was checked.

    Refuses a box that does not verify or has become shorter, one with fewer ballots than was said when the key was
    made, and a key that was used in another contest.
    """
    with base.failures_told(), _worked("decryption") as done:
        here = _desk(key, stated, out, archives)
        with box_checks.shown_progress("Checking the box") as progress:
            done.append(trustee_boxes.decrypt(here, _ask(passphrase_file), _say, progress))


@app.command()
def page(
    key: Path = typer.Argument(Path("trustee.key"), help="Your key file, which need not be there yet."),
    port: int = typer.Option(0, min=0, max=65535, help="The port on this machine; any that is free if not said."),
    browser: bool = typer.Option(True, help="Open the page in your browser."),
) -> None:
    """Do all steps in a page of this machine, which this program shows to nobody else. Ends with Ctrl-C."""
    with base.failures_told():
        server = trustee_page.PageServer(key, port=port)
        _say(f"The page is at {server.start_address} (the address works once).")
        _say("It is on this machine only. End it with Ctrl-C when you are done.")
        if browser:
            typer.launch(server.start_address)
        try:
            server.serve_forever()
        finally:
            server.server_close()
