"""``registrar``: credentials made, delivered, checked and destroyed by the registrar, on a machine of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.progress import Progress

from ..desks import forgetting, posting
from ..desks import registrar as desk
from ..errors import InputError, Where
from ..sheets.letters import Printed, letters_pdf
from . import base
from .base import line
from .box_keys import passphrase

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
FOLDER = typer.Argument(..., help="The registrar's folder, made by `registrar make`.")
VOTING = typer.Argument(..., help="voting.json, from the office's page of the online vote.")
VOTERS = typer.Argument(..., help="voters.csv, from the same page.")
PASSPHRASE = typer.Option(None, help="A file with the passphrase; else it is asked for.")
VOTER = typer.Option(..., help="As the list of voters calls them, or their mail address.")


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on the error stream, where that is a terminal."""
    console = base.err()
    if not console.is_terminal:
        yield lambda done: None
        return
    with Progress(console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)


def _told(made: desk.Published, voting: desk.Voting) -> None:
    console = base.out()
    for box in voting.boxes:
        if box.uuid in made.fingerprints:
            console.print(
                line(
                    f"{box.stage}, round {box.round}, {box.section}: {made.voters[box.uuid]:,} voters, "
                    f"fingerprint {made.fingerprints[box.uuid]}"
                )
            )


@app.command()
def make(
    voting: Path = VOTING,
    voters: Path = VOTERS,
    out: Path = typer.Option(..., help="A new folder, on a disk that nobody else reads."),
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Make one private credential for every voter, and the public keys that follow from it for every box. Offline.

    credentials.jsonl goes to the office; credentials.key stays with the registrar. Who has that file and its passphrase
    could vote for everybody who does not.
    """
    with base.failures_told():
        read = desk.read_voting(voting)
        secret = passphrase(passphrase_file, new=True)
        with _bar("Making the credentials", len(desk.read_voters(voters))) as progress:
            made = desk.make(read, voters, out, secret, progress=progress)
        console = base.out()
        console.print(line(f"{read.title}: credentials made in {out}."))
        _told(made, read)
        console.print(line(f"For the office: {desk.Folder(out).public}. Keep {desk.Folder(out).key}; never copy it."))


@app.command()
def public(
    folder: Path = FOLDER,
    voting: Path = VOTING,
    voters: Path = VOTERS,
    out: Path = typer.Option(..., help="The new file for the office."),
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Make the public keys again from the same private credentials, as for boxes that were laid out later."""
    with base.failures_told():
        read, rows = desk.read_voting(voting), desk.read_voters(voters)
        about, private = desk.Folder(folder).secrets(passphrase(passphrase_file, new=False))
        if about.get("contest") != read.uuid:
            raise InputError("the credentials are of another contest", where=Where(str(folder)))
        with _bar("Making the public keys", len(rows)) as progress:
            made = desk.make_public(read, rows, private, out, progress=progress)
        _told(made, read)


@app.command()
def check(folder: Path = FOLDER, voting: Path = VOTING) -> None:
    """Hold the public lists that the office published to those that were made here, by their fingerprints."""
    with base.failures_told():
        console, wrong = base.out(), 0
        for box, fault in desk.compare(desk.Folder(folder), desk.read_voting(voting)):
            wrong += bool(fault)
            console.print(line(f"{box.stage}, round {box.round}, {box.section}: {fault or 'as it was made here'}"))
        if wrong:
            raise typer.Exit(base.CHECK_FAILED)


@app.command()
def mail(
    folder: Path = FOLDER,
    smtp: str = typer.Option(..., help="Your server of mail: HOST or HOST:PORT."),
    sender: str = typer.Option(..., "--from", help="Your address."),
    user: str = typer.Option("", help="The user there, if it asks for one."),
    password_file: Path | None = typer.Option(None, help="A file with the password there."),
    tls: bool = typer.Option(
        True, help="Encrypt on the way to the server. Without it only for a server on this machine."
    ),
    only: str = typer.Option("", help="Only this voter, even if their mail was sent already."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be sent, and send nothing."),
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Mail each voter their credential, from this machine. Run again, it goes on where it was stopped."""
    with base.failures_told():
        here = desk.Folder(folder)
        password = passphrase(password_file, new=False) if password_file is not None else ""
        server = posting.post_of(smtp, tls=tls, user=user, password=password)
        journal = posting.Journal.read(here.journal)
        rows = desk.read_voters(here.voters)
        going = [desk.voter_of(here, only)] if only else posting.waiting(rows, journal)
        without = sum(not row.email for row in rows)
        console = base.out()
        if only and not going[0].email:
            raise InputError("this voter has no mail address", hint="Print their letter: `registrar print --only`.")
        if dry_run:
            console.print(line(f"{len(going):,} mails would be sent; {len(journal.sent):,} are sent."))
            _rest(journal, without)
            return
        letters = posting.letters(here, going, passphrase(passphrase_file, new=False))
        with _bar("Mailing", len(letters)) as progress:
            outcome = posting.post(letters, journal, server.connect, sender, progress=progress)
        console.print(line(f"{outcome.sent:,} mails sent now, {len(journal.sent):,} in all."))
        _rest(journal, without)
        if outcome.stopped:
            base.err().print(line(f"{outcome.stopped}. Run the same command again to go on."))
            raise typer.Exit(base.CHECK_FAILED)


def _rest(journal: posting.Journal, without: int) -> None:
    """Who got no mail, and who may have."""
    console = base.out()
    if without:
        console.print(line(f"{without:,} voters have no mail address: print their letters."))
    if journal.refused:
        console.print(line(f"{len(journal.refused):,} mails were refused for good: {_some(journal.refused)}"))
    if journal.unsure:
        console.print(
            line(
                f"Of {len(journal.unsure):,} it is not known whether the server took the mail: {_some(journal.unsure)}."
                " They are not written to again unless you say --only."
            )
        )


def _some(voters: set[str]) -> str:
    return ", ".join(sorted(voters)[:20]) + (" …" if len(voters) > 20 else "")


@app.command(name="print")
def print_letters(
    folder: Path = FOLDER,
    out: Path = typer.Option(..., help="The new file: letters.pdf, a page a voter, or letters.csv for a printer."),
    only: str = typer.Option("", help="Only this voter."),
    without_mail: bool = typer.Option(False, help="Only voters without a mail address."),
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Write letters with the credentials: a PDF to fold so that the code is inside, or a CSV file. They are secrets."""
    with base.failures_told():
        here = desk.Folder(folder)
        if out.suffix not in (".pdf", ".csv"):
            raise InputError("letters are written as .pdf or as .csv", where=Where(str(out)))
        rows = [desk.voter_of(here, only)] if only else desk.read_voters(here.voters)
        rows = [row for row in rows if not (without_mail and row.email)]
        letters = posting.letters(here, rows, passphrase(passphrase_file, new=False))
        if not letters:
            raise InputError("there is no letter to write")
        content = _pdf(letters) if out.suffix == ".pdf" else _csv(letters)
        # Noted first: `registrar forget` names every file in which there may be credentials.
        with here.written.open("a", encoding="utf-8") as note:
            note.write(f"{out.resolve()}\n")
        desk.write_new(out, [content])
        base.out().print(line(f"{len(letters):,} letters in {out}. Destroy the file when they are printed."))


def _pdf(letters: list[posting.Letter]) -> bytes:
    printed = [Printed(one.row.name, one.row.address, one.credential) for one in letters]
    return letters_pdf(letters[0].title, letters[0].link, printed)


def _csv(letters: list[posting.Letter]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["voter", "name", "address", "credential", "link"])
    for one in letters:
        writer.writerow([one.row.voter, one.row.name, one.row.address, one.credential, one.address])
    return text.getvalue().encode("utf-8-sig")


@app.command()
def again(folder: Path = FOLDER, voter: str = VOTER, passphrase_file: Path | None = PASSPHRASE) -> None:
    """Show the credential of one voter again, to be handed to them: always the same. No new one can be made."""
    with base.failures_told():
        here = desk.Folder(folder)
        (letter,) = posting.letters(here, [desk.voter_of(here, voter)], passphrase(passphrase_file, new=False))
        console = base.out()
        console.print(line(f"{letter.row.name}: {letter.credential}"))
        console.print(line(letter.address), soft_wrap=True)
        base.err().print(line("To mail it: `registrar mail --only`. To print it: `registrar print --only`."))


@app.command()
def forget(
    folder: Path = FOLDER, yes: bool = typer.Option(False, "--yes", help="Do not ask: it cannot be undone.")
) -> None:
    """Destroy the private credentials: from then on nobody can be sent theirs again. Then say so in the office."""
    with base.failures_told():
        here = desk.Folder(folder)
        if not yes and not typer.confirm("Nobody can be sent their credential again after this. Destroy them?"):
            raise typer.Exit(base.CHECK_FAILED)
        found, console = forgetting.forget(here), base.out()
        for name, size, digest in found.deleted:
            console.print(line(f"Destroyed: {name}, {size:,} bytes, SHA-256 {digest}"))
        for name in found.elsewhere:
            console.print(line(f"Still there, with credentials in it: {name}"))
        console.print(line("Copies that were made of the file, letters and mails are not reached by this."))
