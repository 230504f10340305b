# On a machine with Python 3.11 and make, start with `make demo` or `make test`.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
# Four workers keep two processors busy, since tests wait for Chromium and Elasticsearch.
PYTEST_WORKERS ?= 4
# mypy keeps one processor busy: checks run beside the tests.
MAKEFLAGS += --jobs=2

.PHONY: help demo test fast fix check lint types imports unit embedded coverage soak attacks nightly elasticsearch bench figures messages lock versions audit sbom clean

help:
	@echo "make demo   set up, index the sample, serve pages and API on http://$(HOST):$(PORT)/"
	@echo "make test   set up, run all checks and tests"
	@echo "make fast   checks, unit tests and the embedded engine, before each commit"
	@echo "make fix    format and sort imports"
	@echo "make coverage  all tests of make test; shows the lines and branches that none runs"
	@echo "make elasticsearch   download and start a development node (needs Maven and Java 21)"
	@echo "make soak   an hour of traffic against an oracle, 200 kills on each engine"
	@echo "make attacks  all attacks on a server of each engine, semantic search off and on; prints a table"
	@echo "make nightly  all that make test leaves out, whole and larger; prints a table"
	@echo "make audit  list known vulnerabilities of the locked packages (needs PyPI's JSON API)"
	@echo "make sbom   write the software bill of materials (CycloneDX)"
	@echo "make bench  compare with other search systems and write docs/performance.md (an hour)"
	@echo "make figures   measure relevance and speed on the real data next to this folder"
	@echo "make messages  bring the translations up to date with the code"
	@echo "make versions   quick tests with the lowest versions that are allowed (needs uv)"
	@echo "make lock   update the lock files from pyproject.toml (needs uv)"

.venv/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Without internet, the demo searches by keywords alone.
# The sample contains rows that must be rejected, so exit code 3 is expected.
demo: .venv/.ready
	-GONGKAI_DATA_DIR=var/demo $(BIN)/gongkai model fetch
	GONGKAI_DATA_DIR=var/demo $(BIN)/gongkai index indexer/sample || test $$? -eq 3
	GONGKAI_SITE_NAME="政府信息公开检索（演示，内容系自拟）" \
		GONGKAI_DATA_DIR=var/demo $(BIN)/gongkai serve --host $(HOST) --port $(PORT)

test: check unit

check: lint types imports

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: .venv/.ready
	$(BIN)/mypy

imports: .venv/.ready
	$(BIN)/lint-imports

fast: check embedded

NO_UNITS := journeys relevance attacks indexer/test_hostile.py test_deployment.py test_fuzz.py test_sizes.py test_wheel.py
embedded: .venv/.ready
	$(BIN)/pytest -q -n 2 --dist worksteal $(NO_UNITS:%=--ignore tests/%) \
		-m "not elasticsearch and not browser and not real_data and not slow and not attack"

fix: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: .venv/.ready
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

coverage: .venv/.ready
	$(BIN)/pytest -q -n $(PYTEST_WORKERS) --dist loadfile --cov --cov-report=term-missing $(PYTEST_ARGS)

# Longer than CI allows. Each part reports its figures.
SOAK_SECONDS ?= 3600
soak: .venv/.ready
	GONGKAI_TEST_THOROUGH=1 $(BIN)/pytest -s -m "slow or not slow" tests/journeys/test_kill.py
	GONGKAI_SOAK_SECONDS=$(SOAK_SECONDS) $(BIN)/pytest -s -m slow tests/journeys/test_soak.py

attacks: .venv/.ready
	$(BIN)/pytest -m attack tests/attacks

nightly: .venv/.ready
	$(BIN)/python -m tests.nightly

elasticsearch: .venv/.ready
	$(BIN)/python -m development.elasticsearch_node

# Groonga and Xapian are Debian packages. The node starts as for `make elasticsearch`.
BENCH_SIZES ?= 10000 100000 1000000
bench: .venv/.ready
	$(BIN)/python -m bench.peers var/bench --sizes $(BENCH_SIZES)
	$(BIN)/python -m bench.peers.report var/bench

figures: .venv/.ready
	$(BIN)/python -m bench

messages: .venv/.ready
	$(BIN)/python -m development.messages

lock:
	uv pip compile --quiet pyproject.toml --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements.lock
	uv pip compile --quiet pyproject.toml --group dev --extra semantic --extra tracing --extra mcp --python-version 3.11 --universal \
		--generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-dev.lock
	uv pip compile --quiet pyproject.toml --extra semantic --constraints requirements-dev.lock --python-version 3.11 \
		--universal --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-semantic.lock

# The lowest versions that pyproject.toml allows, or the newest: RESOLUTION=highest.
RESOLUTION ?= lowest-direct
versions:
	uv venv --quiet --clear var/versions
	uv pip compile --quiet pyproject.toml --group dev --extra semantic --extra tracing --resolution $(RESOLUTION) \
		--no-header --no-annotate -o var/versions.txt
	uv pip install --quiet --python var/versions -r var/versions.txt
	uv pip install --quiet --python var/versions --no-deps --editable .
	var/versions/bin/pytest -q $(NO_UNITS:%=--ignore tests/%) \
		-m "not elasticsearch and not browser and not slow and not attack" $(PYTEST_ARGS)

audit: .venv/.ready
	$(BIN)/pip-audit --requirement requirements.lock --no-deps --disable-pip

sbom: .venv/.ready
	@mkdir -p var
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --of JSON -o var/sbom.json

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
