# Amate: two commands matter on a fresh machine, `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
AMATE_CHECK_HOME := $(shell mktemp -du)

.DEFAULT_GOAL := help
.PHONY: help install demo serve test guide check format bench licences lock clean

help:
	@echo "make demo     the whole product on this machine, with invented companies"
	@echo "make test     every test, the browser's too (needs chromium)"
	@echo "make guide    the pictures and numbers of docs/guia, made anew"
	@echo "make check    lint, imports, types, migrations, licences"
	@echo "make bench    the numbers, each beside its bar"
	@echo "make install  only prepare .venv (gives .venv/bin/amate)"

install: .venv/.installed

.venv/.base: requirements/base.txt
	@echo "Preparing .venv: some minutes, without another word."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/.installed: .venv/.base pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.installed requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt -r requirements/dev.txt
	@touch $@

demo: install
	@exec $(BIN)/amate demo

serve: install
	@exec $(BIN)/amate serve

test: .venv/.dev
	$(BIN)/pytest -n 2 --dist loadfile -q $(ARGS)

guide: .venv/.dev
	$(BIN)/pytest -q tests/stories/test_a_newcomer_opens_shop.py --update-guide

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	AMATE_HOME=$(AMATE_CHECK_HOME) $(BIN)/mypy
	AMATE_HOME=$(AMATE_CHECK_HOME) DJANGO_SETTINGS_MODULE=amate.settings $(BIN)/python -W ignore -m django makemigrations --check --dry-run
	@$(MAKE) --no-print-directory licences
	@rm -rf $(AMATE_CHECK_HOME)

licences: .venv/.dev
	$(BIN)/python tests/licences.py

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev
	$(BIN)/python -m benchmarks $(ARGS)

# Needs `uv` on the PATH; writes no address of any index.
lock:
	cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --generate-hashes --python-version 3.11 --universal --no-annotate base.in -o base.txt
	cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --generate-hashes --python-version 3.11 --universal --no-annotate dev.in -o dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
