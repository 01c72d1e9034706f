# SPDX-License-Identifier: Apache-2.0
# `make demo` and `make test` are what most need; `make help` lists the rest. Everything they need is
# put into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench docs test-lowest test-pyg record-pyg lock help clean system

help:
	@echo "make demo    classify handwritten digits on the simulated accelerator"
	@echo "make test    run every check and test"
	@echo "make lint    style, types, import contracts and Verilator's lint, without the tests"
	@echo "make bench MODULE=fifo   run a module's bench; DEVICE=my.toml SEED=7 WAVES=1; without MODULE: list"
	@echo "make docs    generate tables, figures and sources again, and check the pages"
	@echo "make lock    pin what the environments hold, as pyproject.toml allows"
	@echo "make test-lowest  unit tests and a simulation with the oldest versions allowed; before every release"
	@echo "make test-pyg     compare with the real PyTorch Geometric; before every release"
	@echo "make clean   remove .venv and caches"

demo: $(VENV)/.sim
	$(BIN)/hgcn run digits --backend rtl --device tiny

test: $(VENV)/.dev $(VENV)/.board
	$(BIN)/python -m tests.check

lint: $(VENV)/.dev
	$(BIN)/python -m tests.check style format types imports layout-rtl lint-rtl

MODULE ?=
DEVICE ?=
SEED ?= 1
WAVES ?=
bench: $(VENV)/.dev
	$(BIN)/python -m hgcn_sim.benches.run $(MODULE) --seed $(SEED) $(if $(DEVICE),--device $(DEVICE)) \
	  $(if $(WAVES),--waves)

# What is generated from one place and kept in the tree; tests compare all of it.
docs: $(VENV)/.dev
	$(BIN)/python -m hgcn_hw.regs.generate
	$(BIN)/python -m hgcn_hw.generate
	$(BIN)/python docs/devices.py
	$(BIN)/python docs/figures.py
	$(BIN)/python -m hgcn_hw.build.budget --kept --page
	$(BIN)/python -m pytest -q -m "not rtl and not slow" tests/docs

# Versions and hashes of all that is installed are locked; pyproject.toml says what a user may have.
# Packages without a wheel are built with the locked setuptools, for which a first step installs it.
LOCKS := .ci/locks
create = test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
pip = $(1)/bin/python -m pip install --quiet --disable-pip-version-check
locked = $(call pip,$(1)) --require-hashes -r $(LOCKS)/build.txt \
  && $(call pip,$(1)) --require-hashes --no-build-isolation -r $(LOCKS)/$(2).txt
this = PYTHONWARNINGS=ignore $(call pip,$(1)) --no-deps --no-build-isolation -e .

$(VENV)/.sim: pyproject.toml $(LOCKS)/build.txt $(LOCKS)/sim.txt | system
	@$(call create,$(VENV))
	@echo "Installing hgcn and the simulator into $(VENV) (about a minute)"
	@$(call locked,$(VENV),sim)
	@$(call this,$(VENV))
	@touch $@

$(VENV)/.dev: $(LOCKS)/dev.txt $(VENV)/.sim
	@echo "Installing the development tools into $(VENV)"
	@$(call locked,$(VENV),dev)
	@touch $@

# PYNQ 4.0 wants NumPy below 2 and has no wheels of its parts beyond Python 3.12: an environment of its own.
$(VENV)/.board: $(LOCKS)/board.txt $(VENV)/.sim
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
	  echo "Installing PYNQ into $(VENV)/board"; \
	  $(call create,$(VENV)/board); \
	  $(call locked,$(VENV)/board,board) && $(call this,$(VENV)/board); \
	else echo "PYNQ needs Python 3.10 to 3.12: the board's tests are left out"; fi
	@touch $@

# What is locked stays as it is where pyproject.toml allows it; `make lock UPGRADE=--upgrade` moves on.
# Not so the oldest versions: a bound that is lowered would leave the old ones in place.
UV := $(VENV)/lock/bin/uv
compile = $(UV) pip compile --quiet $(UPGRADE) --universal --python-version 3.10 --generate-hashes \
  --no-annotate --custom-compile-command "make lock"

lock:
	@$(call create,$(VENV)/lock)
	@$(call pip,$(VENV)/lock) uv==0.13.9
	$(compile) --group build -o $(LOCKS)/build.txt
	$(compile) pyproject.toml --extra dev -c $(LOCKS)/build.txt -o $(LOCKS)/dev.txt
	$(compile) pyproject.toml --extra sim -c $(LOCKS)/dev.txt -o $(LOCKS)/sim.txt
	$(compile) pyproject.toml --extra sim --extra test --resolution lowest-direct --upgrade -c $(LOCKS)/build.txt -o $(LOCKS)/lowest.txt
	$(compile) pyproject.toml --extra sim --extra board --group board -c $(LOCKS)/build.txt -o $(LOCKS)/board.txt

# The oldest versions that pyproject.toml allows; they warn of the newer parts that they stand on.
LOWEST := $(VENV)/lowest/bin
test-lowest: $(VENV)/.lowest
	$(LOWEST)/python -m pytest -q -n 2 -m "not rtl and not slow" \
	  -W ignore::DeprecationWarning -W ignore::ImportWarning
	$(LOWEST)/hgcn run digits --backend rtl --device tiny

$(VENV)/.lowest: pyproject.toml $(LOCKS)/build.txt $(LOCKS)/lowest.txt | system
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info >= (3, 13))' || \
	  { echo "NumPy 1.26 needs Python 3.10 to 3.12: set PYTHON=python3.12 or the like" >&2; exit 1; }
	@$(call create,$(VENV)/lowest)
	@echo "Installing the oldest versions allowed into $(VENV)/lowest"
	@$(call locked,$(VENV)/lowest,lowest)
	@$(call this,$(VENV)/lowest)
	@touch $@

# PyTorch is large and needed by nothing else: its answers are recorded for `make test`.
PYG := torch==2.13.0 torch_geometric==2.8.1
test-pyg: $(VENV)/.pyg
	$(VENV)/pyg/bin/python -m pytest -q -m "not rtl and not slow" -W ignore::DeprecationWarning \
	  tests/parity tests/model tests/graph tests/cli/test_train.py

record-pyg: $(VENV)/.pyg
	$(VENV)/pyg/bin/python -m tests.parity.record

$(VENV)/.pyg: pyproject.toml | system
	@$(call create,$(VENV)/pyg)
	@echo "Installing $(PYG) into $(VENV)/pyg (hundreds of megabytes)"
	@$(call pip,$(VENV)/pyg) $(PYG) -e . hypothesis networkx pytest
	@touch $@

system:
	@missing=0; \
	need() { command -v $$1 >/dev/null 2>&1 || { echo "missing $$1: $$2" >&2; missing=1; }; }; \
	need $(PYTHON) "install Python 3.10 to 3.13, e.g. apt-get install python3 python3-venv"; \
	need g++ "install a C++ compiler, e.g. apt-get install g++"; \
	need make "install GNU make, e.g. apt-get install make"; \
	need perl "install Perl, e.g. apt-get install perl"; \
	if [ $$missing -eq 0 ]; then \
	  $(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || \
	    { echo "$(PYTHON) must be Python 3.10 to 3.13: set PYTHON=python3.12 or the like" >&2; missing=1; }; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "missing venv: apt-get install python3-venv" >&2; missing=1; }; \
	fi; exit $$missing

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
