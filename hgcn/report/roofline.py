# SPDX-License-Identifier: Apache-2.0
"""What a device can do at most, and what a program does of it: as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hgcn.arch.device import Device
from hgcn.report.job_times import JobTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a job, or the whole program, does.

    Attributes
    ----------
    name : str
    intensity : float
        Useful multiplications a byte of memory traffic.
    rate : float
        Useful multiplications a PL cycle; products with a stored zero are not useful.
    """

    name: str
    intensity: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Roofline:
    """The roofs of a device and the points below them.

    Attributes
    ----------
    peak : float
        Multiplications a PL cycle, both engines together.
    pl_peak : float
        Those of the PL engine alone.
    bytes_per_cycle : float
        Of memory: the slope of the left roof.
    points : tuple of Point
        The jobs in order, then the whole program.
    """

    peak: float
    pl_peak: float
    bytes_per_cycle: float
    points: tuple[Point, ...]

    def roof(self, intensity: float) -> float:
        """Return the largest rate at an intensity, in multiplications a cycle."""
        return min(self.peak, self.bytes_per_cycle * intensity)


def roofline(times: Sequence[JobTime], device: Device) -> Roofline:
    """Return a program's roofline, modelled.

    Parameters
    ----------
    times : sequence of JobTime
        ``job_times(program.image, program.device, program.workload)``.
    device : Device

    Examples
    --------
    >>> import hgcn
    >>> from hgcn.report.job_times import job_times
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"))
    >>> made = roofline(
    ...     job_times(program.image, program.device, program.workload), program.device
    ... )
    >>> made.points[-1].rate <= made.roof(made.points[-1].intensity)
    True

    Notes
    -----
    Streams are fetched ahead, some of them while the job before still works: a job's point may
    stand above the roof of its own bytes. That of the whole program cannot.
    """
    whole = (
        "whole program",
        sum(time.macs for time in times),
        sum(time.bytes_read + time.bytes_written for time in times),
        sum(time.cycles for time in times),
    )
    each = [
        (time.name, time.macs, time.bytes_read + time.bytes_written, time.cycles) for time in times
    ]
    return Roofline(
        peak=device.macs_per_pl_cycle,
        pl_peak=float(device.lanes * device.features),
        bytes_per_cycle=device.dram_bytes_per_cycle,
        points=tuple(
            Point(name=name, intensity=macs / max(moved, 1), rate=macs / max(cycles, 1))
            for name, macs, moved, cycles in [*each, whole]
        ),
    )
