"""Write what is said of each broken file of this folder again: ``python -m tests.bad.ballots.make_expected``.

Read the difference before you commit it. What comes from Python's own parsers differs from version to version, and
is replaced by <...>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from selectorate.ballots import formats
from selectorate.errors import InputError

HERE = Path(__file__).parent
FOREIGN = (
    re.compile(r"(?<=this is not JSON: )(?!too many).*?(?=\. Is the file)"),
    re.compile(r"(?<=no row of a table )\(.*?\)(?=\. Cells)"),
    re.compile(r"(?<=is not XML )\(.*?\)(?=\. Save)"),
    re.compile(r"(?<=cannot be unpacked )\(.*?\)(?=\. Save)"),
)


def cases() -> Iterator[Path]:
    """The broken files."""
    for path in sorted(HERE.iterdir()):
        if path.suffix not in (".py", ".pyc", ".expected") and path.is_file():
            yield path


def said(path: Path) -> str:
    """What is said of a file, without its path; "" if it was read."""
    try:
        formats.read(path)
    except InputError as error:
        text = str(error).replace(f"{path}", "", 1).replace(f"{path.parent}/", "").removeprefix(":").strip()
        for pattern in FOREIGN:
            text = pattern.sub("<...>", text)
        return text
    return ""


def main() -> None:
    """Write it beside each of them."""
    for path in cases():
        text = said(path)
        assert text, f"{path} was read"
        path.with_name(f"{path.name}.expected").write_text(f"#! {text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
