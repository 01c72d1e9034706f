# SPDX-License-Identifier: Apache-2.0
"""The disassembler's text, word for word, on a program small enough to read."""

from __future__ import annotations

import pytest

from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.isa.commands import NO_STREAM, Drain, End, Load, Spmm, Stream
from hgcn.isa.disasm import disassemble
from hgcn.isa.image import ImageBuilder

GOLDEN = """\
device 0x0123456789abcdef  graph 0001020304050607  model 2021222324252627
5 commands, 1024 bytes, input 0 lines, scratch 4 lines, output 8 lines
     0  LOAD   store 1, position 8, rows 8, stream program[2+1]
     1  SPMM   clear, buffer 0, store 1, base 0, bundles 2, slices 0, pl program[3+1], packets 0,\
 wait_mask load
     2  DRAIN  relu, buffer 0, store 0, write_store, write_memory, tiled, position 16, rows 32,\
 shift 7, bias_shift 3, records program[3+1], destination scratch[0+4], wait_mask pl+array
     3  SPMM   pl_int8, buffer 1, store 0, base 16, bundles 0, slices 4, control program[4+1],\
 left scratch[0+4], packets 2, fence
     4  END    wait_mask load+pl+array+drain"""


def tiny_image() -> bytes:
    builder = ImageBuilder()
    rows, bundles, control = (builder.stream(bytes([value])) for value in (1, 2, 3))
    scratch = Stream(base=Base.SCRATCH, offset=0, lines=4)
    empty = {"packets": 0, "slices": 0, "control": NO_STREAM, "left": NO_STREAM}
    builder.commands += [
        Load(store=1, position=8, rows=8, stream=rows),
        Spmm(
            clear=True,
            pl_int8=False,
            buffer=0,
            store=1,
            base=0,
            bundles=2,
            pl=bundles,
            wait_mask=1,
            **empty,
        ),
        Drain(
            relu=True,
            int16=False,
            buffer=0,
            store=0,
            write_store=True,
            write_memory=True,
            tiled=True,
            position=16,
            rows=32,
            shift=7,
            bias_shift=3,
            records=bundles,
            destination=scratch,
            wait_mask=0b0110,
        ),
        Spmm(
            clear=False,
            pl_int8=True,
            buffer=1,
            store=0,
            base=16,
            bundles=0,
            slices=4,
            packets=2,
            pl=NO_STREAM,
            control=control,
            left=scratch,
            fence=True,
        ),
        End(wait_mask=15),
    ]
    return builder.finish(
        device_hash=0x0123456789ABCDEF,
        graph_hash=bytes(range(32)),
        model_hash=bytes(range(32, 64)),
        scratch_lines=4,
        output_lines=8,
        metadata={},
        arrays={},
    )


def test_every_kind_of_command_is_printed_as_it_is() -> None:
    assert "\n".join(disassemble(tiny_image())) == GOLDEN


def test_int8_bundles_plain_rows_and_wide_outputs_are_named() -> None:
    builder = ImageBuilder()
    bundles = builder.stream(b"w")
    builder.commands += [
        Spmm(
            clear=False,
            pl_int8=True,
            buffer=0,
            store=0,
            base=0,
            bundles=1,
            slices=0,
            packets=0,
            pl=bundles,
            control=NO_STREAM,
            left=NO_STREAM,
        ),
        Drain(
            relu=False,
            int16=True,
            buffer=0,
            store=0,
            write_store=False,
            write_memory=True,
            tiled=False,
            position=0,
            rows=16,
            shift=20,
            bias_shift=0,
            records=bundles,
            destination=Stream(base=Base.OUTPUT, offset=2, lines=4),
        ),
    ]
    image = builder.finish(
        device_hash=0,
        graph_hash=bytes(32),
        model_hash=bytes(32),
        scratch_lines=0,
        output_lines=6,
        metadata={},
        arrays={},
    )
    assert list(disassemble(image))[2:] == [
        "     0  SPMM   pl_int8, buffer 0, store 0, base 0, bundles 1, slices 0, pl program[2+1], "
        "packets 0",
        "     1  DRAIN  int16, buffer 0, store 0, write_memory, position 0, rows 16, shift 20, "
        "bias_shift 0, records program[2+1], destination output[2+4]",
    ]


def test_a_damaged_image_is_not_printed() -> None:
    image = bytearray(tiny_image())
    image[140] ^= 1
    with pytest.raises(ProgramError, match="the file is damaged"):
        list(disassemble(bytes(image)))
