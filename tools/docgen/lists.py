"""Pages that list what the program has: commands, rulebooks, contests, measures."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import typer

from selectorate import contest, gallery, rules
from selectorate.cli import app
from selectorate.cli.rulebooks import proved_by
from selectorate.contest.audit import audit
from selectorate.contest.model import Contest
from selectorate.mandate.measures import MEASURES
from selectorate.rules import BallotStage, MotionStage, NominationStage, Rulebook
from selectorate.rules.consistency import ROLL_COLUMNS

from .models import cell


def command_tree(command: Any, path: tuple[str, ...] = ("selectorate",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program with its full name; groups come before what is in them."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from command_tree(inner, (*path, name))


def root() -> Any:
    """The program as a tree of commands."""
    return typer.main.get_command(app)


def parameters(command: Any) -> Iterator[tuple[Any, str]]:
    """Arguments and options of a command, each as it is written."""
    for param in command.params:
        if param.param_type_name == "argument":
            yield param, f"`{_metavar(param)}`"
            continue
        names = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
        yield param, names if param.is_flag else f"{names} `{_metavar(param)}`"


def _metavar(param: Any) -> str:
    if param.metavar:
        return str(param.metavar)
    if param.param_type_name == "argument":
        return str(param.name.upper())
    return "NUMBER" if getattr(param, "min", None) is not None else "TEXT"


def usage(path: tuple[str, ...], command: Any) -> str:
    """How a command is called."""
    words = [*path]
    if hasattr(command, "commands"):
        return " ".join([*words, "COMMAND"])
    if any(param.param_type_name == "option" for param in command.params):
        words.append("[OPTIONS]")
    for param in command.params:
        if param.param_type_name == "argument":
            words.append(_metavar(param) if param.required else f"[{_metavar(param)}]")
    return " ".join(words)


def commands() -> str:
    """The reference of the commands."""
    lines = []
    for path, command in command_tree(root()):
        lines += [f"## `{' '.join(path)}`", "", " ".join(_paragraphs(command.help)[:1]), ""]
        lines += ["```text", usage(path, command), "```", ""]
        lines += [line for paragraph in _paragraphs(command.help)[1:] for line in (paragraph, "")]
        rows = [(param, written) for param, written in parameters(command) if not _completion(param)]
        if rows:
            lines += ["| written | what it does | left out |", "| --- | --- | --- |"]
            lines += [f"| {cell(written)} | {cell(param.help or '')} | {_default(param)} |" for param, written in rows]
            lines.append("")
        inner = getattr(command, "commands", {})
        if inner:
            lines += ["| command | what it does |", "| --- | --- |"]
            lines += [
                f"| [`{name}`](#{_anchor((*path, name))}) | {cell(_paragraphs(item.help)[0])} |"
                for name, item in inner.items()
            ]
            lines.append("")
    return "\n".join(lines).rstrip()


def _paragraphs(text: str | None) -> list[str]:
    return [" ".join(part.split()) for part in (text or "").split("\n\n") if part.strip()] or [""]


def _completion(param: Any) -> bool:
    return param.name in ("install_completion", "show_completion")


def _anchor(path: tuple[str, ...]) -> str:
    return " ".join(path).lower().replace(" ", "-")


def _default(param: Any) -> str:
    if param.required:
        return "asked for" if getattr(param, "prompt", None) else "**required**"
    value = param.default
    if param.param_type_name == "argument" or isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return f"`{value}`"


# -- rulebooks --------------------------------------------------------------------------------------------------


def presets() -> str:
    """Every rulebook that is shipped: what proves it, its ids, a contest file to start from, the file itself."""
    proofs = proved_by()
    books = [rules.load(name) for name in rules.preset_ids()]
    lines = ["| rulebook | what it is | in force | proved by |", "| --- | --- | --- | --- |"]
    for book in books:
        what, proof = cell(f"{book.organisation}: {book.name}"), _proofs(proofs.get(book.id, []))
        lines.append(f"| [`{book.id}`](#{book.id}) | {what} | {book.in_force or ''} | {proof} |")
    for book in books:
        lines += ["", f"## {book.id}", "", *_preset(book, proofs.get(book.id, []))]
    return "\n".join(lines)


def _proofs(names: list[str]) -> str:
    return ", ".join(f"`{gallery.short_name(name)}`" for name in names) or "**unproven**"


def _preset(book: Rulebook, proofs: list[str]) -> Iterator[str]:
    yield f"**{book.name}.** {book.organisation}. Office: {book.office}." + (
        f" In force: {book.in_force}." if book.in_force else ""
    )
    yield ""
    yield f"Proved by {_proofs(proofs)}." if proofs else "**Unproven**: no contest in the gallery was held under it."
    yield ""
    if book.about:
        yield " ".join(book.about.split())
        yield ""
    yield "| what | ids that a contest file uses |"
    yield "| --- | --- |"
    for stage in book.stage:
        yield f"| {stage.kind} stage | {_stage(book, stage)} |"
    for body, found in book.bodies.items():
        parts = f"; parts {', '.join(f'`{part}`' for part in found.parts)}" if found.parts else ""
        measure = f"; measured in {found.measure}" if found.measure else ""
        yield f"| body | `{body}`: {cell(found.name)}{parts}{measure} |"
    for group, named in book.groups.items():
        yield f"| group of candidates | `{group}`: {cell(named.name)} |"
    for day, says in book.timetable.items():
        yield f"| date of the timetable | `{day}`: {cell(says)} |"
    for name, parameter in book.parameters.items():
        yield f"| parameter | `{name}`: {cell(parameter.says)}{_parameter(parameter)} |"
    yield ""
    yield "A contest file to start from:"
    yield ""
    yield "```toml"
    yield skeleton(book)
    yield "```"
    yield ""
    yield f"<details><summary>The rulebook file {book.id}.toml</summary>"
    yield ""
    yield "```toml"
    yield _preset_text(book.id)
    yield "```"
    yield ""
    yield "</details>"


def _preset_text(name: str) -> str:
    module = importlib.import_module("selectorate.rules.load")
    return str((module.PRESETS / f"{name}.toml").read_text(encoding="utf-8")).rstrip()


def _parameter(parameter: Any) -> str:
    by = f", fixed by {parameter.by}" if parameter.by else ""
    if parameter.default is None:
        return f"{by}; every contest gives it"
    value = parameter.default
    said = f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
    return f"{by}; `{said}` where a contest gives none"


def _stage(book: Rulebook, stage: NominationStage | MotionStage | BallotStage) -> str:
    name = f"`{stage.id}`" + (f" ({cell(stage.name)})" if stage.name else "")
    if isinstance(stage, NominationStage):
        ways = [gate.by for gate in stage.any] or [stage.by or ""]
        return f"{name}, by {' or '.join(f'`{way}`' for way in ways)}" + (
            "; decides nothing" if stage.effect == "none" else ""
        )
    if isinstance(stage, MotionStage):
        return f"{name}, by the body `{stage.by}`; candidates `for` and `against`"
    if stage.by:
        return f"{name}, by the body `{stage.by}`; figures under `total`"
    if len(stage.segments) == 1:
        return f"{name}; figures under `total` or the only segment `{stage.segments[0]}`, which are the same"
    return f"{name}; figures under {', '.join(f'`{segment}`' for segment in stage.segments)} and `total`"


def skeleton(book: Rulebook) -> str:
    """The least contest file under a rulebook: candidates, bodies, and every stage with a place for its figures."""
    lines = [
        'id = "my-contest"',
        'title = "My contest"',
        f'organisation = "{book.organisation}"',
        f'office = "{book.office.split(" or ")[0]}"',
        f'rulebook = "{book.id}"',
        "date = 2024-09-14",
    ]
    motion = all(isinstance(stage, MotionStage) for stage in book.stage)
    if not motion:
        lines += ['elected = ["ash"]']
    needed = {name: parameter for name, parameter in book.parameters.items() if parameter.default is None}
    if needed:
        lines += ["", "[parameters]", *(f"{name} = 1" for name in needed)]
    if not motion:
        lines += ["", "[candidates.ash]", 'name = "Rowan Ash"', "", "[candidates.birch]", 'name = "Jo Birch"']
    for body in book.bodies:
        lines += ["", f"[bodies.{body}]", "size = 100"]
    for stage in book.stage:
        if isinstance(stage, NominationStage):
            for way in [gate.by for gate in stage.any] or [""]:
                lines += [
                    "",
                    "[[nomination]]",
                    f'stage = "{stage.id}"',
                    *([f'by = "{way}"'] if way else []),
                    "counts = { ash = 60, birch = 30 }",
                ]
            continue
        lines += [
            "",
            "[[ballot]]",
            f'stage = "{stage.id}"',
            "",
            "[ballot.roll.total]",
            "entitled = 100",
            "valid = 90",
            "",
            "[[ballot.round]]",
        ]
        if isinstance(stage, MotionStage):
            lines.append("votes.total = { for = 60, against = 30 }")
        elif len(stage.segments) > 1:
            lines += [f"votes.{segment} = {{ ash = {20}, birch = {10} }}" for segment in stage.segments]
        else:
            lines.append("votes.total = { ash = 60, birch = 30 }")
        if isinstance(stage, BallotStage) and stage is book.stage[-1]:
            lines.append('elected = ["ash"]')
    return "\n".join(lines)


# -- contests ---------------------------------------------------------------------------------------------------


def contests() -> str:
    """Every contest that is shipped, with how certain its figures are and what the audit says of them."""
    lines = [
        "| date | contest | short name | rulebook | figures not confirmed by a source | agree | disagree | cannot |",
        "| --- | --- | --- | --- | --- | ---: | ---: | ---: |",
    ]
    cases = sorted(
        (contest.load(name) for name in gallery.contest_ids()), key=lambda case: (case.contest.date, case.contest.id)
    )
    totals = [0, 0, 0]
    for case in cases:
        result = audit(case)
        counts = [result.count("agrees"), result.count("disagrees"), result.count("cannot be checked")]
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        found = case.contest
        lines.append(
            f"| {found.date} | `{found.id}` | `{gallery.short_name(found.id)}` "
            f"| [`{case.rulebook.id}`](presets.md#{case.rulebook.id}) | {_marks(found)} | "
            + " | ".join(f"{number:,}" for number in counts)
            + " |"
        )
    lines.append(f"| | {len(cases)} contests | | | | {totals[0]:,} | {totals[1]:,} | {totals[2]:,} |")
    return "\n".join(lines)


def _marks(found: Contest) -> str:
    """Which marks of certainty a file has, with the number of keys that carry each."""
    counts: dict[str, int] = {}
    tables: list[Any] = [*found.bodies.values(), *found.nomination, *found.ballot]
    for ballot in found.ballot:
        tables += [
            *ballot.roll.values(),
            *ballot.round,
            *(roll for item in ballot.round for roll in item.roll.values()),
        ]
    for table in tables:
        for mark in ("recalled", "derived", "approximate"):
            counts[mark] = counts.get(mark, 0) + len(getattr(table, mark))
    return ", ".join(f"{mark} {number}" for mark, number in counts.items() if number) or "none"


# -- measures ---------------------------------------------------------------------------------------------------


def measures() -> str:
    """Every measure with its definition."""
    words = {
        "votes": "votes or persons",
        "share": "a share, in per cent",
        "points": "percentage points",
        "count": "a number of parts",
    }
    lines = [
        "| id | name | what it is | counted in | for a segment alone | for the first round too |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, found in MEASURES.items():
        lines.append(
            f"| `{name}` | {cell(found.name)} | {cell(found.definition)} | {words[found.unit]} "
            f"| {'yes' if found.by_section else 'no'} | {'yes' if found.by_round else 'no'} |"
        )
    return "\n".join(lines)


# -- words of rulebooks -----------------------------------------------------------------------------------------

COLUMNS: dict[str, str] = {
    "person": "text: who it is, by name or number",
    "capacity": "text: as what they are on this row: 'member', 'affiliated supporter'",
    "joined": "date",
    "left": "date",
    "born": "date",
    "suspended": "true or false",
    "arrears": "true or false",
    "unit": "text: the branch, constituency or riding",
    "body": "text: the organisation through which they belong",
    "registered": "date and time",
    "consented": "true or false",
    "paid": "true or false",
    "citizen": "true or false",
    "resident": "true or false",
}


def bases() -> str:
    """What a share can be a share of."""
    return "\n".join(
        [
            "| base | what it is |",
            "| --- | --- |",
            *(f"| `{name}` | {cell(says)} |" for name, says in rules.BASES.items()),
        ]
    )


def columns() -> str:
    """The columns of the roll that a test of entitlement can use."""
    return "\n".join(
        ["| column | what it holds |", "| --- | --- |", *(f"| `{name}` | {COLUMNS[name]} |" for name in ROLL_COLUMNS)]
    )
