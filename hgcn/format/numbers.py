# SPDX-License-Identifier: Apache-2.0
"""The numbers and lists of the instruction set, each once; `docs/program-format.md` uses them."""

from __future__ import annotations

from enum import IntEnum

MAGIC = 0x4E434748
"""First word of an image, and what register ID reads: HGCN in ASCII."""
VERSION_MAJOR, VERSION_MINOR = 1, 0
VERSION = VERSION_MAJOR << 16 | VERSION_MINOR

LINE_BYTES = 64
"""Granularity of streams."""
RECORD_WORDS = 32
"""Of the header and of a command."""
RECORD_BYTES = 4 * RECORD_WORDS
RECORD_CHECKSUM_SEED = 0x48474331
QUAD_BYTES = 16
"""What a stream's checksum adds up at a time; a record comes in as quads, too."""
MAX_COMMANDS = (1 << 24) - 1
"""The hardware counts them in 24 bits."""

K0 = 8
"""Depth of a tensor PE's multiply and of a K0-slice; fixed by the packet formats."""
CHUNK = 4
"""Features of a beat of PLIO C, and rows of an int8 block on PLIO A."""

PLIO_BITS = 128
PLIO_BYTES = PLIO_BITS // 8
"""A beat of PLIO A, B and C."""

SUM_BITS = 32
MAX_SUM = (1 << (SUM_BITS - 1)) - 1
"""Accumulators are int32."""


class PacketMagic(IntEnum):
    """Magic of a PLIO header beat, by port; `BAD` answers a malformed pair."""

    A = 0x48A0
    B = 0x48A1
    C = 0x48A2
    BAD = 0x48AF


PACKET_MAGIC = {magic.name: magic.value for magic in PacketMagic if magic is not PacketMagic.BAD}
"""Magics of good packets by port."""


class Opcode(IntEnum):
    """Command opcodes."""

    LOAD = 1
    SPMM = 2
    DRAIN = 3
    END = 4


class Engine(IntEnum):
    """Engines, as bit positions of a command's `wait_mask` and of STATUS.idle."""

    LOAD = 0
    PL = 1
    ARRAY = 2
    DRAIN = 3


ALL_ENGINES = sum(1 << engine for engine in Engine)


class Unit(IntEnum):
    """The modules a command is offered to; two make the array, two DRAIN with its writes."""

    LOAD = 0
    PL = 1
    GATHER = 2
    MERGE = 3
    DRAIN = 4
    WRITE = 5


class Base(IntEnum):
    """Memory regions a stream can lie in: index of the BASE and SIZE registers."""

    PROGRAM = 0
    INPUT = 1
    SCRATCH = 2
    OUTPUT = 3


class ReadClient(IntEnum):
    """Stream readers on the AXI read master."""

    RECORDS = 0
    LOAD = 1
    PL = 2
    CONTROL = 3
    LEFT = 4
    DRAIN = 5


class Counter(IntEnum):
    """What busy and stalled cycles are counted of: index of the ENGINE registers."""

    READ = 0
    LOAD = 1
    PL = 2
    ARRAY = 3
    MERGE = 4
    DRAIN = 5
    WRITE = 6


COUNTED = tuple(counter.name.lower() for counter in Counter)
"""Counters as reports name them."""


class ErrorCode(IntEnum):
    """What register ERROR can hold."""

    NONE = 0
    BAD_MAGIC = 1
    BAD_VERSION = 2
    BAD_DEVICE = 3
    HEADER_CHECKSUM = 4
    COMMAND_CHECKSUM = 5
    BAD_COMMAND = 6
    STREAM_CHECKSUM = 7
    ADDRESS_RANGE = 8
    AXI_READ = 9
    AXI_WRITE = 10
    WATCHDOG = 11
    BAD_PACKET = 12


ERROR_CODES = {code.value: code.name for code in ErrorCode}
"""Names of error codes, as software shows them."""
