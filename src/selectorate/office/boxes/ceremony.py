"""The common key of a contest's boxes in the making: what trustees gave, as rows, and what follows from it.

What was taken had been checked when it came (``take``), so it is read back without checking it again; what is opened
under the key is checked whole once more (``trustees_of``). The rules of the steps are those of ``box.v1.ceremony``.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from ...box.canonical import dumps as text_of
from ...box.ed25519 import ED25519
from ...box.pools import new_pool
from ...box.public import Pool
from ...box.v1 import rehearsal
from ...box.v1.ceremony import Ceremony
from ...box.v1.credentials import token
from ...box.v1.messages import read_certificate, read_polynomial, read_voutput
from ...box.v1.trustees import Trustees, read_trustees, trustees_text
from ...errors import ContributionError, ProtocolError, RefusedError
from ..models import Contribution, OnlineVote, Trustee
from . import board

GROUP = ED25519
STEPS = ("certificates", "commitments", "polynomials", "voutputs")
"""What trustees give, in this order; then each decrypts a ``test``."""
TEST, COMPLAINT = "test", "complaint"
MOST_BYTES = 1024 * 1024
"""Of one message: a polynomial for 255 trustees needs a fifth of it."""

_readers = {"certificates": read_certificate, "polynomials": read_polynomial, "voutputs": read_voutput}


def _pool() -> Pool:
    return new_pool(GROUP, "libsodium")


def read(step: str, raw: bytes) -> Any:
    """What a message says. Raises ProtocolError if it has not the form."""
    if step == "commitments":
        return raw.removesuffix(b"\n").decode("ascii", "replace")
    return _readers[step](raw, GROUP)


def given(vote: OnlineVote) -> dict[str, dict[int, bytes]]:
    """What was taken in this attempt: by step and by number of trustee."""
    found: dict[str, dict[int, bytes]] = {step: {} for step in (*STEPS, TEST)}
    for row in vote.contributions.filter(attempt=vote.attempt, fault=""):
        if row.step in found:
            found[row.step][row.number] = bytes(row.content)
    return found


def ceremony_of(vote: OnlineVote, there: dict[str, dict[int, bytes]] | None = None) -> Ceremony:
    """The ceremony as it stands. ``there``: what was taken, if it was read already."""
    there = given(vote) if there is None else there
    taken = {step: {number: read(step, raw) for number, raw in there[step].items()} for step in STEPS}
    return Ceremony(GROUP, vote.threshold, vote.size, **taken)


def take(vote: OnlineVote, number: int, step: str, raw: bytes) -> Ceremony:
    """The ceremony with what trustee ``number`` gives now.

    Raises ProtocolError (``keys.order``) if it is not asked for, another one or ContributionError if it is not valid.
    """
    here = ceremony_of(vote)
    if here.step != step or number not in here.waiting:  # before it is read: what is not asked for is nobody's fault
        raise ProtocolError(f"this is not the time for {step} of trustee {number}", check="keys.order")
    said = read(step, raw)
    if step == "certificates":
        _require_new(vote, number, said)
        return here.with_certificate(_pool(), number, said)
    if step == "commitments":
        return here.with_commitment(number, said)
    if step == "polynomials":
        return here.with_polynomial(_pool(), number, said)
    return here.with_voutput(_pool(), number, said)


def _require_new(vote: OnlineVote, number: int, certificate: Any) -> None:
    """Raise ContributionError if a key of a certificate was in one before: of another attempt, or another contest."""
    keys = [key.encode("ascii") for key in (certificate.verification, certificate.encryption)]
    before = Contribution.objects.filter(step="certificates").exclude(vote=vote, attempt=vote.attempt)
    for content in before.values_list("content", flat=True).iterator():
        if any(key in bytes(content) for key in keys):
            raise ContributionError(
                f"a key of trustee {number} was used before, in another contest or another attempt",
                trustee=number,
                check="keys.certificate",
            )


# -- the finished key --------------------------------------------------------------------------------------------

_made: dict[tuple[str, int], bytes] = {}


def trustees_of(vote: OnlineVote) -> bytes:
    """The trustees of every box of the contest, as a box has them: checked whole once in a process.

    Raises RefusedError while the key is not made.
    """
    there = given(vote)
    if len(there["voutputs"]) < vote.size:
        raise RefusedError(_("the trustees have not made the common key yet"))
    key = (vote.uuid, vote.attempt)
    if key not in _made:
        _made[key] = trustees_text([ceremony_of(vote, there).parameters(_pool())])
    return _made[key]


def read_of(vote: OnlineVote) -> Trustees:
    """The same, read."""
    return read_trustees(trustees_of(vote), GROUP)


def draw_tests(vote: OnlineVote) -> None:
    """Draw the number for each trustee's test, once the key is made."""
    for trustee in vote.trustees.filter(nonce=""):
        trustee.nonce = token()
        trustee.save(update_fields=["nonce"])


def test_of(trustee: Trustee, trustees: Trustees) -> str:
    """The text of a trustee's test (``box.v1.rehearsal``)."""
    return rehearsal.rehearsal_text(
        contest=trustee.vote.uuid,
        attempt=trustee.vote.attempt,
        trustee=trustee.number,
        nonce=trustee.nonce,
        public=trustees.keys[trustee.number - 1].public_key,
    )


