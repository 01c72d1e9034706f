# SPDX-License-Identifier: Apache-2.0
"""`program.run(backend="pynq")`: options by name, one overlay kept, waves on request."""

from __future__ import annotations

from importlib import util
from typing import Any

import pytest

import hgcn
from hgcn.errors import BackendError

pytestmark = [
    pytest.mark.rtl,
    pytest.mark.skipif(util.find_spec("pynq") is None, reason="pynq is not installed"),
]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"speed": 1},
            "pynq has no option 'speed': choose from virtual_board, overlay",
        ),
        ({"wait": "never"}, "pynq option wait must be auto, interrupt or poll, got 'never'"),
        ({"timeout_seconds": "long"}, "timeout_seconds must be a number above 0, got 'long'"),
        ({"virtual_board": "yes"}, "virtual_board must be true or false"),
        ({"seed": 3}, "seed: settings of the virtual board only; add virtual_board=True"),
        ({"virtual_board": True, "seed": -1}, "seed must be a whole number from 0"),
    ],
)
def test_wrong_options_are_named(
    program: hgcn.Program, options: dict[str, Any], message: str
) -> None:
    with pytest.raises((BackendError, ValueError), match=message):
        program.run("pynq", **options)


def test_without_a_board_the_message_says_what_to_do(
    program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HGCN_VIRTUAL_BOARD", raising=False)
    monkeypatch.delenv("HGCN_OVERLAY", raising=False)
    with pytest.raises(BackendError, match="Without a board: HGCN_VIRTUAL_BOARD=tiny"):
        program.run("pynq")


def test_argument_and_environment_select_the_virtual_board(
    program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_argument = program.run("pynq", virtual_board=True)
    monkeypatch.setenv("HGCN_VIRTUAL_BOARD", "tiny")
    by_environment = program.run("pynq")
    assert by_argument.bit_exact and by_environment.bit_exact
    assert by_argument.execution == by_environment.execution


def test_settings_change_cycles_and_never_the_result(program: hgcn.Program) -> None:
    fast = program.run("pynq", virtual_board=True, latency_cycles=1)
    slow = program.run("pynq", virtual_board=True, latency_cycles=400, stall_probability=0.3)
    assert fast.bit_exact and slow.bit_exact
    assert fast.cycles is not None and slow.cycles is not None and fast.cycles < slow.cycles


def test_a_named_memory_is_used_or_the_names_are_said(program: hgcn.Program) -> None:
    assert program.run("pynq", virtual_board=True, memory="PSDDR").bit_exact
    with pytest.raises(BackendError, match=r"hgcn.pdi has no memory 'hbm': choose from PSDDR"):
        program.run("pynq", virtual_board=True, memory="hbm")
