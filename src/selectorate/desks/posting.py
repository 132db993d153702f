"""The registrar's mails: one a voter, from his own machine, taken up again where they were stopped.

What is about to be handed to a server is noted before, and what became of it after: a voter of whom it is not known
whether the server took their mail is not written to again unless somebody asks for it by name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import IO, Protocol

from ..errors import InputError, RefusedError, Where
from .registrar import Folder, Row

WAITS = (1.0, 5.0, 30.0)
"""Seconds between tries at a server that does not answer; after them the work stops and can be taken up later."""
MOST_IN_A_ROW = 10
"""Mails refused one after another, from which on it is not the fault of single addresses."""
LOCAL = ("localhost", "127.0.0.1", "::1")


class Server(Protocol):
    """What is used of a connection to a server of mail."""

    def mail(self, sender: str) -> tuple[int, bytes]:
        """Begin a message."""

    def rcpt(self, recip: str) -> tuple[int, bytes]:
        """Say for whom it is."""

    def data(self, msg: bytes) -> tuple[int, bytes]:
        """Give it."""

    def rset(self) -> tuple[int, bytes]:
        """Begin anew."""

    def quit(self) -> tuple[int, bytes]:
        """End."""


@dataclass(frozen=True)
class Post:
    """The server of mail that the registrar uses. ``tls``: what is sent is encrypted on its way there."""

    host: str
    port: int = 587
    tls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)

    def connect(self) -> Server:
        """A connection. Raises OSError or SMTPException."""
        context = ssl.create_default_context()
        if self.tls and self.port == 465:
            found: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=30, context=context)
        else:
            found = smtplib.SMTP(self.host, self.port, timeout=30)
            if self.tls:
                found.starttls(context=context)
        if self.user:
            found.login(self.user, self.password)
        found.ehlo_or_helo_if_needed()
        return found


def post_of(smtp: str, *, tls: bool, user: str = "", password: str = "") -> Post:
    """The server that ``HOST`` or ``HOST:PORT`` names. Raises InputError if credentials would go unencrypted."""
    host, _colon, port = smtp.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise InputError("a server of mail is HOST or HOST:PORT")
    if not tls and host not in LOCAL:
        raise InputError("credentials do not go unencrypted to another machine", hint="Leave --no-tls out.")
    return Post(host, int(port or 587), tls, user, password)


@dataclass
class Journal:
    """Who was written to. ``sent``, ``unsure``, ``refused``: voters, by what is known of their mail."""

    path: Path
    sent: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> Journal:
        """The journal as it stands: its last line may be torn, if the machine stopped while it was written."""
        found = cls(path)
        lines = path.read_bytes().splitlines() if path.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                found._noted(said["voter"], said["what"])
            except (ValueError, KeyError, TypeError):
                if number < len(lines):
                    raise InputError(
                        "the journal of mails cannot be read", where=Where(str(path), line=number)
                    ) from None
        return found

    def _noted(self, voter: str, what: str) -> None:
        self.unsure.discard(voter)
        {"begun": self.unsure, "unsure": self.unsure, "sent": self.sent, "refused": self.refused}.get(what, set()).add(
            voter
        )

    @contextlib.contextmanager
    def open(self) -> Iterator[Callable[[str, str], None]]:
        """A function that notes, and has it on the disk before it returns."""
        torn = self.path.exists() and self.path.stat().st_size and not self.path.read_bytes().endswith(b"\n")
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            if torn:
                file.write(b"\n")
            yield lambda voter, what: self._write(file, voter, what)

    def _write(self, file: IO[bytes], voter: str, what: str) -> None:
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        file.write(json.dumps({"voter": voter, "what": what, "at": at}).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        self._noted(voter, what)


@dataclass(frozen=True)
class Letter:
    """What goes to one voter."""

    row: Row
    credential: str = field(repr=False)
    title: str
    link: str

    @property
    def address(self) -> str:
        """The address with the credential behind ``#``."""
        return f"{self.link}#{self.credential}"

    def mail(self, sender: str) -> EmailMessage:
        """The mail."""
        message = EmailMessage()
        message["From"], message["To"] = sender, self.row.email
        message["Subject"] = " ".join(f"Your credential: {self.title}".split())[:200]
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2] or None)
        message.set_content(
            f"{self.row.name},\n\nthis is your credential for {self.title}. Keep it, and give it to nobody:\n\n"
            f"{self.credential}\n\nYou vote here, where a second code is sent to this address:\n\n{self.address}\n\n"
            "If you lose it, ask the registrar, who can send you the same again. No new one can be made once voting"
            " has begun.\n"
        )
        return message


