# SPDX-License-Identifier: Apache-2.0
"""Registers by name, and what is said of them."""

from __future__ import annotations

import numpy as np
from hgcn_host.registers import Registers
from hgcn_host.state import AcceleratorState
from numpy.typing import NDArray

from hgcn.format.numbers import COUNTED
from hgcn.isa.registers import PAIRS, REGISTERS, SPAN_BYTES


def words() -> tuple[Registers, NDArray[np.uint32]]:
    store = np.zeros(SPAN_BYTES // 4, dtype=np.uint32)

    def write(offset: int, value: int) -> None:
        store[offset // 4] = value

    return Registers(lambda offset: int(store[offset // 4]), write), store


def test_pairs_are_two_words_low_first() -> None:
    registers, store = words()
    registers.write_pair("BASE[2]", 0x1_2345_6789)
    at = PAIRS["BASE[2]"] // 4
    assert (int(store[at]), int(store[at + 1])) == (0x2345_6789, 1)
    assert registers.read_pair("BASE[2]") == 0x1_2345_6789


def test_fields_are_placed_by_name() -> None:
    registers, store = words()
    registers.put("CTRL", start=1, irq_enable=1)
    assert int(store[REGISTERS["CTRL"].offset // 4]) == 0b101
    assert registers.get("CTRL", "irq_enable") == 1


def test_the_state_names_error_engines_and_counters() -> None:
    registers, _ = words()
    registers.write("STATUS", 0b0101_0100 | 1)
    registers.write("ERROR", 17 << 8 | 9)
    registers.write("COMMAND", 18)
    for index in range(len(COUNTED)):
        registers.write_pair(f"ENGINE[{index}].BUSY", 100 + index)
    state = AcceleratorState.read(registers)
    assert state.busy and (state.error, state.error_command) == ("AXI_READ", 17)
    assert state.idle == {"load": True, "pl": False, "array": True, "drain": False}
    text = state.describe()
    assert "error AXI_READ at 17, command 18" in text
    assert "load: idle, busy 101" in text and "drain: working, busy 105" in text
