"""A record and its verification: what holds passes; every named check is the first to refuse some record."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import records
from tests.boxes import Made, new_box, parts_of, put_together, single_trustees
from tests.records import Making, measured, relisted

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.elections import RankingQuestion
from selectorate.contest import load_file
from selectorate.contest.record import BoxPlace, pack
from selectorate.contest.verifying import CHECKS, Verification, nominated, verify
from selectorate.errors import InputError


@pytest.fixture(scope="module")
def trustees() -> Any:
    return single_trustees(ED25519, 2)


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory, trustees: Any) -> dict[str, Made]:
    return records.leader_boxes(tmp_path_factory.mktemp("boxes"), trustees)


@pytest.fixture(scope="module")
def whole(boxes: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Making:
    return records.making(boxes, tmp_path_factory.mktemp("making") / "scratch")


@pytest.fixture
def making(whole: Making) -> Making:
    made = copy.copy(whole)
    for name in ("notice", "roll", "declaration", "mandate", "setups", "places"):
        setattr(made, name, copy.deepcopy(getattr(whole, name)))
    return made


def verified(path: Path) -> Verification:
    return verify(path, measured=measured)


def test_a_record_that_holds(making: Making, tmp_path: Path) -> None:
    making.write(tmp_path / "record")
    seen: list[float] = []
    found = verify(tmp_path / "record", progress=lambda what, share: seen.append(share), measured=measured)
    assert [(one.check, one.verdict) for one in found.findings] == [(check, "passed") for check in CHECKS]
    assert found.sound and found.elected == ("Ada Lovelace",) and len(found.boxes) == 4
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1)


def test_the_same_as_a_zip_file(making: Making, tmp_path: Path) -> None:
    making.write(tmp_path / "record")
    for name in ("one.zip", "two.zip"):
        pack(tmp_path / "record", tmp_path / name, "leader-2026")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert verified(tmp_path / "one.zip").sound


def test_a_record_needs_no_mandate(making: Making, tmp_path: Path) -> None:
    making.write(tmp_path / "record")
    (tmp_path / "record" / "mandate.json").unlink()
    data = json.loads((tmp_path / "record" / "record.json").read_text())
    del data["files"]["mandate.json"]
    (tmp_path / "record" / "record.json").write_text(json.dumps(data))
    found = verified(tmp_path / "record")
    assert found.sound and found.findings[-1].verdict == "not there"


# -- what each check refuses --------------------------------------------------------------------------------------

Doctor = Callable[[Making, Path, Any], None]
BEFORE: dict[str, Doctor] = {}
"""What is changed before a record is written."""
AFTER: dict[str, Doctor] = {}
"""What is changed in a record that was written, whose list of files is then made to fit again."""


def before(check: str) -> Callable[[Doctor], Doctor]:
    return lambda doctor: BEFORE.setdefault(check, doctor)


def after(check: str) -> Callable[[Doctor], Doctor]:
    return lambda doctor: AFTER.setdefault(check, doctor)


def rewritten(path: Path, change: Callable[[Any], Any]) -> None:
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def placed(making: Making, name: str, path: Path, uuid: str | None = None) -> None:
    """Let another archive stand for the box of a segment."""
    number = list(making.boxes).index(name)
    place, _ = making.places[number]
    making.places[number] = (BoxPlace(uuid or place.uuid, *list(place.__dict__.values())[1:]), path)


def another(making: Making, folder: Path, trustees: Any, names: tuple[str, ...] = records.NAMES) -> Made:
    """Another box in place of that of the members, opened as the log says."""
    made = new_box(folder, (RankingQuestion("Who?", names),), voters=records.VOTERS["members"], trustees=trustees)
    records.cast(made, [[[1, 2, 3]]])
    made.to_the_end()
    placed(making, "members", made.path, made.election.uuid)
    making.setups[made.election.uuid] = records.setup_digest(made.path)
    return made


@after("acts.chain")
def _(making: Making, folder: Path, trustees: Any) -> None:
    rewritten(folder / "acts.json", lambda data: data["entries"][0].update(role="registrar"))


@after("acts.told")
def _(making: Making, folder: Path, trustees: Any) -> None:
    rewritten(folder / "acts.json", lambda data: data["told"][0]["details"]["timetable"].update(ballot_closes="never"))


@before("rulebook.frozen")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.rules += "\n# one remark more\n"


@before("rulebook.sound")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.rules = making.rules.replace('paper = "rank"', 'paper = "stones"')
    making.adopted_hash = hashlib.sha256(making.rules.encode()).hexdigest()


@before("timetable.adopted")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.notice["timetable"]["now"]["ballot_closes"] = "2026-11-30T11:00:00+00:00"


@before("contest.rules")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.contest = making.contest.replace("charles = 3", "nobody = 3")


@before("notice.candidates")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.notice["candidates"][1]["how"][0]["nominations"] = 4


@before("nominations.thresholds")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.contest = making.contest.replace('stage = "nomination"', 'stage = "nomination"\nneeded = 2')
    scratch = folder.parent / "again"
    scratch.mkdir()
    (scratch / "rulebook.toml").write_text(making.rules)
    (scratch / "contest.toml").write_text(making.contest)
    for box in making.boxes.values():
        shutil.copy(box.path, scratch)
    making.notice["candidates"] = nominated(load_file(scratch / "contest.toml"))


@before("roll.sums")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.roll["stages"][0]["segments"]["members"] += 1


@before("boxes.laid")
def _(making: Making, folder: Path, trustees: Any) -> None:
    del making.places[1]


@after("boxes.sound")
def _(making: Making, folder: Path, trustees: Any) -> None:
    path = folder / making.places[0][0].file
    raw = bytearray(path.read_bytes())
    raw[raw.index(b'"alpha":"') + 20] ^= 1
    path.write_bytes(bytes(raw))


@before("boxes.final")
def _(making: Making, folder: Path, trustees: Any) -> None:
    cut = folder.parent / "cut.bel"
    cut.write_bytes(put_together(parts_of(making.boxes["members"].path)[:-1]))
    placed(making, "members", cut)


@before("boxes.setup")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.setups[making.places[0][0].uuid] = "0" * 64


@before("boxes.trustees")
def _(making: Making, folder: Path, trustees: Any) -> None:
    another(making, folder.parent, 2)


@before("boxes.papers")
def _(making: Making, folder: Path, trustees: Any) -> None:
    another(making, folder.parent, trustees, ("Ada Lovelace", "Charles Babbage", "Ruth Nobody"))


@before("roll.credentials")
def _(making: Making, folder: Path, trustees: Any) -> None:
    table = making.roll["stages"][0]
    table["segments"]["members"] += 1
    table["entitled"] += 1
    table["persons"] += 1


@before("boxes.void")
def _(making: Making, folder: Path, trustees: Any) -> None:
    made = new_box(folder.parent, (RankingQuestion("Who?", records.NAMES),), voters=8, trustees=trustees)
    records.cast(made, [[[1, 2, 3]], [[7, 7, 7]]])
    made.to_the_end()
    placed(making, "members", made.path, made.election.uuid)
    making.setups[made.election.uuid] = records.setup_digest(made.path)
    making.contest = making.contest.replace(making.boxes["members"].path.name, made.path.name)
    for ballot in making.declaration["ballots"]:
        for section in ballot["sections"]:
            section["spoilt"] = 0


@before("count.boxes")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.contest = making.contest.replace("for = 4, against = 2", "for = 2, against = 4")


@before("count.declaration")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.declaration["ballots"][1]["rounds"][0]["rows"][0]["votes"] += 1


@before("acts.declaration")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.declared_hash = "0" * 64


@before("mandate.figures")
def _(making: Making, folder: Path, trustees: Any) -> None:
    making.mandate = {"measures": []}


@pytest.mark.parametrize("claim", ["elected", "votes", "name"])
def test_what_a_mandate_claims_is_worked_out_again(claim: str, making: Making, tmp_path: Path) -> None:
    """Written anew with the hash of each file as it should be: the figures alone tell."""
    if claim == "elected":
        making.mandate["elected"] = not making.mandate["elected"]
    elif claim == "votes":
        making.mandate["total"]["votes"]["value"] = 10**6
    else:
        making.mandate["name"] = "Somebody Else"
    making.write(tmp_path / "record")
    found = verify(tmp_path / "record", measured=measured)
    assert [one.check for one in found.findings if one.verdict == "failed"] == ["mandate.figures"]


def test_a_margin_that_was_made_larger_is_refused_by_name(making: Making, tmp_path: Path) -> None:
    """Nothing else in the record is changed: the mandate alone says more than the count gives."""
    said = making.mandate["total"]["lead-votes"]["value"]
    making.mandate["total"]["lead-votes"]["value"] = type(said)(int(said) + 1)
    making.write(tmp_path / "record")
    found = verified(tmp_path / "record")
    failed = [one for one in found.findings if one.verdict != "passed"]
    assert [(one.check, one.verdict) for one in failed] == [("mandate.figures", "failed")]
    assert failed[0].details == (f"total.lead-votes.value: declared '{int(said) + 1}', but '{said}' follows",)


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_is_the_first_to_refuse_something(check: str, making: Making, trustees: Any, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    if check in BEFORE:
        BEFORE[check](making, folder, trustees)
    making.write(folder)
    if check in AFTER:
        AFTER[check](making, folder, trustees)
        relisted(folder)
    if check == "record.files":
        (folder / "notice.json").write_text((folder / "notice.json").read_text() + "\n")
    found = verified(folder)
    assert found.first_failure == check, [(one.check, one.details) for one in found.findings if one.details]
    assert not found.sound


def test_the_list_of_doctored_records_is_whole() -> None:
    assert {"record.files", *BEFORE, *AFTER} == set(CHECKS)


# -- further ways to doctor one -------------------------------------------------------------------------------------


def test_a_file_that_is_not_listed(making: Making, tmp_path: Path) -> None:
    making.write(tmp_path / "record")
    (tmp_path / "record" / "names.csv").write_text("Ada\n")
    assert verified(tmp_path / "record").first_failure == "record.files"


def test_a_box_that_is_put_twice(making: Making, tmp_path: Path) -> None:
    place, path = making.places[0]
    making.places[1] = (BoxPlace(place.uuid, "ballot", 1, "affiliated", ("affiliated",)), path)
    assert verified(making.write(tmp_path / "record").folder).first_failure == "boxes.laid"


def test_the_boxes_of_two_segments_changed_about(making: Making, tmp_path: Path) -> None:
    (one, path), (two, other) = making.places[:2]
    making.places[0] = (BoxPlace(two.uuid, "ballot", 1, "members", ("members",)), other)
    making.places[1] = (BoxPlace(one.uuid, "ballot", 1, "affiliated", ("affiliated",)), path)
    assert verified(making.write(tmp_path / "record").folder).first_failure == "roll.credentials"


def test_an_act_that_is_not_told(making: Making, tmp_path: Path) -> None:
    making.write(tmp_path / "record")
    rewritten(tmp_path / "record" / "acts.json", lambda data: data["told"].pop())
    relisted(tmp_path / "record")
    assert verified(tmp_path / "record").first_failure == "acts.told"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "another"}', '{"format": "selectorate-record-1"}'])
def test_what_is_no_record_at_all(text: str, tmp_path: Path) -> None:
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(InputError):
        verify(tmp_path)


def test_no_such_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such record"):
        verify(tmp_path / "nothing")
    (tmp_path / "text").write_text("no ZIP file")
    with pytest.raises(InputError, match="no record"):
        verify(tmp_path / "text")


@pytest.mark.parametrize("name", ["../evil", "x/../../evil", "/evil", "x/boxes/a/b.bel", "x/evil.py"])
def test_a_zip_file_that_would_write_elsewhere(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as packed:
        packed.writestr("x/record.json", "{}")
        packed.writestr(name, "evil")
    with pytest.raises(InputError, match="no file of a record"):
        verify(tmp_path / "evil.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.zip"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, item in items for place in _places(item, (*at, key)))]


@given(data=st.data(), name=st.sampled_from(["notice", "roll", "acts", "declaration", "mandate"]), value=values)
@settings(max_examples=40, deadline=None)
def test_any_json_in_any_place_is_a_verdict(data: st.DataObject, name: str, value: Any, written: Path) -> None:
    path = written / f"{name}.json"
    kept = path.read_bytes()
    found = json.loads(kept)
    place = data.draw(st.sampled_from(_places(found)))
    target = found
    for key in place[:-1]:
        target = target[key]
    if place:
        target[place[-1]] = value
    try:
        path.write_text(json.dumps(found if place else value))
        relisted(written, (path.name,))
        verdict = verified(written)
        assert isinstance(verdict.sound, bool)
    finally:
        path.write_bytes(kept)
        relisted(written, (path.name,))


@pytest.fixture(scope="module")
def written(whole: Making, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole.write(tmp_path_factory.mktemp("written") / "record").folder


def test_the_page_says_every_check_in_its_order() -> None:
    text = " ".join((Path(__file__).parents[3] / "docs" / "verify.md").read_text(encoding="utf-8").split())
    places = [text.index(f"**{check}** – {says}") for check, says in CHECKS.items()]
    assert places == sorted(places)
