"""The roll: who may vote. Import, entitlement, segments, duplicates, fingerprint, difference, reconciliation.

Values in, values out. Files are touched by ``look`` and ``read`` (of a table that was given by its path) and by
``load_mapping``; what ``csv_text`` and ``court_text`` return is for others to write. Nothing here knows a database.

ONE ROW IS ONE CAPACITY OF ONE PERSON. A person has a key (``person``, text) and one row for each capacity they hold or
held: member, affiliated supporter through a body, registered supporter. The row's key is
``(person, capacity, body, spell)``; ``spell`` tells apart who left and joined again (1, 2, ...: its history).

The way of a file::

    look ──▶ Table ──▶ propose_mapping ──▶ Mapping ──▶ read ──▶ Reading ──▶ dry_run ──▶ Plan ──▶ apply ──▶ Roll
                                                                                        └──▶ undo ──▶ Roll
    Roll ──▶ entitlement ──▶ Entitlement ──▶ reconciliation

Reading a file:

- ``look(path or bytes, name, encoding=, separator=, sheet=, header=)``: a ``Table`` (kind, headings, sample, remarks)
- ``propose_mapping(table, remembered)``: a ``Mapping``; it serialises by ``to_toml`` and ``mapping_of``, and by
  ``model_dump(mode="json")`` and ``Mapping(**...)``
- ``read(table, mapping)``: a ``Reading`` (roll, refusals, remarks; or questions, and then nothing was taken)

From one roll to another:

- ``dry_run(roll, reading)``: a ``Plan`` (new, changed, gone, unchanged, refusals; kept by ``to_bytes``, ``from_bytes``)
- ``apply(roll, plan)`` and ``undo(roll, plan)``: a ``Roll``
- ``difference(before, after)``: a ``Difference`` (added, gone, changed cell by cell)
- ``fingerprint(roll, salt)``: SHA-256 of the canonical form, whatever the order of the rows
- ``change(roll, LaterChange(...))``: a ``Roll``, after an act with a reason and two officials
- ``merge(roll, keep, other)``: a ``Roll``; two keys are one person, as the desk has found
- ``csv_text(roll)``, ``court_text(before, after, acts)``: text to write or to print

Who may vote:

- ``check_tests(rulebook)``: raises RulebookError at set-up for a test that could not be run
- ``entitlement(rulebook, stage, roll, dates, on=)``: an ``Entitlement`` (persons, votes, refused, and the sums)
- ``in_several_segments(entitled)``, ``compare_entitlement(before, after)``: frames
- ``reconciliation(announced, entitled, refused=, added=, struck=, final=)``: a ``Reconciliation``
- ``ask(roll, entitled, number=, family=, born=, postcode=)`` and, of a person whom the office knows,
  ``entry(roll, entitled, person)``: an ``Answer`` (what all are told, and a letter to the address on the roll)

And: ``duplicates(roll, different=, near=)``: ``Duplicates`` (pairs for a desk, shared addresses);
``invented(n, seed)``: a ``Roll`` of persons who do not exist.

``docs/rolls.md`` says what each rule is and why.
"""

from .alike import NEAR, WHYS, DuplicatePair, Duplicates, Shared, Why, duplicates
from .asking import PUBLIC, Answer, ask, entry
from .changing import LaterChange, change, merge
from .columns import COLUMNS, KEY, SCHEMA, Column, Key
from .entitled import Entitlement, check_tests, compare_entitlement, entitlement, in_several_segments
from .fingerprints import canonical, fingerprint
from .invent import INVENTED_DATES, invented
from .looking import Table, look, propose_mapping
from .mapping import Mapping, load_mapping, mapping_of
from .papers import CSV_MAPPING, court_text, csv_text, safe, shown
from .plans import Change, Difference, Plan, apply, difference, dry_run, told_refusals, undo
from .reading import Reading, read
from .reconciling import Reconciliation, reconciliation
from .rolls import Question, Refusal, Remark, Roll

__all__ = [
    "COLUMNS",
    "CSV_MAPPING",
    "INVENTED_DATES",
    "KEY",
    "NEAR",
    "PUBLIC",
    "SCHEMA",
    "WHYS",
    "Answer",
    "Change",
    "Column",
    "Difference",
    "DuplicatePair",
    "Duplicates",
    "Entitlement",
    "Key",
    "LaterChange",
    "Mapping",
    "Plan",
    "Question",
    "Reading",
    "Reconciliation",
    "Refusal",
    "Remark",
    "Roll",
    "Shared",
    "Table",
    "Why",
    "apply",
    "ask",
    "canonical",
    "change",
    "check_tests",
    "compare_entitlement",
    "court_text",
    "csv_text",
    "difference",
    "dry_run",
    "duplicates",
    "entitlement",
    "entry",
    "fingerprint",
    "in_several_segments",
    "invented",
    "load_mapping",
    "look",
    "mapping_of",
    "merge",
    "propose_mapping",
    "read",
    "reconciliation",
    "safe",
    "shown",
    "told_refusals",
    "undo",
]
