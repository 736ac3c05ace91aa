# Two commands: `make run` serves the chat page, `make test` runs every test. Each sets up what it needs, once.
PYTHON ?= python3
COUNT ?= 60
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup run test lint bench lock

setup: $(READY)
	@$(BIN)/genoassist doctor --fetch > .venv/doctor.txt && touch .venv/.weights || { cat .venv/doctor.txt; exit 1; }

# torch is pinned by version alone (pip then takes a CPU build where one is at hand); the rest carries its hashes.
$(READY): requirements.lock requirements-torch.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "genoassist needs Python 3.11 or newer. Type: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-torch.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The page is there after the 90 MB of embedding weights; it shows how far the language model is, and quotes meanwhile.
run: $(READY)
	$(if $(HOST),GENOASSIST_HOST=$(HOST)) $(if $(PORT),GENOASSIST_PORT=$(PORT)) $(BIN)/python app.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: setup lint
	$(BIN)/python -m pytest -ra

# Everything that is timed, half an hour on a machine left alone; COUNT=4 is a quick look. Writes benchmarks/speed.md.
bench: setup
	$(BIN)/python benchmarks/retrieval.py
	$(BIN)/python benchmarks/embedding_parity.py -o benchmarks/embedding.json
	$(BIN)/python benchmarks/runtime.py -o benchmarks/runtime.json
	$(BIN)/python benchmarks/lookup.py -o benchmarks/lookup.json
	$(BIN)/python benchmarks/growth.py -o benchmarks/growth
	$(BIN)/python benchmarks/stages.py -o benchmarks/stages.json
	$(BIN)/python benchmarks/speed.py --count $(COUNT)
	$(BIN)/python benchmarks/page.py

# New versions: edit pyproject.toml, then `make lock`. torch goes to a file of its own.
lock: $(READY)
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file .venv/full.lock pyproject.toml
	awk '/^[A-Za-z]/{skip=/^(torch|pip)==/} !skip' .venv/full.lock > requirements.lock
	grep -o '"torch==[^"]*"' pyproject.toml | tr -d '"' > requirements-torch.lock
