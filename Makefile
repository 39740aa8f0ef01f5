# `make` alone lists the targets. Nothing is installed outside this folder, but for browsers,
# SPIN and bubblewrap, which `make test` asks the system's package manager for when they are missing.
.DEFAULT_GOAL := help
.PHONY: help book pdf slides serve test model-tests engine lint types bench course lock format clean distclean dev \
	chromium browsers three-engines spin fence servers mutants findings new kernel-check site-check outside-links newest \
	audit release-files installed book-2 otter lite lite-check binder-check

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := -m pip install --quiet --disable-pip-version-check
INSTALL_LOCK := sh tools/install_lock.sh
# Nothing is compiled when it is installed, so what Python compiles has to stay.
unexport PYTHONDONTWRITEBYTECODE
PUBLISH := .build/publish
PORT ?= 8000
# One more than there are cores: a test that waits for its browser leaves a core idle.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PYTEST := $(PY) -m pytest --dist loadgroup
# Folders of tests that need no built book.
MODEL_TESTS := analysis command dmesg engine evidence gfp listeners logs promela remedies scenarios second_opinions
ROOM ?= oomlab/kernel
NUMBER ?= 30
SEED ?= 1
KERNELS ?= 7.3 6.12 6.1
CASES ?=
SETS ?=
RUNS ?= 3
CLOCK ?= counted
GUESTS ?=
PYTHON ?=
UPGRADE ?=
EVERY ?=
TRY ?= python3
TARGETS ?= book site-check
# Where the site will be read and where its sources are, if not where _config.yml says.
ADDRESS ?=
REPOSITORY ?=
export PYTHON ADDRESS REPOSITORY

help: ## list the targets
	@echo "oomlab: make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '%-12s %s\n' "$$name" "$$what"; done

# An interrupted installation leaves no stamp behind and is done again from the start.
$(VENV)/.made:
	@python=$$(sh tools/find_python.sh) && echo "Creating $(VENV) with $$python" && \
		rm -rf $(VENV) && "$$python" -m venv $(VENV) && touch $@

$(VENV)/.uv: $(VENV)/.made requirements-uv-lock.txt
	@$(PY) $(INSTALL) --require-hashes -r requirements-uv-lock.txt
	@touch $@

$(VENV)/.book: $(VENV)/.uv requirements-book-lock.txt pyproject.toml
	@echo "Installing the pinned packages of the book into $(VENV)"
	@$(INSTALL_LOCK) $(PY) requirements-book-lock.txt
	@$(PY) $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.book requirements-lock.txt
	@echo "Installing the pinned packages of the tests into $(VENV)"
	@$(INSTALL_LOCK) $(PY) requirements-lock.txt
	@touch $@

$(PUBLISH)/.made: $(VENV)/.uv requirements-release-lock.txt
	@python=$$(sh tools/find_python.sh) && rm -rf $(PUBLISH) && "$$python" -m venv $(PUBLISH)
	@echo "Installing what makes and checks a release into $(PUBLISH)"
	@$(INSTALL_LOCK) $(PUBLISH)/bin/python requirements-release-lock.txt
	@touch $@

# jupyter-book 1 holds to a Sphinx of its own, and so has an environment of its own.
CONFIG := .build/config-env
$(CONFIG)/.made: $(VENV)/.uv requirements-config-lock.txt
	@rm -rf $(CONFIG) && $(PY) -m venv $(CONFIG)
	@$(INSTALL_LOCK) $(CONFIG)/bin/python requirements-config-lock.txt
	@touch $@

book: $(VENV)/.book $(CONFIG)/.made ## build the static book into _build/html
	@$(PY) -m tools.build_book

site-check: $(VENV)/.book ## is the built site complete, every link good, no other host asked?
	@$(PY) -m tools.check_site

outside-links: $(VENV)/.book ## do the links of the built site to other sites still lead somewhere?
	@$(PY) -m tools.outside_links

pdf: $(VENV)/.dev book ## print the book into _build/oomlab.pdf (needs Chromium)
	@$(PY) -m tools.make_pdf

slides: $(VENV)/.book book ## every chapter as slides with its panels live, into _build/html/slides
	@$(PY) -m tools.slides

serve: book ## build the book and serve it on this machine (PORT=8000)
	@$(PY) -m tools.serve --port $(PORT)

dev: $(VENV)/.dev ## only make .venv ready for working on the code

