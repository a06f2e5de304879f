# Two commands: `make run` shows what it does, `make test` shows that it works. Both set up what they need, once.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN    := .venv/bin
READY  := .venv/ready
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

SETUP_MB := 355

.PHONY: run test live check package lock clean

TEXT     ?=
QUESTION ?=

run: $(READY)
	@$(BIN)/lot model get smollm2-135m-instruct
	@$(BIN)/python programs/first/show.py $(if $(TEXT),"$(TEXT)") $(if $(QUESTION),"$(QUESTION)")

test: $(READY)
	$(BIN)/python -m pytest -n 2 -m "not live"

live: $(READY)
	$(BIN)/lot model get smollm2-135m-instruct
	$(BIN)/python -m pytest -m live

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# hnswlib comes as source alone, so it is tried where it can be built, and nothing else depends on it.
$(READY): requirements.lock requirements-knowledge.lock pyproject.toml
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "LotteryLang needs Python 3.11 or newer: install it, then make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m lotterylang.shell.prerequisites || { echo "Nothing was installed; mend this and run the same command again."; exit 1; }
	@echo "Setting up .venv, once: $(SETUP_MB) MB to fetch (about 2 minutes at 20 Mbit/s), 750 MB on disk"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes --no-deps -r requirements.lock
	@$(INSTALL) --no-deps --editable .
	@if $(BIN)/python -m lotterylang.shell.prerequisites knowledge; then \
	  echo "Building hnswlib, for search in large collections: half a minute"; \
	  HNSWLIB_NO_NATIVE=1 $(INSTALL) --require-hashes --no-deps -r requirements-knowledge.lock >.venv/hnswlib.log 2>&1 \
	  || echo "  hnswlib could not be built (.venv/hnswlib.log): exact search takes its place, all else works"; fi
	@touch $(READY)

package: $(READY)
	rm -rf build/package && mkdir -p build/package
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/package .
	$(PYTHON) -m venv build/package/venv
	build/package/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	build/package/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps build/package/lotterylang-*.whl
	cp programs/first/compare.lot build/package/
	cd build/package && venv/bin/lot run compare.lot question="Which is larger, 9.11 or 9.9?" --model first

lock:
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 --no-header --output-file requirements.lock
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["knowledge"], sep="\n")' \
	  | uv pip compile - --no-deps --universal --generate-hashes --python-version 3.11 --no-header --output-file requirements-knowledge.lock

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
