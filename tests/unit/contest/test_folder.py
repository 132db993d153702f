"""The story of a small society, by functions: from an empty folder to a declaration."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from selectorate import contest, rules
from selectorate.contest import folder as folders
from selectorate.contest import paper_count
from selectorate.contest.audit import audit
from selectorate.contest.entered import read_nominations
from selectorate.contest.nominations import on_the_paper
from selectorate.errors import ContestError, InputError, SelectorateError

DAY = dt.date(2026, 5, 1)
SPECIAL = [
    'Anna "the Hat" O\'Neill',
    "Zoë Müller-Lüdenscheidt",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "🦊 Fuchs",
    "דוד לוי",
    "Юлия Иванова",
    "李小龙",
    "x" * 250,
    "[bold]Bo[/bold]",
    "back\\slash",
    "{curly} %s $x",
]


@pytest.fixture
def society(tmp_path: Path) -> Path:
    folder = tmp_path / "society"
    folders.start(folder, title="The chair", organisation="Chess Club", office="Chair", date=DAY)
    return folder


def start(folder: Path, rulebook: str) -> Path:
    folders.start(folder, title="A contest", organisation="A society", office="Chair", date=DAY, rulebook=rulebook)
    return folder


def nominate(folder: Path, candidate: str, *by: str, **more: object) -> list[tuple[str, int, int | None]]:
    return folders.nominate(folder, candidate=candidate, nominators=by, on=DAY, **more)  # type: ignore[arg-type]


def said(folder: Path) -> dict[str, object]:
    return tomllib.loads((folder / "contest.toml").read_text("utf-8"))


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "contest.toml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (old, text)
    path.write_text(text.replace(old, new), "utf-8")


def agrees(folder: Path) -> bool:
    return not audit(contest.load(str(folder))).count("disagrees")


def elected(folder: Path) -> tuple[str, ...]:
    case = contest.load(str(folder))
    assert agrees(folder), [check for check in audit(case).checks if check.status == "disagrees"]
    declared = contest.declare(case)
    assert declared.derived
    return declared.elected_names


def three_nominated(folder: Path) -> Path:
    for name, by in (("Ann", "12"), ("Bob", "34"), ("Cyd", "56")):
        nominate(folder, name, *by)
    folders.close(folder)
    return folder


# -- beginning --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", rules.preset_ids())
def test_every_shipped_rulebook_can_be_started(tmp_path: Path, preset: str) -> None:
    loaded = folders.start(tmp_path / "f", title="T", organisation="O", office="P", date=DAY, rulebook=preset)
    fixed = folders.to_be_fixed(loaded)
    assert sorted(path.name for path in (tmp_path / "f").iterdir()) == ["contest.toml", "nominations.csv"]
    if not fixed:
        assert contest.load(str(tmp_path / "f")).contest.figures == "ours"
    else:
        with pytest.raises(SelectorateError, match=next(iter(fixed))):
            contest.load(str(tmp_path / "f"))


@pytest.mark.parametrize("name", SPECIAL)
def test_any_title_and_office(tmp_path: Path, name: str) -> None:
    folders.start(tmp_path / "f", title=name, organisation=name, office=name, date=DAY)
    case = contest.load(str(tmp_path / "f"))
    assert case.contest.title == case.contest.organisation == case.rulebook.office == name


def test_what_cannot_be_started(tmp_path: Path) -> None:
    more = {"title": "T", "organisation": "O", "office": "P", "date": DAY}
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    for folder in ("full", "file"):
        with pytest.raises(InputError, match="not an empty folder"):
            folders.start(tmp_path / folder, **more)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot be made"):
        folders.start(tmp_path / "file" / "inside", **more)  # type: ignore[arg-type]
    for rulebook in ("labour-2013", str(tmp_path / "none.toml"), str(tmp_path / "full")):
        with pytest.raises(SelectorateError):
            folders.start(tmp_path / "new", rulebook=rulebook, **more)  # type: ignore[arg-type]
        assert not (tmp_path / "new").exists()
    with pytest.raises(InputError, match="the office is empty"):
        folders.start(tmp_path / "new", title="T", organisation="O", office=" \n", date=DAY)
    assert not (tmp_path / "new").exists()


def test_a_rulebook_of_ones_own_is_copied(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    text = folders.OWN_RULEBOOK.format(id="mine", organisation="O", office="P", office_lower="p")
    own.write_bytes(b"\xef\xbb\xbf# m\xc3\xbcde\r\n" + text.replace("\n", "\r\n").encode())
    start(tmp_path / "f", str(own))
    own.unlink()
    assert contest.load(str(tmp_path / "f")).rulebook.id == "mine-rules"


# -- nominations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SPECIAL)
def test_any_name_stands_and_nominates(society: Path, name: str) -> None:
    nominate(society, name, name, "a second")
    assert [n.nominator for n in read_nominations(society / "nominations.csv")] == [name, "a second"]
    case, (ruling,) = folders.close(society)
    assert ruling.result == "nominated"
    assert case.contest.candidates[ruling.candidate].name == name
    raw = (society / "nominations.csv").read_text("utf-8")
    assert not any(cell.startswith(("=", "@")) for line in raw.splitlines() for cell in line.split(",")[4:])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is empty"),
        (" \t\n\u00a0", "is empty"),
        ("\u200b\u200d", "is empty"),
        ("\u0301", "is empty"),
        ("a\x00b", "U\\+0000"),
        ("a\x1b[31mb", "U\\+001B"),
        ("Bob\u202egnp", "U\\+202E"),
        ("a\ud800b", "U\\+D800"),
        ("a\uffffb", "U\\+FFFF"),
        ("x" * 251, "longer than 250"),
    ],
)
def test_what_is_no_name(society: Path, name: str, said: str) -> None:
    before = (society / "contest.toml").read_bytes(), (society / "nominations.csv").read_bytes()
    with pytest.raises(InputError, match=f"the name of a candidate.*{said}"):
        nominate(society, name, "a")
    with pytest.raises(InputError, match=f"the name of a nominator.*{said}"):
        nominate(society, "Ann", name)
    assert before == ((society / "contest.toml").read_bytes(), (society / "nominations.csv").read_bytes())


def test_one_name_in_two_spellings_is_one_candidate(society: Path) -> None:
    nominate(society, "Zoe\u0308  Ann\nLee", "Mu\u0308ller")
    nominate(society, "ZOË ann lee", "2")
    nominate(society, "zoe-ann-lee", "3")
    nominate(society, "\u200eZoë Ann Lee\u200f", "4")
    assert list(said(society)["candidates"]) == ["zoe-ann-lee"]  # type: ignore[call-overload]
    with pytest.raises(InputError, match="nomination left"):
        nominate(society, "Somebody Else", "MÜLLER")


def test_slugs_are_told_apart_and_words_of_the_files_are_no_ids(society: Path) -> None:
    for number, name in enumerate(["Jo-Ann", "Jo Ann", "Total", "for", "AGAINST", "Reopen", "李", "王", "!?"]):
        nominate(society, name, str(number))
    ids = list(said(society)["candidates"])  # type: ignore[call-overload]
    assert ids == [
        "jo-ann",
        "jo-ann-2",
        "total-2",
        "for-2",
        "against-2",
        "reopen-2",
        "candidate",
        "candidate-2",
        "candidate-3",
    ]
    nominate(society, "for", "x", "y")
    folders.close(society)
    assert on_the_paper(contest.load(str(society))) == ["for-2"]


def test_each_nominates_only_so_often_and_all_or_none(society: Path) -> None:
    nominate(society, "Ann", "1", "2")
    before = (society / "nominations.csv").read_bytes(), (society / "contest.toml").read_bytes()
    for name, by in (("Ann", "1"), ("Bob", "1")):
        with pytest.raises(InputError, match=r"1 has (nominated Ann already|no nomination left)"):
            nominate(society, name, "3", by)
    with pytest.raises(InputError, match="9 has nominated Bob already"):
        nominate(society, "Bob", "9", "9")
    assert before == ((society / "nominations.csv").read_bytes(), (society / "contest.toml").read_bytes())


def test_a_nominator_may_have_several_nominations(society: Path) -> None:
    text = (society / "rulebook.toml").read_text()
    (society / "rulebook.toml").write_text(text.replace("each_nominates = 1", "each_nominates = 2"))
    nominate(society, "Ann", "1")
    nominate(society, "Bob", "1")
    with pytest.raises(InputError, match="1 has no nomination left") as fault:
        nominate(society, "Cyd", "1")
    assert fault.value.hint == "Each nominates 2 times, and they have nominated Ann, Bob."


def test_a_share_of_a_body_needs_its_size(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "labour-2014")
    assert nominate(folder, "Ann", *map(str, range(38))) == [("Ann", 38, None)]
    before = (folder / "contest.toml").read_bytes()
    with pytest.raises(InputError, match="how many MPs and MEPs there are is not known") as fault:
        folders.close(folder)
    assert fault.value.where.line
    assert "size" in str(fault.value.hint)
    assert (folder / "contest.toml").read_bytes() == before
    edit(folder, "# size =     how many MPs", "size = 252    # how many MPs")
    _, (ruling,) = folders.close(folder)
    assert (ruling.needed, ruling.result) == (38, "nominated")  # 15% of 252 is 37.8
    assert "size = 252    # how many MPs" in (folder / "contest.toml").read_text()


def test_nominations_are_closed_once(society: Path) -> None:
    three_nominated(society)
    for step in (lambda: nominate(society, "Dee", "7"), lambda: folders.close(society)):
        with pytest.raises(InputError, match="nominations are closed"):
            step()
    with pytest.raises(InputError, match='there is no nomination stage "x"'):
        folders.close(society, "x")


def test_nobody_nominated(society: Path) -> None:
    case, rulings = folders.close(society)
    assert not rulings
    assert not on_the_paper(case)
    with pytest.raises(InputError, match="nobody is on the paper"):
        paper_count.enter(society, {"ann": 1})
    assert contest.replay(contest.load(str(society)))[0].stopped == "there is no candidate"
    assert not contest.declare(contest.load(str(society))).elected


def test_the_holder_is_on_the_paper_when_challenged(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "labour-2014")
    edit(folder, 'occasion = "vacancy"', 'holder = "held"\noccasion = "challenge"')
    edit(folder, "# size =     how many MPs", "size = 100    # how many MPs")
    with (folder / "contest.toml").open("a") as file:
        file.write('\n# the leader\n[candidates.held]\nname = "Hannah Eld"\n')
    nominate(folder, "Ann", *map(str, range(20)))
    case, rulings = folders.close(folder, "nomination")
    assert {r.candidate: r.result for r in rulings} == {"ann": "nominated", "held": "automatic"}
    assert on_the_paper(case) == ["held", "ann"]
    assert "# the leader" in (folder / "contest.toml").read_text()


def test_a_holder_who_may_not_stand(society: Path) -> None:
    rulebook = society / "rulebook.toml"
    rulebook.write_text(rulebook.read_text().replace('"needs nominations"', '"may not stand"'))
    edit(society, 'occasion = "vacancy"', 'holder = "held"\noccasion = "challenge"')
    with (society / "contest.toml").open("a") as file:
        file.write('\n[candidates.held]\nname = "Hannah Eld"\n')
    with pytest.raises(InputError, match="Hannah Eld may not stand"):
        nominate(society, "Hannah Eld", "1")
    with (society / "nominations.csv").open("a") as file:
        file.write("2026-05-01,nomination,members,held,1\n2026-05-01,nomination,members,held,2\n")
    _, (ruling,) = folders.close(society)
    assert ruling.result == "refused"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2026-05-01,nomination,members,ann", "has 4 cells, not 5"),
        ("01.05.2026,nomination,members,ann,1", "is not a date"),
        ("2026-05-01,nominations,members,ann,1", 'no nomination stage "nominations"'),
        ("2026-05-01,ballot,members,ann,1", 'no nomination stage "ballot"'),
        ("2026-05-01,nomination,mps,ann,1", '"mps" does not nominate'),
        ("2026-05-01,nomination,members,anne,1", 'no candidate "anne"'),
        ("2026-05-01,nomination,members,ann,a", "has nominated Ann already"),
        ("2026-05-01,nomination,members,ann,A ", "has nominated Ann already"),
        ("2026-05-01,nomination,members,bob,a", "has no nomination left"),
        ("2026-05-01,nomination,members,ann, ", "has a nominator"),
        ('2026-05-01,nomination,members,ann,"1', "is not a table"),
        ("2026-05-01,nomination,members,ann,\xff", "is not UTF-8"),
        ("2026-05-01,nomination,members,ann," + "x" * 140_000, "is not a table|is longer than 250"),
    ],
)
def test_nominations_edited_by_hand_are_checked(society: Path, row: str, message: str) -> None:
    nominate(society, "Ann", "a")
    nominate(society, "Bob", "b")
    path = society / "nominations.csv"
    path.write_bytes(path.read_bytes() + row.encode("latin-1") + b"\n")
    before = (society / "contest.toml").read_bytes()
    for step in (lambda: folders.close(society), lambda: nominate(society, "Cyd", "c")):
        with pytest.raises(InputError, match=message) as fault:
            step()
        assert fault.value.where.line == 4 or "UTF-8" in message
    assert (society / "contest.toml").read_bytes() == before


def test_nominations_saved_by_a_spreadsheet(society: Path) -> None:
    nominate(society, "Ann", "=1+1", "b")
    path = society / "nominations.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n") + b"\n\n")
    nominate(society, "Bob", "c")
    assert [n.nominator for n in read_nominations(path)] == ["=1+1", "b", "c"]
    path.write_text("who;whom\n")
    with pytest.raises(InputError, match="the columns are not right"):
        folders.close(society)
    path.unlink()
    nominate(society, "Bob", "c")
    assert len(read_nominations(path)) == 1


def test_two_gates_with_unions_and_members_together(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "labour-2018")
    for body, size in (("MPs and MEPs", 100), ("constituency parties", 60), ("affiliated organisations", 12)):
        edit(folder, f"# size =     how many {body}", f"size = {size} # how many {body}")
    edit(folder, "# measured =     how", "measured = 1_000_000 # how")
    for name, first in (("Ann", 0), ("Bob", 20), ("Cyd", 40), ("Dee", 60)):
        nominate(folder, name, *(f"mp {n}" for n in range(first, first + 10 - (name == "Dee"))))
    _, rulings = folders.close(folder)
    assert [r.result for r in rulings] == ["nominated"] * 3 + ["not nominated"]
    with pytest.raises(InputError, match="several ways to be nominated"):
        nominate(folder, "Ann", "Leeds")
    with pytest.raises(InputError, match='no part "clubs"'):
        nominate(folder, "Ann", "Unite", body="affiliates", part="clubs")
    nominate(folder, "Ann", "Leeds", "York", "Hull", body="clps")
    nominate(folder, "Bob", "Unite", body="affiliates", part="unions", counts=40_000)
    nominate(folder, "Bob", "GMB", body="affiliates", part="unions", counts=9_000)
    nominate(folder, "Bob", "Fabians", body="affiliates", counts=1_000)
    nominate(folder, "Cyd", "A", "B", "C", body="affiliates", counts=100_000)
    case, rulings = folders.close(folder)
    found = {(r.candidate, r.body): (r.result, r.reason) for r in rulings}
    assert found["ann", "clps"][0] == "nominated"
    assert found["bob", "affiliates"][0] == "nominated"
    assert found["cyd", "affiliates"] == ("not nominated", "0 trade unions, where 2 are needed")
    assert on_the_paper(case) == ["ann", "bob"]
    votes = {"members": (60, 50), "affiliated": (20, 31), "registered": (15, 17)}
    for segment, (ann, bob) in votes.items():
        paper_count.enter(folder, {"ann": ann, "bob": bob}, section=segment, roll={"entitled": 200, "spoilt": 0})
    assert elected(folder) == ("Bob",)


def test_what_is_not_known_of_a_gate_stops_the_count(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "labour-2018")
    for body in ("MPs and MEPs", "constituency parties", "affiliated organisations"):
        edit(folder, f"# size =     how many {body}", f"size = 10 # how many {body}")
    nominate(folder, "Ann", "1")
    nominate(folder, "Bob", "2")
    folders.close(folder)
    nominate(folder, "Ann", "A", "B", "C", body="affiliates", part="unions")
    nominate(folder, "Bob", "Leeds", body="clps")
    _, rulings = folders.close(folder)
    assert {r.candidate: r.result for r in rulings} == {"ann": "not known", "bob": "nominated"}
    with pytest.raises(InputError, match="whether Ann is on the paper is not known"):
        paper_count.enter(folder, {"bob": 1})
    assert not contest.declare(contest.load(str(folder))).elected  # not Bob, unopposed


def test_supporting_nominations_are_closed_too(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "labour-2014")
    edit(folder, "# size =     how many MPs", "size = 10 # how many MPs")
    nominate(folder, "Ann", "1", "2")
    nominate(folder, "Bob", "3", "4")
    folders.close(folder)
    nominate(folder, "Ann", "Leeds", "York")
    stages = [s.id for s in contest.load(str(folder)).rulebook.stage if s.kind == "nomination"]
    for stage in stages[1:]:
        _, rulings = folders.close(folder, stage)
        assert {r.result for r in rulings} <= {"supporting"}
    with pytest.raises(InputError, match="nominations are closed"):
        folders.close(folder)
    assert on_the_paper(contest.load(str(folder))) == ["ann", "bob"]


# -- files edited by hand ---------------------------------------------------------------------------------------

BEFORE = """# first of all
id = "c"   # the id
title = "T"
organisation = "O"
office = "P"
rulebook = "rulebook.toml"
date = 2026-05-01
figures = "ours"
# about the bodies
[bodies.members]
size = 40 # counted on 1 May
"""
LAYOUTS = {
    "tables": '\n# Ann\n[candidates.ann]\nname = "Ann" # since 2020\n\n# the end\n',
    "empty table": "\n[candidates]\n# nobody yet\n",
    "inline rows": '\n[candidates]\nann = { name = "Ann" } # since 2020\n# the end\n',
    "inline table": '\ncandidates = { ann = { name = "Ann" } } # since 2020\n',
    "dotted": '\n[candidates]\nann.name = "Ann" # since 2020\n',
    "far apart": (
        '\n[candidates.ann]\nname = "Ann"\n# between\n[timetable]\nfreeze = 2026-01-01 # day\n'
        '[candidates.bob]\nname = "Bob" # new\n# the end\n'
    ),
    "quoted keys": '\n[candidates."ann"]\n"name" = \'Ann\'\n',
    "windows": '\n# Ann\n[candidates.ann]\nname = "Ann"\n\n'.replace("\n", "\r\n"),
    "sources after": '\n[candidates.ann]\nname = "Ann"\n\n[[source]]\ntitle = "x" # y\n',
    "long text": '\n[candidates.ann]\nname = """\\\n  Ann"""\nnote = \'\'\'it\'s "her"\'\'\' # so\n',
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_edited_by_hand_keeps_its_comments_and_its_order(society: Path, layout: str) -> None:
    path = society / "contest.toml"
    head = BEFORE
    if layout == "inline table":
        head, tables = BEFORE.split("# about the bodies\n")
        text = head + LAYOUTS[layout] + "# about the bodies\n" + tables
    else:
        text = head + LAYOUTS[layout]
    path.write_bytes(text.encode())
    comments = [line[line.index("#") :].rstrip() for line in text.splitlines() if "#" in line]
    keys = [line.split("=")[0] for line in text.splitlines() if "=" in line]

    def whole() -> None:
        now = path.read_text("utf-8")
        assert [line[line.index("#") :].rstrip() for line in now.splitlines() if "#" in line] == comments
        there = iter(line.split("=")[0] for line in now.splitlines())
        assert all(key in there for key in keys), now

    nominate(society, "Ann", "1", "2")
    nominate(society, "Cyd Ö.", "3", "4")
    whole()
    folders.close(society)
    whole()
    paper_count.enter(society, {"ann": 3, "cyd-o": 4}, roll={"entitled": 40})
    whole()
    paper_count.enter(society, {"ann": 30, "cyd-o": 4}, roll={"spoilt": 2})
    whole()
    assert said(society)["ballot"] == [
        {
            "stage": "ballot",
            "roll": {"total": {"entitled": 40, "spoilt": 2}},
            "round": [{"votes": {"total": {"ann": 30, "cyd-o": 4}}}],
        }
    ]
    assert elected(society) == ("Ann",)


def test_a_layout_that_cannot_be_changed_is_left_alone(society: Path) -> None:
    path = society / "contest.toml"
    head, tables = BEFORE.split("# about the bodies\n")
    path.write_text(head + 'candidates.ann.name = "Ann"\nabout = "x"\n' + tables)
    before = path.read_bytes()
    with pytest.raises(ContestError, match="laid out in a way that cannot be changed"):
        nominate(society, "Bob", "1")
    assert path.read_bytes() == before
    assert not read_nominations(society / "nominations.csv")


def test_inline_rounds_and_nominations(society: Path) -> None:
    path = society / "contest.toml"
    head, tables = BEFORE.split("# about the bodies\n")
    inline = (
        'nomination = [{ stage = "nomination", counts = { ann = 2, bob = 2, cyd = 2 } }] # by hand\n'
        'ballot = [{ stage = "ballot", round = [{ votes = { total = { ann = 9, bob = 5, cyd = 6 } } }] }]\n'
    )
    people = "".join(f'[candidates.{who}]\nname = "{who.title()}"\n' for who in ("ann", "bob", "cyd"))
    path.write_text(head + inline + tables + people)
    paper_count.enter(society, {"ann": 9, "cyd": 11}, round_=2, roll={"entitled": 30})
    assert elected(society) == ("Cyd",)
    assert "# by hand" in path.read_text()


def test_permissions_stay(society: Path) -> None:
    (society / "contest.toml").chmod(0o640)
    assert (society / "nominations.csv").stat().st_mode & 0o077 == 0
    nominate(society, "Ann", "1")
    assert (society / "contest.toml").stat().st_mode & 0o777 == 0o640
    assert (society / "nominations.csv").stat().st_mode & 0o077 == 0


# -- figures ----------------------------------------------------------------------------------------------------


def test_figures_entered_twice_replace(society: Path) -> None:
    three_nominated(society)
    paper_count.enter(society, {"ann": 1, "bob": 2, "cyd": 3}, roll={"entitled": 10, "spoilt": 1})
    paper_count.enter(society, {"ann": 21, "bob": 2, "cyd": 3}, roll={"entitled": 40})
    assert said(society)["ballot"] == [
        {
            "stage": "ballot",
            "roll": {"total": {"entitled": 40, "spoilt": 1}},
            "round": [{"votes": {"total": {"ann": 21, "bob": 2, "cyd": 3}}}],
        }
    ]
    assert elected(society) == ("Ann",)


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ({"ann": 1, "bob": 2}, "the votes of cyd are missing"),
        ({"ann": 1, "bob": 2, "cyd": 3, "dee": 4}, '"dee" is not on the paper'),
        ({"ann": 1, "bob": 2, "cyd": 3, "reopen": 4}, '"reopen" is not on the paper'),
        ({"ann": 1, "bob": 2, "cyd": 10**13}, "too large"),
    ],
)
def test_votes_that_do_not_fit_the_paper(society: Path, votes: dict[str, int], message: str) -> None:
    three_nominated(society)
    before = (society / "contest.toml").read_bytes()
    with pytest.raises(SelectorateError, match=message):
        paper_count.enter(society, votes)
    assert (society / "contest.toml").read_bytes() == before


def test_rounds_come_in_their_order_and_end(society: Path) -> None:
    three_nominated(society)
    with pytest.raises(InputError, match="round 2 cannot be entered yet"):
        paper_count.enter(society, {"ann": 1, "bob": 2}, round_=2)
    paper_count.enter(society, {"ann": 10, "bob": 9, "cyd": 3})
    with pytest.raises(InputError, match='"cyd" is not on the paper'):
        paper_count.enter(society, {"ann": 10, "bob": 9, "cyd": 3}, round_=2)
    paper_count.enter(society, {"ann": 11, "bob": 11}, round_=2)
    paper_count.enter(society, {"ann": 10, "bob": 12}, round_=2)
    with pytest.raises(InputError, match="round 3 is not held") as fault:
        paper_count.enter(society, {"ann": 10, "bob": 12}, round_=3)
    assert fault.value.hint == "Round 2 decided it: Bob."
    with pytest.raises(InputError, match='there is no ballot "x"'):
        paper_count.enter(society, {"ann": 1}, stage="x")


def test_figures_that_do_not_add_up(society: Path) -> None:
    three_nominated(society)
    paper_count.enter(society, {"ann": 10, "bob": 9, "cyd": 3}, roll={"entitled": 20, "returned": 23, "spoilt": 2})
    failed = {check.what for check in audit(contest.load(str(society))).checks if check.status == "disagrees"}
    assert any("no more ballots than persons entitled" in what for what in failed)
    assert len(failed) == 2  # nor do valid and spoilt ones make 23


def test_unopposed_without_a_ballot(society: Path) -> None:
    nominate(society, "Ann", "1", "2")
    nominate(society, "Bob", "3")
    folders.close(society)
    assert elected(society) == ("Ann",)
    (ballot,) = contest.declare(contest.load(str(society))).ballots
    assert ballot.outcome == "elected"
    assert ballot.notes == (
        "No ballot was held: Ann was the only candidate, and the rulebook has a single candidate elected.",
    )
    with pytest.raises(InputError, match="no ballot is held: Ann is the only candidate"):
        paper_count.enter(society, {"ann": 3})


def test_unopposed_where_the_rulebook_wants_a_ballot(society: Path) -> None:
    rulebook = society / "rulebook.toml"
    rulebook.write_text(rulebook.read_text() + 'unopposed = "ballot held"\nreopen_nominations = true\n')
    nominate(society, "Ann", "1", "2")
    folders.close(society)
    assert not contest.declare(contest.load(str(society))).elected
    paper_count.enter(society, {"ann": 30, "reopen": 4})
    assert elected(society) == ("Ann",)


def test_one_left_by_withdrawal_before_the_ballot(society: Path) -> None:
    three_nominated(society)
    edit(society, 'stage = "nomination"', 'stage = "nomination"\nwithdrew = ["bob", "cyd"]')
    assert elected(society) == ("Ann",)


# -- ties -------------------------------------------------------------------------------------------------------


def test_a_tie_by_lot(society: Path) -> None:
    three_nominated(society)
    case = paper_count.enter(society, {"ann": 10, "bob": 5, "cyd": 5})
    assert "tied" in str(contest.replay(case)[0].stopped)
    with pytest.raises(InputError, match="who stands in round 2 is not decided"):
        paper_count.enter(society, {"ann": 10, "bob": 9}, round_=2)
    paper_count.enter(society, {}, out=["cyd"], tie="by lot, drawn by A. Jones")
    paper_count.enter(society, {"ann": 10, "bob": 10}, round_=2)
    assert elected(society) == ("Ann",)  # ahead in the round before: the first rule, before the lot
    declared = contest.declare(contest.load(str(society)))
    said_ = [text for item in declared.ballots[0].rounds for text in item.say]
    assert "the tie was broken: by lot, drawn by A. Jones" in said_
    assert "the tie was broken: by the votes of round 1" in said_


def test_a_lot_against_the_first_rule_is_told(society: Path) -> None:
    three_nominated(society)
    paper_count.enter(society, {"ann": 10, "bob": 6, "cyd": 5})
    paper_count.enter(society, {"ann": 10, "bob": 10}, round_=2, out=["ann"], tie="by lot")
    assert not agrees(society)


def test_new_votes_put_a_lot_aside(society: Path) -> None:
    three_nominated(society)
    paper_count.enter(society, {"ann": 10, "bob": 5, "cyd": 5}, out=["bob"], tie="by lot")
    paper_count.enter(society, {"ann": 10, "bob": 5, "cyd": 5})
    assert "tie" in said(society)["ballot"][0]["round"][0]  # type: ignore[index]
    paper_count.enter(society, {"ann": 10, "bob": 6, "cyd": 5})
    assert said(society)["ballot"][0]["round"] == [{"votes": {"total": {"ann": 10, "bob": 6, "cyd": 5}}}]  # type: ignore[index]
    paper_count.enter(society, {"ann": 11, "bob": 10}, round_=2)
    assert elected(society) == ("Ann",)


RULES = """id = "r"
name = "R"
organisation = "O"
office = "P"
[segments.members]
name = "members"
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "choose one"
"""
PEOPLE = "".join(f'[candidates.{who}]\nname = "{who.title()}"\n' for who in ("ann", "bob", "cyd", "dee"))


def plain(tmp_path: Path, stage: str) -> Path:
    (tmp_path / "r.toml").write_text(RULES + stage)
    folder = start(tmp_path / "f", str(tmp_path / "r.toml"))
    with (folder / "contest.toml").open("a") as file:
        file.write(PEOPLE)
    return folder


def test_a_tie_for_the_place_by_lot(tmp_path: Path) -> None:
    folder = plain(tmp_path, 'count = "most votes"\nelected = "most votes"\ntie = "lot"\n')
    case = paper_count.enter(folder, {"ann": 7, "bob": 7, "cyd": 3, "dee": 7})
    assert not contest.declare(case).elected
    paper_count.enter(folder, {}, elected=["dee"], tie="by lot")
    assert elected(folder) == ("Dee",)
    rows = {row.candidate: row.fate for row in contest.declare(contest.load(str(folder))).ballots[0].rounds[0].rows}
    assert rows == {"ann": "", "bob": "", "cyd": "", "dee": "elected"}


def test_a_tie_for_the_last_of_several_places_by_lot(tmp_path: Path) -> None:
    stage = 'count = "most votes"\nelected = "most votes"\nplaces = 2\ntie = "lot"\n'
    folder = plain(tmp_path, stage.replace("choose one", "choose up to"))
    case = paper_count.enter(folder, {"ann": 9, "bob": 7, "cyd": 7, "dee": 1})
    assert contest.replay(case)[0].outcome == "stopped"
    paper_count.enter(folder, {}, out=["bob"], tie="by lot")
    assert elected(folder) == ("Ann", "Cyd")


def test_a_tie_with_others_below(tmp_path: Path) -> None:
    folder = plain(tmp_path, 'count = "two rounds"\nelected = "majority of votes"\ntie = "lot"\n')
    paper_count.enter(folder, {"ann": 9, "bob": 6, "cyd": 6, "dee": 1}, out=["cyd"], tie="by lot")
    case = paper_count.enter(folder, {"ann": 9, "bob": 13}, round_=2)
    assert contest.replay(case)[0].rounds[0].left == ("ann", "bob")
    assert elected(folder) == ("Bob",)


# -- repeated ballots and several stages --------------------------------------------------------------------------


def conservatives(tmp_path: Path, *names: str) -> Path:
    folder = start(tmp_path / "f", "conservatives-1998")
    edit(folder, "# size =     how many Conservative MPs there are", "size = 30")
    for number, name in enumerate(names):
        nominate(folder, name, f"{number}a", f"{number}b")
    folders.close(folder)
    return folder


def test_ballots_of_the_mps_and_then_of_the_members(tmp_path: Path) -> None:
    folder = conservatives(tmp_path, "Ann", "Bob", "Cyd", "Dee", "Eve")
    with pytest.raises(InputError, match="there are several ballots"):
        paper_count.enter(folder, {"ann": 1})
    with pytest.raises(InputError, match="has not decided who goes on"):
        paper_count.enter(folder, {"ann": 1}, stage="members")
    paper_count.enter(folder, {"ann": 9, "bob": 8, "cyd": 6, "dee": 5, "eve": 1}, stage="mps", roll={"spoilt": 1})
    paper_count.enter(folder, {}, stage="mps", withdrawn=["dee"])
    paper_count.enter(folder, {"ann": 11, "bob": 9, "cyd": 8}, stage="mps", round_=2, roll={"spoilt": 2})
    with pytest.raises(InputError, match="round 3 is not held"):
        paper_count.enter(folder, {"ann": 11, "bob": 9}, stage="mps", round_=3)
    with pytest.raises(InputError, match='"cyd" is not on the paper'):
        paper_count.enter(folder, {"ann": 11, "cyd": 9}, stage="members")
    paper_count.enter(folder, {"ann": 100, "bob": 120}, stage="members", roll={"entitled": 500, "spoilt": 3})
    assert elected(folder) == ("Bob",)
    rounds = said(folder)["ballot"][0]["round"]  # type: ignore[index]
    assert [item["roll"] for item in rounds] == [{"total": {"spoilt": 1}}, {"total": {"spoilt": 2}}]


def test_only_two_nominated_need_no_ballot_of_the_mps(tmp_path: Path) -> None:
    folder = conservatives(tmp_path, "Ann", "Bob")
    paper_count.enter(folder, {"ann": 100, "bob": 120}, stage="members")
    assert elected(folder) == ("Bob",)


def test_the_last_but_one_withdraws(tmp_path: Path) -> None:
    folder = conservatives(tmp_path, "Ann", "Bob", "Cyd")
    paper_count.enter(folder, {"ann": 19, "bob": 6, "cyd": 5}, stage="mps", withdrawn=["bob"])
    assert elected(folder) == ("Ann",)


def test_a_tied_ballot_is_held_again_and_then_all_go_out(tmp_path: Path) -> None:
    folder = conservatives(tmp_path, "Ann", "Bob", "Cyd", "Dee")
    paper_count.enter(folder, {"ann": 12, "bob": 10, "cyd": 4, "dee": 4}, stage="mps", void=True, tie="held again")
    paper_count.enter(folder, {"ann": 12, "bob": 10, "cyd": 4, "dee": 4}, stage="mps", round_=2)
    paper_count.enter(folder, {"ann": 12, "bob": 10}, stage="members")
    assert elected(folder) == ("Ann",)


def test_new_candidates_enter_a_second_ballot(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "conservatives-1975")
    edit(folder, "# size =     how many Conservative MPs there are", "size = 276")
    with (folder / "contest.toml").open("a") as file:
        file.write(PEOPLE)
    first = {"ann": 130, "bob": 119, "cyd": 16, "dee": 0}
    with pytest.raises(InputError, match="nobody can enter with this round"):
        paper_count.enter(folder, {**first, "eve": 1}, new=["Eve"])
    paper_count.enter(folder, first, roll={"abstentions": 11}, withdrawn=["bob", "cyd", "dee"])
    second = {"ann": 146, "willie-w": 79, "geoffrey-h": 19, "jim-p": 19}
    paper_count.enter(folder, second, round_=2, new=["Willie W.", "Geoffrey H.", "Jim P."])
    assert elected(folder) == ("Ann",)
    assert contest.load(str(folder)).contest.candidates["willie-w"].name == "Willie W."


def test_nobody_withdraws_between_the_rounds_of_one_ballot(society: Path) -> None:
    three_nominated(society)
    with pytest.raises(InputError, match="nobody withdraws between"):
        paper_count.enter(society, {"ann": 10, "bob": 9, "cyd": 3}, withdrawn=["cyd"])


def test_a_motion(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "plp-confidence")
    with pytest.raises(InputError, match="knows no nominations"):
        nominate(folder, "Ann", "1")
    with pytest.raises(InputError, match="the votes of against are missing"):
        paper_count.enter(folder, {"for": 17})
    edit(folder, "# size =     how many Labour MPs there are", "size = 230")
    paper_count.enter(folder, {"for": 172, "against": 40}, roll={"spoilt": 4})
    assert agrees(folder)
    (ballot,) = contest.declare(contest.load(str(folder))).ballots
    assert ballot.outcome == "carried"


def test_a_college(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "fine-gael-2017")
    edit(folder, "# size =     how many members of", "size = 20 # how many members of")
    nominate(folder, "Leo", "1", "2")
    nominate(folder, "Simon", "3", "4")
    folders.close(folder)
    for segment, (leo, simon) in {
        "parliamentary-party": (51, 22),
        "members": (70, 140),
        "representatives": (60, 50),
    }.items():
        case = paper_count.enter(folder, {"leo": leo, "simon": simon}, section=segment)
    assert elected(folder) == ("Leo",)
    assert {row.candidate: len(row.weighted) for row in contest.declare(case).ballots[0].rounds[0].rows} == {
        "leo": 3,
        "simon": 3,
    }


def test_points_by_unit_from_a_file(tmp_path: Path) -> None:
    folder = start(tmp_path / "f", "cpc-2022")
    with (folder / "contest.toml").open("a") as file:
        file.write(PEOPLE)
    with pytest.raises(ContestError, match=r'no file "units\.csv"'):
        paper_count.enter(folder, {}, units="units.csv")
    rows = ["unit,name,round,ann,bob,cyd", "n,North,1,100,60,40", "s,South,1,10,30,16", "e,East,1,70,40,30"]
    rows += ["n,North,2,120,80,", "s,South,2,20,36,", "e,East,2,85,55,"]
    (folder / "units.csv").write_text("\n".join(rows) + "\n")
    case = paper_count.enter(folder, {}, units="units.csv")
    assert [item.decision.outcome for item in contest.replay(case)[0].rounds if item.decision] == ["reduced", "elected"]
    assert elected(folder) == ("Ann",)
    assert sum(unit.pooled for unit in contest.declare(case).ballots[0].units) == 3
