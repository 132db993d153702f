"""The addresses of the roll: the organisation's, and that of each contest."""

from __future__ import annotations

from django.urls import path

from .pages import roll, roll_appeals, roll_closed, roll_contest, roll_imports, roll_pairs, roll_public, roll_sums

_CONTEST = "contests/<slug:contest>/"
_OFFICE = f"{_CONTEST}office/roll/"

patterns = [
    path("roll/", roll.home, name="roll"),
    path("roll/find/", roll.find, name="roll-find"),
    path("roll/entries/new/", roll.enter, name="roll-enter"),
    path("roll/entries/<int:entry>/", roll.entry, name="roll-entry"),
    path("roll/entries/<int:entry>/correct/", roll.correct, name="roll-correct"),
    path("roll/entries/<int:entry>/remove/", roll.remove, name="roll-remove"),
    path("roll/statistics/", roll.statistics, name="roll-statistics"),
    path("roll/steps/", roll.steps, name="roll-steps"),
    path("roll/export/", roll.export, name="roll-export"),
    path("roll/jobs/<int:job>/", roll.job, name="roll-job"),
    path("roll/jobs/<int:job>/file/", roll.job_file, name="roll-job-file"),
    path("roll/imports/", roll_imports.imports, name="roll-imports"),
    path("roll/imports/<int:imported>/", roll_imports.imported, name="roll-import"),
    path("roll/imports/<int:imported>/look/", roll_imports.look_again, name="roll-import-look"),
    path("roll/imports/<int:imported>/list/<slug:what>/", roll_imports.listed, name="roll-import-list"),
    path("roll/imports/<int:imported>/refused.csv", roll_imports.refusals_csv, name="roll-import-refusals"),
    path("roll/imports/<int:imported>/apply/", roll_imports.apply, name="roll-import-apply"),
    path("roll/imports/<int:imported>/undo/", roll_imports.undo, name="roll-import-undo"),
    path("roll/imports/<int:imported>/drop/", roll_imports.drop, name="roll-import-drop"),
    path("roll/imports/<int:imported>/delete-files/", roll_imports.delete_files, name="roll-import-delete-files"),
    path("roll/duplicates/", roll_pairs.pairs, name="roll-pairs"),
    path("roll/duplicates/search/", roll_pairs.search, name="roll-pairs-search"),
    path("roll/duplicates/<int:pair>/", roll_pairs.pair, name="roll-pair"),
    path(_OFFICE, roll_contest.home, name="contest-roll"),
    path(f"{_OFFICE}prepare/", roll_contest.prepare, name="contest-roll-prepare"),
    path(f"{_OFFICE}close/", roll_contest.close, name="contest-roll-close"),
    path(f"{_OFFICE}reopen/", roll_contest.reopen, name="contest-roll-reopen"),
    path(f"{_OFFICE}jobs/<int:job>/", roll_contest.job, name="contest-roll-job"),
    path(f"{_OFFICE}jobs/<int:job>/file/", roll_contest.job_file, name="contest-roll-job-file"),
    path(f"{_OFFICE}entitled/", roll_closed.entitled, name="contest-roll-entitled"),
    path(f"{_OFFICE}find/", roll_closed.find, name="contest-roll-find"),
    path(f"{_OFFICE}admit/", roll_closed.admit, name="contest-roll-admit"),
    path(f"{_OFFICE}persons/<int:vote>/", roll_closed.person, name="contest-roll-person"),
    path(f"{_OFFICE}persons/<int:vote>/strike/", roll_closed.strike, name="contest-roll-strike"),
    path(f"{_OFFICE}persons/<int:vote>/join/", roll_closed.join, name="contest-roll-join"),
    path(f"{_OFFICE}persons/<int:vote>/change/<int:row>/", roll_closed.change, name="contest-roll-change"),
    path(f"{_OFFICE}closed/<int:closed>/", roll_sums.changes, name="contest-roll-changes"),
    path(f"{_OFFICE}closed/<int:closed>/court/", roll_sums.court, name="contest-roll-court"),
    path(f"{_OFFICE}dates/", roll_sums.compare, name="contest-roll-dates"),
    path(f"{_OFFICE}sum/", roll_sums.reconciliation, name="contest-roll-sum"),
    path(f"{_OFFICE}sum/<int:line>/withdraw/", roll_sums.withdraw_line, name="contest-roll-sum-withdraw"),
    path(f"{_OFFICE}appeals/", roll_appeals.appeals, name="contest-roll-appeals"),
    path(f"{_OFFICE}appeals/<int:appeal>/", roll_appeals.appeal, name="contest-roll-appeal"),
    path(f"{_OFFICE}letters/<int:enquiry>/", roll_appeals.letter, name="contest-roll-letter"),
    path(f"{_OFFICE}letters/<int:enquiry>/posted/", roll_appeals.posted, name="contest-roll-posted"),
    path(f"{_CONTEST}roll/", roll_public.roll, name="contest-roll-public"),
    path(f"{_CONTEST}roll/ask/", roll_public.ask, name="contest-roll-ask"),
    path(f"{_CONTEST}roll/ask/sent/", roll_public.asked, name="contest-roll-asked"),
    path(f"{_CONTEST}roll/appeal/", roll_public.appeal, name="contest-roll-appeal-form"),
    path(f"{_CONTEST}roll/appeal/sent/", roll_public.appealed, name="contest-roll-appealed"),
]
