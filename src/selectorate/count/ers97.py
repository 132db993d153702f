"""The rules of the Electoral Reform Society, 1997.

Source: R. A. Newland and F. S. Britton, "How to conduct an election by the single transferable vote", 3rd edition,
Electoral Reform Society, 1997, sections 5 and 6. A surplus may wait where it cannot change who goes out, candidates go
out together where that cannot matter, the papers of those who go out are transferred in batches by value, and both the
quota and the votes that elect can fall. Ties are looked up at the earliest point where the votes differed, "after the
transfer of a batch of papers", so not only at the ends of stages.
"""

from __future__ import annotations

from .parcels import ParcelRule

ERS97 = ParcelRule(
    "ers97",
    decimals=2,
    quota="exact up",
    falling=True,
    active=True,
    within="not more",
    ties_by="batch",
    cites=(
        ("quota", "5.1.6"),
        ("elected, first preferences", "5.1.7(a)"),
        ("elected, surplus", "5.3.13(a)"),
        ("elected, exclusion", "5.4.9(a)"),
        ("falling", "5.4.8"),
        ("active, first preferences", "5.1.7(b)"),
        ("active, surplus", "5.3.13(b)"),
        ("active, exclusion", "5.4.9(b)"),
        ("wait", "5.2.2"),
        ("surplus", "5.3.7"),
        ("exclusion", "5.2.5"),
        ("together", "5.2.5(b)"),
        ("batch", "5.4.2"),
        ("end", "5.5.2"),
        ("last", "5.5.1"),
    ),
)
