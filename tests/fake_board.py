"""A site that serves the board of a contest as it is told to: honest, or not."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey
from tests.boxes import Made

from selectorate.box.v1.box import Receipt
from selectorate.desks.following import digests_in
from selectorate.desks.receipts import FIELDS, FORMAT

SLUG = "leader-2026"
CONTEST = "9ZhnATojYLR8Kf"


@dataclass
class FakeBoard:
    """What is served. ``archives``: of each box, its bytes now. ``heads``: what the board says, if not the truth.

    ``ranges``: whether parts of files are served. ``booth``: the files of the booth; ``hashes``: what is said of them.
    """

    archives: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    signing: SigningKey = field(default_factory=lambda: SigningKey(b"k" * 32))
    booth: dict[str, bytes] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    raw: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    folder: Path = field(default_factory=Path)

    @property
    def key(self) -> str:
        """The key of receipts."""
        return bytes(self.signing.verify_key).hex()

    def serve_box(self, box: Made, section: str = "total") -> None:
        """Serve a box as it is now."""
        uuid = box.election.uuid
        self.archives[uuid] = box.path.read_bytes()
        self.places.setdefault(uuid, ("ballot", 1, section))

    def head(self, uuid: str) -> tuple[int, str]:
        """What the board says of a box."""
        if uuid in self.heads:
            return self.heads[uuid]
        path = self.folder / "served.bel"
        path.write_bytes(self.archives[uuid])
        digests = digests_in(path)
        return len(digests) - 1, digests[-1] if digests else ""

    def board(self) -> dict[str, Any]:
        """The board."""
        boxes = []
        for uuid, (stage, number, section) in self.places.items():
            height, head = self.head(uuid)
            boxes.append(
                {"uuid": uuid, "stage": stage, "round": number, "section": section, "height": height, "head": head}
            )
        said = {name: hashlib.sha256(content).hexdigest() for name, content in self.booth.items()} | self.hashes
        booth = {"base": "/static/booth", "files": said}
        return {"contest": CONTEST, "receipts": self.key, "boxes": boxes, "booth": booth if said else {}}

    def answer(self, path: str) -> bytes | None:
        """What is served at an address."""
        if path in self.raw:
            return self.raw[path]
        if path == f"/contests/{SLUG}/board.json":
            return json.dumps(self.board()).encode()
        if match := re.fullmatch(rf"/contests/{SLUG}/boxes/(\w+)\.bel", path):
            return self.archives.get(match[1])
        if path.startswith("/static/booth/"):
            return self.booth.get(path.removeprefix("/static/booth/"))
        return None

    def receipt(self, box: Made, receipt: Receipt, credential: str) -> dict[str, Any]:
        """A receipt as the office gives it for a ballot."""
        made: dict[str, Any] = {
            "format": FORMAT,
            "contest": CONTEST,
            "box": box.election.uuid,
            "credential": credential,
            "tracker": receipt.tracker,
            "event": receipt.event,
            "height": receipt.height,
        }
        text = json.dumps({name: made[name] for name in FIELDS}, separators=(",", ":")).encode()
        return {**made, "signature": base64.b64encode(self.signing.sign(text).signature).decode()}


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[FakeBoard]:
    """A board that is served for as long as it is needed. ``folder``: of its own."""
    board = FakeBoard(folder=folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            board.asked.append((self.path, self.headers.get("Range", "")))
            found = board.answer(self.path)
            if found is None:
                self.send_error(404)
                return
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            if asked and board.ranges:
                start = int(asked[1])
                if start >= len(found):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(found) - 1}/{len(found)}")
                found = found[start:]
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    board.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield board
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
