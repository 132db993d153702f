"""The pages of ``docs/`` say what the program does: what is made is made again, what is shown is run or loaded."""

from __future__ import annotations

import json
import re
import shlex
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.test_imports import MAY_IMPORT
from tools import make_docs
from tools.docgen import checks, lists, models, shown

from selectorate import contest, documents, gallery, mandate, rules
from selectorate.contest.audit import audit
from selectorate.contest.model import Contest
from selectorate.mandate.measures import MEASURES
from selectorate.rules import load_file

DOCS = make_docs.DOCS
ROOT = DOCS.parent
MADE = [f"reference/{name}.md" for name in make_docs.REFERENCE]
PAGES = sorted(str(page.relative_to(DOCS)) for page in make_docs.written_by_hand()) + MADE


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks_of(page: str) -> list[shown.Block]:
    return list(shown.blocks(text_of(page)))


# --- what is made is up to date ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", make_docs.REFERENCE)
def test_the_reference_is_what_the_generator_makes(name: str) -> None:
    assert text_of(f"reference/{name}.md") == make_docs.reference_page(name), "run make docs"


@pytest.mark.parametrize("name", make_docs.SCHEMAS)
def test_the_schemas_are_what_the_generator_makes(name: str) -> None:
    file = DOCS / "schemas" / f"{name}.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == make_docs.SCHEMAS[name](), "run make docs"


@pytest.mark.parametrize("page", [page for page in PAGES if page not in MADE])
def test_commands_print_what_is_shown(page: str, tmp_path: Path) -> None:
    assert shown.filled(text_of(page), tmp_path) == text_of(page), "run make docs"


# --- nothing is left out ----------------------------------------------------------------------------------


def schema_keys(schema: dict[str, Any]) -> set[str]:
    """Every key that a JSON Schema knows."""
    tables = [schema, *schema.get("$defs", {}).values()]
    return {key for table in tables for key in table.get("properties", {})}


@pytest.mark.parametrize(
    ("page", "schema"),
    [("contest", documents.json_schema(Contest, "")), ("rulebook", rules.json_schema())],
)
def test_every_key_is_in_the_reference(page: str, schema: dict[str, Any]) -> None:
    rows = set(re.findall(r"^\| `([^`]+)` \|", text_of(f"reference/{page}.md"), flags=re.MULTILINE))
    assert schema_keys(schema) <= rows


@pytest.mark.parametrize(("page", "model"), [("contest", Contest), ("rulebook", rules.Rulebook)])
def test_every_key_is_under_its_table(page: str, model: Any) -> None:
    found = set()
    for part in re.split(r'^<a id="table-', text_of(f"reference/{page}.md"), flags=re.MULTILINE)[1:]:
        table = part.partition('"')[0].replace("-", " ")
        found |= {(table, key) for key in re.findall(r"^\| `([^`]+)` \|", part, flags=re.MULTILINE)}
    assert found == models.every_key(model)


def test_every_key_has_a_description() -> None:
    for model in (Contest, rules.Rulebook):
        for described in models.tables(model, ""):
            for key in described.model.model_fields:
                assert models.says(described.model, key), f"{described.model.__name__}.{key}"


