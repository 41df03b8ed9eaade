# Everything a developer or an operator types. Each target does its own set-up.
PYTHON ?= python3
VENV := .venv
INPUTS ?= 10000
PY := $(VENV)/bin/python
UV_COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --python-version 3.11 pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench bench-pictures soak simulate schema screenshots fuzz docs licences sbom audit \
	image-check lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# pip of the machine, pointed at the new environment: works where Debian left ensurepip out.
$(VENV)/bin/python:
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip --python $(PY) install --quiet --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(PY) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PYTHON) -m pip --python $(PY) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.run ## set up without starting anything, for instance after an upgrade

run: $(VENV)/.run ## start the bot; without a token: the sandbox, with a chat page in the browser
	@$(VENV)/bin/ldn-companion run

check: $(VENV)/.dev ## the linters and type checks alone
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.dev ## put every file in order
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

test: check ## every check and test; a few minutes more of them in .ci/run
	$(VENV)/bin/pytest
	$(VENV)/bin/pytest -n 0 -m alone tests/faults tests/telegram_io

bench: $(VENV)/.dev ## measure start-up, memory and lateness, beside PTB's JobQueue
	$(PY) -m tests.benchmarks
	$(PY) -m tests.benchmarks --readme

bench-pictures: $(VENV)/.dev ## measure pictures, the doctor's page and files
	$(PY) -m tests.benchmarks --only pictures

soak: $(VENV)/.dev ## the long tests: a hundred kills, ten thousand due at once
	$(VENV)/bin/pytest --soak -n 0 -m "not browser" tests/faults tests/journeys tests/properties

simulate: $(VENV)/.dev ## try the comparison's interval on simulated diaries; writes the table in docs/
	$(PY) -m scripts.simulate_intervals

schema: $(VENV)/.dev ## write docs/export.schema.json from the tables
	$(PY) -m scripts.write_schema

screenshots: $(VENV)/.dev ## make docs/pictures/ anew from the running sandbox (needs chromium, an emoji font)
	$(PY) -m scripts.screenshots

fuzz: $(VENV)/.dev ## feed every parser with random input: make fuzz INPUTS=10000
	$(PY) -m tests.fuzz $(INPUTS)

docs: $(VENV)/.dev ## build the documentation into build/docs; a warning is an error
	$(VENV)/bin/sphinx-build --quiet --fail-on-warning --keep-going docs build/docs

licences: $(VENV)/.dev ## write docs/licences.md: the licence of everything that runs in the bot
	$(PY) -m scripts.list_licences

sbom: $(VENV)/.dev ## write build/sbom.cdx.json: what runs in the bot, with hashes (CycloneDX)
	@mkdir -p build
	$(VENV)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-format JSON --output-reproducible --output-file build/sbom.cdx.json

audit: $(VENV)/.dev ## ask for known holes in what runs in the bot; needs the network
	.ci/audit

image-check: $(VENV)/.dev ## replay the Dockerfile's build without an engine: size, packages, start-up
	$(PY) -m scripts.measure_image

lock: $(VENV)/.dev ## pin the newest allowed dependencies with their hashes
	$(UV_COMPILE) --upgrade --output-file requirements.lock
	$(UV_COMPILE) --upgrade --group dev --output-file requirements-dev.lock

clean: ## remove what the set-up made
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
