# SPDX-License-Identifier: Apache-2.0
"""Clock periods and peak rates that follow from a device's parameters."""

from __future__ import annotations

from hgcn.format.numbers import K0


class Rates:
    """What a device's clocks, widths and counts come to."""

    __slots__ = ()

    pl_hz: float
    array_hz: float
    dram_bytes_per_second: float
    axi_bytes: int
    features: int
    lanes: int
    m0: int
    n0: int
    array_rows: int
    array_cols: int

    @property
    def pl_half_ps(self) -> int:
        """Half a period of the PL clock in whole picoseconds, as simulated."""
        return max(1, round(0.5e12 / self.pl_hz))

    @property
    def array_half_ps(self) -> int:
        """Half a period of the tensor array clock in whole picoseconds, as simulated."""
        return max(1, round(0.5e12 / self.array_hz))

    @property
    def macs_per_pl_cycle(self) -> float:
        """Peak int8 MACs per PL cycle of both engines together."""
        array = (
            self.array_rows * self.array_cols * self.m0 * K0 * self.n0 * self.array_hz / self.pl_hz
        )
        return array + self.lanes * self.features

    @property
    def dram_bytes_per_cycle(self) -> float:
        """Usable memory bytes per PL cycle: the AXI width, or the memory's own rate if less."""
        return min(float(self.axi_bytes), self.dram_bytes_per_second / self.pl_hz)
