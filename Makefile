# The front page for developers: `make` shows what there is.
# Every target sets up what it needs: a machine with python3, pip, make and git is enough.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    ?= $(BIN)/python -m pip
WORKERS ?= 2
# What is installed, and its exact versions.
EXTRAS ?= pictures,fast,office,booth,dev
PINS   ?= constraints.txt
# The tests of the site that `make test` runs: its main ways. `make test-site` runs all of them but the walks over every
# route for every role, and those are `make test-walks`.
WALKS = $(addprefix tests/site/test_,$(addsuffix .py,everywhere hostile headers))
SITE = $(addprefix tests/site/test_,$(addsuffix .py,boxes critic_races log_of_acts settings stages_2016 story \
  two_officials))
# What has a target of its own, and what takes long for each thing that it shows.
APART = tests/browser tests/site tests/faults
LONG = tests/property tests/mutations tests/interop
# Random elections each way of `make interop-box`.
ELECTIONS ?= 200

# pip's remarks about its own version and about being root are no help here.
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-slow test-site test-walks test-postgres browser repro lint format types migrations docs bench bench-box bench-roll bench-office bench-voting rehearsal faults fuzz-box agree interop-box check clean

help:  ## show this page
	@echo "selectorate: the election office of an organisation, as software"
	@echo
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
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

$(STAMP): pyproject.toml $(PINS) | $(BIN)/python
	$(PIP) install --quiet --editable '.[$(EXTRAS)]' --constraint $(PINS)
	@touch $@

demo: $(STAMP)  ## run a whole contest and show what comes of it
	$(BIN)/selectorate demo
	@rm -rf demo/box
	$(BIN)/selectorate box demo --folder demo/box
	$(BIN)/selectorate office demo --home demo/office

# What is marked as slow, properties, mutations and the reference tool's matrix, the walks over the site, and what is
# tested in a browser have targets of their own.
test: $(STAMP)  ## run the tests (ten minutes on two cores)
	$(BIN)/pytest -n $(WORKERS) -m "not slow" $(addprefix --ignore ,$(APART) $(LONG)) tests
	$(BIN)/pytest -n $(WORKERS) -m "not slow" $(SITE)

test-slow: $(STAMP)  ## run what `make test` leaves out: properties, boxes altered in every way, many contests at once
	$(BIN)/pytest -n $(WORKERS) $(LONG)
	$(BIN)/pytest -n $(WORKERS) -m slow $(addprefix --ignore ,$(APART) $(LONG)) tests

test-site: $(STAMP)  ## run the tests of the site, all but the walks
	$(BIN)/pytest -n $(WORKERS) tests/site $(addprefix --ignore ,$(WALKS))

test-walks: $(STAMP)  ## walk over every route of the site, for every role, with every hostile string
	$(BIN)/pytest -n $(WORKERS) $(WALKS)

test-postgres: $(STAMP)  ## run all tests of the site on PostgreSQL (from a wheel; nothing is installed)
	SELECTORATE_TEST_DATABASE=postgres $(BIN)/pytest -n $(WORKERS) tests/site

browser: $(STAMP)  ## run the tests in a browser; installs Debian's chromium where there is none
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	  || (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation)
	$(BIN)/pytest tests/browser

repro: $(STAMP)  ## build the booth twice, in two folders, and compare every byte
	@rm -rf build/repro
	$(BIN)/selectorate office booth --folder build/repro/one/booth
	$(BIN)/selectorate office booth --folder build/repro/another/place/booth
	diff -r build/repro/one/booth build/repro/another/place/booth && echo "The two booths are the same."

lint: $(STAMP)  ## check form and likely bugs (ruff)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

format: $(STAMP)  ## bring the code into form (ruff)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

types: $(STAMP)  ## check the types (mypy --strict)
	$(BIN)/mypy

migrations: $(STAMP)  ## write the first migration of the office again (until the first release there is one)
	rm -f src/selectorate/office/migrations/0*.py
	SELECTORATE_HOME=$$(mktemp -d) DJANGO_SETTINGS_MODULE=selectorate.office.settings $(BIN)/python -m django makemigrations office
	$(BIN)/ruff check -q --fix src/selectorate/office/migrations && $(BIN)/ruff format -q src/selectorate/office/migrations

docs: $(STAMP)  ## write the generated pages of docs/ again
	$(BIN)/python tools/make_docs.py

# The other programs ask for other versions of what we use, so they get virtual environments of their own.
bench:  ## measure speed beside other programs (a quarter of an hour); CASES="av stv" only some
	@$(MAKE) --no-print-directory setup VENV=.venv.bench EXTRAS=bench PINS=benchmarks/constraints.txt
	.venv.bench/bin/python benchmarks/run.py $(CASES)

bench-box: $(STAMP)  ## measure sealed boxes beside belenios-tool (half an hour); ARGS="--sizes 1000 --beside 2000" less
	$(BIN)/python benchmarks/box.py $(ARGS)

bench-roll: $(STAMP)  ## measure a roll of 650,000, from a file to who may vote; ARGS=--xlsx a workbook too
	$(BIN)/python benchmarks/roll.py $(ARGS)

bench-office: $(STAMP)  ## measure a roll of 650,000 in the office, on both databases; ARGS="--persons 50000" less
	$(BIN)/python benchmarks/office.py $(ARGS)
	$(BIN)/python benchmarks/office_readers.py

bench-voting: $(STAMP)  ## measure casting: the rate held, a crowd sent away; ARGS="--minutes 0.2 --brief 5" less
	$(BIN)/python benchmarks/voting.py $(ARGS)

rehearsal: $(STAMP)  ## a vote of 50,000 from credentials to declaration, timed; ARGS="--voters 300" less
	$(BIN)/python benchmarks/rehearsal.py $(ARGS)

faults: $(STAMP)  ## break servers and databases while people vote (two hours); ARGS=--tenth less
	$(BIN)/python -m tools.voting_faults $(ARGS)

fuzz-box: $(STAMP)  ## give what reads a box anything at all, for ten minutes; ARGS="--minutes 1" less
	$(BIN)/python -m tools.box_fuzz $(ARGS)

agree:  ## compare our counts with those of other libraries (a quarter of an hour)
	@$(MAKE) --no-print-directory setup VENV=.venv.peers EXTRAS=peers PINS=tools/agreement/constraints.txt
	PYTHONHASHSEED=0 .venv.peers/bin/python -m tools.agreement

interop-box: $(STAMP)  ## hold sealed elections with the reference tool (half an hour); ELECTIONS=5 random ones only
	$(BIN)/python -m tools.box_interop --number $(ELECTIONS) $(if $(IF_THERE),--if-there)

check: lint types test  ## lint, types and test: what a commit must pass

clean:  ## remove the virtual environment, caches and what the demo wrote
	rm -rf $(VENV) $(VENV).bootstrap .venv.bench .venv.peers benchmarks/data build dist demo
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
