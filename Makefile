# Amate: two commands matter on a fresh machine, `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
AMATE_CHECK_HOME := $(shell mktemp -du)

.DEFAULT_GOAL := help
.PHONY: help install demo serve test lives races guide english check format bench client licences lock clean

help:
	@echo "make demo     the whole product on this machine, with invented companies"
	@echo "make test     every test, the browser's too (needs chromium)"
	@echo "make lives    weeks of a company while everything goes wrong, with 60 seeds (LIVES=n)"
	@echo "make races    a thousand orders in which everybody wants one note (some ten minutes)"
	@echo "make guide    the pictures and numbers of docs/guia, made anew"
	@echo "make english  what the portal says in English, compiled (needs gettext)"
	@echo "make check    lint, imports, types, migrations, licences"
	@echo "make bench    the numbers, each beside its bar"
	@echo "make client   the Python client of the API, in clients/python/build"
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

# Before a release and every night: what `make test` tries with few seeds, with many.
lives: .venv/.dev
	AMATE_LIVES=$(or $(LIVES),60) $(BIN)/pytest -n 2 --dist load -q tests/sandbox/simulation/test_seeds.py $(ARGS)

# One seed again: make races SEEDS=1 FROM=417
SEEDS ?= 1000
FROM ?= 0
races: .venv/.dev
	AMATE_RACE_SEEDS=$(SEEDS) AMATE_RACE_FROM=$(FROM) $(BIN)/pytest -q -s tests/stories/test_race_schedules.py -k whoever_comes

guide: .venv/.dev
	$(BIN)/pytest -q tests/stories/test_a_newcomer_opens_shop.py --update-guide

english:
	msgfmt --check -o amate/locale/en/LC_MESSAGES/django.mo amate/locale/en/LC_MESSAGES/django.po

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

# What the API says of itself is the only source: nothing of the client is kept here or written by hand.
client: .venv/.dev
	@rm -rf clients/python/build && mkdir -p clients/python/build
	@AMATE_HOME=$(AMATE_CHECK_HOME) $(BIN)/amate openapi > clients/python/build/openapi.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/openapi-python-client generate --path clients/python/build/openapi.json --config clients/python/config.yml --output-path clients/python/build/amate-client --meta setup
	@rm -rf $(AMATE_CHECK_HOME)
	@echo "pip install clients/python/build/amate-client"

# Needs `uv` on the PATH; writes no address of any index.
lock:
	cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --generate-hashes --python-version 3.11 --universal --no-annotate base.in -o base.txt
	cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --generate-hashes --python-version 3.11 --universal --no-annotate dev.in -o dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
