# SPDX-License-Identifier: Apache-2.0
"""Plots (matplotlib, an extra): the split as a spy plot, the engines' shares as bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hgcn.errors import HgcnError
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
        raise HgcnError("plots need matplotlib: pip install 'hgcn[explore]'") from None
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
    engines: Mapping[str, Mapping[str, int]], cycles: int, ax: Axes | None = None
) -> Axes:
    """Draw each engine's busy and stalled cycles as shares of the whole run.

    Raises
    ------
    HgcnError
        If matplotlib is not installed.
    """
    axes: Axes = _axes(ax)
    names = list(engines)
    busy = np.array([engines[name]["busy"] for name in names]) / cycles
    stalled = np.array([engines[name]["stalled"] for name in names]) / cycles
    axes.barh(names, busy, color="#1b9e77", label="busy")
    axes.barh(names, stalled, left=busy, color="#cccccc", label="stalled")
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of the cycles")
    axes.legend(loc="lower right")
    return axes
