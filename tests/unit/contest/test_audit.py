"""The audit: what it says of every contest of the gallery, and that it sees a figure that is changed."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from tests.golden.audits import make

from selectorate import contest, documents, gallery
from selectorate.contest.audit import KINDS, audit
from selectorate.contest.loading import from_document
from selectorate.errors import SelectorateError

GOLDEN = Path(make.__file__).parent


@pytest.mark.parametrize("name", gallery.contest_ids())
def test_golden_audit(name: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    assert make.text(audit(contest.load(name))) == golden.read_text(encoding="utf-8")


def test_every_kind_of_check_is_made_of_some_contest() -> None:
    made: Counter[str] = Counter()
    for name in gallery.contest_ids():
        case = contest.load(name)
        for kind in KINDS:
            made[f"{kind.__module__}.{kind.__name__}"] += sum(1 for _ in kind(case))
    assert all(number > 0 for number in made.values()), made


def test_every_disagreement_says_what_would_explain_it() -> None:
    for name in gallery.contest_ids():
        for check in audit(contest.load(name)).checks:
            if check.status == "disagrees":
                assert check.published is not None, check
                assert check.computed is not None, check
                assert check.explanation, (name, check)
            if check.status == "cannot be checked":
                assert check.missing, (name, check)


def altered(text: str, at: re.Match[str]) -> str:
    """``text`` with the number at ``at`` raised by one in its last place."""
    number = at[1]
    decimals = len(number.partition(".")[2])
    raised = str(int(number.replace(".", "")) + 1)
    if decimals:
        raised = raised.rjust(decimals + 1, "0")
        raised = f"{raised[:-decimals]}.{raised[-decimals:]}"
    return text[: at.start(1)] + raised + text[at.end(1) :]


def figures_of(folder: Traversable) -> tuple[str, list[re.Match[str]]]:
    """The text of a contest file, and where the published figures of its ballots stand."""
    text = (folder / "contest.toml").read_text(encoding="utf-8")
    start = text.index("[[ballot]]")
    end = min(
        text.find(mark, start)
        for mark in ("[[also_published]]", "[[conflict]]", "[[claims]]", "[[source]]")
        if mark in text
    )
    keys = r"^(?:votes|shares|points|weighted|entitled|returned|valid|spoilt|turnout|needed|needed_lead|minimum)\b.*$"
    found = []
    for line in re.finditer(keys, text[:end], flags=re.MULTILINE):
        if line.start() >= start:
            found += list(re.compile(r"(?<=[ \[])(\d[\d.]*)").finditer(text, line.start(), line.end()))
    return text, found


# One more person on a roll does not move a turnout that was printed to one or two decimals, and rolls of segments that
# do not add up already do not add up either way. These figures, and no others, can be one off unseen:
UNSEEN = {
    "uk-labour-leadership-2016": {"654006"},
    "uk-labour-leadership-2015": {"292973", "112799", "148182", "554272"},
    "ireland-fine-gael-leadership-2017": {"73", "21000"},
    "uk-conservative-leadership-1990": set[str](),
    "uk-labour-leadership-1976": set[str](),
    "germany-spd-leadership-2019": {"425630"},
}


@pytest.mark.parametrize("name", UNSEEN)
def test_a_changed_figure_is_seen(name: str) -> None:
    """Every published figure of a ballot, raised by one in its last place, changes what the audit says of it."""
    folder = gallery.find(name)
    assert folder is not None
    text, figures = figures_of(folder)
    before = [(check.what, check.status) for check in audit(contest.load(name)).checks]
    unseen = set()
    for at in figures:
        changed = altered(text, at)
        try:
            case = from_document(documents.parse(changed.encode(), "contest.toml"), folder)
        except SelectorateError:
            continue  # refused outright
        after = [(check.what, check.status) for check in audit(case).checks]
        if after == before:
            unseen.add(at[1])
    assert unseen == UNSEEN[name]
    assert figures
