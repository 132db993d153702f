"""Pictures."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest

from selectorate import sheets
from selectorate.contest.declaration import Declaration
from selectorate.errors import MissingPartError
from selectorate.sheets import charts, drawing, lines, stacks
from selectorate.sheets.blocks import Picture

from .samples import HOSTILE, declared, gallery_names, hostile

SVG = "{http://www.w3.org/2000/svg}"


def pictures_of(declaration: Declaration) -> Iterator[Picture]:
    for ballot in declaration.ballots:
        made = [
            charts.result_picture(declaration, ballot),
            charts.ballots_picture(declaration, ballot),
            stacks.rounds_picture(declaration, ballot),
            lines.lines_picture(declaration, ballot),
        ]
        yield from (picture for picture in made if picture is not None)


def check(picture: Picture) -> ElementTree.Element:
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img"
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert (title.text, desc.text) == (picture.title, picture.description)
    assert root.get("aria-labelledby") == title.get("id") and root.get("aria-describedby") == desc.get("id")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) and all(name and name.startswith("p") for name in ids)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) not in ("script", "image", "use", "foreignObject", "a", "style")
        assert not any(key.startswith("on") or key.endswith("href") for key in element.attrib)
        assert "style" not in element.attrib  # a page with a strict content policy would leave it out
    return root


@pytest.mark.parametrize("name", gallery_names())
def test_every_picture_says_what_it_shows(name: str) -> None:
    for picture in pictures_of(declared(name)):
        check(picture)
        assert picture.description.count(".") >= 1


def test_the_description_has_the_figures() -> None:
    declaration = declared("labour-2016")
    picture = charts.result_picture(declaration, declaration.ballots[0])
    assert picture is not None
    assert "All: Jeremy Corbyn 61.8% and Owen Smith 38.2%." in picture.description
    assert "Registered supporters: Jeremy Corbyn 69.9%" in picture.description


def test_thirteen_rounds_and_fourteen_candidates_are_all_named() -> None:
    declaration = declared("canada-conservative-2017")
    picture = charts.rounds_drawn(declaration, declaration.ballots[0])
    assert picture is not None
    said = "".join(check(picture).itertext())
    assert all(name in said for name in declaration.names.values())


def test_two_contests_are_compared() -> None:
    picture = sheets.compare_picture(declared("labour-2015"), declared("labour-2016"))
    assert picture is not None
    check(picture)
    assert "Party members 49.6% in Corbyn 2015, 59.0% in Corbyn 2016" in picture.description


def test_the_same_figures_give_the_same_picture() -> None:
    declaration = declared("uk-conservative-leadership-2019")
    assert [p.svg for p in pictures_of(declaration)] == [p.svg for p in pictures_of(declaration)]


def test_hostile_names_are_text() -> None:
    for picture in pictures_of(hostile()):
        said = "".join(check(picture).itertext())
        assert HOSTILE[1] in said


def test_neighbours_differ_in_lightness() -> None:
    def lightness(colour: str) -> int:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        return (299 * red + 587 * green + 114 * blue) // 1000

    shades = [lightness(shade) for shade in drawing.SHADES]
    assert all(abs(one - two) > 60 for one, two in zip(shades, [*shades[1:], shades[0]], strict=True))
    colours = {re.sub(r"[^0-9a-f]", "", shade) for shade in drawing.SHADES}
    assert len(colours) == len(drawing.SHADES)


@pytest.mark.parametrize("part", ["altair", "vl_convert"])
def test_without_the_part_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setitem(sys.modules, part, None)
    with pytest.raises(MissingPartError) as caught:
        sheets.declaration_html(declared("labour-2016"))
    assert caught.value.hint == 'pip install "selectorate[pictures]"'
    sheets.declaration_text(declared("labour-2016"))
