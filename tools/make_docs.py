"""Write the generated pages of ``docs/`` again, and put what the shown commands print into the others.

    python tools/make_docs.py            write what has changed
    python tools/make_docs.py --check    write nothing; end with 1 if something would change

``docs/reference`` is made from ``docs/reference/_parts`` (written by hand), the models of both formats and the
program itself; ``docs/schemas`` from the models. In the other pages only the output of commands is made, and in those
of ``docs/methods`` the facts that the registry has. What is shown is made by running it, so that no page can say what
the program does not do.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.docgen import checks, lists, methods, mistakes, models, shown

from selectorate import documents, rules
from selectorate.contest.declaration import json_schema as declaration_schema
from selectorate.contest.model import Contest
from selectorate.count.registry import METHODS
from selectorate.rules.model import Rulebook
from selectorate.sheets.count_json import json_schema as count_schema

DOCS = Path(__file__).parent.parent / "docs"
METHOD_PAGES = DOCS / "methods"
PARTS = DOCS / "reference" / "_parts"
NOTE = "<!-- Made by `make docs` from docs/reference/_parts/{name}.md and the program: change these, not this. -->\n\n"


def _splice(text: str, name: str, made: str) -> str:
    mark = f"<!-- splice: {name} -->"
    assert text.count(mark) == 1, f"the part has no single {mark}"
    return text.replace(mark, made)


def _part(name: str) -> str:
    return (PARTS / f"{name}.md").read_text(encoding="utf-8")


def _mistakes(name: str, folder: Path) -> str:
    return mistakes.section(mistakes.read(PARTS / f"mistakes-{name}.toml"), folder)


def contest_page() -> str:
    """The reference of contest files."""
    with tempfile.TemporaryDirectory() as folder:
        text = shown.filled(_part("contest"), Path(folder))
        text = _splice(text, "mistakes", _mistakes("contest", Path(folder)))
    text = _splice(text, "checks", checks.table(PARTS / "checks.txt"))
    return _splice(text, "keys", models.reference(Contest, "the file itself"))


def rulebook_page() -> str:
    """The reference of rulebook files."""
    with tempfile.TemporaryDirectory() as folder:
        text = shown.filled(_part("rulebook"), Path(folder))
        text = _splice(
            text, "mistakes", mistakes.section(mistakes.read(PARTS / "mistakes-rulebook.toml"), Path(folder))
        )
    text = _splice(text, "bases", lists.bases())
    text = _splice(text, "columns", lists.columns())
    return _splice(text, "keys", models.reference(Rulebook, "the file itself"))


def _listed(name: str, make: Callable[[], str]) -> Callable[[], str]:
    """What makes a page that is a list of what the program has, under an introduction."""
    return lambda: _splice(_part(name), name, make())


REFERENCE: dict[str, Callable[[], str]] = {
    "contest": contest_page,
    "rulebook": rulebook_page,
    "commands": _listed("commands", lists.commands),
    "presets": _listed("presets", lists.presets),
    "gallery": _listed("gallery", lists.contests),
    "measures": _listed("measures", lists.measures),
}

SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "rulebook": rules.json_schema,
    "contest": lambda: documents.json_schema(Contest, "A selectorate contest"),
    "declaration": declaration_schema,
    "count": count_schema,
}


def reference_page(name: str) -> str:
    """A page of the reference, whole."""
    return NOTE.format(name=name) + REFERENCE[name]().rstrip() + "\n"


def written_by_hand() -> list[Path]:
    """The pages in which only the output of commands is made."""
    made = {DOCS / "reference" / f"{name}.md" for name in REFERENCE}
    return [page for page in sorted(DOCS.rglob("*.md")) if page not in made and PARTS not in page.parents]


def pages() -> Iterator[tuple[Path, str]]:
    """Every file of ``docs`` that is made, wholly or in part, with what it should hold."""
    for name, make in SCHEMAS.items():
        yield DOCS / "schemas" / f"{name}.schema.json", json.dumps(make(), ensure_ascii=False, indent=2) + "\n"
    for name in REFERENCE:
        yield DOCS / "reference" / f"{name}.md", reference_page(name)
    for page in written_by_hand():
        text = page.read_text(encoding="utf-8")
        if page.parent == METHOD_PAGES and page.stem in METHODS:
            text = methods.with_facts(text, page.stem)
        with tempfile.TemporaryDirectory() as folder:
            yield page, shown.filled(text, Path(folder))


def main(arguments: list[str]) -> int:
    """Write, or check, every page."""
    changed = []
    for path, text in pages():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            changed.append(path)
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in changed:
        print(path.relative_to(DOCS.parent))
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
