# SPDX-License-Identifier: Apache-2.0
"""Options of backends: named, with what came and what is wanted, before anything is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hgcn_host.backend import PynqBackend
from hgcn_host.waiting import Limits, Wait
from hgcn_sim.board.settings import SETTINGS, BoardSettings
from hgcn_sim.runs.backend import RtlBackend

import hgcn
from hgcn.errors import BackendError, SpecError
from hgcn.execution.backend import backend, check_options
from hgcn.execution.options import (
    FLAG,
    LATENCY,
    NAME,
    POSITIVE,
    PROBABILITY,
    SEED,
    WAVES,
    checked_options,
    whole,
)

TINY = hgcn.device("tiny")

OUT_OF_RANGE: dict[str, list[Any]] = {
    "latency_cycles": [-1, 0, 900_001, 2.5, True, "80", None, float("nan"), 10**30],
    "stall_probability": [-0.1, 1, 2, float("nan"), float("inf"), "buffer", True, [0.5]],
    "seed": [-1, 2**31, 1.0, "7", False],
    "timeout_cycles": [0, -1, 1e6, 10**13, "long"],
    "bytes_per_cycle": [0, -1.0, float("inf"), "wide"],
    "memory_bytes": [0, -4096, 4096, (1 << 20) + 1, 1 << 40, 1e7],
    "access_cycles": [-1, 10**9, 0.5],
    "waves": [7, "", True],
    "timeout_seconds": [0, -1, float("nan"), float("inf"), "long"],
    "stall_seconds": [0, -1, float("nan"), float("inf"), "long"],
    "wait": ["never", 1, None],
    "virtual_board": ["yes", 1],
    "overlay": [7, ""],
    "memory": [7, ""],
}
PYNQ = tuple(name for name in OUT_OF_RANGE if name != "timeout_cycles")
RTL = ("latency_cycles", "stall_probability", "seed", "timeout_cycles", "waves")


def cases(names: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(name, value) for name in names for value in OUT_OF_RANGE[name]]


@pytest.mark.parametrize(("name", "value"), cases(RTL))
def test_rtl_refuses_what_it_cannot_take(name: str, value: object) -> None:
    with pytest.raises(BackendError, match=f"^rtl option {name} must be .*, got "):
        check_options(RtlBackend(), {name: value})


@pytest.mark.parametrize(("name", "value"), cases(PYNQ))
def test_pynq_refuses_what_it_cannot_take(name: str, value: object) -> None:
    # Without PYNQ the backend cannot be made, but its options are known.
    pynq = PynqBackend.__new__(PynqBackend)
    given = {name: value} | ({"virtual_board": True} if name in SETTINGS else {})
    with pytest.raises(BackendError, match=f"^pynq option {name} must be .*, got "):
        pynq.check_options(given)


@pytest.mark.parametrize(("name", "value"), cases(tuple(SETTINGS)))
def test_a_virtual_board_refuses_what_it_cannot_take(name: str, value: Any) -> None:
    with pytest.raises(BackendError, match=f"^virtual board option {name} must be .*, got "):
        BoardSettings.make(TINY, {name: value})
    if value is not None:
        with pytest.raises(BackendError, match=f"option {name} must be"):
            BoardSettings(device=TINY, **{name: value})


@pytest.mark.parametrize("name", ["timeout_seconds", "stall_seconds"])
def test_limits_of_a_run_are_checked(name: str) -> None:
    for value in OUT_OF_RANGE[name]:
        with pytest.raises(BackendError, match=f"run option {name} must be a number above 0, got"):
            Limits(**{name: value})
    Limits(timeout_seconds=None, stall_seconds=3)


def test_a_way_of_waiting_that_is_none_is_named() -> None:
    with pytest.raises(SpecError, match="wait must be one of auto, interrupt, poll, got 'never'"):
        Wait("never")


@pytest.mark.parametrize("name", ["emulate", "reference"])
def test_a_backend_without_options_refuses_any_at_once(name: str) -> None:
    check_options(backend(name), {})
    with pytest.raises(BackendError, match=f"backend {name} takes no options, got speed"):
        check_options(backend(name), {"speed": 1})


def test_an_unknown_name_is_answered_with_all_names() -> None:
    with pytest.raises(BackendError, match=r"^x has no option 'c': choose from a, b$"):
        checked_options("x", {"a": FLAG, "b": NAME}, {"c": 1})


def test_what_is_in_range_is_taken_as_it_is_meant() -> None:
    table = {"n": whole(0, 9), "p": PROBABILITY, "r": POSITIVE, "w": WAVES, "l": LATENCY, "s": SEED}
    given = {"n": np.int64(9), "p": 0, "r": np.float32(0.5), "w": "~/x", "l": 1, "s": 0}
    chosen = checked_options("x", table, given)
    assert chosen == {"n": 9, "p": 0.0, "r": 0.5, "w": Path.home() / "x", "l": 1, "s": 0}
    assert type(chosen["n"]) is int and type(chosen["r"]) is float
