"""The tree of units: made one by one or from a table, renamed, moved. The paths below follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import Role, Unit
from ..slugs import plain, same_name, slug_for
from ..tables import MAX_FAULTS, Column, Fault, Row
from .core import MANY, Entry, act, canonical, sha256

OFFICER = Role.RETURNING_OFFICER
MAX_PATH = 400
"""Characters of a unit's address, as the database has room."""
MAX_DEPTH = 8
"""Levels of the tree: national, region, constituency, branch, and as many again."""

UNIT_COLUMNS = (
    Column("name", ("name", "unit", "branch", "constituency"), needed=True, longest=200),
    Column("kind", ("kind", "type", "level"), needed=True, longest=40),
    Column("parent", ("parent", "under", "region", "belongs to"), longest=MAX_PATH),
    Column("code", ("code", "id", "ons code"), longest=60),
)


def unit_at(path: str, field: str = "unit") -> Unit:
    """The unit at an address. Raises RefusedError."""
    found = Unit.objects.filter(path=path).select_related("parent").first()
    if found is None:
        raise RefusedError(_("there is no such unit"), field=field)
    return found


@act(OFFICER)
def make_unit(entry: Entry, contest: None, *, name: str, kind: str, parent: str = "", code: str = "") -> Unit:
    """A unit under ``parent`` (its path); without one it stands at the top."""
    name, kind, code = plain(name), plain(kind, longest=40), plain(code, longest=60)
    above = unit_at(parent, "parent") if parent else None
    _named(name, kind)
    if code and Unit.objects.filter(code=code).exists():
        raise RefusedError(_("another unit has this code"), field="code")
    if any(same_name(one.name) == same_name(name) for one in Unit.objects.filter(parent=above)):
        raise RefusedError(_("a unit of that name is there already"), field="name")
    taken = set(Unit.objects.filter(parent=above).values_list("slug", flat=True))
    slug = slug_for(name, taken.__contains__)
    made = Unit(parent=above, name=name, kind=kind, slug=slug, code=code)
    _fits(f"{above.path}/{slug}" if above else slug)
    made.save(force_insert=True)
    entry.details["path"] = made.path
    return made


def _named(name: str, kind: str) -> None:
    if not name:
        raise RefusedError(_("a unit has a name"), field="name")
    if not kind:
        raise RefusedError(_("say what it is: region, constituency, branch"), field="kind")


def _fits(path: str) -> None:
    if len(path) > MAX_PATH or path.count("/") >= MAX_DEPTH:
        raise RefusedError(_("the tree would be too deep there, or its address too long"), field="parent")


@act(OFFICER)
def rename_unit(
    entry: Entry, contest: None, *, unit: int, name: str, kind: str = "", code: str | None = None, address: bool = False
) -> Unit:
    """Another name (kind, code) for a unit; with ``address`` its address, and those of all below it, follow."""
    found = _locked(unit)
    name = plain(name)
    kind = plain(kind, longest=40) or found.kind
    _named(name, kind)
    beside = Unit.objects.filter(parent=found.parent).exclude(pk=found.pk)
    if any(same_name(one.name) == same_name(name) for one in beside):
        raise RefusedError(_("a unit of that name is there already"), field="name")
    if code and Unit.objects.filter(code=plain(code, longest=60)).exclude(pk=found.pk).exists():
        raise RefusedError(_("another unit has this code"), field="code")
    entry.details |= {"before": {"name": found.name, "kind": found.kind, "code": found.code, "path": found.path}}
    found.name, found.kind = name, kind
    found.code = found.code if code is None else plain(code, longest=60)
    before = found.path
    if address:
        taken = set(beside.values_list("slug", flat=True))
        found.slug = slug_for(name, taken.__contains__)
    found.save()
    _follow(before, found.path)
    return found


@act(OFFICER)
def move_unit(entry: Entry, contest: None, *, unit: int, parent: str) -> Unit:
    """Another place in the tree: under ``parent`` (its path; none: at the top), with everything below it."""
    found = _locked(unit)
    above = unit_at(parent, "parent") if parent else None
    if above is not None and (above.pk == found.pk or above.path.startswith(f"{found.path}/")):
        raise RefusedError(_("a unit cannot be moved below itself"), field="parent")
    if (above.pk if above else None) == found.parent_id:
        raise RefusedError(_("it is there already"), field="parent")
    beside = Unit.objects.filter(parent=above)
    if any(same_name(one.name) == same_name(found.name) for one in beside):
        raise RefusedError(_("a unit of that name is there already"), field="parent")
    taken = set(beside.values_list("slug", flat=True))
    before = found.path
    found.parent, found.slug = above, slug_for(found.name, taken.__contains__)
    found.save()
    _follow(before, found.path)
    entry.details |= {"before": before, "after": found.path}
    return found


def _locked(pk: int) -> Unit:
    found = Unit.objects.select_for_update(of=("self",)).select_related("parent").filter(pk=pk).first()
    if found is None:
        raise RefusedError(_("there is no such unit"), field="unit")
    return found


def _follow(before: str, after: str) -> None:
    """Give everything below the address ``before`` its place below ``after``."""
    if before == after:
        return
    below = Unit.objects.filter(path__startswith=f"{before}/")
    for path in below.values_list("path", flat=True):
        _fits(after + path[len(before) :])
    _fits(after)
    below.update(path=Concat(Value(after), Substr(F("path"), len(before) + 1)))


# -- from a table --------------------------------------------------------------------------------------------------


