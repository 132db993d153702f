"""What the rulebook says: the rules of a contest as data.

``load`` reads a rulebook, by the id of one that is shipped or from a file, and refuses what contradicts
itself; ``explain`` says it in sentences; ``json_schema`` is for editors. A ``Rulebook`` is a value: nothing
here counts.
"""

from .explain import Passage, explain
from .grammar import BASES, Base, GoingOut, ParameterRef, Quantity, Requirement, share_text
from .load import from_document, json_schema, load, load_file, preset_ids, preset_text, with_parameters
from .model import (
    BY_METHOD,
    MANY_PLACES,
    BallotStage,
    Disclosure,
    Gate,
    GroupRule,
    Interpretation,
    MotionStage,
    NominationStage,
    Occasion,
    Online,
    Points,
    Rulebook,
    Source,
    held,
)

__all__ = [
    "BASES",
    "BY_METHOD",
    "MANY_PLACES",
    "BallotStage",
    "Base",
    "Disclosure",
    "Gate",
    "GoingOut",
    "GroupRule",
    "Interpretation",
    "MotionStage",
    "NominationStage",
    "Occasion",
    "Online",
    "ParameterRef",
    "Passage",
    "Points",
    "Quantity",
    "Requirement",
    "Rulebook",
    "Source",
    "explain",
    "from_document",
    "held",
    "json_schema",
    "load",
    "load_file",
    "preset_ids",
    "preset_text",
    "share_text",
    "with_parameters",
]
