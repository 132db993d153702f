"""Make ``ridings.csv`` of canada-conservative-leadership-2017 from the table of ridings it was collected in.

    python tools/make_ridings_2017.py PATH/TO/canada-conservative-leadership-2017-ridings.csv [OUTPUT]

The source has one row a riding and round, with the columns ``riding_code``, ``riding``, ``round``,
``continuing_votes`` and one a candidate by full name, and 0 for candidates who are out of the count. Ours has
the columns ``unit``, ``name``, ``round`` and one a candidate by id, and an empty cell for them. Who is out of
a round is told from the figures: in no riding has such a candidate a vote. It stops if a row does not add up.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "src/selectorate/gallery/canada-conservative-leadership-2017" / "ridings.csv"
IDS = {
    "Chris Alexander": "alexander",
    "Maxime Bernier": "bernier",
    "Steven Blaney": "blaney",
    "Michael Chong": "chong",
    "Kellie Leitch": "leitch",
    "Pierre Lemieux": "lemieux",
    "Deepak Obhrai": "obhrai",
    "Kevin O'Leary": "oleary",
    "Erin O'Toole": "otoole",
    "Rick Peterson": "peterson",
    "Lisa Raitt": "raitt",
    "Andrew Saxton": "saxton",
    "Andrew Scheer": "scheer",
    "Brad Trost": "trost",
}


def converted(source: Path) -> list[list[str]]:
    """The rows of our file, the header first, in the order of ``source``."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    still_in = {(row["round"], name) for row in rows for name in IDS if int(row[name])}
    result = [["unit", "name", "round", *IDS.values()]]
    for row in rows:
        votes = {name: int(row[name]) for name in IDS}
        if sum(votes.values()) != int(row["continuing_votes"]):
            raise SystemExit(f"{row['riding']}, round {row['round']}: the votes do not add up")
        cells = [str(votes[name]) if (row["round"], name) in still_in else "" for name in IDS]
        result.append([row["riding_code"], row["riding"], row["round"], *cells])
    return result


def main(arguments: list[str]) -> None:
    if len(arguments) not in (1, 2):
        raise SystemExit(__doc__)
    output = Path(arguments[1]) if len(arguments) == 2 else OUTPUT
    with output.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(converted(Path(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