def letters(folder: Folder, rows: Iterable[Row], passphrase: str) -> list[Letter]:
    """The letters to ``rows``. Raises InputError if the passphrase is not the one."""
    about, private = folder.secrets(passphrase)
    return [Letter(row, private[row.voter], str(about["title"]), str(about["link"])) for row in rows]


@dataclass
class Outcome:
    """What came of it, in numbers; ``stopped``: why not all was done. ``in_a_row``: refusals, the last ones."""

    sent: int = 0
    refused: int = 0
    unsure: int = 0
    stopped: str = ""
    in_a_row: int = 0


def waiting(rows: Iterable[Row], journal: Journal) -> list[Row]:
    """Who has not been written to: with an address, and neither sent, refused nor unsure."""
    done = journal.sent | journal.unsure | journal.refused
    return [row for row in rows if row.email and row.voter not in done]


def post(
    mails: Iterable[Letter],
    journal: Journal,
    connect: Callable[[], Server],
    sender: str,
    *,
    wait: Callable[[float], None] = time.sleep,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Send ``mails``; stop where the server stays away. What was done is in the journal."""
    outcome = Outcome()
    connection: Server | None = None
    with journal.open() as note:
        for letter in mails:
            try:
                connection = _sent(letter, note, connection, connect, sender, outcome, wait)
            except RefusedError as fault:
                outcome.stopped = fault.message
                break
            progress(1)
    _end(connection)
    return outcome


def _sent(
    letter: Letter,
    note: Callable[[str, str], None],
    connection: Server | None,
    connect: Callable[[], Server],
    sender: str,
    outcome: Outcome,
    wait: Callable[[float], None],
) -> Server | None:
    """Hand one mail over, trying again; the connection for the next one. Raises RefusedError if it cannot be done."""
    voter, why = letter.row.voter, ""
    try:
        text = letter.mail(sender).as_bytes()
        letter.row.email.encode("ascii")
    except ValueError:  # no mail can have this address
        return _is_refused(voter, note, connection, outcome)
    for pause in (*WAITS, None):
        try:
            connection = connection or connect()
            _said(connection.mail(sender))
            code = connection.rcpt(letter.row.email)[0]
        except (OSError, smtplib.SMTPException) as fault:
            _end(connection)
            connection, why = None, type(fault).__name__
        else:
            if 200 <= code < 300:
                note(voter, "begun")
                code, connection = _given(connection, text)
                if code == 250:
                    note(voter, "sent")
                    outcome.sent, outcome.in_a_row = outcome.sent + 1, 0
                    return connection
                if connection is None:
                    note(voter, "unsure")
                    outcome.unsure += 1
                    return None
                note(voter, "not taken")
            if 500 <= code < 600:
                return _is_refused(voter, note, connection, outcome)
            _end(connection)
            connection, why = None, f"it answers {code}"
        if pause is not None:
            wait(pause)
    raise RefusedError(f"the server of mail does not take the mails: {why}")


def _said(answer: tuple[int, bytes]) -> None:
    """Raise SMTPException unless the server agrees: what it has against the sender is not the fault of a voter."""
    if not 200 <= answer[0] < 300:
        raise smtplib.SMTPSenderRefused(answer[0], answer[1], "")


def _is_refused(
    voter: str, note: Callable[[str, str], None], connection: Server | None, outcome: Outcome
) -> Server | None:
    """Note that a mail is not taken for good. Raises RefusedError where that happens to one after another."""
    note(voter, "refused")
    outcome.refused, outcome.in_a_row = outcome.refused + 1, outcome.in_a_row + 1
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if connection is not None:
            connection.rset()
    if outcome.in_a_row >= MOST_IN_A_ROW:
        raise RefusedError(f"the server of mail refused {MOST_IN_A_ROW} mails in a row: see what it has against them")
    return connection


def _given(connection: Server, text: bytes) -> tuple[int, Server | None]:
    """Give the text; the server's answer. No connection is left where it went away: it may have the mail, or not."""
    try:
        return connection.data(text)[0], connection
    except smtplib.SMTPDataError as fault:  # it did not want the text to begin with
        return fault.smtp_code, connection
    except (OSError, smtplib.SMTPException):
        _end(connection)
        return 0, None


def _end(connection: Server | None) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if connection is not None:
            connection.quit()
