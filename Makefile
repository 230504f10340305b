# Two commands do it all on a machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
# Each worker starts a node of its own; two processors are kept busy by two.
PYTEST_WORKERS ?= 2

.PHONY: help demo test check lint types arrows unit elasticsearch bench lock clean

help:
	@echo "make demo   set up, index the sample, serve pages and API on http://$(HOST):$(PORT)/"
	@echo "make test   set up and pass every check and test"
	@echo "make elasticsearch   fetch and start a node for development (needs Maven and Java 21)"
	@echo "make bench  measure ingest and search on the real data, if it lies beside this folder"
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

elasticsearch: .venv/.ready
	$(BIN)/python -m development.elasticsearch_node

bench: .venv/.ready
	$(BIN)/python -m bench

lock:
	uv pip compile --quiet pyproject.toml --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements.lock
	uv pip compile --quiet pyproject.toml --group dev --python-version 3.11 --universal \
		--generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-dev.lock

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
