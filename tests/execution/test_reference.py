# SPDX-License-Identifier: Apache-2.0
"""The reference interpreter checks the bank laws itself: it does not trust the validator."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hgcn.errors import ProgramError
from hgcn.execution.backend import RunOptions
from hgcn.execution.reference import ReferenceBackend
from hgcn.program.commands import Spmm
from hgcn.program.image import ImageBuilder
from tests.program.handmade import SPARSE, SPMM, control, image_of, words
from tests.samples import TINY


def run(image: bytes) -> bytes:
    return ReferenceBackend().run(image, TINY, RunOptions()).output


def with_stream(name: str, data: bytes) -> bytes:
    def change(builder: ImageBuilder) -> None:
        command = builder.commands[SPMM]
        assert isinstance(command, Spmm)
        stream = builder.stream(data)
        fields = {"pl": stream} if name == "pl" else {"control": stream}
        builder.commands[SPMM] = replace(command, **fields)  # type: ignore[arg-type]

    return image_of(change)


def test_the_handmade_program_runs() -> None:
    assert len(run(image_of(lambda builder: None))) == 8 * 64


def test_a_word_that_reads_a_bank_twice_is_refused() -> None:
    data = bytearray(words())
    data[0] = 9  # Position 9 lies in the bank of position 1.
    with pytest.raises(ProgramError, match="schedule word 0 reads a bank twice"):
        run(with_stream("pl", bytes(data)))


def test_a_slice_that_gathers_a_bank_twice_is_refused() -> None:
    data = bytearray(control())
    data[SPARSE + 8] = 11
    with pytest.raises(ProgramError, match="slice 0 gathers a bank twice"):
        run(with_stream("control", bytes(data)))
