"""docs/agreement.md, from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from .cases import CASES, Case
from .compare import Comparison, Found

NOT_COMPARED = """\
* `pref_voting.stv_nb` and `stv_last_parcel`: named after Newland and Britton and after the last parcel, but without the
  rules that make our `ers97` and `northern-ireland`: no deferred surpluses, no stages by value, nobody out together.
* `pyrankvote.preferential_block_voting`: a paper counts at once for as many candidates as there are places. Ours,
  `alternative-vote-in-turn`, is one alternative vote after another.
* `votekit.SequentialRCV`: elects by the quota of all places and does not bring back who went out. Ours does.
* `votekit.STV` and `IRV`: about ten times as slow; only `FastSTV` of the same library was compared.
* Condorcet and proportional rules that we do not have (Borda, Copeland, PAV, CPO-STV, Warren and others).
* `meek-nz`, `meek-prf`, `wigm`, `minneapolis`, `debian`, `bottoms-up`, `supplementary-vote` and the questions: no
  library has them. `selectorate methods` says which published count proves a method; tests hold several to slow twins.
"""


def page(results: Sequence[tuple[Comparison, Found]]) -> str:
    """The whole page."""
    number = max(found.number for _, found in results)
    libraries = sorted({comparison.library for comparison, _ in results})
    parts = [
        "# Our counts beside those of other libraries",
        "",
        "<!-- Written by `make agree`; do not edit. -->",
        "",
        f"For every method that we share with a library, {number:,} elections were made up (3 to 8 candidates, 5 to 60",
        "ballots, short ones and in places blank ones among them; for the slow `stv_meek` 3 to 5 and 5 to 25) and",
        "counted by both. Compared is who is elected and, where the library tells it, the table of votes at every",
        "step.",
        "",
        "A difference counts as explained if a third count, slow, in exact fractions and written apart from ours,",
        "gives the library's answer as soon as departures with a name are switched on in it, as few as possible; and",
        "our answer with none. **No difference is unexplained**; otherwise this page would not have been written. Each",
        "kind of departure was judged by the text of the rule, on a small example counted by hand; the examples are",
        "counted again by both programs whenever the page is made.",
        "",
        "Compared with: " + ", ".join(f"{name} {version(name)}" for name in libraries) + ".",
        "",
        "## What was found",
        "",
        "*Others elected*: elections in which the library elects others than we do, or gives no answer. *Other",
        "tables*: the same are elected, by other tables (-: the library tells none).",
        "",
        "| library | called | our method | same | others elected | other tables |",
        "|---|---|---|---:|---:|---:|",
    ]
    for comparison, found in results:
        elected, others = (sum(counts[at] for counts in found.why.values()) for at in (0, 1))
        shown = f"{others:,}" if found.tables else "-"
        parts.append(
            f"| {comparison.library} | `{comparison.called}` | `{comparison.method}` | {found.same:,} | {elected:,} |"
            f" {shown} |"
        )
    parts += ["", "## Why", ""]
    for key, case in CASES.items():
        parts += _case(key, case, results)
    parts += ["## Together", "", "How often which departures were needed together to explain a difference.", ""]
    parts += ["| library | our method | departures | others elected | other tables |", "|---|---|---|---:|---:|"]
    for comparison, found in results:
        for why, (elected, others) in sorted(found.why.items()):
            named = ", ".join(why)
            parts.append(f"| {comparison.library} | `{comparison.method}` | {named} | {elected:,} | {others:,} |")
    parts += [
        "",
        "## What was wrong in ours",
        "",
        "* Of three or more who were level, earlier rounds may leave several behind but not one alone. The lot was"
        " then",
        "  drawn among all of them, as in `stv_scottish` (*lot among all*). It is drawn among those who are left now.",
        "",
        "## What was not compared",
        "",
        NOT_COMPARED,
    ]
    return "\n".join(parts).rstrip() + "\n"


def _case(key: str, case: Case, results: Sequence[tuple[Comparison, Found]]) -> list[str]:
    counts: dict[str, list[int]] = {}
    for comparison, found in results:
        for why, (elected, others) in found.why.items():
            if key in why:
                row = counts.setdefault(f"{comparison.library} (`{comparison.method}`)", [0, 0])
                row[0] += elected
                row[1] += others
    if not counts:
        return []
    listed = "; ".join(f"{where} {elected:,} and {others:,}" for where, (elected, others) in counts.items())
    lines = [
        f"### {key[0].upper()}{key[1:]}: {case.kind}",
        "",
        case.what,
        "",
        f"Others elected, and other tables: {listed}.",
    ]
    if case.example is not None:
        example = case.example
        library = next(one.library for one, _ in results if example.called in one.label)
        lines += [
            "",
            f"> {example.places} places: {example.ballots}. Ours: **{example.ours}**; {library}: **{example.theirs}**.",
            ">",
            f"> {example.by_hand}",
        ]
    return [*lines, ""]
