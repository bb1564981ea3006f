# The verbs of the project. Each makes the environment it needs; nothing has to be set up first.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
LOCK := requirements-dev.lock
SEED ?=
ARGS ?=

.PHONY: help .venv demo test check format sim mutation bench picture lock clean
help:
	@echo "make demo     a desk with simulated customers, on this terminal"
	@echo "make test     all tests"
	@echo "make check    format, lint, types, layers, docs and config (the same as CI)"
	@echo "make format   write the format that check asks for"
	@echo "make sim      the seeded simulation; SEED=n replays one run"
	@echo "make mutation one small change of the routing code after another: do the tests notice?"
	@echo "make bench    the measurements behind docs/performance.md"
	@echo "make picture  draw docs/desk.svg from the real app"
	@echo "make lock     write $(LOCK) from what is installed"

# Two marks in the environment: what runs the desk, and what develops it.
.venv: .venv/dev

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "agentdesk needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: .venv/made pyproject.toml $(LOCK)
	$(PIP) install -c $(LOCK) -e .
	@touch $@

.venv/dev: .venv/made pyproject.toml $(LOCK)
	$(PIP) install -c $(LOCK) -e '.[dev]'
	@touch .venv/runtime $@

demo: .venv/runtime
	$(BIN)/agentdesk demo $(ARGS)

test: .venv/dev
	$(BIN)/python -m pytest $(ARGS)

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_tidy.py tests/docs tests/config

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

sim: .venv/dev
	SIM_SEED=$(SEED) $(BIN)/python -m pytest -q -s tests/sim $(ARGS)

mutation: .venv/dev
	$(BIN)/python -m bench.mutation $(ARGS)

bench: .venv/dev
	$(BIN)/python -m bench $(ARGS)

picture: .venv/dev
	$(BIN)/python docs/picture.py $(ARGS)

lock: .venv/dev
	$(BIN)/python -m pip freeze --exclude-editable > $(LOCK)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
