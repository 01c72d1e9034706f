# SPDX-License-Identifier: Apache-2.0
"""Header and commands: literal words, and what modules derive from the tables."""

from __future__ import annotations

from hgcn.format.commands import (
    COMMAND,
    COMMANDS,
    DRAIN,
    END,
    HEADER,
    LOAD,
    SPMM,
    STREAM_SLOTS,
    slot_of,
)
from hgcn.format.numbers import Opcode

FULL = 0xFFFFFFFF


def test_the_bits_that_mean_something_are_these() -> None:
    assert [hex(word) for word in LOAD.meant[:8]] == [
        *("0x10f0f", "0xffffff01", "0xffffffff", "0x0"),
        *["0xffffffff"] * 4,
    ]
    assert int(SPMM.meant[0]) == 0x1F0F0F and int(DRAIN.meant[0]) == 0xFF0F0F
    assert int(DRAIN.meant[3]) == 0x1F3F and int(END.meant[0]) == 0x10F0F
    assert [at for at, word in enumerate(SPMM.meant) if word] == [*range(16), 24, 31]
    assert [at for at, word in enumerate(DRAIN.meant) if word] == [*range(10), 31]
    assert [at for at, word in enumerate(HEADER.meant) if not word] == [28, 29, 30]


def test_commands_share_their_head_and_their_checksum() -> None:
    assert [form.opcode for form in COMMANDS] == list(Opcode)
    for form in COMMANDS:
        for name in ("opcode", "wait_mask", "fence", "checksum"):
            assert form[name] == COMMAND[name]
        assert form.own == tuple(
            f for f in form.fields if f.name not in ("opcode", "wait_mask", "fence", "checksum")
        )


def test_streams_lie_in_slots_and_have_a_reader_each() -> None:
    for form in COMMANDS:
        assert [slot_of(field) for field in form.streams] == list(range(len(form.streams)))
        assert len(form.streams) <= STREAM_SLOTS
    readers = [field.client for form in COMMANDS for field in form.streams]
    assert len(set(readers)) == len(readers) == 5
