# SPDX-License-Identifier: Apache-2.0
"""The one parameter set of a device: widths, depths and counts of hardware, compiler, models."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from hgcn.arch import rules
from hgcn.arch.parameter import check_parameters, declared, parameters
from hgcn.arch.rates import Rates
from hgcn.arch.rules import Rule, is_power_of_two
from hgcn.format.numbers import K0, LINE_BYTES
from hgcn.format.streams import MAX_SLOTS, MAX_TILE_POSITIONS

__all__ = ["K0", "LINE_BYTES", "MAX_SLOTS", "MAX_TILE_POSITIONS", "Device"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Rates):
    """A device: board, clocks, memory and the sizes of both engines.

    `hgcn.emit` writes the SystemVerilog package, the C++ header and the AI Engine graph from it.
    Each field's declaration says what it means, its legal values and what it costs;
    ``hgcn devices --explain`` prints them all.

    Raises
    ------
    SpecError
        If a field has a value it cannot take; the message names it.
    """

    name: str = field(
        metadata=declared(
            "Name of the device: in reports, in programs, and of files made for it.",
            rules.spelt("name", r"\w[\w-]{0,39}", "1 to 40 letters, digits, '_' and '-'"),
            shapes_program=False,
        )
    )
    board: str = field(
        metadata=declared(
            "Board it fits, in words.",
            Rule(
                "a line of at most 100 characters",
                lambda d: len(d.board) <= 100 and d.board.isprintable(),
            ),
            shapes_program=False,
        )
    )
    part: str = field(
        metadata=declared(
            "The vendor's part number; none: for simulation only.",
            rules.spelt("part", r"[\w.-]{1,60}", "1 to 60 letters, digits, '.', '_', '-'"),
            cost="decides what there is: build and area budget look it up",
            shapes_program=False,
        )
    )
    pl_hz: float = field(
        metadata=declared(
            "Clock of the programmable logic.",
            rules.positive("pl_hz", "positive, in hertz"),
            rules.at_most("pl_hz", 1e10),
            unit="Hz",
            cost="timing: a higher clock is harder to reach, and waits more cycles for the memory",
            shapes_program=False,
        )
    )
    array_hz: float = field(
        metadata=declared(
            "Clock of the tensor array.",
            rules.positive("array_hz", "positive, in hertz"),
            rules.at_most("array_hz", 1e10),
            unit="Hz",
            cost="timing, where the array lies in programmable logic; AI Engines have their own",
            shapes_program=False,
        )
    )
    dram_bytes_per_second: float = field(
        metadata=declared(
            "Usable (not theoretical) bandwidth of the memory the program lies in.",
            rules.positive("dram_bytes_per_second"),
            unit="bytes/s",
            cost="none: a fact of the board; large graphs are bound by it",
            shapes_program=False,
        )
    )
    dram_latency_cycles: int = field(
        default=40,
        metadata=declared(
            "Read latency of that memory: what the simulator does and the estimate assumes.",
            rules.at_least("dram_latency_cycles", 1),
            rules.at_most("dram_latency_cycles", 900_000),
            unit="PL cycles",
            cost="none: a fact of the board; small graphs are bound by it",
            shapes_program=False,
        ),
    )
    axi_bytes: int = field(
        metadata=declared(
            "Width of the AXI4 read and write masters, a beat.",
            rules.one_of("axi_bytes", 16, 32, 64),
            unit="bytes",
            cost="LUT, FF and BRAM of every stream's FIFO; bounds the bytes a cycle",
        )
    )
    features: int = field(
        metadata=declared(
            "F, features of a feature tile: width of a row of the feature stores and of a lane.",
            Rule(
                "8, 16 or 32 and at most axi_bytes ({d.axi_bytes})",
                lambda d: d.features in (8, 16, 32) and d.features <= d.axi_bytes,
            ),
            unit="features, a byte each",
            cost="DSP and LUT: a multiplier per lane and feature; BRAM: width of stores and sums; "
            "halving it doubles the feature tiles of a wide layer",
        )
    )
    lanes: int = field(
        metadata=declared(
            "L, lanes of the PL engine: nonzeros it takes a cycle.",
            rules.power_of_two("lanes", 64),
            Rule(
                "at most axi_bytes / 4: one schedule bundle a beat",
                lambda d: 4 * d.lanes <= d.axi_bytes,
            ),
            unit="lanes",
            cost="DSP: features multipliers each; LUT: the crossbar to the banks, lanes * banks; "
            "BRAM: each lane's sums",
        )
    )
    gather_rows: int = field(
        metadata=declared(
            "G, right-operand rows the gather unit reads a cycle; 8 make a slice.",
            rules.one_of("gather_rows", 1, 2, 4, 8),
            unit="rows",
            cost="LUT: a crossbar of gather_rows * banks; a slice takes 8 / gather_rows cycles",
        )
    )
    banks: int = field(
        metadata=declared(
            "B, banks of each feature store: rows of a store that can be read in one cycle.",
            Rule(
                "a power of two, at least the lanes, the gather rows, 8 and the rows of an AXI "
                "beat",
                lambda d: (
                    is_power_of_two(d.banks)
                    and d.banks
                    >= max(d.lanes, d.gather_rows, K0, d.axi_bytes // max(d.features, 1))
                ),
            ),
            rules.at_most("banks", 256),
            unit="banks",
            cost="LUT: the crossbar to the lanes; BRAM: at least one memory each; more banks give "
            "fewer conflicts, so schedules nearer to one nonzero a lane and cycle",
        )
    )
    slots: int = field(
        metadata=declared(
            "Row sums a lane holds.",
            rules.power_of_two("slots", MAX_SLOTS),
            unit="rows",
            cost="BRAM: two buffers of slots * features int32 in each lane",
        )
    )
    block_rows: int = field(
        metadata=declared(
            "T, rows of a row block (the height of a slice).",
            rules.one_of("block_rows", 16, 32, 64),
            unit="rows",
            cost="LUT and BRAM of the packets to the array; higher slices hold more zeros, lower "
            "ones gather the right operand more often",
        )
    )
    tile_rows: int = field(
        metadata=declared(
            "Rows of the left operand between two drains (the row tile).",
            Rule(
                "a multiple of block_rows and of banks, at most lanes * slots",
                lambda d: (
                    d.tile_rows >= 1
                    and d.tile_rows % max(d.block_rows, d.banks) == 0
                    and d.tile_rows <= d.lanes * d.slots
                ),
            ),
            unit="rows",
            cost="BRAM: two buffers of tile_rows * features int32 of the array's sums; larger "
            "tiles read the right operand less often",
        )
    )
    drain_rows: int = field(
        default=1,
        metadata=declared(
            "Rows that leave the accumulators in a cycle, side by side: the width of the epilogue.",
            Rule(
                "a power of two, at most the lanes ({d.lanes}) and half of block_rows "
                "({d.block_rows})",
                lambda d: (
                    is_power_of_two(d.drain_rows)
                    and d.drain_rows <= min(d.lanes, d.block_rows // 2)
                ),
            ),
            unit="rows",
            cost="DSP and LUT: a requantiser of features multipliers each, and a path from every "
            "lane; the rows of one line lie in distinct lanes",
        ),
    )
    store_rows: int = field(
        metadata=declared(
            "Rows that each of the two feature stores holds.",
            Rule(
                "a power of two, at least two rows per bank",
                lambda d: (
                    d.store_rows % d.banks == 0
                    and d.store_rows >= 2 * d.banks
                    and is_power_of_two(d.store_rows)
                ),
            ),
            rules.at_most("store_rows", 1 << 20),
            unit="rows of features bytes",
            cost="BRAM or URAM: two stores of store_rows * features bytes; a graph of more rows is "
            "brought in by tiles, again for each row tile",
        )
    )
    m0: int = field(
        default=4,
        metadata=declared(
            "Rows of a tensor PE's multiply, m0 x 8 by 8 x n0 int8 a cycle.",
            rules.one_of("m0", 4),
            unit="rows",
            cost="m0 * 8 * n0 multipliers in each PE",
        ),
    )
    n0: int = field(
        default=4,
        metadata=declared(
            "Columns of a tensor PE's multiply.",
            rules.one_of("n0", 4, 8),
            unit="features",
            cost="as m0",
        ),
    )
    array_rows: int = field(
        metadata=declared(
            "R, rows of tensor PEs: row blocks multiplied at the same time.",
            rules.at_least("array_rows", 1),
            rules.at_most("array_rows", 256),
            unit="PE rows",
            cost="DSP and LUT of a PE each, or a column of AI Engines; two packet ports and more",
        )
    )
    array_cols: int = field(
        metadata=declared(
            "C, columns of tensor PEs: each takes features / C features.",
            Rule(
                "a divisor of features / n0",
                lambda d: d.array_cols >= 1 and d.features % (d.array_cols * d.n0) == 0,
            ),
            unit="PE columns",
            cost="as array_rows, for each PE row",
        )
    )

    def __post_init__(self) -> None:
        check_parameters(self)

    @property
    def pe_features(self) -> int:
        """N, features one tensor PE holds."""
        return self.features // self.array_cols

    @property
    def steps_per_slice(self) -> int:
        """Array cycles one PE spends on a K0-slice: (T / m0) * (N / n0)."""
        return (self.block_rows // self.m0) * (self.features // self.array_cols // self.n0)

    @property
    def hash(self) -> int:
        """64-bit identity of every field the hardware or the program format depends on.

        Clocks, memory rates and names are left out: they change no bit of a program.
        """
        sizes = {
            parameter.name: getattr(self, parameter.name)
            for parameter in parameters(self)
            if parameter.shapes_program
        }
        digest = hashlib.sha256(json.dumps(sizes, sort_keys=True).encode()).digest()
        return int.from_bytes(digest[:8], "little")