# While the book is built, which keeps one core busy, the other runs ruff, mypy and the tests that read
# no page of it.
test: dev chromium spin fence servers ## run every check: ruff, mypy, unit, property, notebook and browser tests
	@$(MAKE) --no-print-directory --jobs 4 --output-sync=line lint types engine model-tests
	@$(PYTEST) --numprocesses $(JOBS) --no-loadscope-reorder \
		$(addprefix --ignore tests/,engines lite $(MODEL_TESTS))

model-tests: $(VENV)/.dev
	@$(PYTEST) --quiet --numprocesses 2 $(addprefix tests/,$(MODEL_TESTS))

three-engines: engine chromium browsers lite ## the pages and a notebook in Chromium, Firefox and WebKit (slow; not part of make test)
	@$(PYTEST) tests/engines --numprocesses $(JOBS)

# The words behind `new` are no targets of their own.
ifeq (new,$(firstword $(MAKECMDGOALS)))
NEW := $(wordlist 2,99,$(MAKECMDGOALS))
.PHONY: $(NEW)
$(NEW):
	@:
endif

new: $(VENV)/.book ## begin a file: make new scenario|listener|remedy|view|chapter NAME
	@$(PY) -m tools.new $(NEW)

engine: $(VENV)/.dev $(CONFIG)/.made
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

browsers: $(VENV)/.dev
	@$(PY) -m tools.get_browsers

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

course: $(VENV)/.dev ## check the problem sets: texts, releases, fifty students, nbval and nbclient (SETS="ps5-a-safe-listener")
	@$(PY) -m tests.course $(SETS)

OTTER := .build/otter-env
$(OTTER)/.made: $(VENV)/.dev requirements-otter-lock.txt
	@rm -rf $(OTTER) && $(PY) -m venv $(OTTER)
	@echo "Installing otter-grader into $(OTTER)"
	@$(INSTALL_LOCK) $(OTTER)/bin/python requirements-otter-lock.txt
	@$(OTTER)/bin/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

otter: $(OTTER)/.made ## the problem sets for otter-grader, into _build/otter, and try them (SETS="ps5-a-safe-listener")
	@$(PY) -m tools.otter --python $(OTTER)/bin/python $(SETS)
	@$(PY) -m tests.course.otter --python $(OTTER)/bin/python $(SETS)

LITE := .build/lite-env
$(LITE)/.made: $(VENV)/.uv requirements-lite-lock.txt
	@rm -rf $(LITE) && $(PY) -m venv $(LITE)
	@echo "Installing JupyterLite into $(LITE)"
	@$(INSTALL_LOCK) $(LITE)/bin/python requirements-lite-lock.txt
	@touch $@

lite: $(VENV)/.book book $(LITE)/.made ## chapters and sets as notebooks in a JupyterLite page, into _build/html/lite
	@$(PY) -m tools.lite --python $(LITE)/bin/python

lite-check: dev chromium lite ## that page in Chromium: a chapter, a set (EVERY=1: all of them; not part of make test)
	@OOMLAB_EVERY_NOTEBOOK=$(EVERY) $(PYTEST) tests/lite

binder-check: engine chromium ## chapters and sets as Binder opens them (EVERY=1: all of them)
	@OOMLAB_EVERY_NOTEBOOK=$(EVERY) $(PYTEST) tests/binder

lock: $(VENV)/.uv ## resolve the pins into the locks, with hashes (UPGRADE=1: all else newest)
	@sh tools/lock.sh $(VENV)/bin/uv $(if $(UPGRADE),--upgrade)

newest: $(VENV)/.uv ## try it all, in a copy, with the newest packages that are allowed (TARGETS="test")
	@$(PY) -m tools.newest --uv $(VENV)/bin/uv $(TARGETS)

release-files: slides $(PUBLISH)/.made ## site with its slides as a zip, wheel, sdist, checksums, SBOM: into _build/release
	@$(PY) -m tools.release --tools $(PUBLISH)/bin/python

installed: ## install the wheel with its widgets in empty folders and use it (TRY=python3.14)
	@$(TRY) tools/try_installed.py

book-2: $(VENV)/.dev ## what jupyter-book 2 makes of the same chapters (needs Node and a network)
	@$(PY) -m tools.book_2

audit: $(PUBLISH)/.made ## known holes in pinned packages (pip-audit, npm audit), faults of workflows (zizmor)
	@PATH="$(CURDIR)/$(PUBLISH)/bin:$$PATH" $(PUBLISH)/bin/python -m tools.audit

clean: ## remove what `make book` and `make test` built
	rm -rf _build .build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean ## remove .venv as well
	rm -rf $(VENV) oomlab.egg-info
