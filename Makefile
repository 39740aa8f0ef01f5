# `make` alone lists the targets. Nothing is installed outside this folder, but for Chromium,
# SPIN and bubblewrap, which `make test` asks the system's package manager for when they are missing.
.DEFAULT_GOAL := help
.PHONY: help book pdf serve test engine lint types bench nbval lock format clean distclean dev \
	chromium spin fence servers mutants findings new kernel-check

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
PORT ?= 8000
# One more than there are cores: a test that waits for its browser leaves a core idle.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
ROOM ?= oomlab/kernel
NUMBER ?= 30
SEED ?= 1
KERNELS ?= 7.3 6.12 6.1
CASES ?=
RUNS ?= 3
CLOCK ?= counted
GUESTS ?=
PYTHON ?=
export PYTHON

help: ## list the targets
	@echo "oomlab: make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '%-12s %s\n' "$$name" "$$what"; done

# An interrupted installation leaves no stamp behind and is done again from the start.
$(VENV)/.made:
	@python=$$(sh tools/find_python.sh) && echo "Creating $(VENV) with $$python" && \
		rm -rf $(VENV) && "$$python" -m venv $(VENV) && touch $@

$(VENV)/.book: $(VENV)/.made requirements.txt requirements-book.txt requirements-lock.txt pyproject.toml
	@echo "Installing the pinned packages of the book into $(VENV)"
	@$(PIP) -r requirements-book.txt -c requirements-lock.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.book requirements-dev.txt
	@echo "Installing the pinned packages of the tests into $(VENV)"
	@$(PIP) -r requirements-dev.txt -c requirements-lock.txt
	@touch $@

book: $(VENV)/.book ## build the static book into _build/html
	@$(PY) -m tools.build_book

pdf: $(VENV)/.dev book ## print the book into _build/oomlab.pdf (needs Chromium)
	@$(PY) -m tools.make_pdf

serve: book ## build the book and serve it on this machine (PORT=8000)
	@$(PY) -m tools.serve --port $(PORT)

dev: $(VENV)/.dev ## only make .venv ready for working on the code

# Ruff and mypy run beside the book's build, which keeps one core busy. The tests start hundreds of
# processes: each would compile the package again if Python were told not to keep what it compiles.
test: dev chromium spin fence servers ## run every check: ruff, mypy, unit, property, notebook and browser tests
	@$(MAKE) --no-print-directory --jobs 2 lint types engine
	@unset PYTHONDONTWRITEBYTECODE; \
		$(PY) -m pytest --numprocesses $(JOBS) --dist loadgroup --no-loadscope-reorder

# The words behind `new` are no targets of their own.
ifeq (new,$(firstword $(MAKECMDGOALS)))
NEW := $(wordlist 2,99,$(MAKECMDGOALS))
.PHONY: $(NEW)
$(NEW):
	@:
endif

new: $(VENV)/.book ## begin a file: make new scenario|listener|remedy|view|chapter NAME
	@$(PY) -m tools.new $(NEW)

engine: $(VENV)/.dev
	@$(PY) -m tools.build_book --require-engine
	@$(PY) -m tools.fetch_engine --only tests

lint: $(VENV)/.dev ## ruff: rules and formatting
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	@$(PY) -m mypy

format: $(VENV)/.dev ## let ruff format the code and sort the imports
	@$(PY) -m ruff check --select I --fix .
	@$(PY) -m ruff format .

chromium: $(VENV)/.dev
	@$(PY) -m tools.get_chromium

spin: $(VENV)/.dev
	@$(PY) -m tools.get_spin

fence: $(VENV)/.dev
	@$(PY) -m tools.get_fence

servers: $(VENV)/.dev
	@$(PY) -m tools.get_servers

mutants: $(VENV)/.dev ## break a room on purpose: which faults do its tests miss? (ROOM=oomlab/kernel NUMBER=30 SEED=1)
	@$(PY) -m tests.mutants $(ROOM) --number $(NUMBER) --seed $(SEED)

bench: $(VENV)/.dev ## measure speeds (no pass or fail)
	@for script in benchmarks/bench_*.py; do \
		$(PY) -m benchmarks.$$(basename "$$script" .py) || exit 1; done

kernel-check: $(VENV)/.dev ## ask real kernels under QEMU, as root (KERNELS="6.1 7.3" CASES="control never" RUNS=3 STORE=1)
	@$(PY) -m tests.kernel.real $(if $(KERNELS),--kernels $(KERNELS)) --runs '$(RUNS)' --clock '$(CLOCK)' \
		$(if $(CASES),--cases $(CASES)) $(if $(GUESTS),--guests $(GUESTS)) $(if $(STORE),--store)

findings: ## see whether other people's tools still surprise as findings/ says (installs much)
	@failed=; for script in findings/*.sh; do \
		echo "$$script"; "$$script" || failed="$$failed $$script"; done; \
	[ -z "$$failed" ] || { echo "Changed:$$failed" >&2; exit 1; }

nbval: $(VENV)/.dev ## check the assignments: instructor version passes, release fails at its first unanswered check
	@$(PY) -m pytest tests/course

lock: ## resolve requirements-*.txt again into requirements-lock.txt
	@sh tools/lock.sh

clean: ## remove what `make book` and `make test` built
	rm -rf _build .build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean ## remove .venv as well
	rm -rf $(VENV) oomlab.egg-info
