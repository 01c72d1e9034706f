# SPDX-License-Identifier: Apache-2.0
"""A device of one's own: one file, run in its RTL; tests/host has its virtual board."""

from __future__ import annotations

from pathlib import Path

import pytest
from hgcn_sim.board.settings import BoardSettings

from tests.extend.steps import RANDOM_MODEL, count_files, hgcn, small_graph, write_device


@pytest.mark.rtl
def test_a_device_takes_one_file(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    device, graph = write_device(mine), small_graph(other)
    assert count_files(mine, "a device") == 1

    told = hgcn(other, "run", graph, "--backend", "rtl", "--device", device, *RANDOM_MODEL)
    assert "rtl: bit-exact with the reference arithmetic" in told and "my, ordering" in told

    hgcn(other, "compile", graph, "--output", "small.hgcn", "--device", device, *RANDOM_MODEL)
    told = hgcn(other, "run", "small.hgcn", "--backend", "rtl", "--device", device)
    assert "rtl: bit-exact" in told


def test_the_virtual_board_is_named_by_the_file_too(tmp_path: Path) -> None:
    device = write_device(tmp_path)
    found = BoardSettings.parse(f"{device},seed=3")
    assert (found.device.name, found.device.lanes, found.seed) == ("my", 2, 3)
    assert found.text() == "my, seed=3"