@dataclass
class UnitPlan:
    """What a table of units would do: units that are new, that get another name or kind, that stay; faults."""

    new: list[Unit] = field(default_factory=list)
    changed: list[tuple[Unit, str]] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)


class _Tree:
    """The units as they are, and as the rows before have made them."""

    def __init__(self) -> None:
        self.by_path: dict[str, Unit] = {}
        self.by_code: dict[str, Unit] = {}
        self.by_name: dict[str, list[Unit]] = {}
        self.below: dict[str, dict[str, Unit]] = {}
        for unit in Unit.objects.select_related(None):
            self.add(unit)

    def add(self, unit: Unit) -> None:
        self.by_path[unit.path] = unit
        if unit.code:
            self.by_code[unit.code] = unit
        self.by_name.setdefault(same_name(unit.name), []).append(unit)
        self.below.setdefault(unit.path.rpartition("/")[0], {})[same_name(unit.name)] = unit

    def found(self, text: str) -> tuple[Unit | None, str]:
        """The unit that ``text`` names, by path, code or name; else why there is none."""
        named = self.by_name.get(same_name(text), [])
        unit = self.by_path.get(text) or self.by_code.get(text) or (named[0] if len(named) == 1 else None)
        if unit is None and named:
            paths = ", ".join(one.path for one in named[:3])
            return None, _("several units are called “%(name)s”: %(paths)s") % {"name": text, "paths": paths}
        return unit, "" if unit else _("there is no unit “%(name)s”") % {"name": text}


def plan_units(rows: Sequence[Row]) -> UnitPlan:
    """What ``rows`` (by ``UNIT_COLUMNS``, with ``row``) would do. Nothing is changed."""
    plan, tree, seen = UnitPlan(), _Tree(), {}
    slugs: dict[str, set[str]] = {}
    for path in tree.by_path:
        above, _slash, slug = path.rpartition("/")
        slugs.setdefault(above, set()).add(slug)
    for row in rows:
        number = int(row["row"])
        name, kind, code = plain(row["name"]), plain(row["kind"], longest=40), plain(row.get("code", ""), longest=60)
        above, why = tree.found(row["parent"]) if row.get("parent") else (None, "")
        if why:
            todo = _("Name it by its code or its address, and let the rows of regions come before theirs.")
            plan.faults.append(Fault(number, "parent", why, todo))
            continue
        where = above.path if above else ""
        there = tree.by_code.get(code) if code else None
        there = there or tree.below.get(where, {}).get(same_name(name))
        if fault := _misplaced(number, there, where, code, seen):
            plan.faults.append(fault)
        elif there is not None:
            seen[there.path] = number
            _compare(plan, there, name, kind, code)
        else:
            slug = slug_for(name, slugs.setdefault(where, set()).__contains__)
            path = f"{where}/{slug}" if where else slug
            if len(path) > MAX_PATH or path.count("/") >= MAX_DEPTH:
                plan.faults.append(
                    Fault(number, "parent", _("the tree would be too deep there"), _("Place it higher."))
                )
                continue
            slugs[where].add(slug)
            made = Unit(parent=above, name=name, kind=kind, code=code, slug=slug, path=path)
            seen[path] = number
            tree.add(made)
            plan.new.append(made)
    del plan.faults[MAX_FAULTS:]
    return plan


def _misplaced(number: int, there: Unit | None, where: str, code: str, seen: dict[str, int]) -> Fault | None:
    if there is None:
        return None
    if there.path in seen:
        says = _("it is in row %(row)s already") % {"row": seen[there.path]}
        return Fault(number, "name", says, _("Take one of the two out."))
    if there.path.rpartition("/")[0] != where:
        says = _("the unit with this code is at %(path)s") % {"path": there.path}
        return Fault(number, "parent", says, _("Move it on its own page first; a table moves nothing."))
    if code and there.code and there.code != code:
        says = _("this unit has the code %(code)s") % {"code": there.code}
        return Fault(number, "code", says, _("Change the code on its own page first."))
    return None


def _compare(plan: UnitPlan, there: Unit, name: str, kind: str, code: str) -> None:
    told = []
    if there.name != name:
        told.append(_("name: %(before)s → %(after)s") % {"before": there.name, "after": name})
    if there.kind != kind:
        told.append(_("kind: %(before)s → %(after)s") % {"before": there.kind, "after": kind})
    if code and there.code != code:
        told.append(_("code: %(after)s") % {"after": code})
    if not told:
        plan.same += 1
        return
    there.name, there.kind, there.code = name, kind, code or there.code
    plan.changed.append((there, "; ".join(told)))


@act(OFFICER, silent=True)
def import_units(entry: Entry, contest: None, *, rows: list[dict[str, str]]) -> UnitPlan:
    """Make and rename units as a table says; all of it or, with one fault, nothing."""
    plan = plan_units(rows)
    if plan.faults:
        raise RefusedError(str(plan.faults[0]), field="file")
    # Level by level: what is below needs the number of what is above.
    levels: dict[int, list[Unit]] = {}
    for unit in plan.new:
        levels.setdefault(unit.path.count("/"), []).append(unit)
    for level in sorted(levels):
        Unit.objects.bulk_create(levels[level], batch_size=MANY)
    Unit.objects.bulk_update([unit for unit, _said in plan.changed], ["name", "kind", "code"], batch_size=MANY)
    entry.details = {"new": len(plan.new), "changed": len(plan.changed), "hash": sha256(canonical(rows))}
    return plan
