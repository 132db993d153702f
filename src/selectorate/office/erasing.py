"""How the personal data of a contest are taken out when their time is over: one function a model, each counts.

What was published stays: who stood, who nominated them, the declaration. Of an act a commitment is left, so that the
chain still holds; who did it, and the details, go.
"""

from __future__ import annotations

from django.db.models import Q

from .models import Act, Candidate, Contest, Log


def letters(contest: Contest) -> int:
    """Every letter."""
    return contest.letters.all().delete()[0]


def nominations(contest: Contest) -> int:
    """Nominations that were withdrawn or not valid: those that counted are public."""
    return contest.nominations.filter(Q(withdrawn__isnull=False) | ~Q(invalid="")).delete()[0]


def candidates(contest: Contest) -> int:
    """Who never stood and was never nominated goes; of the others, what was never public."""
    never = contest.candidates.filter(status=Candidate.Status.PROPOSED, consented=None)
    never = never.exclude(nominations__withdrawn=None, nominations__invalid="", nominations__isnull=False)
    gone = never.count()
    for one in contest.candidates.exclude(status=Candidate.Status.STANDING):
        one.picture.delete(save=False)
    never.delete()
    others = contest.candidates.exclude(status=Candidate.Status.STANDING)
    gone += others.update(statement="", picture="", reason="", user=None)
    contest.candidates.filter(status=Candidate.Status.STANDING).update(user=None, reason="")
    return gone


def agents(contest: Contest) -> int:
    """Who acted for the candidates."""
    from .models import Agent

    return Agent.objects.filter(candidate__contest=contest).delete()[0]


def acts(contest: Contest) -> int:
    """Names and details of the acts, in the log of the contest and in that of its letters."""
    logs = Log.objects.filter(name__in=[f"contest:{contest.pk}", f"letters:{contest.pk}"])
    found = Act.objects.filter(log__in=logs).exclude(details=None, salt="", by=None, second=None)
    return found.update(details=None, salt="", by=None, second=None)


def proposals(contest: Contest) -> int:
    """What was proposed, in words: that there was a proposal stays."""
    return contest.proposals.exclude(says="").update(says="", payload={})


def figures(contest: Contest) -> int:
    """Entries that were replaced, or on which nobody agreed."""
    gone = 0
    for entry in contest.figures.filter(Q(replaced__isnull=False) | Q(agreed=None)):
        if entry.file and not contest.figures.filter(file=entry.file.name).exclude(pk=entry.pk).exists():
            entry.file.delete(save=False)
        entry.delete()
        gone += 1
    return gone


def previews(contest: Contest) -> int:
    """Who looked at the paper."""
    return contest.previews.all().delete()[0]


def disputes(contest: Contest) -> int:
    """What was disputed, in words."""
    return contest.disputes.exclude(says="").update(says="", ruling="")
