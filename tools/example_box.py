"""Make docs/examples/SocietyLeader26.bel: a small finished box for newcomers to verify. Its secrets are thrown away.

python -m tools.example_box
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

from tests.boxes import new_box

from selectorate.box.v1.elections import RankingQuestion

UUID = "SocietyLeader26"
PLACE = Path(__file__).resolve().parent.parent / "docs" / "examples" / f"{UUID}.bel"
QUESTION = RankingQuestion("Who should lead the society?", ("Ada Lovelace", "Charles Babbage", "Mary Somerville"))


def main() -> None:
    """Eight of nine vote, one of them twice; two trustees open the box."""
    chance = random.Random(26)
    with tempfile.TemporaryDirectory() as folder:
        box = new_box(Path(folder), (QUESTION,), voters=9, uuid=UUID)
        for voter in (0, 1, 2, 3, 4, 5, 6, 7, 3):
            box.cast(voter, [chance.sample((1, 2, 3), 3)])
        box.to_the_end()
        PLACE.parent.mkdir(exist_ok=True)
        shutil.copy(box.path, PLACE)


if __name__ == "__main__":
    main()
