# SPDX-License-Identifier: Apache-2.0
"""Cycles of a program from its image: the accelerator stepped through it without data."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.arch.device import Device
from hgcn.arch.latency import microseconds
from hgcn.cycles.timeline import timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Modelled cycles.

    Attributes
    ----------
    cycles : int
        Start to done, PL clock.
    engines : dict
        Busy cycles of each engine, counted as the hardware's counters do.
    microseconds : float
        The cycles at the device's PL clock.
    bytes_read, bytes_written : int
    """

    cycles: int
    engines: dict[str, int]
    microseconds: float
    bytes_read: int
    bytes_written: int


def estimate(image: bytes, device: Device) -> Estimate:
    """Model the run of ``image`` on ``device``.

    Command parser, issue, streams in bursts, memory, engines, and beats through the array are
    followed cycle by cycle, each by the rule its module states; data are not. Equal to the first
    run of a simulation with the device's memory; how the two clocks lie to each other is open on a
    board, and with the presets' memories moves it by 1.5 % or 30 cycles at most, whichever is more.
    Half a microsecond a cycle, or a few where a large array works; the first call on a machine
    compiles the loops, which takes seconds.

    Raises
    ------
    ProgramError
        If the image is malformed, or the program would never end.
    """
    counts = timeline(image, device).counts
    return Estimate(
        cycles=counts.cycles,
        engines={name: busy for name, busy in counts._asdict().items() if name != "cycles"},
        microseconds=microseconds(counts.cycles, device),
        bytes_read=counts.read * device.axi_bytes,
        bytes_written=counts.write * device.axi_bytes,
    )
