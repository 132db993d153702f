"""The addresses of the set-up of a vote held online: rules, boxes, credentials."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import online_setup as pages

_OFFICE = "contests/<slug:contest>/office/online/"

patterns: list[Any] = [
    path(_OFFICE, pages.home, name="contest-online"),
    path(f"{_OFFICE}stages/<slug:stage>/", pages.hold, name="contest-online-stage"),
    path(f"{_OFFICE}set-up/", pages.set_up, name="contest-online-set-up"),
    path(f"{_OFFICE}boxes/", pages.lay_out, name="contest-online-boxes"),
    path(f"{_OFFICE}voting.json", pages.voting_json, name="contest-online-voting"),
    path(f"{_OFFICE}voters.csv", pages.voters_csv, name="contest-online-voters"),
    path(f"{_OFFICE}credentials/", pages.take, name="contest-online-credentials"),
    path(f"{_OFFICE}send/", pages.send, name="contest-online-send"),
    path(f"{_OFFICE}destroyed/", pages.destroyed, name="contest-online-destroyed"),
]
