# SPDX-License-Identifier: Apache-2.0
"""The code blocks of the pages that need PYNQ, on the virtual board."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from tests.docs.blocks import Block, all_blocks, run_block

pytestmark = [
    pytest.mark.rtl,
    pytest.mark.skipif(util.find_spec("pynq") is None, reason="pynq is not installed"),
]
RUN = [
    pytest.param(block, id=block.place)
    for block in all_blocks()
    if block.needs == "board" and not block.not_run
]


@pytest.mark.parametrize("block", RUN)
def test_the_block_runs(block: Block, tmp_path: Path) -> None:
    run_block(block, tmp_path, HGCN_VIRTUAL_BOARD="tiny")


def test_there_are_such_blocks() -> None:
    assert len(RUN) >= 3
