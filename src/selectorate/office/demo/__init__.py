"""The demonstration: an invented party of 5,000, with a contest in every state, to look at and to try things in.

``seed`` makes it, by the same acts that officials do, each at its own time. ``tour`` reads the site as a visitor does
and says where to look. Nobody and nothing in it is real.
"""

from .stories import seed
from .tour import tour

__all__ = ["seed", "tour"]
