# SPDX-License-Identifier: Apache-2.0
"""Without pynq everything but the board works, and what needs it says how to get it."""

from __future__ import annotations

import sys
from importlib import import_module

import hgcn_host
import pytest

from hgcn.errors import BackendError
from hgcn.execution.backend import backend


@pytest.fixture
def no_pynq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynq", None)
    for name in ("hgcn_host.board", "hgcn_sim.board.select", "hgcn_sim.board.device"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("no_pynq")
def test_the_backend_names_the_command_that_installs_it() -> None:
    with pytest.raises(BackendError, match=r"package pynq .*: pip install -e '\.\[board\]'"):
        backend("pynq")


@pytest.mark.usefixtures("no_pynq")
def test_the_overlay_does_too() -> None:
    with pytest.raises(BackendError, match=r"pip install -e '\.\[board\]'"):
        _ = hgcn_host.HgcnOverlay


@pytest.mark.usefixtures("no_pynq")
def test_the_self_test_says_so_instead_of_failing() -> None:
    findings = list(import_module("hgcn_host.check").check_board())
    assert [item.name for item in findings] == ["python", "board"]
    assert findings[-1].good is False and "pip install" in findings[-1].text


@pytest.mark.usefixtures("no_pynq")
@pytest.mark.parametrize("module", ["session", "backend", "accelerator", "loaded_program"])
def test_only_the_board_imports_it(module: str) -> None:
    import_module(f"hgcn_host.{module}")


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="Overlay2"):
        _ = hgcn_host.Overlay2
