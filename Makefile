# `make` alone lists what there is to make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*/setup.cfg)
RUN_STAMP := $(VENV)/.installed-run
TEST_STAMP := $(VENV)/.installed-test

.DEFAULT_GOAL := help
.PHONY: help serve test unit lint format types docs bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(RUN_STAMP) ## Run the portal with demo data beside the sandbox universe
	@exec $(BIN)/srp-portal -c development.ini demo $(if $(PORT),--port $(PORT)) $(if $(SANDBOX_PORT),--sandbox-port $(SANDBOX_PORT))

test: $(TEST_STAMP) ## Run every test
	@sh .ci/system-packages
	$(BIN)/python -m pytest -n auto $(PYTEST_OPTIONS)

unit: $(TEST_STAMP) ## Run the quick tests alone
	$(BIN)/python -m pytest tests/unit -q

lint: $(TEST_STAMP) ## Check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TEST_STAMP) ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(TEST_STAMP) ## Check the documentation: links, settings, commands
	$(BIN)/python -m pytest tests/docs -q

bench: $(TEST_STAMP) ## Take the figures of bench/README.md, on little data
	@sh bench/run

clean: ## Remove the environment and the development database
	rm -rf $(VENV) var

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade pip

$(RUN_STAMP): $(BIN)/python setup.cfg $(PLUGINS)
	@echo Installing the portal and its plugins ...
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install -q --disable-pip-version-check -e . $(foreach plugin,$(PLUGINS),-e ./$(dir $(plugin)))
	@touch $@

$(TEST_STAMP): $(RUN_STAMP)
	@echo Installing what the tests need ...
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[test,dev]'
	@touch $@
