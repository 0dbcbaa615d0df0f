# `make demo` and `make test` need nothing before them: the virtual environment is made on first use.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
KILLS  ?= 30
ROUNDS ?= 0
WORKERS ?= 2
SEED   ?= 1
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test chaos lint format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo     replay the shipped stories through every role on the embedded broker"
	@echo "make test     lint, types, layers and every test"
	@echo "make chaos    kill every role and the broker under load: KILLS=200 ROUNDS=30 WORKERS=2 SEED=7"
	@echo "make lint     ruff, mypy, import-linter"
	@echo "make format   let ruff rewrite the code"
	@echo "make bench    the benchmarks that a release quotes"

$(VENV)/run: requirements/build.txt requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/run
	$(BIN)/monitor replay seeds --watches seeds/watches.yaml

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/pytest

chaos: $(VENV)/dev
	$(BIN)/python -m tests.chaos --kills $(KILLS) --rounds $(ROUNDS) --stream-workers $(WORKERS) --seed $(SEED)

bench: $(VENV)/dev
	$(PIP) install --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage build dist
