"""Common mistakes, each put into an example of the page and shown with what the program says of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .shown import run


@dataclass(frozen=True)
class Mistake:
    """A mistake: what it is, in which example it is made, and by which change."""

    title: str
    example: str
    right: str
    wrong: str
    command: str = "contest check"


def read(path: Path) -> tuple[Mistake, ...]:
    """The mistakes in the file at ``path``."""
    return tuple(Mistake(**item) for item in tomllib.loads(path.read_text(encoding="utf-8"))["mistake"])


def section(mistakes: tuple[Mistake, ...], folder: Path) -> str:
    """Every mistake with its message. ``folder``: where the examples of the page have been written.

    Raises AssertionError if an example does not have what is to be changed, or the program finds nothing wrong.
    """
    return "\n\n".join(_one(mistake, folder) for mistake in mistakes)


def _one(mistake: Mistake, folder: Path) -> str:
    target = folder / mistake.example
    path = target if target.is_file() else target / "contest.toml"
    good = path.read_text(encoding="utf-8")
    assert mistake.right in good, f"{path.name} has no {mistake.right!r}"
    path.write_text(good.replace(mistake.right, mistake.wrong, 1), encoding="utf-8")
    words = "rules check" if target.is_file() else mistake.command
    try:
        said, status = run(f"selectorate {words} {mistake.example}", folder)
    finally:
        path.write_text(good, encoding="utf-8")
    assert status, f"nothing is wrong with: {mistake.title}"
    shown = _lines(good, mistake)
    return f"**{mistake.title}**\n\n```toml wrong\n{shown}\n```\n\n```text\n{said}\n```"


def _lines(good: str, mistake: Mistake) -> str:
    """The lines of the changed file in which the mistake is."""
    if not mistake.wrong:
        return f"# without: {mistake.right.strip()}"
    start = good.index(mistake.right)
    wrong = good.replace(mistake.right, mistake.wrong, 1)
    end = start + len(mistake.wrong.rstrip())
    first = wrong.rfind("\n", 0, start) + 1
    last = wrong.find("\n", end)
    return "\n".join(line.split("  #")[0].rstrip() for line in wrong[first:last].strip().splitlines())
