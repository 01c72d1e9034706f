# SPDX-License-Identifier: Apache-2.0
"""The one parameter set of a device: widths, depths and counts of hardware, compiler, models."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from hgcn.errors import require

LINE_BYTES = 64
"""Granularity of every stream offset and length in a program image."""

MAX_WINDOW_POSITIONS = 1 << 14
"""Right-operand rows a PL entry can address within one column window (14 bits)."""

MAX_SLOTS = 1 << 9
"""Accumulators a PL entry can address within one lane (9 bits)."""

K0 = 8
"""Depth of a tensor PE's multiply and of a K0-slice; fixed by the packet formats."""


def _is_power_of_two(value: int) -> bool:
    return value >= 1 and value & (value - 1) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device preset: board, clocks, memory and the sizes of both engines.

    `hgcn.emit` writes the SystemVerilog package, the C++ header and the AI Engine graph from it.

    Parameters
    ----------
    name, board, part : str
        Preset name, board it fits, and vendor part number.
    pl_hz, sta_hz : float
        Clocks of the programmable logic and of the systolic tensor array, in hertz.
    dram_bytes_per_second : float
        Usable (not theoretical) bandwidth of the memory the program lives in.
    dram_latency_cycles : int
        Read latency in PL cycles: what the simulator's memory does by default and what the estimate
        assumes.
    axi_bytes : int
        Width of the AXI4 read and write masters, bytes per beat: 16, 32 or 64.
    features : int
        F, features per pass: width of a feature-store row in bytes, and of a PL lane in
        multipliers.
    lanes, banks : int
        L lanes of the PL engine and B banks of each feature store.
    slots : int
        Row accumulators per lane.
    window_rows : int
        Rows of the left operand processed between two drains (the row window).
    store_rows : int
        Rows of F bytes each of the two feature stores holds.
    sta_rows, sta_cols : int
        R by C tensor PEs. A PE row takes a row block; a PE column F / C of the features.
    m0, n0 : int
        The tensor PE multiplies m0 x 8 by 8 x n0 int8 per cycle.
    block_rows : int
        T, rows of a row block (the height of a tile).
    gather_rows : int
        Right-operand rows the gather unit reads per cycle.
    """

    name: str
    board: str
    part: str
    pl_hz: float
    sta_hz: float
    dram_bytes_per_second: float
    dram_latency_cycles: int = 40
    axi_bytes: int
    features: int
    lanes: int
    banks: int
    slots: int
    window_rows: int
    store_rows: int
    sta_rows: int
    sta_cols: int
    m0: int = 4
    n0: int = 4
    block_rows: int
    gather_rows: int

    def __post_init__(self) -> None:
        require(self.pl_hz > 0, "pl_hz", self.pl_hz, "positive, in hertz")
        require(self.sta_hz > 0, "sta_hz", self.sta_hz, "positive, in hertz")
        require(
            self.dram_bytes_per_second > 0,
            "dram_bytes_per_second",
            self.dram_bytes_per_second,
            "positive",
        )
        require(
            self.dram_latency_cycles >= 1,
            "dram_latency_cycles",
            self.dram_latency_cycles,
            "at least 1",
        )
        require(self.axi_bytes in (16, 32, 64), "axi_bytes", self.axi_bytes, "16, 32 or 64")
        require(
            self.features in (8, 16, 32) and self.features <= self.axi_bytes,
            "features",
            self.features,
            f"8, 16 or 32 and at most axi_bytes ({self.axi_bytes})",
        )
        require(
            _is_power_of_two(self.lanes) and self.lanes <= 64,
            "lanes",
            self.lanes,
            "a power of two up to 64",
        )
        require(
            4 * self.lanes <= self.axi_bytes,
            "lanes",
            self.lanes,
            "at most axi_bytes / 4: one schedule word a beat",
        )
        require(
            _is_power_of_two(self.banks)
            and self.banks
            >= max(self.lanes, self.gather_rows, K0, self.axi_bytes // self.features),
            "banks",
            self.banks,
            "a power of two, at least the lanes, the gather rows, 8 and the rows of an AXI beat",
        )
        require(
            _is_power_of_two(self.slots) and self.slots <= MAX_SLOTS,
            "slots",
            self.slots,
            "a power of two up to 512",
        )
        require(self.gather_rows in (1, 2, 4, 8), "gather_rows", self.gather_rows, "1, 2, 4 or 8")
        require(self.m0 == 4, "m0", self.m0, "4")
        require(self.n0 in (4, 8), "n0", self.n0, "4 or 8")
        require(self.block_rows in (16, 32, 64), "block_rows", self.block_rows, "16, 32 or 64")
        require(
            self.window_rows >= 1
            and self.window_rows % max(self.block_rows, self.banks) == 0
            and self.window_rows <= self.lanes * self.slots,
            "window_rows",
            self.window_rows,
            "a multiple of block_rows and of banks, at most lanes * slots",
        )
        require(
            self.store_rows % self.banks == 0
            and self.store_rows >= 2 * self.banks
            and _is_power_of_two(self.store_rows),
            "store_rows",
            self.store_rows,
            "a power of two, at least two rows per bank",
        )
        require(self.sta_rows >= 1, "sta_rows", self.sta_rows, "at least 1")
        require(
            self.sta_cols >= 1 and self.features % (self.sta_cols * self.n0) == 0,
            "sta_cols",
            self.sta_cols,
            "a divisor of features / n0",
        )
        require(
            self.steps_per_slice >= 4,
            "block_rows",
            self.block_rows,
            "large enough for 4 PE steps a slice",
        )

    @property
    def pe_features(self) -> int:
        """N, features one tensor PE holds."""
        return self.features // self.sta_cols

    @property
    def steps_per_slice(self) -> int:
        """STA cycles one PE spends on a K0-slice: (T / m0) * (N / n0)."""
        return (self.block_rows // self.m0) * (self.features // self.sta_cols // self.n0)

    @property
    def pl_half_ps(self) -> int:
        """Half a period of the PL clock in whole picoseconds, as simulated."""
        return max(1, round(0.5e12 / self.pl_hz))

    @property
    def sta_half_ps(self) -> int:
        """Half a period of the STA clock in whole picoseconds, as simulated."""
        return max(1, round(0.5e12 / self.sta_hz))

    @property
    def macs_per_pl_cycle(self) -> float:
        """Peak int8 MACs per PL cycle of both engines together."""
        sta = self.sta_rows * self.sta_cols * self.m0 * K0 * self.n0 * self.sta_hz / self.pl_hz
        return sta + self.lanes * self.features

    @property
    def dram_bytes_per_cycle(self) -> float:
        """Usable memory bytes per PL cycle: the AXI width, or the memory's own rate if less."""
        return min(float(self.axi_bytes), self.dram_bytes_per_second / self.pl_hz)

    @property
    def hash(self) -> int:
        """64-bit identity of every field the hardware or the program format depends on.

        Clocks, memory rates and names are left out: they change no bit of a program.
        """
        skip = {
            "name",
            "board",
            "part",
            "pl_hz",
            "sta_hz",
            "dram_bytes_per_second",
            "dram_latency_cycles",
        }
        sizes = {key: value for key, value in dataclasses.asdict(self).items() if key not in skip}
        digest = hashlib.sha256(json.dumps(sizes, sort_keys=True).encode()).digest()
        return int.from_bytes(digest[:8], "little")
