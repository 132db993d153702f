# The front page for developers: `make` shows what there is.
# Every target sets up what it needs: a machine with python3, pip, make and git is enough.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    ?= $(BIN)/python -m pip
WORKERS ?= 2

# pip's remarks about its own version and about being root are no help here.
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test lint format types docs check agree clean

help:  ## show this page
	@echo "selectorate: the election office of an organisation, as software"
	@echo
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "Nothing has to be set up first. PYTHON=python3.12 picks another Python, WORKERS=8 more test workers."

setup: $(STAMP)  ## make the virtual environment (.venv), pinned by constraints.txt

# `python3 -m venv` needs ensurepip, which some distributions keep in a package of its own. Where it is
# missing, virtualenv does the same; it goes to a folder of its own and leaves the user's Python alone.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "selectorate needs Python 3.11 or later; say which: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "python3 -m venv does not work here; taking virtualenv instead" >&2; \
	       rm -rf $(VENV) \
	       && $(PYTHON) -m pip install --quiet --target $(VENV).bootstrap virtualenv \
	       && PYTHONPATH=$(VENV).bootstrap $(PYTHON) -m virtualenv --quiet $(VENV); \
	       status=$$?; rm -rf $(VENV).bootstrap; exit $$status; }

$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --editable '.[pictures,dev]' --constraint constraints.txt
	@touch $@

demo: $(STAMP)  ## run a whole contest and show what comes of it
	$(BIN)/selectorate demo

test: $(STAMP)  ## run the tests
	$(BIN)/pytest -n $(WORKERS)

lint: $(STAMP)  ## check form and likely bugs (ruff)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

format: $(STAMP)  ## bring the code into form (ruff)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

types: $(STAMP)  ## check the types (mypy --strict)
	$(BIN)/mypy

docs: $(STAMP)  ## write the generated pages of docs/ again
	$(BIN)/python tools/make_docs.py

# Other libraries pin versions that are not ours, so they get an environment of their own.
PEERS := $(VENV)-peers

$(PEERS)/.installed: pyproject.toml tools/agreement/constraints.txt | $(STAMP)
	$(BIN)/python -m virtualenv --quiet $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --editable '.[peers]' --constraint tools/agreement/constraints.txt
	@touch $@

agree: $(PEERS)/.installed  ## compare our counts with those of other libraries (a quarter of an hour)
	PYTHONHASHSEED=0 $(PEERS)/bin/python -m tools.agreement

check: lint types test  ## lint, types and test: what a commit must pass

clean:  ## remove the virtual environment, caches and what the demo wrote
	rm -rf $(VENV) $(PEERS) $(VENV).bootstrap build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
