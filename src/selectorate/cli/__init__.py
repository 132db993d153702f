"""The commands. One module a group; each turns arguments into calls of the other rooms and prints what they return.

Status: 0 when all is well, 1 when a check fails, 2 when the input cannot be used, 130 when it was interrupted.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .program import app

INTERRUPTED = 130
"""The status with which a command ends that was interrupted from the keyboard."""


def main() -> None:
    """Run the program.

    Its parts take a moment to be imported: who interrupts it then is answered as at any other time.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where interrupts are ignored, as in the background of a script
        signal.signal(signal.SIGINT, _end_at_once)
    from .program import app as program

    signal.signal(signal.SIGINT, before)
    program()


def _end_at_once(number: int, frame: FrameType | None) -> None:
    """End here and now: nothing has been opened yet, and an exception could be swallowed by what is being imported."""
    os.write(2, b"Interrupted.\n")
    os._exit(INTERRUPTED)


def __getattr__(name: str) -> Any:
    """``app``, the program as a value, imported when it is asked for."""
    if name == "app":
        from .program import app as program

        return program
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["app", "main"]
