# SPDX-License-Identifier: Apache-2.0
"""Finding backends, and what they refuse."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from hgcn.errors import BackendError
from hgcn.execution import backend as module
from hgcn.execution.backend import Backend, RunOptions, available, backend, refuse_options
from tests.samples import TINY


def installed(monkeypatch: pytest.MonkeyPatch, **found: str) -> None:
    entries = [EntryPoint(name, value, module.GROUP) for name, value in found.items()]
    monkeypatch.setattr(module, "entry_points", lambda group: entries)


@pytest.mark.parametrize("name", ["reference", "emulate"])
def test_a_backend_is_found_by_its_name(name: str) -> None:
    found = backend(name)
    assert isinstance(found, Backend) and found.name == name and name in available()


def test_an_unknown_backend_lists_the_known_ones() -> None:
    with pytest.raises(BackendError, match=r"unknown backend 'gpu': choose one of .*reference"):
        backend("gpu")


def test_a_backend_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, emulate="hgcn.execution.emulate:EmulateBackend")
    with pytest.raises(
        BackendError,
        match=r"'pynq' \(pip install -e '\.\[board\]' .*\): choose one",
    ):
        backend("pynq")


def test_a_backend_that_lacks_a_package_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, rtl="hgcn_no_such_package:Thing", mine="hgcn_no_such_package:Thing")
    message = r"backend rtl needs a package that is missing .*: pip install -e '\.\[sim\]'"
    with pytest.raises(BackendError, match=message):
        backend("rtl")
    with pytest.raises(BackendError, match="see its documentation"):
        backend("mine")


def test_an_entry_that_is_no_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, odd="builtins:dict")
    with pytest.raises(BackendError, match="backend odd must have a name and a run method"):
        backend("odd")


@pytest.mark.parametrize("name", ["reference", "emulate"])
def test_options_nobody_knows_are_refused(name: str) -> None:
    options = RunOptions(extra={"latency_cycles": 80})
    with pytest.raises(BackendError, match=f"backend {name} takes no options, got latency_cycles"):
        backend(name).run(b"", TINY, options)
    refuse_options(name, {})
