"""Write the audits of all contests of the gallery again: ``python -m tests.golden.audits.make``.

A change in one of these files is a change in what we say of a published table: read it before you commit it.
"""

from __future__ import annotations

from pathlib import Path

from selectorate import contest, gallery
from selectorate.contest.audit import Audit, audit

HERE = Path(__file__).parent


def text(result: Audit) -> str:
    """An audit as text: its counts, then every check that does not agree, then those that do."""
    counts = " · ".join(f"{result.count(status)} {status}" for status in ("agrees", "disagrees", "cannot be checked"))
    lines = [f"{result.contest} under {result.rulebook}", counts, ""]
    for status in ("disagrees", "cannot be checked", "agrees"):
        for check in result.checks:
            if check.status == status:
                parts = [status, check.topic, check.what, check.published, check.computed, check.explanation]
                parts += [check.missing, check.certainty]
                lines.append(" | ".join(part or "-" for part in parts))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write every golden audit."""
    for name in gallery.contest_ids():
        (HERE / f"{name}.txt").write_text(text(audit(contest.load(name))), encoding="utf-8")


if __name__ == "__main__":
    main()
