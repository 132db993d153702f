"""The trustee's steps as a page, shown by the trustee's own program to the browser of the same machine.

A page from the office's server would have to be trusted with the key: whoever runs the server could change it for one
visitor. This one comes from the program that the trustee has installed, and plays the same steps (``trustee``,
``trustee_boxes``); numbers in JavaScript would not be handled in constant time either, and there is no script here.

Nobody else can use it: it listens on the loopback address, at a port of its own. The address that the program prints
works once and leaves a cookie; without the cookie nothing is shown. Every request must name this address as its host
(a site that points its own name here does not get in), and every form must come from this page (``Origin``, and a value
that only the page has). What is typed is never logged.
"""

from __future__ import annotations

import hmac
import http.server
import secrets
import threading
import urllib.parse
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from importlib import resources
from pathlib import Path

from ..errors import InputError, SelectorateError
from . import trustee_boxes
from .trustee import Desk, join
from .trustee_html import page_of
from .trustee_state import CeremonySeen, memory_path

__all__ = ["PageServer"]

COOKIE = "selectorate-trustee"
MOST_FORM = 10_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PageServer(http.server.ThreadingHTTPServer):
    """The page of a trustee with the key file ``key``, on a free port unless one is said."""

    daemon_threads = True

    def __init__(self, key: Path, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key = key
        self.once: str | None = secrets.token_urlsafe(32)
        self.cookie = secrets.token_urlsafe(32)
        self.form_token = secrets.token_urlsafe(32)
        self.lock = threading.Lock()
        self.working = ""
        self.said: list[tuple[bool, str]] = []

    @property
    def host(self) -> str:
        """What a request must name as its host."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def start_address(self) -> str:
        """The address that lets a browser in, once."""
        return f"http://{self.host}/start/{self.once}"

    # --- what is done --------------------------------------------------------------------------------------

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say something on the page."""
        self.said.append((wrong, text))
        del self.said[:-50]

    def start(self, what: str, work: Callable[[], None]) -> None:
        """Do ``work`` beside the page, one at a time; what comes of it is said there."""
        with self.lock:
            if self.working:
                self.tell("Something is going on already: wait for its end.", wrong=True)
                return
            self.working = what
            self.said.clear()

        def run() -> None:
            try:
                work()
            except SelectorateError as fault:
                for problem in fault.problems:
                    self.tell(str(problem), wrong=True)
            except OSError as fault:
                self.tell(fault.strerror or str(fault), wrong=True)
            except Exception as fault:
                self.tell(f"The program has a fault ({type(fault).__name__}); nothing more was done.", wrong=True)
            finally:
                self.working = ""

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(timeout=2)  # what is quick is on the page at once

    def do(self, form: dict[str, str]) -> None:
        """What a button asks for."""
        match form.get("do"):
            case "join":
                self.start("Joining", lambda: self._join(form))
            case "next":
                self.start("Doing this step", lambda: self.tell(self._desk().next(_typed(form))))
            case "look":
                self.start("Asking the office", self._look)
            case "shuffle":
                self.start("Checking and shuffling", self._shuffle)
            case "decrypt":
                self.start("Checking and decrypting", lambda: self._decrypt(form))
            case _:
                self.tell("There is no such button.", wrong=True)

    def _desk(self) -> Desk:
        return Desk.at(self.key)

    def _join(self, form: dict[str, str]) -> None:
        least = form.get("least", "").strip() or "0"
        if not (least.isascii() and least.isdigit() and len(least) < 8):
            raise InputError("the fewest ballots are a number")
        address, slug = form.get("address", "").strip(), form.get("contest", "").strip()
        self.tell(join(address, slug, form.get("code", ""), self.key, least=int(least)))

    def _look(self) -> None:
        desk = self._desk()
        seen = desk.seen()
        for text in trustee_boxes.heads_seen(desk, seen):
            self.tell(text, wrong=True)
        self.tell("The office was asked: this is how it stands.")

    def _shuffle(self) -> None:
        if not trustee_boxes.shuffle(self._desk(), self.tell):
            self.tell("No box waits for your shuffle.")

    def _decrypt(self, form: dict[str, str]) -> None:
        if not trustee_boxes.decrypt(self._desk(), _typed(form), self.tell):
            self.tell("No box waits for your decryption.")

    def stands(self) -> tuple[Desk | None, CeremonySeen | None, str]:
        """The desk, what the office says, and what is wrong, if one of the two is not there."""
        if not memory_path(self.key).exists():
            return None, None, ""
        try:
            desk = self._desk()
            return desk, desk.seen(), ""
        except SelectorateError as fault:
            return None, None, str(fault)


def _typed(form: dict[str, str]) -> Callable[[bool], str]:
    """The passphrase as it was typed; a new one is typed twice."""

    def ask(new: bool) -> str:
        first, again = form.get("passphrase", ""), form.get("again", "")
        if new and first != again:
            raise InputError("the two passphrases are not the same")
        return first

    return ask


class _Handler(http.server.BaseHTTPRequestHandler):
    server: PageServer
    server_version = "selectorate"
    sys_version = ""
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: an address holds a secret."""

    def do_GET(self) -> None:
        """The page, its style sheet, or the door."""
        if not self._host_is_ours():
            return
        if self.path.startswith("/start/"):
            self._start(self.path.removeprefix("/start/"))
        elif not self._known():
            self._answer(403, "text/plain", b"Open the address that the program has printed; it works once.")
        elif self.path == "/style.css":
            self._answer(200, "text/css", (resources.files(__package__) / "trustee.css").read_bytes())
        elif self.path == "/":
            desk, seen, wrong = self.server.stands() if not self.server.working else (None, None, "")
            html = page_of(
                key=self.server.key,
                desk=desk,
                seen=seen,
                wrong=wrong,
                said=list(self.server.said),
                working=self.server.working,
                token=self.server.form_token,
            )
            self._answer(200, "text/html", html.encode("utf-8"))
        else:
            self._answer(404, "text/plain", b"There is no such page.")

    def do_POST(self) -> None:
        """A button."""
        if not self._host_is_ours():
            return
        length = self.headers.get("Content-Length", "")
        if not self._known() or self.headers.get("Origin") != f"http://{self.server.host}" or self.path != "/":
            self._answer(403, "text/plain", b"This does not come from the page.")
            return
        if not (length.isascii() and length.isdigit() and int(length) <= MOST_FORM):
            self._answer(413, "text/plain", b"This is too long.")
            return
        given = urllib.parse.parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"), keep_blank_values=True)
        form = {name: values[-1] for name, values in given.items()}
        if not hmac.compare_digest(form.get("token", "").encode("utf-8"), self.server.form_token.encode("ascii")):
            self._answer(403, "text/plain", b"This does not come from the page.")
            return
        self.server.do(form)
        self._answer(303, "text/plain", b"", {"Location": "/"})

    def _host_is_ours(self) -> bool:
        if self.headers.get("Host") == self.server.host:
            return True
        self._answer(403, "text/plain", b"This page has another address.")
        return False

    def _known(self) -> bool:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            found = None
        given = found.value if found is not None else ""
        return hmac.compare_digest(given.encode("utf-8"), self.server.cookie.encode("ascii"))

    def _start(self, token: str) -> None:
        """Let one browser in."""
        with self.server.lock:
            once, fits = self.server.once, False
            if once is not None:
                fits = hmac.compare_digest(token.encode("utf-8", "replace"), once.encode("ascii"))
            if fits:
                self.server.once = None
        if not fits:
            self._answer(403, "text/plain", b"This address has been used, or never was one. Start the program again.")
            return
        cookie = f"{COOKIE}={self.server.cookie}; HttpOnly; SameSite=Strict; Path=/"
        self._answer(303, "text/plain", b"", {"Location": "/", "Set-Cookie": cookie})

    def _answer(self, status: int, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **(more or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
