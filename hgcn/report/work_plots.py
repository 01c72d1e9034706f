# SPDX-License-Identifier: Apache-2.0
"""Plots (matplotlib, an extra) of a program's work: jobs, roofline, lanes and banks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hgcn.errors import HgcnError, shown
from hgcn.report.job_times import JobTime
from hgcn.report.occupancy import Occupancy
from hgcn.report.plots import new_axes
from hgcn.report.roofline import Roofline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LAYERS = ("#1b9e77", "#7fc9b3")
_MARK, _WHOLE = "#1b9e77", "#d95f02"


def job_bars(times: Sequence[JobTime], ax: Axes | None = None) -> Axes:
    """Draw how long each job takes; layers alternate in shade.

    Parameters
    ----------
    times : tuple of JobTime
        ``job_times(program.image, program.device, program.workload)``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    HgcnError
        If matplotlib is not installed, or there is no job.
    """
    drawn = times if isinstance(times, (list, tuple)) else ()
    if not drawn or not all(isinstance(time, JobTime) for time in drawn):
        raise HgcnError(
            "job_bars draws job_times(program.image, program.device, program.workload), got "
            f"{shown(times)}"
        )
    axes: Axes = new_axes(ax)
    for layer in dict.fromkeys(time.layer for time in drawn):
        own = [time for time in drawn if time.layer == layer]
        axes.barh(
            [time.job for time in own],
            [time.cycles for time in own],
            color=_LAYERS[(layer - 1) % 2],
            label=f"layer {layer}: {sum(time.cycles for time in own):,}",
        )
    axes.set_yticks([time.job for time in drawn], [time.name for time in drawn])
    axes.invert_yaxis()
    axes.set(xlabel="cycles, modelled")
    axes.legend(loc="lower right")
    return axes


def roof_lines(made: Roofline, ax: Axes | None = None) -> Axes:
    """Draw a roofline, both axes logarithmic.

    Parameters
    ----------
    made : Roofline
        ``roofline(times, program.device)``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes
        The solid line is what device and memory allow, the dashed one the PL engine alone.

    Raises
    ------
    HgcnError
        If matplotlib is not installed.
    """
    if not isinstance(made, Roofline):
        raise HgcnError(f"roof_lines draws roofline(times, program.device), got {shown(made)}")
    axes: Axes = new_axes(ax)
    ridge = made.peak / made.bytes_per_cycle
    at = [point.intensity for point in made.points if point.intensity > 0] or [ridge]
    ends = np.array([min(*at, ridge) / 2, ridge, max(*at, ridge) * 2])
    axes.loglog(ends, [made.roof(x) for x in ends], color="black", label="device and memory")
    axes.axhline(made.pl_peak, color="black", linestyle="--", label="PL engine alone")
    *jobs, whole = made.points
    axes.scatter(
        [point.intensity for point in jobs],
        [point.rate for point in jobs],
        color=_MARK,
        marker="s",
        label="jobs",
    )
    axes.scatter([whole.intensity], [whole.rate], color=_WHOLE, label=whole.name)
    for number, point in enumerate(jobs, start=1):
        place = (point.intensity, point.rate)
        axes.annotate(str(number), place, xytext=(5, 3), textcoords="offset points")
    axes.set(xlabel="multiplications a byte", ylabel="multiplications a cycle, modelled")
    axes.legend(loc="lower right")
    return axes


def occupancy_bars(made: Occupancy, ax: Axes | None = None) -> Axes:
    """Draw the share of the schedule in which each lane, bank and PE row has work.

    Parameters
    ----------
    made : Occupancy
        ``occupancy(program.mappings["adjacency"], program.device)``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    HgcnError
        If matplotlib is not installed.
    """
    if not isinstance(made, Occupancy):
        raise HgcnError(
            'occupancy_bars draws occupancy(program.mappings["adjacency"], program.device), got '
            f"{shown(made)}"
        )
    axes: Axes = new_axes(ax)
    start = 0
    parts = (
        ("lanes", made.lanes, "#d95f02"),
        ("banks", made.banks, "#7570b3"),
        ("PE rows, of the fullest", made.pe_rows, "#1b9e77"),
    )
    for name, shares, colour in parts:
        places = start + np.arange(len(shares))
        axes.barh(places, shares, color=colour, label=f"{name}: {shares.mean():.1%} in the mean")
        start += len(shares)
    axes.set_yticks([])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share in use")
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.12))
    return axes
