"""What voters are told by mail: their code, and every ballot that is recorded for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import OnlineVote, Organisation, SealedBox
from ..outbox import OutboxBackend
from .naming import section_name, stage_name


def address(name: str, vote: OnlineVote) -> str:
    """The whole address of a page of a contest, at the address of the site."""
    return f"{settings.ADDRESS}{reverse(name, args=[vote.contest.slug])}"


def _letter(there: Organisation | None, *paragraphs: str) -> str:
    return "\n\n".join([*([there.name] if there else []), *paragraphs, _("This mail comes from the election office.")])


def code_subject(vote: OnlineVote) -> str:
    """The subject of a mail with a code."""
    return _("Your code to vote: %(contest)s") % {"contest": vote.contest.title}


def code_text(vote: OnlineVote, code: str) -> str:
    """The mail with a code."""
    return _letter(
        Organisation.there(),
        vote.contest.title,
        _("Your code:"),
        code,
        _(
            "Enter it in the window in which you asked for it, within 15 minutes. It works once. Nobody from the office"
            " will ask you for it, and it is not your credential, which comes apart from it."
        ),
        _("You did not ask for a code? Then somebody typed your address or number; you need do nothing."),
    )


def several_text(vote: OnlineVote) -> str:
    """The mail to an address that several voters have."""
    return _letter(
        Organisation.there(),
        vote.contest.title,
        _(
            "Somebody asked for a code with this mail address. Several people on the roll have it: ask again with your"
            " membership number in its place, and the code comes to this address."
        ),
        address("vote", vote),
    )


def teller(box: SealedBox, email: str | None) -> Callable[[dict[str, Any], bool], None]:
    """What tells a voter that a ballot is in ``box``. What it needs is looked up now, before the box is locked.

    It is called in the transaction that records the ballot, with the receipt, and with whether a ballot under the same
    credential was there before: the mail is in the outbox if, and only if, the ballot is in the box. A voter is told of
    every ballot, so that one is noticed which they did not cast, or cast long before.
    """
    if not email:
        return lambda receipt, again: None
    there, name = Organisation.there(), _box_name(box)

    def tell(receipt: dict[str, Any], again: bool) -> None:
        subject = _("A ballot of yours was recorded: %(contest)s") % {"contest": box.vote.contest.title}
        body = _letter(there, *_of_cast(box, name, receipt, again))
        # The outbox, whatever mail is set to: a row of this transaction is the promise.
        OutboxBackend().send_messages([EmailMessage(subject, body, to=[email])])

    return tell


def _box_name(box: SealedBox) -> str:
    contest = box.vote.contest
    return f"{stage_name(contest, box.stage)}: {section_name(contest, box)}"


def _of_cast(box: SealedBox, name: str, receipt: dict[str, Any], again: bool) -> list[str]:
    vote = box.vote
    before = _("A ballot under your credential was there before. The last one counts: this one, if no other comes.")
    said = [
        vote.contest.title,
        _("A ballot of yours was recorded in the box “%(box)s”.") % {"box": name},
        before if again else _("It is the first under your credential in this box."),
        _("Its tracker:") + f"\n{receipt['tracker']}",
        _("Compare it with what your device showed, and find it on the board, from another device if you can:")
        + f"\n{address('vote-find', vote)}",
        _("You did not cast this ballot? Tell the office at once. What is promised, and what is not:")
        + f"\n{address('vote-promises', vote)}",
    ]
    if vote.easy:
        said.append(easy_text())
    said.append(
        _(
            "The receipt, signed by the office, stands between the dashes. Keep it: saved as a file, it is what the"
            " command"
        )
        + " `selectorate dispute` "
        + _("takes, should the ballot not be on the board.")
    )
    said.append("-----\n" + json.dumps(receipt, indent=1) + "\n-----")
    return said


def easy_text() -> str:
    """What the easy mode weakens, in a sentence; on every page of the voter and in their mails."""
    return _(
        "In this contest the server makes and mails the credentials. Stuffing by whoever runs the server is not"
        " prevented: they could cast ballots for people who have not voted."
    )
