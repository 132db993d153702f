"""The addresses of the voter's pages. Where ballots are sent to has a file of its own (``routes_casting``)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import voting, voting_public

_vote = "vote/<slug:contest>/"
patterns: list[Any] = [
    path(_vote, voting.vote, name="vote"),
    path(f"{_vote}code/", voting.code, name="vote-code"),
    path(f"{_vote}end/", voting.end, name="vote-end"),
    path(f"{_vote}find/", voting_public.find, name="vote-find"),
    path(f"{_vote}promises/", voting_public.promises, name="vote-promises"),
    path(f"{_vote}<slug:stage>/booth/", voting.booth, name="vote-booth"),
    path(f"{_vote}<slug:stage>/booth.json", voting.booth_json, name="vote-booth-json"),
]
