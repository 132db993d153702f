"""How the kernel's functions are compiled: by Numba, without the interpreter's lock, and kept on disk.

Numba notices that a function's own file has changed, but not a change in the files of the functions it calls. So the
folder of compiled code is named after a digest of all sources of this package: other sources, other folder.
The folder is in the package's own ``__pycache__`` or, where that cannot be written, in the user's cache folder. It is
never in a place that others can write, such as ``/tmp``: compiled code that is loaded is code that is trusted.
Where there is no such place, every process compiles for itself (half a minute). ``NUMBA_CACHE_DIR`` overrides all this.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.extending import intrinsic

__all__ = ["compiled", "inlined", "instruction", "part"]


def instruction(function: Callable[..., Any]) -> Any:
    """Make an operation of compiled code from a function that says its types and writes it in LLVM's language."""
    return intrinsic(function)


def part(function: Callable[..., Any]) -> Any:
    """Compile what only compiled code calls. It becomes a piece of each :func:`compiled` function."""
    return numba.njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a :func:`part` that is copied into each of its callers."""
    return numba.njit(
        nogil=True, error_model="numpy", forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile what Python calls, at its first call, and keep the result on disk."""
    if FOLDER is None:
        return numba.njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)
    try:
        return numba.njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True, cache=True)(function)
    finally:
        numba.config.CACHE_DIR = before


def _digest() -> str:
    """A short digest of the sources of this package, and of what compiles them."""
    state = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    package = Path(__file__).parent
    for file in sorted(package.rglob("*.py")):
        state.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:16]


def _can_write(folder: Path) -> bool:
    """Whether ``folder`` is there, or can be made, and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _folder() -> Path | None:
    """Where compiled code is kept; None if there is no place for it."""
    if numba.config.CACHE_DIR:
        places = [Path(numba.config.CACHE_DIR)]
    else:
        places = [Path(__file__).parent / "__pycache__"]
        if caches := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
            places.append(Path(caches) / "selectorate")
        elif home := os.environ.get("HOME"):
            places.append(Path(home) / ".cache" / "selectorate")
    name = f"kernel-{_digest()}"
    return next((place / name for place in places if _can_write(place / name)), None)


FOLDER = _folder()
"""Where compiled code is kept; None if every process has to compile for itself."""
