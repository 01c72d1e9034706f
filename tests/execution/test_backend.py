# SPDX-License-Identifier: Apache-2.0
"""Finding backends, and what they refuse."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from hgcn.arch.device import Device
from hgcn.errors import BackendError
from hgcn.execution import backend as module
from hgcn.execution.backend import (
    Backend,
    Execution,
    RunOptions,
    available,
    backend,
    refuse_options,
    summary,
)
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


def test_a_backend_that_lacks_a_package_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, mine="hgcn_no_such_package:Thing", odd="hgcn.no_such:Thing")
    message = "backend mine of package unknown needs a package that is missing .*no_such_package"
    with pytest.raises(BackendError, match=message):
        backend("mine")


def test_a_backend_that_fails_when_made_does_so_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, mine="hgcn.arch.device:Device")
    with pytest.raises(BackendError, match=r"backend mine of package unknown fails .*argument"):
        backend("mine")


def test_a_name_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [EntryPoint("mine", "a:B", module.GROUP), EntryPoint("mine", "c:D", module.GROUP)]
    monkeypatch.setattr(module, "entry_points", lambda group: twice)
    with pytest.raises(BackendError, match="backend 'mine' stands twice, in the packages"):
        backend("mine")


def test_an_entry_that_is_no_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, odd="builtins:dict")
    with pytest.raises(BackendError, match="backend odd must have this name and a run"):
        backend("odd")


def test_a_backend_of_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, mine="hgcn.execution.emulate:EmulateBackend")
    with pytest.raises(BackendError, match="backend mine must have this name"):
        backend("mine")


def test_a_backend_says_what_it_is_or_nothing() -> None:
    assert summary(backend("emulate")).endswith("no clock")

    class Silent:
        name = "silent"

        def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
            raise NotImplementedError

    assert summary(Silent()) == ""


@pytest.mark.parametrize("name", ["reference", "emulate"])
def test_options_nobody_knows_are_refused(name: str) -> None:
    options = RunOptions(extra={"latency_cycles": 80})
    with pytest.raises(BackendError, match=f"backend {name} takes no options, got latency_cycles"):
        backend(name).run(b"", TINY, options)
    refuse_options(name, {})
