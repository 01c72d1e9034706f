# SPDX-License-Identifier: Apache-2.0
"""The mapping stage: a split to what both engines do."""

from __future__ import annotations

from hgcn.arch.device import Device
from hgcn.errors import CompileError
from hgcn.mapping.lanes import schedule_lanes
from hgcn.mapping.mapped import Mapping
from hgcn.mapping.slices import schedule_slices
from hgcn.partition.split import Grid, Split


def map_operand(split: Split, device: Device) -> Mapping:
    """Place a job's left operand on both engines of ``device``.

    Raises
    ------
    CompileError
        If the split's grid does not fit the device, or its operand is neither binary nor int8.

    Notes
    -----
    Time linear in nonzeros, beside O(rows log rows) for the packing; `hgcn.mapping.check.check`
    verifies the result.

    Examples
    --------
    >>> import numpy as np
    >>> from hgcn.arch.presets import device
    >>> from hgcn.graph.csr import Csr
    >>> from hgcn.partition import split
    >>> tiny = device("tiny")
    >>> operand = Csr(shape=(2, 9), indptr=[0, 2, 4], indices=[0, 8, 0, 1])
    >>> grid = Grid.for_device(2, 9, tiny)
    >>> parts = split(operand, grid, "threshold:2", lambda nonzeros, columns: nonzeros)
    >>> mapping = map_operand(parts, tiny)
    >>> mapping.lanes.entries & 0x3FFF
    array([[8, 1, 0, 0]], dtype=uint32)
    >>> mapping.slices.positions.tolist()
    [[0, 32768, 32768, 32768, 32768, 32768, 32768, 32768]]
    """
    _fit(split.grid, device)
    return Mapping(
        grid=split.grid,
        binary=split.operand.data is None,
        lanes=schedule_lanes(split, device),
        slices=schedule_slices(split, device),
    )


def _fit(grid: Grid, device: Device) -> None:
    """Raise `CompileError` unless the device can hold the grid's tiles."""
    for what, got, most in (
        ("tile_rows", grid.tile_rows, device.tile_rows),
        ("tile_cols", grid.tile_cols, device.store_rows),
    ):
        if got > most:
            raise CompileError(f"{what} must be at most {device.name}'s {most}, got {got}")
    if grid.block_rows != device.block_rows:
        raise CompileError(
            f"block_rows must be {device.name}'s {device.block_rows}, got {grid.block_rows}"
        )
