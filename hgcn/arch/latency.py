# SPDX-License-Identifier: Apache-2.0
"""Cycles as time: the one place that divides by the PL clock."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.arch.device import Device


def microseconds(cycles: float, device: Device) -> float:
    """Return how long ``cycles`` of the PL clock take.

    Examples
    --------
    >>> from hgcn.arch.presets import device
    >>> microseconds(250, device("tiny"))
    2.5
    """
    return 1e6 * cycles / device.pl_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long one inference of a whole graph takes on the accelerator.

    Attributes
    ----------
    kind : str
        Where the cycles come from: ``modelled``, ``simulated`` or ``measured``.
    cycles : int
        Start to done, PL clock.
    microseconds : float
        The same at the device's PL clock.
    nodes_per_second : float
        Nodes classified, one inference after the other.
    """

    kind: str
    cycles: int
    microseconds: float
    nodes_per_second: float

    @staticmethod
    def of(kind: str, cycles: int, nodes: int, device: Device) -> Latency:
        """Return the latency of ``cycles`` for a graph of ``nodes`` on ``device``."""
        time = microseconds(cycles, device)
        rate = 1e6 * nodes / time if time else 0.0
        return Latency(kind=kind, cycles=cycles, microseconds=time, nodes_per_second=rate)

    def __str__(self) -> str:
        """Say all of it on a line."""
        return (
            f"{self.cycles:,} {self.kind}, {self.microseconds:,.1f} us, "
            f"{self.nodes_per_second:,.0f} nodes/s"
        )
