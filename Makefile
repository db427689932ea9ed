# `make demo` and `make test` do all set-up themselves; the second call starts at once.
# Needs python3 (3.11 or newer), python3-venv and make:  sudo apt-get install python3 python3-venv make

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
APT    := sudo apt-get install python3 python3-venv make

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow lint types licences pins docs predictive bench bench-quick ci clean repin

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/demo.stamp ## set up if needed, run the main scenario and write its report
	@$(BIN)/offramp demo

test: $(VENV)/dev.stamp ## set up if needed, run the fast tests (under 5 minutes)
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal -q

test-slow: $(VENV)/dev.stamp ## run the slow tests: statistics, engines at length, every scenario
	@$(BIN)/python -m pytest -m slow -n 2 --dist worksteal -q

lint: $(VENV)/dev.stamp ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: $(VENV)/dev.stamp ## check types, strictly
	@$(BIN)/mypy

licences: $(VENV)/dev.stamp ## check the licence of everything that is installed with Offramp
	@$(BIN)/python -m tools.licences

pins: $(VENV)/dev.stamp ## check that the pins are complete and resolve on Python 3.11 and 3.13 (asks the registry)
	@$(BIN)/python -m tools.pins

docs: $(VENV)/dev.stamp ## run the examples of README and docs, then build the site
	@$(BIN)/python -m tools.examples
	@$(BIN)/python -m tools.reference
	@$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

predictive: $(VENV)/dev.stamp ## set the main scenario's priors beside the record again and write the page about it
	@$(BIN)/python -m tools.observation_page
	@$(BIN)/python -m tools.predictive_page

bench: $(VENV)/dev.stamp ## measure speed, beside the peers and as users wait for it (under 20 minutes)
	@$(BIN)/python -m benchmarks.run

bench-quick: $(VENV)/dev.stamp ## try the benchmark out in a few minutes
	@$(BIN)/python -m benchmarks.run --quick

ci: ## what CI runs
	@bash .ci/run

clean: ## remove what was made, the environment included
	rm -rf $(VENV) build dist out offramp-*.html docs/_build docs/reference/generated
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

repin: $(VENV)/dev.stamp ## write constraints.txt anew from what is installed
	@{ head -n 2 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.new && mv constraints.new constraints.txt

# Set-up. Pip's build isolation would fetch unpinned build tools, so they are installed first, pinned.

$(VENV)/made.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "Offramp needs Python 3.11 or newer; $(PYTHON) is not installed. Type:"; echo "    $(APT)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Offramp needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) -V`."; echo "Install a newer one, then type: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. Type:"; echo "    $(APT)"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/demo.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $(VENV)/demo.stamp $@
