# Every command of the house; `make` alone lists them.
# The distribution's Python where it will do, else the first in the path: one that was built from
# source there is seldom an optimised build, and serves a quarter less (docs/adr/0041).
SUITS := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(SUITS)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi

.DEFAULT_GOAL := help
.PHONY: help run setup install setup-dev test test-long accessibility check lint types rooms bench backup restore lock words manifest clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' Makefile

run: install ## Prepare everything and serve (PORT, DATA_DIR move it)
	@exec $(FLASK) serve

setup: install ## Prepare everything without starting
	@$(FLASK) prepare

install: $(VENV)/.installed app/static/vendor/.installed $(VENV)/.words

setup-dev: $(VENV)/.installed-dev node_modules/.installed-dev app/static/vendor/.installed $(VENV)/.words

test: setup-dev check ## Run every test (at most 25 minutes on two cores)
	@$(BIN)/python scripts/run_tests.py

test-long: setup-dev check ## The tests with long walks, kills and pages
	@$(BIN)/python scripts/run_tests.py --long

accessibility: setup-dev ## Check the public pages by pa11y and Lighthouse; the figures of /accessibility
	@ACCESSIBILITY_RESULT=app/reception/accessibility.json $(BIN)/python -m pytest -q tests/browser/test_accessibility_tools.py

check: setup-dev lint types rooms ## ruff, mypy, import-linter

lint:
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .

types:
	@$(BIN)/mypy

rooms:
	@$(BIN)/lint-imports --no-cache

bench: setup-dev ## Measure; the figures of docs/performance.md
	@$(BIN)/python -m engine bench --json
	@# Before those that remove their databases: ext4 is slow to make files for five minutes after.
	@$(BIN)/python -m bench.reception
	@$(BIN)/python -m bench.completions
	@$(BIN)/python -m bench.classifier.measure
	@$(BIN)/python -m bench.repeats.measure
	@$(BIN)/python -m bench.inbox --items 1000
	@$(BIN)/python -m bench.extracting
	@$(BIN)/python -m bench.letters
	@$(BIN)/python -m bench.pages --appeals 1000

backup: install ## Write database, files and keys to DATA_DIR/backups
	@$(FLASK) backup create

restore: setup ## Put an archive back: make restore FILE=…
	@test -n "$(FILE)" || { echo "Say which: make restore FILE=var/backups/….tar.gz"; exit 2; }
	@$(FLASK) backup restore --replace "$(FILE)" $(if $(REGISTER),--register "$(REGISTER)")

manifest: setup-dev ## Write processes/operations.json from the rooms' operations
	@$(FLASK) process manifest

words: setup-dev ## Collect the words to translate, report what lacks Russian
	@$(BIN)/python scripts/words.py --update

lock: ## Pin requirements*.in with hashes
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-options --no-header -o requirements.txt requirements.in
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-options --no-header -o requirements-dev.txt requirements-dev.in

clean: ## Remove what was installed and built (not DATA_DIR)
	@rm -rf $(VENV) node_modules app/static/vendor

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what tests and checks need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json | $(VENV)/.installed
	@echo "Installing front-end packages …"
	@sh scripts/npm.sh ci --silent --omit=dev
	@touch $@

node_modules/.installed-dev: package.json package-lock.json | $(VENV)/.installed
	@echo "Installing front-end packages, with what tests need …"
	@sh scripts/npm.sh ci --silent
	@touch node_modules/.installed $@

app/static/vendor/.installed: scripts/vendor.mjs app/static/css/tokens.css node_modules/.installed
	@sh scripts/npm.sh run --silent vendor
	@touch $@

$(VENV)/.words: $(wildcard app/translations/*/LC_MESSAGES/*.po app/*/translations/*/LC_MESSAGES/*.po) | $(VENV)/.installed
	@$(BIN)/python scripts/words.py --compile
	@touch $@
