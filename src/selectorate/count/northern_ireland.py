"""The rules of local elections in Northern Ireland; those of the Assembly follow the same steps.

Source: Local Elections Rules, Electoral Law Act (Northern Ireland) 1962, Schedule 5, Part IV, rules 47 to 52, as
substituted by the Local Elections (Northern Ireland) Order 1985 (SI 1985/454). Four readings of ours, where the text
leaves one:

- "at any stage of the count a candidate whose total vote equals or exceeds the quota shall be deemed to be elected"
  (rule 48(3)) is tested whenever papers of one value have been transferred, for rule 51(6) passes over those who are
  deemed elected by then;
- rule 52(2), one vacancy left and no fewer votes than all others with the surpluses, is tested at the end of a stage:
  in the middle of an exclusion papers wait that it does not mention;
- as many as possible go out together under rule 51(12), and never so many that places stay empty;
- for one vacancy in all, rule 48(3) lets nobody be elected, by whatever votes, before somebody has been excluded.
"""

from __future__ import annotations

from .parcels import ParcelRule

NORTHERN_IRELAND_1985 = ParcelRule(
    "northern-ireland",
    decimals=2,
    quota="droop integer",
    within="less",
    firsts_apart=True,
    overall=True,
    one_place=True,
    cites=(
        ("quota", "rule 48"),
        ("elected", "rule 48(3)"),
        ("wait", "rule 49(10)"),
        ("surplus", "rule 49(4), (7)"),
        ("exclusion", "rule 51(1)"),
        ("together", "rule 51(12)"),
        ("batch", "rule 51(3), (6)"),
        ("end", "rule 52(3)"),
        ("last", "rule 52(1)"),
        ("overall", "rule 52(2)"),
    ),
)
