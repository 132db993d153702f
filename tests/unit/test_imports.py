"""Which room may import which, and what must not be in a count: read from the source, not from running it.

The table is that of the design. A new room, or a new way between two, is a new line here, on purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import selectorate

PACKAGE = Path(selectorate.__file__).parent

# Everybody may stand on the ground; the ground stands on itself alone.
GROUND = frozenset({"errors", "exact", "documents"})

MAY_IMPORT: dict[str, frozenset[str]] = {
    "rules": frozenset(),
    "ballots": frozenset(),
    "box": frozenset(),
    "gallery": frozenset(),
    "roll": frozenset({"rules"}),
    "count": frozenset({"ballots", "rules"}),
    "contest": frozenset({"rules", "roll", "ballots", "count", "box", "gallery"}),
    "mandate": frozenset({"contest", "count", "rules"}),
    "sheets": frozenset({"contest", "mandate", "rules", "count"}),
    "desks": frozenset({"box", "contest", "rules"}),
}
# They may import every room, but not each other: nobody imports these two.
EDGE = frozenset({"office", "cli"})

ROOMS = frozenset(MAY_IMPORT) | EDGE
ROOT = "selectorate"  # the package's own __init__: a docstring and the version

PICTURES = frozenset({"altair", "vl_convert", "typst"})
EXACT_ROOMS = frozenset({"count", "rules", "contest", "mandate"})


# --- reading the source ---------------------------------------------------------------------------------


def sources(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def room_of_file(package: Path, file: Path) -> str:
    """The room that a source file is in; ``python -m selectorate`` is a command, hence in ``cli``."""
    first = file.relative_to(package).parts[0].removesuffix(".py")
    return {"__init__": ROOT, "__main__": "cli"}.get(first, first)


def imports(package: Path, file: Path, tree: ast.Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """Every import, wherever it stands, by full name: ``a.b`` for ``import a.b`` and ``from a import b``."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = module or ""
                if level:
                    here = (package.name, *file.relative_to(package).parent.parts)
                    assert level <= len(here), f"{file}:{node.lineno}: relative import from above the package"
                    base = ".".join((*here[: len(here) - level + 1], *filter(None, [module])))
                yield from ((node, f"{base}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ) if not name.startswith("."):
                yield node, name


def room_of_name(package: Path, name: str) -> str | None:
    """The room that an imported name belongs to; None for what is not ours."""
    first, _, rest = name.partition(".")
    if first != ROOT:
        return None
    second = rest.partition(".")[0]
    is_module = (package / second).is_dir() or (package / f"{second}.py").is_file()
    return second if second and (is_module or second in ROOMS | GROUND) else ROOT


# --- the checks: each gives one line for each fault ------------------------------------------------------


def forbidden_ways(package: Path) -> Iterator[str]:
    """Imports between rooms that the table does not have."""
    for file in sources(package):
        room = room_of_file(package, file)
        if room in GROUND or room == ROOT:
            allowed = GROUND
        elif room in EDGE:
            allowed = GROUND | frozenset(MAY_IMPORT)
        elif room in MAY_IMPORT:
            allowed = GROUND | MAY_IMPORT[room]
        else:
            yield f"{file}: {room} is neither a room of the table nor on the ground"
            continue
        for node, name in imports(package, file, parse(file)):
            target = room_of_name(package, name)
            if target is not None and target not in allowed | {room, ROOT}:
                yield f"{file}:{node.lineno}: {room} must not import {target} ({name})"


def heavy_imports(package: Path) -> Iterator[str]:
    """Django outside the office; chart and PDF parts outside sheets, or in sheets but not in a function.

    The core is installed without any of them. Under ``if TYPE_CHECKING`` nothing is imported in earnest,
    so ``sheets`` may name their types there.
    """
    for file in sources(package):
        room = room_of_file(package, file)
        tree = parse(file)
        lazy = {
            inner
            for outer in ast.walk(tree)
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
            for statement in outer.body
            for inner in ast.walk(statement)
        } | {
            inner
            for outer in ast.walk(tree)
            if isinstance(outer, ast.If) and ast.unparse(outer.test).endswith("TYPE_CHECKING")
            for statement in outer.body
            for inner in ast.walk(statement)
        }
        for node, name in imports(package, file, tree):
            top = name.partition(".")[0]
            if top == "django" and room != "office":
                yield f"{file}:{node.lineno}: {room} imports django"
            elif top in PICTURES and room != "sheets":
                yield f"{file}:{node.lineno}: {room} imports {top}; only sheets may"
            elif top in PICTURES and node not in lazy:
                yield f"{file}:{node.lineno}: {top} is imported at once; import it in the function"


def floats(package: Path) -> Iterator[str]:
    """Floating point in a room that counts: a literal, a call of ``float``, or ``float`` handed to a call."""
    for file in sources(package):
        if room_of_file(package, file) not in EXACT_ROOMS:
            continue
        for node in ast.walk(parse(file)):
            match node:
                case ast.Constant(value=float(value)):
                    yield f"{file}:{node.lineno}: float literal {value}"
                case ast.Call(func=ast.Name(id="float")):
                    yield f"{file}:{node.lineno}: call of float"
                case ast.Call(func=ast.Name(id="isinstance" | "issubclass")):
                    pass  # how a float is refused
                case ast.Call(args=args) if any(isinstance(a, ast.Name) and a.id == "float" for a in args):
                    yield f"{file}:{node.lineno}: float handed to a call"


CHECKS = [forbidden_ways, heavy_imports, floats]
Check = Callable[[Path], Iterator[str]]


# --- the house itself -----------------------------------------------------------------------------------


def test_there_is_something_to_read() -> None:
    assert PACKAGE / "__init__.py" in sources(PACKAGE)


@pytest.mark.parametrize("check", CHECKS)
def test_the_house_keeps_its_rules(check: Check) -> None:
    faults = list(check(PACKAGE))
    assert not faults, "\n".join(faults)


def test_the_table_has_no_way_back() -> None:
    """Along the table one never comes back to where one was: the data has no step back either."""
    done: set[str] = set()
    while rest := MAY_IMPORT.keys() - done:
        free = {room for room in rest if MAY_IMPORT[room] <= done}
        assert free, f"a circle among {sorted(rest)}"
        done |= free


# --- that the checks can fail ---------------------------------------------------------------------------


def house(tmp_path: Path, files: dict[str, str]) -> Path:
    """A small house with the given files, and an empty ``__init__`` wherever one is missing."""
    package = tmp_path / ROOT
    for name, text in files.items():
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        for folder in file.relative_to(package).parents:
            (package / folder / "__init__.py").touch()
    return package


FORBIDDEN = {
    "absolute": ("rules/load.py", "from selectorate.cli import main"),
    "plain import": ("rules/load.py", "import selectorate.count.stv"),
    "under another name": ("rules/load.py", "import selectorate.count as c"),
    "from the root": ("ballots/blt.py", "from selectorate import errors, roll"),
    "relative": ("count/stv.py", "from ..mandate.measures import Margin"),
    "relative from the root": ("count/stv.py", "from .. import contest"),
    "relative in an __init__": ("count/__init__.py", "from ..contest import outcome"),
    "relative, deeper": ("count/stv/scottish.py", "from ...roll import Person"),
    "in a function": ("mandate/claims.py", "def f():\n    from selectorate.sheets import text"),
    "for types only": (
        "box/keys.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from selectorate.rules import Rulebook",
    ),
    "in try": ("gallery/__init__.py", "try:\n    import selectorate.rules\nexcept ImportError:\n    pass"),
    "by name": (
        "roll/load.py",
        "import importlib\nimportlib.import_module('selectorate.count')",
    ),
    "ground on a room": ("errors.py", "from selectorate.rules import Rulebook"),
    "root on a room": ("__init__.py", "from .rules import Rulebook"),
    "sheets on ballots": ("sheets/text.py", "from selectorate.ballots import Profile"),
    "the office on commands": ("office/acts.py", "from selectorate.cli import main"),
    "commands on the office": ("cli/site.py", "import selectorate.office"),
}


@pytest.mark.parametrize(("name", "text"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_forbidden_way_is_seen(tmp_path: Path, name: str, text: str) -> None:
    assert len(list(forbidden_ways(house(tmp_path, {name: text})))) == 1


def test_a_fault_names_file_line_and_both_rooms(tmp_path: Path) -> None:
    package = house(tmp_path, {"count/stv.py": "import fractions\n\nfrom ..sheets import text\n"})
    (fault,) = forbidden_ways(package)
    assert fault == f"{package / 'count/stv.py'}:3: count must not import sheets (selectorate.sheets.text)"


def test_an_unknown_room_is_seen(tmp_path: Path) -> None:
    package = house(tmp_path, {"helpers.py": "", "cellar/wine.py": "", "cli/site.py": "from .. import cellar"})
    faults = [fault.partition(": ")[2] for fault in forbidden_ways(package)]
    strange = "is neither a room of the table nor on the ground"
    assert faults == [
        f"cellar {strange}",
        f"cellar {strange}",
        "cli must not import cellar (selectorate.cellar)",
        f"helpers {strange}",
    ]


def test_allowed_ways_are_let_through(tmp_path: Path) -> None:
    package = house(
        tmp_path,
        {
            "errors.py": "import selectorate\nfrom selectorate import __version__",
            "exact.py": "from .errors import InputError",
            "rules/load.py": "from ..errors import RulebookError\nfrom . import schema\nimport tomllib",
            "count/stv.py": "from ..ballots import Profile\nfrom selectorate.rules import Tie\nimport cli",
            "contest/declare.py": "from selectorate.gallery import folder\nfrom ..box import archive",
            "cli/__init__.py": "from selectorate import __version__, sheets, errors",
            "__main__.py": "from selectorate.cli import main",
        },
    )
    assert not list(forbidden_ways(package))


HEAVY = {
    "django in the core": ("rules/load.py", "def f():\n    import django.conf"),
    "django in commands": ("cli/site.py", "from django.core import management"),
    "charts elsewhere": ("mandate/measures.py", "def f():\n    import altair as alt"),
    "charts in commands": ("cli/__init__.py", "def f():\n    import typst"),
    "charts at once": ("sheets/charts.py", "import altair as alt"),
    "charts at once, if there": ("sheets/charts.py", "try:\n    import vl_convert\nexcept ImportError: ..."),
    "charts as a default": ("sheets/pdf.py", "def f(t=__import__('typst')): ..."),
    "types, else for real": (
        "sheets/charts.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING: ...\nelse:\n    import altair",
    ),
}


@pytest.mark.parametrize(("name", "text"), HEAVY.values(), ids=HEAVY.keys())
def test_a_heavy_import_is_seen(tmp_path: Path, name: str, text: str) -> None:
    assert len(list(heavy_imports(house(tmp_path, {name: text})))) == 1


def test_lazy_imports_are_let_through(tmp_path: Path) -> None:
    package = house(
        tmp_path,
        {
            "sheets/charts.py": (
                "import typing\nif typing.TYPE_CHECKING:\n    import altair as alt\n"
                "class Chart:\n    def svg(self):\n        import altair, vl_convert\n"
            ),
            "sheets/pdf.py": "def pdf():\n    try:\n        import typst\n    except ImportError: ...\n",
            "office/models.py": "from django.db import models",
        },
    )
    assert not list(heavy_imports(package))


@pytest.mark.parametrize("room", sorted(EXACT_ROOMS))
@pytest.mark.parametrize("text", ["HALF = 0.5", "x = -1e3", "y = float('0.5')", "z = map(float, ['1'])"])
def test_a_float_is_seen(tmp_path: Path, room: str, text: str) -> None:
    assert len(list(floats(house(tmp_path, {f"{room}/deep/count.py": text})))) == 1


def test_what_is_exact_is_let_through(tmp_path: Path) -> None:
    package = house(
        tmp_path,
        {
            "count/stv.py": "half = Fraction('0.5')\nif isinstance(half, float): raise TypeError\nn = 3 // 2",
            "sheets/charts.py": "WIDTH = 0.5\nx = float(3)",
        },
    )
    assert not list(floats(package))
