"""What was cast: papers and what their marks come to.

A ``Profile`` holds all ballots of one count, equal ones merged; ``rankings`` settles unusual marks by rule and gives
strict ``Rankings`` to count. ``formats`` reads and writes files.
"""

from .marks import Ends, MarkRules, Rankings, rankings
from .parts import in_parts, part
from .profile import END, SKIPPED, Option, Profile, merged, profile_of, set_code

__all__ = [
    "END",
    "SKIPPED",
    "Ends",
    "MarkRules",
    "Option",
    "Profile",
    "Rankings",
    "in_parts",
    "merged",
    "part",
    "profile_of",
    "rankings",
    "set_code",
]
