# SPDX-License-Identifier: Apache-2.0
"""Every code block of README and docs runs, or says in the page why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import LANGUAGES, NEEDS, Block, all_blocks, blocks_of, run_block
from tests.test_layout import ROOT

MARKS = {"": (), "rtl": pytest.mark.rtl, "time": pytest.mark.slow}
RUN = [
    pytest.param(block, id=block.place, marks=MARKS[block.needs])
    for block in all_blocks()
    if block.language in ("python", "sh") and not block.not_run and block.needs in MARKS
]


@pytest.mark.parametrize("block", RUN)
def test_the_block_runs(block: Block, tmp_path: Path) -> None:
    run_block(block, tmp_path)


def test_every_block_says_what_it_is() -> None:
    assert [block for block in all_blocks() if block.language not in LANGUAGES] == []
    assert [block for block in all_blocks() if block.needs not in NEEDS] == []
    assert len(RUN) > 5


def test_a_block_that_fails_is_seen(tmp_path: Path) -> None:
    for language, text in (("python", "1 / 0"), ("sh", "false\ntrue")):
        folder = tmp_path / language
        folder.mkdir()
        with pytest.raises(AssertionError, match="page:1"):
            run_block(Block("page:1", language, text), folder)


def test_blocks_are_found_with_their_marks() -> None:
    page = ROOT / "tests" / "docs" / "sample.md"
    found = [(block.language, block.needs, block.not_run, block.text) for block in blocks_of(page)]
    assert found == [
        ("sh", "rtl", "", "echo one\n"),
        ("python", "", "it waits for ever", "while True:\n    pass\n"),
        ("text", "", "", "a picture\n"),
    ]
