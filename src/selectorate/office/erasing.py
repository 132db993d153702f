"""How the personal data of a contest are taken out when their time is over: one function a model, each counts.

What was published stays: who stood, who nominated them, the declaration. Of an act a commitment is left, so that the
chain still holds; who did it, and the details, go.
"""

from __future__ import annotations

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from .models import Act, Candidate, Contest, Entitlement, Log, RollAmendment
from .rolls import files


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


def voter_map(contest: Contest) -> int:
    """Whose public credential is whose: the credentials themselves stay, they are public."""
    from .models import BoxVoter

    return BoxVoter.objects.filter(box__vote__contest=contest).exclude(who=None).update(who=None)


def voter_codes(contest: Contest) -> int:
    """The codes that were mailed to voters."""
    from .models import VoterCode

    return VoterCode.objects.filter(vote__contest=contest).delete()[0]


def voted_on_paper(contest: Contest) -> int:
    """Who voted on paper: how many, and what became of their papers, stays."""
    from .models import PaperVote

    named = PaperVote.objects.filter(box__vote__contest=contest).exclude(who__startswith="gone ")
    return named.update(who=Concat(Value("gone "), Cast("pk", CharField())))


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


def entitlements(contest: Contest) -> int:
    """Who was entitled, and who was refused and why: how many they were stays with the closed roll."""
    return Entitlement.objects.filter(closed__contest=contest).delete()[0]


def amendments(contest: Contest) -> int:
    """Later changes of the closed roll: the figures that they came to stay with it."""
    return RollAmendment.objects.filter(closed__contest=contest).delete()[0]


def closed_rolls(contest: Contest) -> int:
    """The rows of the closed roll: its fingerprint and its figures stay."""
    gone = 0
    for closed in contest.rolls.all():
        path = files.path(closed.file)
        gone += path.is_file()
        path.unlink(missing_ok=True)
    return gone


def enquiries(contest: Contest) -> int:
    """Who asked for their entry."""
    return contest.enquiries.all().delete()[0]


def appeals(contest: Contest) -> int:
    """Who said that the roll is wrong, and the ruling."""
    return contest.appeals.all().delete()[0]


def jobs(contest: Contest) -> int:
    """Work on the roll of the contest, with the files that came of it."""
    for job in contest.roll_jobs.exclude(file=""):
        files.path(job.file).unlink(missing_ok=True)
    return contest.roll_jobs.all().delete()[0]


def announcements(contest: Contest) -> int:
    """Which official entered what was announced."""
    return contest.announcements.exclude(by=None).update(by=None)


def reconciliation(contest: Contest) -> int:
    """Which official entered a line of the sum."""
    return contest.reconciliation_lines.exclude(by=None).update(by=None)
