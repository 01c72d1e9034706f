# SPDX-License-Identifier: Apache-2.0
"""Plots (matplotlib, an extra): the split as a spy plot, the engines' shares as bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hgcn.arguments import as_whole
from hgcn.cycles.estimate import Estimate
from hgcn.errors import HgcnError, shown
from hgcn.execution.backend import Execution
from hgcn.execution.result import Result
from hgcn.extras import how_to_install
from hgcn.partition.split import Part, Split

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PART_COLOURS = {Part.SCATTERED: "#d95f02", Part.SPARSE: "#7570b3", Part.DENSE: "#1b9e77"}
"""One colour a part, told apart by colour-blind readers too."""


def _axes(ax: Axes | None) -> Any:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise HgcnError(f"plots need matplotlib: {how_to_install('explore')}") from None
    return pyplot.subplots(figsize=(6, 6))[1]


def spy(split: Split, ax: Axes | None = None, *, most: int = 200_000) -> Axes:
    """Draw the left operand's nonzeros, coloured by the part that computes them.

    Parameters
    ----------
    split : Split
        For example ``program.splits["adjacency"]``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    most : int
        Draw at most this many nonzeros, evenly picked.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    HgcnError
        If matplotlib is not installed.
    """
    if not isinstance(split, Split):
        raise HgcnError(
            f"spy draws a Split, such as program.splits['adjacency'], got {shown(split)}"
        )
    most = as_whole(most, "most", least=1)
    axes: Axes = _axes(ax)
    operand = split.operand
    picked = np.arange(0, operand.nnz, max(1, -(-operand.nnz // most)))
    row, col, part = operand.row_ids()[picked], operand.indices[picked], split.part[picked]
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
    axes: Axes = _axes(ax)
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
