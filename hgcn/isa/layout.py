# SPDX-License-Identifier: Apache-2.0
"""Every constant of the program format, once. `docs/program-format.md` explains them."""

from __future__ import annotations

from enum import IntEnum

MAGIC = 0x4E434748
VERSION = 0x0001_0000
RECORD_WORDS = 32
RECORD_BYTES = 4 * RECORD_WORDS
RECORD_CHECKSUM_SEED = 0x48474331
MAX_COMMANDS = (1 << 24) - 1
"""The hardware counts them in 24 bits."""

PACKET_MAGIC = {"A": 0x48A0, "B": 0x48A1, "C": 0x48A2}
"""Bits 63:48 of a PLIO header beat, by port."""

ERROR_CODES = {
    0: "NONE",
    1: "BAD_MAGIC",
    2: "BAD_VERSION",
    3: "BAD_DEVICE",
    4: "HEADER_CHECKSUM",
    5: "COMMAND_CHECKSUM",
    6: "BAD_COMMAND",
    7: "STREAM_CHECKSUM",
    8: "ADDRESS_RANGE",
    9: "AXI_READ",
    10: "AXI_WRITE",
    11: "WATCHDOG",
    12: "BAD_PACKET",
}


class Opcode(IntEnum):
    """Command opcodes, word 0 bits 3:0."""

    LOAD = 1
    SPMM = 2
    DRAIN = 3
    END = 4


class Engine(IntEnum):
    """Engines, as bit positions of a command's `after` mask (word 0 bits 11:8)."""

    LOAD = 0
    PL = 1
    STA = 2
    DRAIN = 3


class Base(IntEnum):
    """Memory regions a stream can lie in: index of the BASE and SIZE registers."""

    PROGRAM = 0
    INPUT = 1
    SCRATCH = 2
    OUTPUT = 3
