# Two commands do it all on a machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
# Each worker starts a node of its own; two processors are kept busy by two.
PYTEST_WORKERS ?= 2

.PHONY: help demo test check lint types arrows unit soak attacks nightly elasticsearch bench figures lock audit sbom clean

help:
	@echo "make demo   set up, index the sample, serve pages and API on http://$(HOST):$(PORT)/"
	@echo "make test   set up and pass every check and test"
	@echo "make elasticsearch   fetch and start a node for development (needs Maven and Java 21)"
	@echo "make soak   an hour of traffic beside an oracle, 200 kills on each engine, load on each engine"
	@echo "make attacks  every attack on a server of each engine, meanings off and on; prints a table"
	@echo "make nightly  make attacks, then make soak"
	@echo "make audit  known vulnerabilities of the locked packages (needs PyPI's own JSON service)"
	@echo "make sbom   what the installed program consists of, as CycloneDX"
	@echo "make bench  measure beside other search systems and write docs/performance.md (an hour)"
	@echo "make figures   measure what is found and how fast on the real data beside this folder"
	@echo "make lock   write the lock files anew from pyproject.toml (needs uv)"

.venv/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The sample holds rows that must be refused: status 3 is its right end.
demo: .venv/.ready
	GONGKAI_DATA_DIR=var/demo $(BIN)/gongkai index indexer/sample || test $$? -eq 3
	GONGKAI_SITE_NAME="政府信息公开检索（演示，内容系自拟）" \
		GONGKAI_DATA_DIR=var/demo $(BIN)/gongkai serve --host $(HOST) --port $(PORT)

test: check unit

check: lint types arrows

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready
	$(BIN)/mypy

arrows: .venv/.ready
	$(BIN)/lint-imports

unit: .venv/.ready
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# Longer than CI has time for; each part says what it saw.
SOAK_SECONDS ?= 3600
soak: .venv/.ready
	GONGKAI_SOAK_KILLS=200 $(BIN)/pytest -s tests/journeys/test_kill.py
	GONGKAI_SOAK_SECONDS=$(SOAK_SECONDS) $(BIN)/pytest -s tests/journeys/test_soak.py

attacks: .venv/.ready
	$(BIN)/pytest -m attack tests/attacks

# What runs every night: the attacks on each engine, then what takes hours.
nightly: attacks soak

elasticsearch: .venv/.ready
	$(BIN)/python -m development.elasticsearch_node

# Groonga and Xapian come from Debian's packages, the node as for `make elasticsearch`.
BENCH_SIZES ?= 10000 100000 1000000
bench: .venv/.ready
	$(BIN)/python -m bench.peers var/bench --sizes $(BENCH_SIZES)
	$(BIN)/python -m bench.peers.report var/bench

figures: .venv/.ready
	$(BIN)/python -m bench

lock:
	uv pip compile --quiet pyproject.toml --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements.lock
	uv pip compile --quiet pyproject.toml --group dev --extra semantic --python-version 3.11 --universal \
		--generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-dev.lock

audit: .venv/.ready
	$(BIN)/pip-audit --requirement requirements.lock --no-deps --disable-pip

sbom: .venv/.ready
	@mkdir -p var
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --of JSON -o var/sbom.json

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
