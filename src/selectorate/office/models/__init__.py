"""What the office keeps: people, the organisation, contests, the log of acts.

Times are UTC in the database. A thing that an act has changed is never deleted by another: it ends, is withdrawn or
is replaced, with the act beside it.
"""

from .acts import Act, Log, Proposal
from .closed_rolls import (
    Announcement,
    ClosedRoll,
    Entitlement,
    ReconciliationLine,
    RollAmendment,
    RollAppeal,
    RollEnquiry,
)
from .contests import (
    Agent,
    Candidate,
    Contest,
    ContestBody,
    Declaration,
    Dispute,
    FiguresEntry,
    Letter,
    Nomination,
    PaperPreview,
    Preparation,
    RoundEvent,
    StageState,
    TimetableDate,
)
from .organisation import Bench, Body, BodySeat, Office, Organisation, Person, Tenure, Unit
from .people import Appointment, Mail, Role, User
from .rolls import (
    DuplicatePair,
    RollAlias,
    RollEntry,
    RollImport,
    RollJob,
    RollMapping,
    RollPast,
    RollStep,
)

__all__ = [
    "Act",
    "Agent",
    "Announcement",
    "Appointment",
    "Bench",
    "Body",
    "BodySeat",
    "Candidate",
    "ClosedRoll",
    "Contest",
    "ContestBody",
    "Declaration",
    "Dispute",
    "DuplicatePair",
    "Entitlement",
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
    "ReconciliationLine",
    "Role",
    "RollAlias",
    "RollAmendment",
    "RollAppeal",
    "RollEnquiry",
    "RollEntry",
    "RollImport",
    "RollJob",
    "RollMapping",
    "RollPast",
    "RollStep",
    "RoundEvent",
    "StageState",
    "Tenure",
    "TimetableDate",
    "Unit",
    "User",
]
