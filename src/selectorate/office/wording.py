"""What acts and roles are called where people read them."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from .models import Role

ROLES: dict[str, str] = {
    "nominator": gettext_noop("nominator"),
    "candidate": gettext_noop("candidate or agent"),
    "clock": gettext_noop("the clock"),
    "signed-in": gettext_noop("somebody signed in"),
}
KINDS: dict[str, str] = {
    "set_up_organisation": gettext_noop("organisation set up"),
    "appoint": gettext_noop("role given"),
    "end_appointment": gettext_noop("role ended"),
    "make_body": gettext_noop("body made"),
    "seat": gettext_noop("seat in a body entered"),
    "unseat": gettext_noop("seat in a body ended"),
    "create_contest": gettext_noop("contest made"),
    "set_details": gettext_noop("details set"),
    "set_rulebook": gettext_noop("rulebook changed"),
    "set_parameters": gettext_noop("what the rules leave open, fixed"),
    "name_body": gettext_noop("body named"),
    "set_date": gettext_noop("date fixed"),
    "set_timetable": gettext_noop("timetable fixed"),
    "change_date": gettext_noop("timetable changed"),
    "adopt_contest": gettext_noop("rules and timetable adopted"),
    "open_stage": gettext_noop("stage opened"),
    "close_nominations": gettext_noop("nominations closed and ruled on"),
    "close_ballot": gettext_noop("ballot closed"),
    "raise_dispute": gettext_noop("dispute raised"),
    "settle_dispute": gettext_noop("dispute settled"),
    "abandon_contest": gettext_noop("contest abandoned"),
    "clone_contest": gettext_noop("another contest made after this one"),
    "propose_candidate": gettext_noop("candidate proposed"),
    "nominate": gettext_noop("nomination"),
    "withdraw_nomination": gettext_noop("nomination withdrawn"),
    "rule_invalid": gettext_noop("nomination ruled on"),
    "consent": gettext_noop("consent to stand"),
    "record_consent": gettext_noop("consent on paper entered"),
    "withdraw_candidate": gettext_noop("candidate withdrawn"),
    "refuse_candidate": gettext_noop("candidate refused"),
    "write_statement": gettext_noop("statement written"),
    "set_picture": gettext_noop("picture set"),
    "name_agent": gettext_noop("agent named"),
    "end_agent": gettext_noop("agent's power ended"),
    "sign_off": gettext_noop("entry signed off"),
    "set_name": gettext_noop("name on the paper set"),
    "order_paper": gettext_noop("order of the paper set"),
    "confirm_preview": gettext_noop("paper looked at and confirmed"),
    "enter_figures": gettext_noop("figures taken in"),
    "enter_file": gettext_noop("file of ballots taken in"),
    "declare_result": gettext_noop("result declared"),
    "threshold_reached": gettext_noop("threshold of a motion reached"),
    "hand_in_letter": gettext_noop("letter handed in"),
    "withdraw_letter": gettext_noop("letter taken back"),
    "propose": gettext_noop("act of two officials proposed"),
    "refuse_proposal": gettext_noop("proposal refused by the second official"),
    "withdraw_proposal": gettext_noop("proposal taken back"),
    "expire_proposal": gettext_noop("proposal expired"),
}


def role(name: str) -> str:
    """What a role is called."""
    if name in Role.values:
        return str(Role(name).label)
    return gettext(ROLES[name]) if name in ROLES else name


def act(kind: str) -> str:
    """What a kind of act is called; an act without a line here by its own name."""
    return gettext(KINDS[kind]) if kind in KINDS else kind.replace("_", " ")
