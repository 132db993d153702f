"""Our counts beside those of other libraries, on random ballots: every difference explained, or it fails.

    python -m tools.agreement              # 5,000 elections for every method that we share, and docs/agreement.md

A library is one adapter (``by_*.py``): what it is given, and what it answers. Whether a difference is explained is
decided by ``twins``: slow counts in exact fractions, written apart from the program, with a switch for every departure
that we know of in a library. A difference is explained by the smallest set of switches with which the twin answers as
the library does, tables and all; without switches the twin has to answer as we do.
"""
