# `make report` and `make test` are each enough by themselves on a fresh clone with Python 3.11+.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STUDY ?= complete_journey

.DEFAULT_GOAL := help
.PHONY: help report sample test lab lint format lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

report: $(READY)  ## run the demo study (or STUDY=name) into an HTML segment report
	$(BIN)/segkit run $(STUDY)

sample: $(READY)  ## write the demo's report beside the docs, for people to look at before they run anything
	$(BIN)/python docs/sample.py

test: $(READY)  ## run every test that this machine can run
	$(BIN)/python -m pytest

lab: $(READY)  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

lint: $(READY)  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## let ruff format and fix, and strip the notebooks' outputs
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tests.notebook_hygiene

lock: $(READY)  ## resolve requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade --quiet -o requirements.lock

clean:  ## remove the environment
	rm -rf $(VENV)

# The package itself is installed without dependencies: the hashed lock has brought them all.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"segkit needs Python 3.11 or newer; {sys.executable} is {v.major}.{v.minor}. Try: make PYTHON=python3.12")'
	@echo "Setting up $(VENV): some two minutes, once"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
