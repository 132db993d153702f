"""The golden texts of rulebooks: ``python -m tests.golden.rules.make`` writes them again.

Read the difference before you commit it: these are what a committee would hear.
"""

from __future__ import annotations

from pathlib import Path

from selectorate.rules import explain, load

HERE = Path(__file__).parent

CASES: dict[str, tuple[str, dict[str, int], dict[str, str]]] = {
    "labour-2014": ("labour-2014", {}, {}),
    "labour-2014-of-2015": ("labour-2014", {"plp": 232}, {"plp": "Labour MPs"}),
    "labour-2014-of-2016": ("labour-2014", {"plp": 251}, {}),
    "labour-2018-of-2020": ("labour-2018", {"plp": 212, "clps": 647}, {}),
    "conservatives-1975-of-1990": ("conservatives-1975", {"mps": 372}, {}),
    "conservatives-1998": ("conservatives-1998", {}, {}),
    "cpc-2017": ("cpc-2017", {}, {}),
    "spd-2019": ("spd-2019", {}, {}),
}
"""By the name of the golden file: the rulebook, and the sizes and names of a contest."""


def text(name: str) -> str:
    """The golden text called ``name``, as the rulebook says it today."""
    rulebook, sizes, names = CASES[name]
    lines = []
    for passage in explain(load(rulebook), sizes, names):
        lines += ["", passage.heading, "-" * len(passage.heading), *passage.sentences]
    return "\n".join(lines[1:]) + "\n"


def main() -> None:
    """Write every golden text."""
    for name in CASES:
        (HERE / f"{name}.txt").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
