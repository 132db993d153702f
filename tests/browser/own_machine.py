"""What people of a sealed contest have on machines of their own: commands, the trustee's page, a server of mail."""

from __future__ import annotations

import email
import os
import re
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from pathlib import Path

PASSPHRASE = "four words for a test"
SELECTORATE = [sys.executable, "-c", "import sys; from selectorate.cli import main; sys.exit(main())"]
LIMIT = 300
"""Seconds after which a command is given up."""


def run(folder: Path, *words: object, status: int = 0) -> str:
    """What ``selectorate WORDS`` prints, run in ``folder`` with nothing of this process."""
    command = [*SELECTORATE, *map(str, words)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False, env=_environment()
    )
    assert done.returncode == status, (words, done.stdout, done.stderr)
    return done.stdout


def passphrase_in(folder: Path) -> Path:
    """A file with the passphrase."""
    path = folder / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return path


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SELECTORATE_", "DJANGO_"))}
    return {**kept, "COLUMNS": "200", "PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@contextmanager
def trustee_page(folder: Path, key: str) -> Iterator[str]:
    """``selectorate trustee page``, running in ``folder``; the address that lets a browser in, once."""
    command = [*SELECTORATE, "trustee", "page", key, "--no-browser"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/start/[\w-]+", process.stdout.readline())
        try:
            assert found is not None, "the program prints the address of its page"
            yield found.group()
        finally:
            process.terminate()


class _Taking(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail is handed over with."""

    server: Mails

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA":
                self._say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(b"".join(one.removeprefix(b".") for one in lines))
            self._say("221 bye" if command == b"QUIT" else "250 well")
            if command == b"QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Mails(socketserver.ThreadingTCPServer):
    """A server of mail on this machine, for the registrar's program: it keeps what it is given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[bytes] = []

    @property
    def place(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def links(self) -> dict[str, str]:
        """By mail address, the link with the credential that was mailed there."""
        found = {}
        for raw in self.taken:
            mail = email.message_from_bytes(raw, policy=policy.default)
            (link,) = re.findall(r"https?://\S+#\S+", str(mail.get_content()))
            found[str(mail["To"])] = link
        return found


@contextmanager
def mails() -> Iterator[Mails]:
    """A server of mail that is running."""
    with Mails() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
