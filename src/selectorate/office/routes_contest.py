"""The addresses of the officer's pages of a contest, of officials, of acts of two, and of the log of acts."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import acts_log, claims, dates, making, officials, preparing, proposals, sealed, steering

OFFICE = "contests/<slug:contest>/office/"

patterns: list[Any] = [
    path("contests/new/", making.choose, name="contest-new"),
    path("contests/new/own/", making.from_own, name="contest-new-own"),
    path("contests/new/<slug:rulebook>/", making.from_shipped, name="contest-new-from"),
    path(OFFICE, steering.overview, name="contest-office"),
    path(f"{OFFICE}details/", preparing.details, name="contest-details"),
    path(f"{OFFICE}rules/", preparing.rules_page, name="contest-rules"),
    path(f"{OFFICE}rules/change/", preparing.change_rules, name="contest-change-rules"),
    path(f"{OFFICE}parameters/", preparing.parameters, name="contest-parameters"),
    path(f"{OFFICE}bodies/", preparing.bodies, name="contest-bodies"),
    path(f"{OFFICE}timetable/", dates.timetable_page, name="contest-timetable"),
    path(f"{OFFICE}timetable/change/", dates.change, name="contest-change-date"),
    path(f"{OFFICE}checklist/<slug:step>/", steering.checklist, name="contest-checklist"),
    path(f"{OFFICE}adopt/", steering.adopt, name="contest-adopt"),
    path(f"{OFFICE}stages/<slug:stage>/open/", steering.open_stage, name="contest-open-stage"),
    path(f"{OFFICE}stages/<slug:stage>/close/", steering.close_stage, name="contest-close-stage"),
    path(f"{OFFICE}claims/", claims.claims, name="contest-claims"),
    path(f"{OFFICE}claims/withdraw/", claims.withdraw, name="contest-withdraw-claim"),
    path(f"{OFFICE}disputes/", steering.disputes, name="contest-disputes"),
    path(f"{OFFICE}disputes/raise/", steering.raise_dispute, name="contest-raise-dispute"),
    path(f"{OFFICE}disputes/settle/", steering.settle_dispute, name="contest-settle-dispute"),
    path(f"{OFFICE}abandon/", steering.abandon, name="contest-abandon"),
    path(f"{OFFICE}clone/", steering.clone, name="contest-clone"),
    path(f"{OFFICE}officials/", officials.of_contest, name="contest-officials"),
    path(f"{OFFICE}officials/<int:appointment>/end/", officials.end_in_contest, name="contest-end-appointment"),
    path(f"{OFFICE}proposals/", proposals.of_contest, name="contest-proposals"),
    path(
        f"{OFFICE}proposals/<int:proposal>/<slug:answer>/",
        proposals.answer_in_contest,
        name="contest-answer-proposal",
    ),
    path(f"{OFFICE}boxes/", sealed.desk, name="office-boxes"),
    path(f"{OFFICE}envelopes/<slug:stage>/", sealed.envelopes_desk, name="office-envelopes"),
    path(f"{OFFICE}boxes/<slug:box>.bel", sealed.archive, name="office-box"),
    path(f"{OFFICE}acts/", acts_log.of_contest, name="contest-acts"),
    path(f"{OFFICE}letters/log/", acts_log.of_letters, name="contest-letters-log"),
    path("contests/<slug:contest>/acts.json", acts_log.published_json, name="contest-acts-json"),
    path("contests/<slug:contest>/acts.csv", acts_log.published_csv, name="contest-acts-csv"),
    path("officials/", officials.of_organisation, name="officials"),
    path("officials/<int:appointment>/end/", officials.end_in_organisation, name="end-appointment"),
    path("proposals/", proposals.of_organisation, name="proposals"),
    path("proposals/<int:proposal>/<slug:answer>/", proposals.answer_in_organisation, name="answer-proposal"),
    path("acts/", acts_log.of_organisation, name="acts"),
]
