"""The table of checks in the reference of contests: the lines of ``_parts/checks.txt``, in the order of the audit.

The kinds are the functions of ``contest.audit.KINDS``; one without a line there stops the generator.
"""

from __future__ import annotations

from pathlib import Path

from selectorate.contest.audit import KINDS


def lines(path: Path) -> dict[str, list[tuple[str, str]]]:
    """For each kind of check, from which keys it is made, and what it checks."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, keys, what = (part.strip() for part in line.split(" | "))
            found.setdefault(kind, []).append((keys, what))
    return found


def kinds() -> list[str]:
    """Every kind of check, as ``module.function``, in the order in which checks are listed."""
    return [f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}" for kind in KINDS]


def table(path: Path) -> str:
    """The table of all kinds of checks. Raises KeyError if a kind has no line."""
    known = lines(path)
    rows = ["| from these keys | what is checked |", "| --- | --- |"]
    rows += [f"| {keys} | {what} |" for kind in kinds() for keys, what in known[kind]]
    return "\n".join(rows)
