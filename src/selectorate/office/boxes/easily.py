"""Easy mode: the server makes the credentials and mails them. A private one is kept nowhere but in its mail.

Whoever runs the server can cast for everybody who does not vote. Every page that has to do with such a vote says so
(``templates/office/voting/easy.html``).
"""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from ...box.ed25519 import ED25519
from ...box.v1.credentials import fingerprint, generate, public
from ..models import BoxVoter, Mail, OnlineVote, SealedBox
from . import layout
from .credentials import public_list
from .voters import Voter, who

AT_ONCE = 500


def make(vote: OnlineVote, stages: dict[str, list[SealedBox]]) -> tuple[dict[str, str], int]:
    """Make a credential for every voter who has none: the fingerprints of the public lists; how many have no address.

    Who was admitted, or moved to another segment, after the first were made gets one for all boxes that are not open.
    """
    boxes_of = [box for boxes in stages.values() for box in boxes]
    have = Counter(BoxVoter.objects.filter(box__in=boxes_of).values_list("who", flat=True).iterator(AT_ONCE))
    by_section: dict[str, list[SealedBox]] = {}
    for stage, boxes in stages.items():
        for box in boxes:
            by_section.setdefault(f"{stage}:{box.section}", []).append(box)
    rows: list[BoxVoter] = []
    mails: list[Mail] = []
    without = 0
    for one in layout.listed(vote, stages):
        private, whose = generate(), who(vote, one.voter.voter)
        theirs = [box for name in one.sections for box in by_section[name]]
        if have[whose] == len(theirs):
            continue
        if have[whose]:
            BoxVoter.objects.filter(box__in=boxes_of, who=whose).delete()
        rows += [BoxVoter(box=box, who=whose, credential=public(ED25519, box.uuid, private)) for box in theirs]
        if one.voter.email:
            mails.append(_mail(vote, one.voter, private))
        else:
            without += 1
        if len(rows) >= AT_ONCE:
            _keep(rows, mails)
    _keep(rows, mails)
    prints = {}
    for boxes in stages.values():
        for box in boxes:
            box.fingerprint = prints[box.uuid] = fingerprint(public_list(box))
            box.voters = box.people.count()
            box.save(update_fields=["fingerprint", "voters"])
    return prints, without


def _keep(rows: list[BoxVoter], mails: list[Mail]) -> None:
    BoxVoter.objects.bulk_create(rows, batch_size=AT_ONCE)
    Mail.objects.bulk_create(mails, batch_size=AT_ONCE)
    rows.clear()
    mails.clear()


def _mail(vote: OnlineVote, voter: Voter, private: str) -> Mail:
    """The one mail of a voter: its text goes when a server has taken it."""
    text = _(
        "%(name)s,\n\nthis is your credential for %(contest)s. Keep it, and give it to nobody:\n\n%(private)s\n\n"
        "You vote here, where a second code is sent to this address:\n\n%(link)s\n\n"
        "It was made by the server of the vote. Whoever runs it could therefore cast a ballot for somebody who does not"
        " vote."
    ) % {
        "name": voter.name,
        "contest": vote.contest.title,
        "private": private,
        "link": f"{layout.address(vote.contest)}#{private}",
    }
    subject = " ".join((_("Your credential: %(contest)s") % {"contest": vote.contest.title}).split())[:200]
    return Mail(
        to=voter.email, subject=subject, body=f"{text}\n", next=timezone.now() if settings.MAIL_SERVER else None
    )
