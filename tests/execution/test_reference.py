# SPDX-License-Identifier: Apache-2.0
"""The reference interpreter starts nothing that the validator refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hgcn.errors import ProgramError
from hgcn.execution.backend import RunOptions
from hgcn.execution.reference import ReferenceBackend
from hgcn.isa.image import ImageBuilder
from tests.isa.handmade import SPMM, bundles, image_of
from tests.samples import TINY


def run(image: bytes) -> bytes:
    return ReferenceBackend().run(image, TINY, RunOptions()).output


def test_the_handmade_program_runs() -> None:
    assert len(run(image_of(lambda builder: None))) == 8 * 64


def test_an_illegal_program_is_refused_before_anything_is_allocated() -> None:
    with pytest.raises(ProgramError, match="OUTPUT must be written whole, got 4294967295 lines"):
        run(image_of(lambda builder: None, output_lines=0xFFFF_FFFF))


def test_a_word_that_reads_a_bank_twice_is_refused() -> None:
    def change(builder: ImageBuilder) -> None:
        command: Any = builder.commands[SPMM]
        data = bytearray(bundles())
        data[0] = 9  # Position 9 lies in the bank of position 1.
        builder.commands[SPMM] = replace(command, pl=builder.stream(bytes(data)))

    with pytest.raises(ProgramError, match="command 1: a schedule bundle reads a bank twice"):
        run(image_of(change))
