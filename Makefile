# SPDX-License-Identifier: Apache-2.0
# Two commands: `make demo` and `make test`. Everything they need is put into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test help clean system

help:
	@echo "make demo   classify handwritten digits on the simulated accelerator"
	@echo "make test   run every check and test"
	@echo "make clean  remove .venv and caches"

demo: $(VENV)/.sim
	$(BIN)/hgcn run digits --backend rtl --device tiny

test: $(VENV)/.dev $(VENV)/.board
	$(BIN)/python -m tests.check

$(VENV)/.sim: pyproject.toml | system
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing hgcn and the simulator into $(VENV) (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[sim]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.sim
	@echo "Installing the development tools into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

# PYNQ 4.0 wants NumPy below 2 and has no wheels of its parts beyond Python 3.12: an environment of its own.
$(VENV)/.board: pyproject.toml $(VENV)/.sim
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
	  echo "Installing PYNQ into $(VENV)/board"; \
	  test -x $(VENV)/board/bin/python || $(PYTHON) -m venv $(VENV)/board; \
	  $(VENV)/board/bin/python -m pip install --quiet --disable-pip-version-check \
	    -e '.[sim,board]' hypothesis ipykernel matplotlib nbmake pytest; \
	else echo "PYNQ needs Python 3.10 to 3.12: the board's tests are left out"; fi
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