def sections_of_commands() -> dict[str, str]:
    parts = re.split(r"^## `([^`]+)`$", text_of("reference/commands.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_and_option_is_in_the_reference() -> None:
    sections = sections_of_commands()
    for path, command in lists.command_tree(lists.root()):
        section = sections[" ".join(path)]
        assert (command.help or "").split("\n")[0].split("  ")[0][:40] in section
        for param in command.params:
            for name in (*param.opts, *param.secondary_opts) if param.param_type_name == "option" else ():
                assert name in section or lists._completion(param), f"{path}: {name}"
            assert param.help or lists._completion(param), f"{path}: {param.name} has no help"


def test_every_rulebook_contest_and_measure_is_listed() -> None:
    presets, contests, measures = (text_of(f"reference/{name}.md") for name in ("presets", "gallery", "measures"))
    for name in rules.preset_ids():
        assert f"\n## {name}\n" in presets
    for name in gallery.contest_ids():
        assert f"| `{name}` |" in contests
    for name in MEASURES:
        assert f"| `{name}` |" in measures


def test_every_kind_of_check_has_its_line() -> None:
    assert set(checks.kinds()) == set(checks.lines(make_docs.PARTS / "checks.txt"))


def test_the_table_of_imports_is_that_of_the_test() -> None:
    table = text_of("architecture.md").partition("<!-- imports -->")[2].partition("<!-- /imports -->")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", table, flags=re.MULTILINE)
    assert {room: frozenset(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows} == MAY_IMPORT


# --- what is shown can be used -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_toml_is_toml(page: str) -> None:
    for block in blocks_of(page):
        if block.kind == "toml" and "wrong" not in block.words:
            tomllib.loads(block.body)


@pytest.mark.parametrize("page", PAGES)
def test_whole_files_load(page: str, tmp_path: Path) -> None:
    for number, block in enumerate(blocks_of(page)):
        if "wrong" in block.words:
            continue
        path = shown.write(block, tmp_path) if shown.is_file(block) else None
        if block.kind != "toml":
            continue
        data = tomllib.loads(block.body)
        if "id" not in data:
            assert path is None, f"{block.path} is called a file, and is none"
            continue
        if path is None:
            path = tmp_path / f"{number}.toml"
            path.write_text(block.body, encoding="utf-8")
        if "stage" in data:
            assert load_file(path).id == data["id"]
        else:
            assert contest.load_file(path).contest.id == data["id"]


def test_the_further_tables_go_with_the_first_example(tmp_path: Path) -> None:
    page = text_of("reference/contest.md")
    first = next(block.body for block in shown.blocks(page) if block.path == "glance/contest.toml")
    further = page.partition("\n# More tables\n")[2].partition("\n# How the figures are checked\n")[0]
    tables = [block.body for block in shown.blocks(further) if block.kind == "toml"]
    (tmp_path / "contest.toml").write_text("\n".join([first, *tables]), encoding="utf-8")
    case = contest.load_file(tmp_path / "contest.toml")
    assert case.contest.also_published and case.contest.conflict and case.contest.claims and case.contest.rivals
    assert [check.what for check in audit(case).checks if check.status == "disagrees"] == []
    assert len(mandate.check_claims(case)) == len(case.contest.claims)
    assert len(mandate.rivals(case)) == len(case.contest.rivals)


def shown_commands(text: str) -> Iterator[str]:
    """Every ``selectorate ...`` that a page shows: in a line of its own in a block, or in backquotes."""
    for block in shown.blocks(text):
        if block.kind in ("console", "sh", "text"):
            for line in block.body.splitlines():
                if re.match(r"(\$ )?selectorate ", line):
                    yield re.split(r"\s{2,}|\s#|\s\|", line.removeprefix("$ "))[0]
    yield from re.findall(r"(?<!`)`(selectorate [^`\n]+)`", re.sub(r"(?s)^```.*?^```$", "", text, flags=re.MULTILINE))


TREE = dict(lists.command_tree(lists.root()))


def fault_of(command: str) -> str | None:
    """What is wrong with a command that is shown: an unknown name or option, or too few or many arguments."""
    words = shlex.split(command)
    path: tuple[str, ...] = ()
    while words and (*path, words[0]) in TREE:
        path = (*path, words.pop(0))
    found = TREE[path]
    options = {name: param for param in found.params for name in (*param.opts, *param.secondary_opts)}
    placeholder = bool(words) and (words[0] in ("[OPTIONS]", "COMMAND"))
    if hasattr(found, "commands") and words and not words[0].startswith("--") and not placeholder:
        return None if "|" in words[0] else f"there is no command {words[0]!r}"
    arguments = 0
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            if word not in options:
                return f"there is no option {word!r}"
            if not options[word].is_flag and words:
                words.pop(0)
        elif word != "[OPTIONS]":
            arguments += 1
    wanted = [param for param in found.params if param.param_type_name == "argument"]
    if any(param.nargs == -1 for param in wanted) or hasattr(found, "commands"):
        return None
    return f"takes {len(wanted)} arguments, not {arguments}" if arguments > len(wanted) else None


@pytest.mark.parametrize("page", [*PAGES, "../README.md"])
def test_commands_that_are_shown_exist(page: str) -> None:
    file = DOCS / page
    assert file.is_file()
    for command in shown_commands(file.read_text(encoding="utf-8")):
        assert fault_of(command) is None, f"{command}: {fault_of(command)}"


def test_faults_of_shown_commands_are_seen() -> None:
    assert fault_of("selectorate audti labour-2016")
    assert fault_of("selectorate audit labour-2016 --fail")
    assert fault_of("selectorate audit labour-2016 labour-2015")
    assert fault_of("selectorate contest open FOLDER")
    assert not fault_of("selectorate declare labour-2016 --html a.html")


# --- links -------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors of a page, as they are made from its headings."""
    plain = re.sub(r"(?s)^```.*?^```$", "", text, flags=re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", plain, flags=re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', plain))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    plain = re.sub(r"(?s)^```.*?^```$", "", text_of(page), flags=re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", plain):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = ((DOCS / page).parent / name).resolve() if name else DOCS / page
        assert file.is_file(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{page} links to {target}"


def test_every_page_is_linked_from_the_index() -> None:
    linked = set(re.findall(r"\]\(([^)#\s]+)", text_of("index.md")))
    linked |= {f"methods/{name}" for name in re.findall(r"\]\(([^)#\s]+)", text_of("methods/index.md"))}
    assert set(PAGES) - {"index.md"} <= linked


# --- the generator itself ----------------------------------------------------------------------------------


def test_lines_left_out_match_anything() -> None:
    assert shown.matches("a\n...\nd", "a\nb\nc\nd")
    assert shown.matches("...\nd", "a\nd")
    assert shown.matches("a\n...", "a\nb\n")
    assert not shown.matches("a\n...\nd", "b\nd")
    assert not shown.matches("a\nd", "a\nb\nd")


def test_another_status_than_shown_is_a_fault() -> None:
    page = "```console\n$ selectorate audit no-such-contest\n```\n"
    with tempfile.TemporaryDirectory() as folder, pytest.raises(AssertionError, match="ended with"):
        shown.filled(page, Path(folder))
    page = page.replace("console", "console exit=2")
    with tempfile.TemporaryDirectory() as folder:
        assert "no-such-contest" in shown.filled(page, Path(folder))
