"""How long a roll takes, from a file to who may vote: seconds and memory of each step, each in a process of its own.

python benchmarks/roll.py                    650,000 persons
python benchmarks/roll.py --persons 50000    fewer
python benchmarks/roll.py --xlsx             from a workbook too (a minute to write it)
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

STEPS = ("invent", "import", "import again", "entitlement", "duplicates", "fingerprint")


def step(name: str, folder: Path, persons: int) -> dict[str, object]:
    """Do a step and measure it. What it starts from is read before the clock runs."""
    from selectorate import roll as R
    from selectorate import rules

    file, book = folder / "roll.csv", folder / "roll.xlsx"

    def imported(path: Path, current: R.Roll) -> R.Roll:
        table = R.look(path)
        mapping = (
            R.CSV_MAPPING if path == file else R.CSV_MAPPING.model_copy(update={"encoding": None, "separator": None})
        )
        return R.apply(current, R.dry_run(current, R.read(table, mapping)))

    def invent() -> int:
        file.write_text(R.csv_text(R.invented(persons)), encoding="utf-8-sig", newline="")
        return persons

    roll = R.Roll.empty() if name in ("invent", "import", "import xlsx") else imported(file, R.Roll.empty())
    work: dict[str, Callable[[], object]] = {
        "invent": invent,
        "import": lambda: len(imported(file, roll)),
        "import xlsx": lambda: len(imported(book, roll)),
        "import again": lambda: len(imported(file, roll)),
        "entitlement": lambda: R.entitlement(rules.load("labour-2014"), None, roll, R.INVENTED_DATES).entitled,
        "duplicates": lambda: len(R.duplicates(roll).pairs),
        "fingerprint": lambda: R.fingerprint(roll)[:12],
    }
    start, used = time.perf_counter(), time.process_time()
    found = work[name]()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    if name == "invent" and "--xlsx" in sys.argv:
        write_workbook(file, book)
    return {
        "step": name,
        "persons": persons,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used, 2),  # what it takes of the cores, whoever else is at work on them
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "found": found,
    }


def write_workbook(source: Path, target: Path) -> None:
    """The rows of a CSV file as a workbook of texts, a row at a time."""
    import csv

    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.bad.rolls.workbook import Sheet, letters, workbook

    def rows() -> Iterator[bytes]:
        with source.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                cells = "".join(
                    f'<c r="{letters(column)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
                    for column, text in enumerate(row, 1)
                    if text
                )
                yield f'<row r="{number}">{cells}</row>'.encode()

    empty = target.with_suffix(".empty")
    empty.write_bytes(workbook({"Members": Sheet([], extra="@")}))
    with zipfile.ZipFile(empty) as frame, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for part in frame.namelist():
            before, mark, after = frame.read(part).partition(b"@")
            with packed.open(part, "w", force_zip64=True) as out:
                out.write(before)
                if mark:
                    for row in rows():
                        out.write(row)
                out.write(after)


def main() -> None:
    """Measure every step, each in a process of its own, and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=650_000)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--step", nargs=2, metavar=("NAME", "FOLDER"))
    said = parser.parse_args()
    if said.step:
        print(json.dumps(step(said.step[0], Path(said.step[1]), said.persons)), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in (*STEPS, *(["import xlsx"] if said.xlsx else [])):
            command = [sys.executable, __file__, "--persons", str(said.persons), "--step", name, folder]
            subprocess.run([*command, *(["--xlsx"] if said.xlsx else [])], check=True)


if __name__ == "__main__":
    main()
