# What is typed here, and what it needs. `make help` lists it.
#
# `make run` needs Python 3.11+, git and make, and installs requirements.txt only. The checks need more (linters, Node, a
# browser): `make setup` installs that. A stamp file stands for each finished step, so that nothing is done twice.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
NODE := sh scripts/node.sh
PIP_INSTALL := $(PYTHON) -m pip install --disable-pip-version-check

RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
NODE_STAMP := node_modules/.installed
SYSTEM_STAMP := $(VENV)/.installed-system
NPM_FILES := package.json package-lock.json .npmrc

# An environment whose Python was upgraded away under it is made again.
ifneq ($(wildcard $(RUN_STAMP)),)
BROKEN := $(shell $(PYTHON) -c '' 2>/dev/null || echo broken)
endif

PYTEST := $(PYTHON) -m pytest
JS_TESTS = $(shell find tests/js -name '*.test.js' 2>/dev/null | sort)

.PHONY: help setup run link check test test-all lint unit e2e long soak bundle bench screenshots clean again

help: ## List what can be typed
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 | /p' Makefile | while IFS='|' read -r name text; do printf '%-20s%s\n' "$$name" "$$text"; done

setup: $(DEV_STAMP) $(NODE_STAMP) $(SYSTEM_STAMP) ## Install everything that run, test and bench need

run: $(RUN_STAMP) ## Start the demo and print its link (PORT=8000, HOST=127.0.0.1)
	@exec $(PYTHON) manage.py demo

link: $(RUN_STAMP) ## Print another sign-in link of the running demo
	@exec $(PYTHON) manage.py link

check: $(DEV_STAMP) $(NODE_STAMP) lint unit ## The fast checks: linters, types, unit tests

test: setup lint unit e2e ## Everything that a change must pass
test-all: test long ## And the tests that take minutes

lint: $(DEV_STAMP) $(NODE_STAMP) ## Linters, types and import contracts
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy .
	$(PYTHON) scripts/import_contracts.py
	$(PYTHON) -m djlint templates --lint --quiet
	$(NODE) node_modules/@biomejs/biome/bin/biome ci
	$(NODE) node_modules/typescript/bin/tsc -p tsconfig.json
	$(NODE) --test $(JS_TESTS)

# The tests start some hundred processes: none of them compiles what the one before it has compiled.
unit e2e long soak: export PYTHONDONTWRITEBYTECODE :=

# Twice as many at a time as there are cores: much of what they do is wait for real servers.
unit: $(DEV_STAMP) ## Tests without a browser, with the coverage floor
	$(PYTEST) -n 4 --dist loadgroup --no-loadscope-reorder -m "not e2e and not long and not soak" --cov --cov-report=term:skip-covered

# A call of its own: synchronous Playwright leaves a running event loop behind.
e2e: setup ## Tests in a real browser
	$(PYTEST) -n 2 --dist worksteal -m "e2e and not long" tests/e2e

long: setup ## Tests that take minutes, and those of clusters and locks on PostgreSQL
	$(PYTEST) -m "long and not e2e"
	$(PYTEST) -m "long and e2e" tests/e2e
	$(PYTHON) -m tests.on_postgresql tests/ringviz tests/locks -n 4 --dist loadgroup --no-loadscope-reorder -m "not e2e" \
		--ignore tests/ringviz/core --ignore tests/locks/core --ignore tests/locks/sources --ignore tests/locks/lock

soak: $(DEV_STAMP) ## Shake and break a real cluster for SOAK_SECONDS (600), in an order that SOAK_SEED makes
	$(PYTEST) -s -m soak tests/consistency

bundle: $(NODE_STAMP) ## Bundle and minify the scripts and style sheets of a deployment into build/bundle, for collectstatic
	@$(NODE) scripts/bundle.mjs

bench: $(DEV_STAMP) ## Figures beside their peers, one JSON line each
	@exec $(PYTHON) -m bench

screenshots: setup ## Take the pictures of the README from the running product
	@exec $(PYTHON) scripts/screenshots.py

clean: ## Remove what setup installed; the data in .ringviz stays
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

$(RUN_STAMP): requirements.txt scripts/environment.sh $(if $(BROKEN),again)
	@sh scripts/environment.sh $(VENV)
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(NODE_STAMP): $(NPM_FILES) scripts/node.sh $(RUN_STAMP)
	@sh scripts/npm_ci.sh $(PYTHON)
	@touch $@

$(SYSTEM_STAMP): scripts/packages.sh $(DEV_STAMP)
	@sh scripts/packages.sh $(PYTHON)
	@touch $@
