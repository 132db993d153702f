"""The addresses of the organisation: units, offices, people, benches, bodies, contests held together."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import benches, bodies, offices, preparations, together, together_rolls, units

_manage = "organisation/"
_together = f"{_manage}preparations/<slug:preparation>/"

patterns: list[Any] = [
    # What everybody may read.
    path("units/", units.units, name="units"),
    path("units/<path:path>/", units.unit, name="unit"),
    path("offices/", offices.offices, name="offices"),
    path("offices/<path:unit>/<slug:office>/", offices.office, name="office"),
    path("people/<slug:person>/", offices.person, name="person"),
    path("benches/<slug:bench>/", benches.bench, name="bench"),
    path("benches/<slug:bench>/wave/", benches.bench_wave, name="bench-wave"),
    path("benches/<slug:bench>/wave.csv", benches.bench_wave_csv, name="bench-wave-csv"),
    path("preparations/", preparations.preparations, name="preparations"),
    path("preparations/<slug:preparation>/", preparations.preparation, name="preparation"),
    path("preparations/<slug:preparation>/slates.csv", preparations.preparation_csv, name="preparation-csv"),
    # For officers.
    path(_manage, units.organisation, name="organisation"),
    path(f"{_manage}change/", units.change_organisation, name="change-organisation"),
    path(f"{_manage}units/", units.manage_units, name="manage-units"),
    path(f"{_manage}units/new/", units.new_unit, name="new-unit"),
    path(f"{_manage}units/import/", units.import_units, name="import-units"),
    path(f"{_manage}units/<int:unit>/rename/", units.rename_unit, name="rename-unit"),
    path(f"{_manage}units/<int:unit>/move/", units.move_unit, name="move-unit"),
    path(f"{_manage}units/<int:unit>/offices/new/", offices.new_office, name="new-office"),
    path(f"{_manage}offices/<int:office>/change/", offices.change_office, name="change-office"),
    path(f"{_manage}offices/<int:office>/tenures/new/", offices.begin_tenure, name="begin-tenure"),
    path(f"{_manage}tenures/<int:tenure>/end/", offices.end_tenure, name="end-tenure"),
    path(f"{_manage}tenures/<int:tenure>/correct/", offices.correct_tenure, name="correct-tenure"),
    path(f"{_manage}people/", offices.manage_people, name="manage-people"),
    path(f"{_manage}benches/", benches.manage_benches, name="manage-benches"),
    path(f"{_manage}benches/new/", benches.new_bench, name="new-bench"),
    path(f"{_manage}benches/<slug:bench>/change/", benches.set_bench, name="set-bench"),
    path(f"{_manage}bodies/", bodies.manage_bodies, name="manage-bodies"),
    path(f"{_manage}bodies/new/", bodies.new_body, name="new-body"),
    path(f"{_manage}bodies/<slug:body>/", bodies.body, name="body"),
    path(f"{_manage}bodies/<slug:body>/seats/new/", bodies.new_seat, name="new-seat"),
    path(f"{_manage}bodies/<slug:body>/seats/import/", bodies.import_seats, name="import-seats"),
    path(f"{_manage}seats/<int:seat>/end/", bodies.end_seat, name="end-seat"),
    path(f"{_manage}preparations/", together.manage_preparations, name="manage-preparations"),
    path(f"{_manage}preparations/new/", together.prepare, name="prepare"),
    path(_together, together.manage_preparation, name="manage-preparation"),
    path(f"{_together}dates/", together.preparation_dates, name="preparation-dates"),
    path(f"{_together}dates/change/", together.preparation_change_date, name="preparation-change-date"),
    path(f"{_together}adopt/", together.preparation_adopt, name="preparation-adopt"),
    path(f"{_together}stages/<slug:stage>/", together.preparation_stage, name="preparation-stage"),
    path(f"{_together}candidates/", together.preparation_candidates, name="preparation-candidates"),
    path(f"{_together}rolls/", together_rolls.preparation_rolls, name="preparation-rolls"),
    path(f"{_together}sign-offs/", together.preparation_sign_offs, name="preparation-sign-offs"),
    path(f"{_together}papers/<slug:stage>/", together.preparation_papers, name="preparation-papers"),
    path(f"{_together}figures/<slug:stage>/", together.preparation_figures, name="preparation-figures"),
    path(f"{_together}declare/", together.preparation_declare, name="preparation-declare"),
    path(f"{_together}take-office/", together.preparation_take_office, name="preparation-take-office"),
]
