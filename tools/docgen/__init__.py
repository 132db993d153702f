"""The parts of ``tools/make_docs.py``: key tables from the models, lists from the program, examples that are run."""
