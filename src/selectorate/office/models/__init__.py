"""What the office keeps: people, the organisation, contests, the log of acts.

Times are UTC in the database. A thing that an act has changed is never deleted by another: it ends, is withdrawn or
is replaced, with the act beside it.
"""

from .acts import Act, Log, Proposal
from .contests import (
    Agent,
    BallotRound,
    Candidate,
    Contest,
    ContestBody,
    Declaration,
    Dispute,
    Draw,
    FiguresEntry,
    Letter,
    Nomination,
    PaperPreview,
    Preparation,
    RoundEvent,
    StageState,
    TimetableChange,
    TimetableDate,
)
from .organisation import Bench, Body, BodySeat, Office, Organisation, Person, Tenure, Unit
from .people import Appointment, Mail, Role, User

__all__ = [
    "Act",
    "Agent",
    "Appointment",
    "BallotRound",
    "Bench",
    "Body",
    "BodySeat",
    "Candidate",
    "Contest",
    "ContestBody",
    "Declaration",
    "Dispute",
    "Draw",
    "FiguresEntry",
    "Letter",
    "Log",
    "Mail",
    "Nomination",
    "Office",
    "Organisation",
    "PaperPreview",
    "Person",
    "Preparation",
    "Proposal",
    "Role",
    "RoundEvent",
    "StageState",
    "Tenure",
    "TimetableChange",
    "TimetableDate",
    "Unit",
    "User",
]
