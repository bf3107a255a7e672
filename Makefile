# Every task of the project. `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# On machines where the torch pin alone would bring CUDA packages:
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# The tests drive a real Chromium and a real PostgreSQL. Where this machine is Debian's and we may, they are installed;
# elsewhere the tests that need what is missing are skipped and say so.
SYSTEM_PACKAGES = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; }; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq postgresql; }; \
	fi >/dev/null 2>&1 || true
# Nothing of ours reports to anybody, nor do the libraries we use.
export ORT_DISABLE_TELEMETRY := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export HF_HUB_OFFLINE := 1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test lint bench soak soak-steps soak-thrice soak-registry quality train model format clean

run: $(VENV)/.run model
	$(BIN)/postwise serve

test: $(VENV)/.test model
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Figures of docs/quality.md. SAMPLE=labelled.jsonl CLAUSES=clauses.json scores another labelled file beside them.
quality: $(VENV)/.test model
	$(BIN)/python -m bench.quality $(if $(SAMPLE),--sample $(SAMPLE) --sample-clauses $(CLAUSES))

bench: $(VENV)/.test model
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.registry
	$(BIN)/python -m bench.filings
	$(BIN)/python -m bench.slack
	$(BIN)/python -m bench.teams

# Kills the real servers at random while people file, ask and decide: docs/reliability.md. Ends with
# "kills N lost N duplicated N stuck N", and fails unless the last three are 0.
SOAK_KILLS ?= 1000
SOAK_DATABASE ?= sqlite
soak: $(VENV)/.test model
	$(BIN)/python -m tests.soak.random_kills --kills $(SOAK_KILLS) --database $(SOAK_DATABASE)

# Ends a server at every statement, commit and call, for each of eight faults; SOAK_OPTIONS=--no-reconcile is the control.
soak-steps: $(VENV)/.test
	$(BIN)/python -m tests.soak.every_step --database $(SOAK_DATABASE) $(SOAK_OPTIONS)

# Delivers 10,000 events three times, at once, to three replicas on PostgreSQL.
soak-thrice: $(VENV)/.test
	$(BIN)/python -m tests.soak.thrice

# Lets random people of three districts file, decide and try what they may not: 1,000 runs of 50 steps, on every core.
# Ends with "runs N steps N leaks N broken N", and fails unless the last two are 0.
soak-registry: $(VENV)/.test
	$(BIN)/python -m tests.stateful.soak

# The exported model is made once and kept by the hash of what it is made from.
model: $(VENV)/.run
	$(BIN)/python -m knowledge.training.export --to var/model

# Teaches the encoder the question bank anew (about 40 minutes on 2 cores) and rewrites the committed adapter.
train: $(VENV)/.run
	$(BIN)/python -m knowledge.training.train

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Torch comes first and by itself, from the index that was named, so that no other package's wish replaces it.
$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install $$(grep '^torch==' requirements.txt) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	$(PIP) install --constraint requirements.txt --editable '.[model]'
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) install --constraint requirements.txt --editable '.[model,test]'
	$(SYSTEM_PACKAGES)
	touch $@

clean:
	rm -rf $(VENV) var
