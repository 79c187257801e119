# `make` lists the targets. Everything runs in .venv, which `make venv` creates from pyproject.toml and constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
BROWSER := .venv/.browser
ONLY ?=
SEED ?=
TARGET ?=
PROFILE ?= canonical
RECEIVER_ADDRESS ?=
SUITE_OPTIONS := $(if $(ONLY),--only '$(ONLY)') $(if $(SEED),--seed '$(SEED)')

.DEFAULT_GOAL := help
.PHONY: help venv up conformance test figures browser mutants suite check integration requirements clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

venv: $(STAMP) ## create .venv and install everything, pinned

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("paywright needs Python 3.11 or newer, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

$(BROWSER): $(STAMP)
	@$(BIN)/paywright browser --install > $@.new && mv $@.new $@ || echo 'going on without a browser'

up: $(STAMP) ## start the sandbox on the contract's ports; Ctrl-C stops it
	@$(BIN)/paywright up

conformance: $(STAMP) $(BROWSER) ## grade the reference gateway, or TARGET=http://…; also ONLY= SEED= PROFILE= RECEIVER_ADDRESS=
	@$(if $(TARGET),$(BIN)/paywright conformance run --target '$(TARGET)' --profile '$(PROFILE)' $(if $(RECEIVER_ADDRESS),--receiver-address '$(RECEIVER_ADDRESS)') $(SUITE_OPTIONS),$(BIN)/paywright conformance self $(SUITE_OPTIONS))

check: $(STAMP) ## format, lint, types, import contracts, tidy and unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/tidy tests/unit -q

integration: $(STAMP) ## tests on real PostgreSQL, Valkey and HTTP
	$(BIN)/python -m pytest tests/integration -q -n 2 -m 'not serial and not suite'
	$(BIN)/python -m pytest tests/integration -q -m 'serial and not suite'

suite: $(STAMP) ## the suite itself: wrong gateways, senders, handlers, dialects, repros; about 8 minutes
	$(BIN)/python -m pytest tests/integration/conformance -q -n 2 -m suite

browser: $(STAMP) $(BROWSER) ## tests in a headless Chromium: checkout, dashboard, receiver, demo shop
	@if [ -f $(BROWSER) ]; then $(BIN)/python -m pytest tests/browser -q --ignore=tests/browser/mutants; else echo 'NOT RUN: browser tests, there is no Chromium'; fi

mutants: $(STAMP) $(BROWSER) ## every browser check against the seeded defects that it must notice
	$(BIN)/python -m pytest tests/browser/mutants -q

test: check integration ## the project's own tests, but for the long ones: browser, suite, mutants, figures

figures: $(STAMP) ## the load figures at full size: 1,000 keys x 50 requests, 1,000 refund races
	PAYWRIGHT_FIGURES=full $(BIN)/python -m pytest tests/integration/gateway/test_scale.py -v -s

requirements: $(STAMP) ## write docs/requirements.md and the tables of docs/scenarios.md anew
	$(BIN)/python -m conformance.cases.document
	$(BIN)/python -m simulator.control.document

clean: ## remove what was made, state included
	rm -rf .venv .paywright reports .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info
