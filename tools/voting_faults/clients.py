"""Voters who send ballots over HTTP, many in one process, and note what they were told."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

TIMEOUT = 30.0
"""Seconds after which a voter gives up on an answer."""


@dataclass(frozen=True)
class Answer:
    """What came back: ``status`` 0 where nothing did. ``seconds``: how long it took."""

    status: int
    content: dict[str, Any]
    seconds: float
    again: int = 0


class Browser:
    """One connection that is kept, and made anew when it breaks."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        """Connect ahead of the first request."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)

    def close(self) -> None:
        """Let the connection go."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def post(self, address: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Send, and wait for what comes back."""
        begun = time.perf_counter()
        try:
            status, found, body = await asyncio.wait_for(self._post(address, content, headers), TIMEOUT)
            given = json.loads(body) if found.get("content-type", "").startswith("application/json") else {}
            return Answer(status, given, time.perf_counter() - begun, int(found.get("retry-after", "0")))
        except (OSError, EOFError, ValueError, TimeoutError) as fault:
            self.close()
            return Answer(0, {"code": type(fault).__name__}, time.perf_counter() - begun)

    async def _post(self, address: str, content: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        await self.connect()
        reader, writer = self._reader, self._writer
        assert reader is not None and writer is not None
        lines = [
            f"POST {address} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            found[name.strip().lower()] = value.strip()
        body = await reader.readexactly(int(found.get("content-length", "0")))
        if found.get("connection", "").lower() == "close":
            self.close()
        return int(head[0].split(" ")[1]), found, body


def sent(box: str, raw: bytes) -> bytes:
    """A ballot as the booth sends it."""
    return json.dumps({"box": box, "ballot": raw.decode("ascii")}).encode()
