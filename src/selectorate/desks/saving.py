"""Files that are written whole or not at all, for their owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["save"]


def save(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, over what was there. Raises OSError with what was there still there."""
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:  # readable by its owner alone
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
