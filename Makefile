# Two commands: `make mock` starts the mock server, `make test` runs the tests. Both set up .venv first.
PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
UV_VERSION := 0.13.9
REDOCLY := @redocly/cli@2.77.0
SPECTRAL := @stoplight/spectral-cli@6.16.3

.DEFAULT_GOAL := help
.PHONY: help setup mock serve test test-all check format lint-document bench fuzz judge mutants steady lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .venv/.ready ## Make .venv from requirements.lock (fast when nothing changed)

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "cozum needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

mock: setup ## Start the mock server on PORT (8080)
	@exec $(BIN)/cozum mock --port $(PORT)

serve: setup ## Start the backend in memory with the demo data on PORT (8080)
	@exec $(BIN)/cozum serve --store memory:// --demo --port $(PORT)

test-all: check ## Everything: checks, tests, the full judgement, the mutants, 50 seeds, hostile requests
	@$(MAKE) --no-print-directory test
	@$(BIN)/cozum test --profile full
	@$(MAKE) --no-print-directory mutants
	@$(MAKE) --no-print-directory steady
	@$(MAKE) --no-print-directory fuzz

test: setup ## Run the tests with coverage
	@$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term

check: setup ## Format, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/cozum lint

format: setup ## Format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint-document: ## Lint openapi.yaml with Redocly and Spectral (needs Node.js)
	@npx --yes $(REDOCLY) lint --config redocly.yaml openapi.yaml
	@npx --yes $(SPECTRAL) lint --ruleset .spectral.yaml --fail-severity hint openapi.yaml

bench: setup ## Measure, side by side
	@$(BIN)/python -m bench

fuzz: setup ## Send 20,000 hostile requests to the mock server and to the bare one (FUZZ="--seed 7 --only paths" for more)
	@$(BIN)/python -m hostile $(FUZZ)

judge: setup ## Judge our own server by the contract (JUDGE="--seed 7 --rule hmac.tolerance" for more)
	@$(BIN)/cozum test $(JUDGE)

mutants: setup ## Judge wrong servers: one that passes is a failure (MUTANTS="tolerance-of-301" for some)
	@$(BIN)/python -m contract_tests.mutants $(MUTANTS)

steady: setup ## Judge our own server with 50 seeds in a row: no false alarm
	@$(BIN)/python -m contract_tests.steady

lock: ## Resolve requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --all-extras --no-emit-index-url --no-header \
	  --python-version 3.11 --output-file requirements.lock $(UPGRADE) pyproject.toml

clean: ## Remove .venv and caches
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage .hypothesis
