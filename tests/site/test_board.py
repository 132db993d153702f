"""The board: what everybody may see of the boxes, whole and alike for people, programs and watches; nothing more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.site import boxed, rolled
from tests.site.world import World, at

from selectorate.box.v1.reading import read_box
from selectorate.desks import receipts as held
from selectorate.desks.dispute import dispute
from selectorate.desks.fetching import Piece
from selectorate.desks.watching import Watch
from selectorate.office.acts import contests
from selectorate.office.boxes import board as boards
from selectorate.office.boxes import casting, store
from selectorate.office.models import BoxEvent, SealedBox


@pytest.fixture
def made(office: World, transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> boxed.Boxed:
    settings.PAGES_KEPT = 0
    monkeypatch.setattr(boards, "FRESH", -1)
    with at("2016-07-01T10:00"):
        found = boxed.box_of(rolled.contest(office))
        for number in range(3):
            casting.cast(found.box, found.ballot(number, [[1, 2, 3]]), who=found.who(number))
    return found


def address(made: boxed.Boxed, rest: str) -> str:
    return f"/contests/{made.box.vote.contest.slug}/{rest}"


def archive(made: boxed.Boxed) -> str:
    return address(made, f"boxes/{made.box.uuid}.bel")


def test_the_board_for_people(made: boxed.Boxed) -> None:
    page = Client().get(address(made, "board/"))
    made.box.refresh_from_db()
    assert page.status_code == 200
    text = page.content.decode()
    assert made.box.head in text and f"{made.box.uuid}.bel" in text and "selectorate watch" in text
    assert "secret" not in text and "verifiable" not in text
    live = Client().get(address(made, "board/live/?seen=3"))
    assert live.status_code == 204
    assert Client().get(address(made, "board/live/?seen=2")).status_code == 200


def test_the_events_of_a_box_in_pages(made: boxed.Boxed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "A_PAGE", 2)
    trackers = list(
        BoxEvent.objects.filter(box=made.box, type="Ballot").order_by("height").values_list("tracker", flat=True)
    )
    one = Client().get(address(made, f"boxes/{made.box.uuid}/")).content.decode()
    two = Client().get(address(made, f"boxes/{made.box.uuid}/?page=2")).content.decode()
    assert trackers[0] in one and trackers[1] not in one and trackers[1] in two and trackers[2] in two


def test_the_board_for_programs(made: boxed.Boxed) -> None:
    made.box.refresh_from_db()
    data = Client().get(address(made, "board.json")).json()
    (box,) = data["boxes"]
    assert (box["height"], box["head"], box["ballots"], box["voted"]) == (3, made.box.head, 3, 3)
    assert data["contest"] == made.box.vote.uuid and re.fullmatch(r"[0-9a-f]{64}", data["receipts"])
    api = Client().get(f"/api/v1{address(made, 'board')}").json()
    assert api["boxes"] == data["boxes"]
    events = Client().get(address(made, f"boxes/{made.box.uuid}/events?after=1")).json()
    assert [one["height"] for one in events["events"]] == [2, 3] and events["head"] == made.box.head
    assert Client().get(f"/api/v1{address(made, f'boxes/{made.box.uuid}/events?after=1')}").json() == events


def test_the_archive_in_parts(made: boxed.Boxed) -> None:
    whole = store.archive(made.box).read_bytes()
    answer = Client().get(archive(made))
    assert b"".join(answer.streaming_content) == whole and answer.headers["Content-Length"] == str(len(whole))
    part = Client().get(archive(made), headers={"Range": "bytes=512-1023"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == whole[512:1024]
    assert part.headers["Content-Range"] == f"bytes 512-1023/{len(whole)}"
    rest = Client().get(archive(made), headers={"Range": "bytes=512-"})
    assert b"".join(rest.streaming_content) == whole[512:]
    beyond = Client().get(archive(made), headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416 and beyond.headers["Content-Range"] == f"bytes */{len(whole)}"
    for odd in ("bytes=-5", "bytes=1-2,4-5", "lines=1-2", "bytes=x-"):
        again = Client().get(archive(made), headers={"Range": odd})
        assert again.status_code == 200 and b"".join(again.streaming_content) == whole
    same = Client().get(archive(made), headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    assert Client().head(archive(made)).headers["Content-Length"] == str(len(whole))


def test_no_header_tells_a_time(made: boxed.Boxed) -> None:
    for path in (archive(made), address(made, "board.json"), address(made, f"boxes/{made.box.uuid}/events")):
        answer = Client().get(path)
        assert not {"Last-Modified", "Date", "Expires", "Age"} & set(answer.headers)
        text = json.dumps(dict(answer.headers))
        assert "2016" not in text and "20" + "26" not in text


def test_what_is_published_is_kept_for_some_seconds(made: boxed.Boxed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "FRESH", 3600)
    assert Client().get(address(made, "board.json")).json()["boxes"][0]["height"] == 3
    with at("2016-07-01T10:00"):
        casting.cast(made.box, made.ballot(3, [[1, 2, 3]]), who=made.who(3))
    assert Client().get(address(made, "board.json")).json()["boxes"][0]["height"] == 3
    events = Client().get(address(made, f"boxes/{made.box.uuid}/events")).json()
    assert len(events["events"]) == 4 and events["height"] == 3
    monkeypatch.setattr(boards, "FRESH", -1)
    assert Client().get(address(made, "board.json")).json()["boxes"][0]["height"] == 4


def test_nobody_is_named(made: boxed.Boxed) -> None:
    for path in ("board/", "board.json", f"boxes/{made.box.uuid}/", f"boxes/{made.box.uuid}/events"):
        text = Client().get(address(made, path)).content.decode()
        assert made.who(0) not in text and "roll:0" not in text
        assert all(credential not in text for credential in made.credentials)


def test_nothing_is_shown_before_the_rules_are_adopted(office: World) -> None:
    draft = contests.create_contest(
        office.alice, None, title="A draft", rulebook="labour-2014", office=office.leader.pk
    )
    made = boxed.box_of(draft)
    for browser in (Client(), office.client(office.alice)):
        for path in ("board/", "board.json", f"boxes/{made.box.uuid}/", f"boxes/{made.box.uuid}.bel"):
            assert browser.get(address(made, path)).status_code == 404


def test_a_contest_without_boxes_has_no_board(office: World) -> None:
    with at("2016-07-01T10:00"):
        contest = rolled.contest(office)
    for path in ("board/", "board.json", "record.zip"):
        assert Client().get(f"/contests/{contest.slug}/{path}").status_code == 404
    assert "/board/" not in Client().get(f"/contests/{contest.slug}/").content.decode()


def test_a_box_that_is_not_open_yet(made: boxed.Boxed) -> None:
    SealedBox.objects.create(vote=made.box.vote, stage="ballot", round=2, section="total", uuid="2" * 22)
    assert Client().get(address(made, f"boxes/{'2' * 22}.bel")).status_code == 404
    data = Client().get(address(made, "board.json")).json()
    assert [(one["phase"], one["height"]) for one in data["boxes"]] == [("voting", 3), ("empty", -1)]
    assert Client().get(address(made, "board/")).status_code == 200


# -- a watch over the office's own board ---------------------------------------------------------------------------


class ThisSite:
    """The office, asked by its test client as a watch asks a site."""

    root = "http://testserver"

    def whole(self, path: str, most: int = 10**9) -> bytes:
        answer = Client().get(path)
        assert answer.status_code == 200
        return bytes(answer.getvalue())

    def json(self, path: str) -> Any:
        return json.loads(self.whole(path))

    def piece(self, path: str, start: int) -> Piece:
        answer = Client().get(path, headers={"Range": f"bytes={start}-"} if start else {})
        if answer.status_code == 416:
            return Piece(start, None, iter(()))
        content: Iterator[bytes] = answer.streaming_content
        return Piece(start if answer.status_code == 206 else 0, None, content)


def test_a_watch_over_the_office(made: boxed.Boxed, tmp_path: Path) -> None:
    slug = made.box.vote.contest.slug
    watching = Watch(ThisSite(), slug, tmp_path, patience=())  # type: ignore[arg-type]
    assert watching.look().findings == []
    with at("2016-07-01T10:00"):
        receipt = casting.cast(made.box, made.ballot(3, [[3, 2, 1]]), who=made.who(3))
    poll = watching.look()
    assert poll.findings == [] and "1 events more, 1 of them ballots" in poll.lines[0]
    kept = tmp_path / "boxes" / f"{made.box.uuid}.bel"
    found = held.receipt_of(receipt)
    assert found.signed(watching.seen["receipts"])
    assert dispute(found, kept).verdict == "there"
    assert read_box(kept).faults == []


def test_receipts_are_those_that_the_desks_know(made: boxed.Boxed) -> None:
    from selectorate.office.boxes import receipts

    assert (receipts.FORMAT, receipts.FIELDS) == (held.FORMAT, held.FIELDS)
