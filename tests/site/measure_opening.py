"""How long opening a box of many voters takes: ``pytest -n 0 -s tests/site/measure_opening.py`` (not collected)."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from django.db import transaction
from tests.site import rolled
from tests.site.test_sealed_contest import BEFORE, POOLED, RANKED, adopted
from tests.site.world import World, at

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.credentials import token
from selectorate.office.boxes import opening, store, voters
from selectorate.office.models import BoxVoter, ClosedRoll, Entitlement, SealedBox

NUMBER = int(os.environ.get("VOTERS", "50000"))


def test_opening(office: World, transactional_db: None) -> None:
    with at(BEFORE):
        made = adopted(office, RANKED, each=2)
        contest = made.contest
        rolled.ready(office, contest)
    closed = ClosedRoll.of(contest)
    box = SealedBox.objects.create(
        vote=made.vote, stage="ballot", section="total", members=POOLED["total"], uuid=token()
    )
    Entitlement.objects.filter(closed=closed).delete()
    people = [f"n{number}" for number in range(NUMBER)]
    Entitlement.objects.bulk_create(
        [Entitlement(closed=closed, stage="ballot", person=one, name=one, segment="members") for one in people], 5000
    )
    rows = [
        BoxVoter(box=box, who=voters.who(made.vote, f"roll:{one}"), credential=ED25519.power_g(number + 2))
        for number, one in enumerate(people)
    ]
    BoxVoter.objects.bulk_create(rows, 5000)
    stage = contest.rulebook.stage_named("ballot")
    begun = time.perf_counter()
    opening.without_credential(contest, stage)  # type: ignore[arg-type]
    looked = time.perf_counter()
    with transaction.atomic():
        opening.open_boxes(contest, stage, 1, datetime.now(UTC))  # type: ignore[arg-type]
    opened = time.perf_counter()
    path = store.archive(box)
    print(
        f"\n{NUMBER:,} credentials: checklist {looked - begun:.2f} s, opening {opened - looked:.2f} s, "
        f"archive {time.perf_counter() - opened:.2f} s, {path.stat().st_size:,} bytes"
    )
