"""The forms of an import: the file, how it is looked at, and how its columns become those of the roll."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ...roll import COLUMNS
from ..models import RollImport

ENCODINGS = ("utf-8-sig", "utf-8", "cp1252", "iso-8859-15", "utf-16", "mac-roman")
FLAGS = tuple(name for name, column in COLUMNS.items() if column.holds == "true or false")


class UploadForm(forms.Form):
    """A file for the roll."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A table as CSV or as an Excel workbook (XLSX). Nothing changes until you have seen what would."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )


class LookForm(forms.Form):
    """How the file is looked at, where the guess is wrong."""

    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("found out")), *((one, one) for one in ENCODINGS)]
    )
    separator = forms.ChoiceField(
        label=_("Separator"),
        required=False,
        choices=[
            ("", _("found out")),
            (",", _("comma")),
            (";", _("semicolon")),
            ("\t", _("tab")),
            ("|", _("bar")),
        ],
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header = forms.IntegerField(
        label=_("Row of the headings"),
        required=False,
        min_value=0,
        max_value=50,
        help_text=_("0: there are none. Left empty, it is found out."),
    )

    def __init__(self, *args: Any, looked: dict[str, Any], **more: Any) -> None:
        super().__init__(*args, **more)
        sheets = looked.get("sheets") or []
        self.fields["sheet"].choices = [("", _t("the first")), *((one, one) for one in sheets)]  # type: ignore[attr-defined]
        for name in ("encoding", "separator") if looked.get("kind") == "xlsx" else () if sheets else ("sheet",):
            del self.fields[name]

    def clean_separator(self) -> str:
        """The separator itself: a tab is no space to be taken away."""
        return str(self.data.get(self.add_prefix("separator"), ""))


class MappingForm(forms.Form):
    """How the columns of a file become those of the roll. The headings are fields of their own, ``h0``, ``h1``, ..."""

    capacity = forms.CharField(
        label=_("Everybody in this file is"),
        required=False,
        max_length=160,
        help_text=_("A capacity as the rulebook tests it, such as “member”, if no column says it."),
        widget=forms.TextInput(attrs={"list": "capacities"}),
    )
    body = forms.CharField(
        label=_("Through the affiliated body"),
        required=False,
        max_length=160,
        help_text=_("If everybody in this file is listed by one union or society."),
    )
    prefix = forms.CharField(
        label=_("Put before every number"),
        required=False,
        max_length=40,
        help_text=_("Numbers of different bodies may be equal: “unite-” keeps their people apart."),
    )
    digits = forms.IntegerField(
        label=_("Digits of a number"),
        required=False,
        min_value=1,
        max_value=40,
        help_text=_("A spreadsheet takes leading zeros away; they are put back to so many digits."),
    )
    covers = forms.ChoiceField(
        label=_("Who is not in this file"),
        choices=[
            ("its capacities", _("is gone, if they are on the roll in a capacity and body that this file lists")),
            ("additions", _("stays: this file only adds and changes")),
            ("the whole roll", _("is gone, whoever they are: this file is the whole roll")),
        ],
        widget=forms.RadioSelect,
    )
    day_first = forms.ChoiceField(
        label=_("Dates such as 03/04/2016"),
        required=False,
        choices=[
            ("", _("as the column itself tells")),
            ("yes", _("the day comes first")),
            ("no", _("the month comes first")),
        ],
    )
    serials = forms.ChoiceField(
        label=_("Numbers in place of dates"),
        required=False,
        choices=[("", _("are none")), ("1900", _("days since 1900, as usual")), ("1904", _("days since 1904"))],
    )
    hidden = forms.ChoiceField(
        label=_("Hidden rows of the sheet"),
        required=False,
        choices=[("", _("ask me")), ("take", _("belong to the table")), ("leave", _("do not"))],
    )
    words = forms.CharField(
        label=_("Words that mean something else"),
        required=False,
        max_length=20_000,
        help_text=_("One a line: capacity: Full = member"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono"}),
    )

    def __init__(self, *args: Any, imported: RollImport, **more: Any) -> None:
        self.looked, self.mapping = imported.looked, imported.mapping
        super().__init__(*args, initial=self._initial(), **more)
        choices = [("", _t("(not used)")), *((name, column.says) for name, column in COLUMNS.items())]
        for number, heading in enumerate(self.headings):
            # A heading may be as long and as odd as the file wants: it is the label, never a name.
            self.fields[f"h{number}"] = forms.ChoiceField(label=heading, choices=choices, required=False)
        for name in FLAGS:
            self.fields[f"flag_{name}"] = forms.ChoiceField(
                label=COLUMNS[name].says,
                required=False,
                choices=[
                    ("", _t("as the file says")),
                    ("blank", _t("as the file says; an empty cell means no")),
                    ("no", _t("no, for everybody")),
                    ("yes", _t("yes, for everybody")),
                ],
            )
        if self.looked.get("kind") != "xlsx":
            del self.fields["hidden"]

    @property
    def headings(self) -> list[str]:
        """The headings of the file."""
        return list(self.looked.get("headings", []))

    def _initial(self) -> dict[str, Any]:
        mapping = self.mapping
        back = {heading: name for name, heading in mapping.get("columns", {}).items()}
        found = {f"h{number}": back.get(heading, "") for number, heading in enumerate(self.headings)}
        fixed, blank = mapping.get("fixed", {}), mapping.get("blank", {})
        for name in FLAGS:
            found[f"flag_{name}"] = fixed.get(name, "blank" if blank.get(name) == "no" else "")
        words = [
            f"{name}: {said} = {meant}"
            for name, table in mapping.get("words", {}).items()
            for said, meant in table.items()
        ]
        day_first = {True: "yes", False: "no"}.get(mapping.get("day_first"), "")
        return {
            **found,
            "capacity": fixed.get("capacity", ""),
            "body": fixed.get("body", ""),
            "prefix": mapping.get("prefix", ""),
            "digits": mapping.get("digits"),
            "covers": mapping.get("covers", "its capacities"),
            "day_first": day_first,
            "serials": mapping.get("serials") or "",
            "hidden": mapping.get("hidden") or "",
            "words": "\n".join(words),
        }

    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """The field of each heading, with what stands under it in the first rows."""
        samples = [list(row) for row in self.looked.get("sample", [])]
        return [
            (self[f"h{number}"], [row[number] for row in samples if number < len(row)][:3])
            for number in range(len(self.headings))
        ]

    def flags(self) -> list[forms.BoundField]:
        """The fields of columns of yes and no."""
        return [self[f"flag_{name}"] for name in FLAGS]

    def others(self) -> list[forms.BoundField]:
        """The fields that stand below the table."""
        return [self[name] for name in self.fields if not name.startswith(("h", "flag_")) or name == "hidden"]

    def clean(self) -> dict[str, Any]:
        """Each column of the roll is one column of the file, and words are written as shown."""
        given = super().clean() or {}
        seen: dict[str, str] = {}
        for number, heading in enumerate(self.headings):
            name = given.get(f"h{number}")
            if name and name in seen:
                self.add_error(f"h{number}", _t("“%(other)s” is that already") % {"other": seen[name]})
            elif name:
                seen[name] = heading
        given["columns"] = seen
        given["words"] = self._words(given.get("words", ""))
        return given

    def _words(self, text: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for line in text.splitlines():
            column, colon, rest = line.partition(":")
            said, equals, meant = rest.partition("=")
            if not line.strip():
                continue
            if not (colon and equals and column.strip() in COLUMNS and said.strip()):
                self.add_error("words", _t("not understood: %(line)s") % {"line": line[:60]})
            else:
                found.setdefault(column.strip(), {})[said.strip()] = meant.strip()
        return found

    def as_mapping(self) -> dict[str, Any]:
        """What was filled in, as a mapping."""
        given = self.cleaned_data
        fixed = {name: given[name].strip() for name in ("capacity", "body") if given[name].strip()}
        blank = {}
        for name in FLAGS:
            said = given[f"flag_{name}"]
            if said in ("yes", "no"):
                fixed[name] = said
            elif said == "blank" and name in given["columns"]:
                blank[name] = "no"
        columns = {name: heading for name, heading in given["columns"].items() if name not in fixed}
        return {
            **self.mapping,
            "columns": columns,
            "fixed": fixed,
            "blank": blank,
            "words": given["words"],
            "prefix": given["prefix"].strip(),
            "digits": given["digits"],
            "covers": given["covers"],
            "day_first": {"yes": True, "no": False}.get(given["day_first"]),
            "serials": given["serials"] or None,
            "hidden": given.get("hidden") or None,
        }
