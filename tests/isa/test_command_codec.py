# SPDX-License-Identifier: Apache-2.0
"""Commands to records and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.isa.checksum import record_checksum
from hgcn.isa.command_codec import decode_command, decode_commands, encode_command
from hgcn.isa.commands import Command, Load, Stream
from tests.isa.commands_strategy import commands


@given(commands)
def test_every_command_survives_its_record(command: Command) -> None:
    assert decode_command(encode_command(command), 0) == command


@given(commands, st.integers(0, 127), st.integers(1, 255))
def test_every_flipped_byte_of_a_record_is_caught(command: Command, at: int, change: int) -> None:
    record = bytearray(encode_command(command).astype("<u4").tobytes())
    record[at] ^= change
    with pytest.raises(ProgramError, match="command 7: checksum mismatch"):
        decode_command(np.frombuffer(bytes(record), dtype="<u4"), 7)


@given(commands)
def test_a_record_with_an_unused_bit_set_is_refused(command: Command) -> None:
    record = encode_command(command)
    record[30] = 1
    record[31] = record_checksum(record)
    with pytest.raises(ProgramError, match="command 3: unused bits must be zero"):
        decode_command(record, 3)


@pytest.mark.parametrize("opcode", [0, 5, 15])
def test_an_unknown_opcode_is_refused(opcode: int) -> None:
    record = np.zeros(32, dtype=np.uint32)
    record[0] = opcode
    record[31] = record_checksum(record)
    with pytest.raises(ProgramError, match=f"command 0: opcode must be 1 to 4, got {opcode}"):
        decode_command(record, 0)


def test_a_stream_beyond_the_offset_field_is_refused() -> None:
    far = Stream(base=Base.SCRATCH, offset=1 << 30, lines=1)
    with pytest.raises(ProgramError, match="below 2\\^30 lines"):
        encode_command(Load(store=0, position=0, rows=8, stream=far))


def test_a_load_lies_where_the_page_says() -> None:
    stream = Stream(base=Base.OUTPUT, offset=5, lines=2, s1=0x11, s2=0x22)
    record = encode_command(
        Load(store=1, position=16, rows=9, stream=stream, wait_mask=0b1010, fence=True)
    )
    expected = np.zeros(31, dtype=np.uint32)
    expected[0] = 1 | 0b1010 << 8 | 1 << 16
    expected[1:3] = 1 | 16 << 8, 9
    expected[4:8] = 3 << 30 | 5, 2, 0x11, 0x22
    np.testing.assert_array_equal(record[:31], expected)


@given(st.lists(commands, max_size=6))
def test_records_are_read_together_as_they_are_alone(sequence: list[Command]) -> None:
    records = np.array([encode_command(command) for command in sequence], np.uint32)
    assert decode_commands(records.reshape(-1, 32)) == sequence


@given(st.lists(commands, min_size=1, max_size=6), st.data())
def test_the_first_malformed_record_is_named(sequence: list[Command], data: st.DataObject) -> None:
    records = np.array([encode_command(command) for command in sequence], np.uint32)
    broken = sorted(data.draw(st.sets(st.integers(0, len(sequence) - 1), min_size=1)))
    for at in broken:
        records[at, 29] = 1
        if sum_right := data.draw(st.booleans()):
            records[at, 31] = record_checksum(records[at])
        if at == broken[0]:
            fault = "unused bits must be zero" if sum_right else "checksum mismatch"
    with pytest.raises(ProgramError, match=f"command {5 + broken[0]}: {fault}"):
        decode_commands(records, 5)


@pytest.mark.parametrize(("word", "bit"), [(0, 17), (1, 1), (3, 0), (8, 3), (0, 31)])
def test_a_bit_that_means_something_elsewhere_is_unused_in_a_load(word: int, bit: int) -> None:
    stream = Stream(base=Base.PROGRAM, offset=2, lines=1)
    record = encode_command(Load(store=0, position=0, rows=8, stream=stream))
    record[word] |= np.uint32(1 << bit)
    record[31] = record_checksum(record)
    with pytest.raises(ProgramError, match="unused bits must be zero"):
        decode_command(record, 0)
