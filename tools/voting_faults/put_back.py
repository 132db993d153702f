"""In an office that was put back: new sessions, and the two officers who reconcile it."""

from __future__ import annotations

import sys
from pathlib import Path

import django

from .office import new_sessions


def main(uuid: str, does: str, *given: str) -> None:
    """``sessions WHO...`` prints their keys; ``reconcile FILE`` how many lost ballots the receipts in it show."""
    django.setup()
    from selectorate.office.acts import confirm, restoring
    from selectorate.office.models import Proposal, SealedBox, User

    box = SealedBox.objects.get(uuid=uuid)
    if does == "sessions":
        print(*new_sessions(box.vote, given), sep="\n")
        return
    alice, bob = (User.objects.get(email=f"{name}@example.org") for name in ("alice", "bob"))
    found = restoring.hand_in_proof(alice, box.vote.contest, text=Path(given[0]).read_text(encoding="ascii"))
    restoring.reconcile(alice, box.vote.contest)
    confirm(bob, Proposal.objects.get(kind="reconcile", status="open"))
    print(len(found.lost))


if __name__ == "__main__":
    main(*sys.argv[1:])