def require_test(trustee: Trustee, raw: bytes) -> None:
    """Raise ProtocolError unless ``raw`` is the trustee's decryption of the test."""
    trustees = read_of(trustee.vote)
    public = trustees.keys[trustee.number - 1].public_key
    answer = rehearsal.read_answer(raw, GROUP)
    rehearsal.require_answer(_pool(), GROUP, answer, text=test_of(trustee, trustees), public=public)


def ready(vote: OnlineVote) -> list[str]:
    """What is missing before boxes can be opened under the key; empty when nothing is."""
    missing = []
    named = list(vote.trustees.all())
    if len(named) < vote.size:
        missing.append(
            _("%(there)s of %(size)s trustees are named") % {"there": len(named), "size": vote.size},
        )
    there = given(vote)
    if len(there["voutputs"]) < vote.size:
        waiting = ", ".join(names_of(vote, ceremony_of(vote, there).waiting))
        missing.append(_("the common key is not made: it is waited for %(names)s") % {"names": waiting})
        return missing
    for trustee in named:
        if trustee.tested is None:
            missing.append(_("%(name)s has not decrypted the test") % {"name": trustee.name})
    return missing


def names_of(vote: OnlineVote, numbers: Any) -> list[str]:
    """What trustees are called, by number."""
    names = {one.number: one.name for one in vote.trustees.all()}
    return [names.get(number) or _("trustee %(number)s") % {"number": number} for number in numbers]


def since(vote: OnlineVote) -> Any:
    """Since when the step that is asked for now is asked for."""
    steps = list(vote.contributions.filter(attempt=vote.attempt, fault="").exclude(step=TEST).order_by("-pk"))
    now = ceremony_of(vote).step
    before = [row for row in steps if row.step != now]
    return before[0].at if before else vote.attempt_began


# -- what everybody is shown -------------------------------------------------------------------------------------


def shown(vote: OnlineVote) -> dict[str, Any]:
    """The state for trustees' tools and everybody else: nothing secret is in it, and nothing before its time."""
    there = given(vote)
    here = ceremony_of(vote, there)
    contest = vote.contest
    passed = [*STEPS, "done"].index(here.step)
    tests: list[dict[str, Any]] = []
    trustees = ""
    if here.step == "done":
        key = read_of(vote)
        trustees = key.raw.decode("utf-8")
        for one in vote.trustees.all():
            text = test_of(one, key)
            tests.append(
                {
                    "number": one.number,
                    "nonce": one.nonce,
                    "text": text,
                    "alpha": rehearsal.alpha_of(GROUP, text),
                    "done": one.tested is not None,
                }
            )
    return {
        "format": "selectorate-ceremony-1",
        "contest": {"uuid": vote.uuid, "slug": contest.slug, "title": contest.title},
        "group": GROUP.name,
        "threshold": vote.threshold,
        "size": vote.size,
        "least": vote.least,
        "attempt": vote.attempt,
        "step": here.step,
        "since": since(vote),
        "waiting": list(here.waiting),
        "trustees": [
            {"number": one.number, "name": one.name, "tested": one.tested is not None} for one in vote.trustees.all()
        ],
        "certificates": _texts(there["certificates"]) if passed > 0 else [],
        "commitments": _texts(there["commitments"]) if passed > 1 else [],
        "vinputs": [text_of(here.vinput(number)) for number in range(1, vote.size + 1)] if passed > 2 else [],
        "given": {step: sorted(there[step]) for step in STEPS},
        "key": trustees,
        "tests": tests,
        "faults": faults(vote),
        "boxes": [
            {
                "uuid": one.uuid,
                "stage": one.stage,
                "round": one.round,
                "section": one.section,
                "phase": one.phase,
                "height": there.height,
                "head": there.head,
                "archive": f"/contests/{contest.slug}/boxes/{one.uuid}.bel",
                "decrypted": _owners(one, "PartialDecryption"),
                "shuffled": _owners(one, "Shuffle"),
            }
            # As published, no sooner: else the moment of a single ballot would be seen here.
            for one, there in ((one.box, one) for one in board.snapshots(vote))
        ],
    }


def _owners(box: Any, kind: str) -> list[int]:
    """Which trustees have shuffled or decrypted a box."""
    if box.phase not in ("tallied", "shuffled", "decrypting", "final"):
        return []
    found = box.events.filter(type=kind).values_list("content", flat=True)
    return [int(json.loads(bytes(content))["owner"]) for content in found]


def _texts(by_number: dict[int, bytes]) -> list[str]:
    return [by_number[number].decode("ascii").removesuffix("\n") for number in sorted(by_number)]


def faults(vote: OnlineVote) -> list[dict[str, Any]]:
    """What was not valid, and whose it was; complaints of trustees among it. Of this attempt."""
    rows = vote.contributions.filter(attempt=vote.attempt).exclude(fault="")
    return [{"number": row.number, "step": row.step, "at": row.at, "says": row.fault} for row in rows]


def files(vote: OnlineVote) -> dict[str, bytes]:
    """What may be downloaded now, by name: what a trustee needs who works with files alone."""
    seen = shown(vote)
    found = {f"{n}.certificate.json": text for n, text in enumerate(seen["certificates"], 1)}
    if seen["commitments"]:
        found["hashes.txt"] = "\n".join(seen["commitments"])
    found |= {f"{n}.vinput.json": text for n, text in enumerate(seen["vinputs"], 1)}
    if seen["key"]:
        found["trustees.json"] = seen["key"]
    return {name: text.encode("utf-8") + b"\n" for name, text in found.items()}
