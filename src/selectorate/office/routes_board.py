"""The addresses of the board of a contest that votes online, of its boxes, and of its record."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import board, record

_contest = "contests/<slug:contest>/"
patterns: list[Any] = [
    path(f"{_contest}board/", board.board, name="contest-board"),
    path(f"{_contest}board/live/", board.live, name="contest-board-live"),
    path(f"{_contest}board.json", board.board_json, name="contest-board-json"),
    path(f"{_contest}boxes/<slug:box>/", board.box, name="contest-box"),
    path(f"{_contest}boxes/<slug:box>.bel", board.archive, name="contest-box-archive"),
    path(f"{_contest}boxes/<slug:box>/events", board.events_json, name="contest-box-events"),
    path(f"{_contest}record.zip", record.record_zip, name="contest-record"),
]
