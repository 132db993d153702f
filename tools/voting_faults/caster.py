"""Casts ballots of one voter one after another, without a site: ``python -m ... BOX NUMBER CREDENTIAL WHO``."""

from __future__ import annotations

import sys

import django

from .office import as_text


def main(uuid: str, number: int, credential: str, who: str) -> None:
    """Print what is sent, and each receipt."""
    django.setup()
    from django.db import Error

    from selectorate.box.v1.ballots import make_ballot, tracker
    from selectorate.office.boxes import casting, store
    from selectorate.office.models import SealedBox

    box = SealedBox.objects.select_related("vote").get(uuid=uuid)
    election = store.election_of(box)
    for place in range(number):
        raw = make_ballot(election, credential, [[1 + place % 3, 0, 0]])
        print("sent", tracker(raw))
        while True:
            try:
                print("receipt", as_text(casting.cast(box, raw, who=who)))
            except Error as fault:
                print("again", type(fault).__name__)
            else:
                break


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
