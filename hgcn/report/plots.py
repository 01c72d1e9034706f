# SPDX-License-Identifier: Apache-2.0
"""Plots (matplotlib, an extra): the split, its segments, the schedule, the engines' shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_whole
from hgcn.cycles.estimate import Estimate
from hgcn.errors import HgcnError, shown
from hgcn.execution.backend import Execution
from hgcn.execution.result import Result
from hgcn.extras import how_to_install
from hgcn.partition.split import Part, Split
from hgcn.report.schedule import Step
from hgcn.report.segment_histogram import segment_histogram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PART_COLOURS = {Part.SCATTERED: "#d95f02", Part.SPARSE: "#7570b3", Part.DENSE: "#1b9e77"}
"""One colour a part, told apart by colour-blind readers too."""


def new_axes(ax: Axes | None) -> Any:
    """Return ``ax``, or those of a new figure.

    Raises
    ------
    HgcnError
        If matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise HgcnError(f"plots need matplotlib: {how_to_install('explore')}") from None
    return pyplot.subplots(figsize=(6, 6))[1]


def spy(
    split: Split,
    ax: Axes | None = None,
    *,
    most: int = 200_000,
    rows: NDArray[np.integer[Any]] | None = None,
) -> Axes:
    """Draw the left operand's nonzeros, coloured by the part that computes them.

    Parameters
    ----------
    split : Split
        For example ``program.splits["adjacency"]``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    most : int
        Draw at most this many nonzeros, evenly picked.
    rows : ndarray, shape (n,), optional
        ``program.rows``: draw an operand over nodes in the graph's own order instead, for what the
        ordering has done.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    HgcnError
        If matplotlib is not installed, or ``rows`` are no order of the operand's rows and columns.
    """
    if not isinstance(split, Split):
        raise HgcnError(
            f"spy draws a Split, such as program.splits['adjacency'], got {shown(split)}"
        )
    most = as_whole(most, "most", least=1)
    axes: Axes = new_axes(ax)
    operand = split.operand
    picked = np.arange(0, operand.nnz, max(1, -(-operand.nnz // most)))
    at, part = np.stack([operand.row_ids()[picked], operand.indices[picked]]), split.part[picked]
    row, col = at if rows is None else _order(rows, split)[at]
    size = max(0.2, min(4.0, 2e4 / max(len(picked), 1)))
    for which, colour in PART_COLOURS.items():
        mine = part == which
        count = int((split.part == which).sum())
        axes.scatter(
            col[mine],
            row[mine],
            s=size,
            c=colour,
            linewidths=0,
            label=f"{which.name.lower()}: {count:,}",
            rasterized=True,
        )
    axes.set(
        xlim=(0, operand.shape[1]),
        ylim=(operand.shape[0], 0),
        xlabel="column",
        ylabel="row",
    )
    if operand.shape[0] == operand.shape[1]:
        axes.set_aspect("equal")
    axes.legend(markerscale=6 / np.sqrt(size), loc="upper right", framealpha=0.9)
    return axes


def _order(rows: object, split: Split) -> NDArray[np.int64]:
    shape = split.operand.shape
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "iu" and shape[0] == shape[1]:
        order = rows.astype(np.int64)
        if np.array_equal(np.sort(order, axis=None), np.arange(shape[0])):
            return order
    raise HgcnError(
        "rows must be program.rows, for an operand over nodes such as "
        f"program.splits['adjacency'], got {shown(rows)} for one of shape {shape}"
    )


def segment_bars(split: Split, ax: Axes | None = None) -> Axes:
    """Draw how many segments have which count, by part, and from which count the array takes them.

    Parameters
    ----------
    split : Split
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes
        Of `hgcn.report.segment_histogram`; the dashed line is the median threshold of the tiles,
        the shade goes from the least to the largest.

    Raises
    ------
    HgcnError
        If matplotlib is not installed.
    """
    if not isinstance(split, Split):
        raise HgcnError(f"segment_bars draws a Split, got {shown(split)}")
    axes: Axes = new_axes(ax)
    made = segment_histogram(split)
    below = np.zeros(len(made.counts), dtype=np.int64)
    for part, colour in PART_COLOURS.items():
        segments = made.segments[part]
        label = f"{part.name.lower()}: {int(segments.sum()):,}"
        axes.bar(made.counts, segments, bottom=below, color=colour, label=label)
        below = below + segments
    low, middle, high = np.percentile(made.thresholds, (0, 50, 100)) - 0.5
    axes.axvspan(low, high, color="#cccccc", alpha=0.5, zorder=0)
    axes.axvline(middle, color="black", linestyle="--", label=f"threshold: {middle + 0.5:g}")
    axes.set(xlabel="nonzeros of a segment", ylabel="segments")
    axes.legend(loc="upper right")
    return axes


def schedule_bars(steps: Sequence[Step], ax: Axes | None = None) -> Axes:
    """Draw when each engine is given its commands, by the cycle model.

    Parameters
    ----------
    steps : tuple of Step
        ``schedule(program.image, program.device)``, of `hgcn.report.schedule`. Neighbours differ in
        shade; a bar ends where the engine is given the next.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    HgcnError
        If matplotlib is not installed, or there is no step.
    """
    drawn = steps if isinstance(steps, (list, tuple)) else ()
    if not drawn or not all(isinstance(step, Step) for step in drawn):
        raise HgcnError(
            f"schedule_bars draws schedule(program.image, program.device), got {shown(steps)}"
        )
    axes: Axes = new_axes(ax)
    engines = list(dict.fromkeys(step.engine for step in drawn))
    for place, engine in enumerate(engines):
        own = [step for step in drawn if step.engine == engine]
        spans = [(step.begin, step.until - step.begin) for step in own]
        shades = [("#1b9e77", "#7fc9b3")[number % 2] for number in range(len(own))]
        axes.broken_barh(spans, (place - 0.4, 0.8), facecolors=shades)
    axes.set_yticks(range(len(engines)), engines)
    axes.invert_yaxis()
    axes.set(xlabel="cycles, modelled")
    return axes


def engine_bars(
    run: Estimate | Result | Execution | Mapping[str, Mapping[str, int]],
    cycles: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each engine's busy and stalled cycles as shares of the whole run.

    Parameters
    ----------
    run : Estimate, Result, Execution, or mapping
        A modelled run (it knows no stalls), a run on a backend that counts cycles, or such a run's
        ``engines``.
    cycles : int, optional
        Of the whole run; needed with a mapping, which does not hold it.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    HgcnError
        If matplotlib is not installed, or the run has no cycles.
    """
    busy, stalled, total = _engine_cycles(run, cycles)
    axes: Axes = new_axes(ax)
    axes.barh(list(busy), np.array(list(busy.values())) / total, color="#1b9e77", label="busy")
    if any(stalled.values()):
        left = np.array([busy[name] for name in stalled]) / total
        share = np.array(list(stalled.values())) / total
        axes.barh(list(stalled), share, left=left, color="#cccccc", label="stalled")
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of the cycles")
    axes.legend(loc="lower right")
    return axes


def _engine_cycles(
    run: Estimate | Result | Execution | Mapping[str, Mapping[str, int]], cycles: int | None
) -> tuple[dict[str, int], dict[str, int], int]:
    """Return the busy cycles of each engine, the stalled ones, and those of the whole run."""
    if isinstance(run, Estimate):
        return dict(run.engines), {}, cycles or run.cycles
    execution = run.execution if isinstance(run, Result) else run
    engines = execution.engines if isinstance(execution, Execution) else execution
    total = execution.cycles if isinstance(execution, Execution) and not cycles else cycles
    counted = isinstance(engines, Mapping) and all(
        isinstance(counts, Mapping) and {"busy", "stalled"} <= set(counts)
        for counts in engines.values()
    )
    if not counted:
        got = shown(run)
        raise HgcnError(
            f"engine_bars draws an Estimate, a Result, an Execution or its engines, got {got}"
        )
    if not total or not engines:
        raise HgcnError(
            "engine_bars needs a run that counts cycles: backend rtl or a board, or "
            "program.estimate()"
        )
    busy = {name: counts["busy"] for name, counts in engines.items()}
    return busy, {name: counts["stalled"] for name, counts in engines.items()}, total
