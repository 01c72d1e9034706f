# SPDX-License-Identifier: Apache-2.0
"""The virtual board of a device file: run, and told to be well."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from tests.extend.steps import RANDOM_MODEL, hgcn, small_graph, write_device

pytestmark = [
    pytest.mark.rtl,
    pytest.mark.skipif(util.find_spec("pynq") is None, reason="pynq is not installed"),
]


def test_a_device_file_has_its_virtual_board(tmp_path: Path) -> None:
    device, graph = write_device(tmp_path), small_graph(tmp_path)
    words = ("--backend", "pynq", "--virtual-board", "--device", device)
    told = hgcn(tmp_path, "run", graph, *words, *RANDOM_MODEL)
    assert "pynq: bit-exact with the reference arithmetic" in told


def test_the_virtual_board_of_a_device_file_is_well(tmp_path: Path) -> None:
    told = hgcn(tmp_path, "doctor", "--virtual-board", write_device(tmp_path))
    assert "virtual board: my" in told and "equal to the reference" in told
