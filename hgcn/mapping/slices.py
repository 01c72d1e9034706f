# SPDX-License-Identifier: Apache-2.0
"""The tensor array's half of the mapping: packets of slices, spread over the PE rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.errors import CompileError, require
from hgcn.format.layouts import INPUT, TILED
from hgcn.graph.csr import frozen
from hgcn.jit import compiled
from hgcn.mapping.condensing import condensed_sizes, fill_slices
from hgcn.mapping.mapped import SliceSchedule
from hgcn.mapping.operand import int8_values
from hgcn.partition.split import Grid, Split

MAX_PACKET_SLICES = 0xFFFF
"""Slices a packet header can count (16 bits)."""


def schedule_slices(split: Split, device: Device) -> SliceSchedule:
    """Return the slices of the split's dense and sparse nonzeros.

    A row block with any in a tile is one packet: its dense groups, a slice each, then its sparse
    columns condensed. The gather unit reads g positions a cycle from distinct banks, so n sparse
    columns take at least ``G = max(ceil(n / g), most in one bank)`` gathers; dealing them out bank
    by bank to G gathers in turn reaches that: two columns of a bank are fewer than G turns apart
    and never meet. A slice holds 8 / g gathers; places left over are padding, and no slice is
    without a column.

    Packets go to PE rows longest first, each to the PE row with fewest slices; the PE rows' slices
    then take turns.
    """
    operand, grid = split.operand, split.grid
    dense, sparse, fullest = condensed_sizes(
        operand.indptr, operand.indices, split.part,
        grid.cols, grid.tile_rows, grid.tile_cols, grid.block_rows, device.banks,
    )  # fmt: skip
    groups = np.maximum(-(-sparse // device.gather_rows), fullest)
    slices = dense - (-groups // (K0 // device.gather_rows))
    packets, first_slice = _packets(slices, grid)
    longest_first = np.lexsort((-packets.slices, packets.tile))
    pe_row, place = _take_turns(
        packets.slices, packets.first, packets.bounds(grid), longest_first, device.array_rows
    )
    base, positions, left = fill_slices(
        operand.indptr, operand.indices, split.part, int8_values(operand),
        grid.cols, grid.tile_cols, grid.block_rows, device.banks, device.gather_rows,
        dense, groups, first_slice, place,
    )  # fmt: skip
    dense_slices = dense[packets.block, packets.col_tile].astype(np.int64)
    return _schedule(packets, grid, pe_row, place, dense_slices, base, positions, left)


def dense_places(grid: Grid, depth: int, array_rows: int, *, in_turns: bool) -> NDArray[np.int64]:
    """Return the place of each slice of a dense left operand, shape (row blocks, depth / 8).

    The row blocks of a tile take the PE rows in turn. Either the slices follow each other block
    by block, which is the tiled memory layout; or, ``in_turns``, those of a block for each PE row
    take turns, as in the input's: no PE row waits until another has had a whole packet.

    Examples
    --------
    >>> grid = Grid(rows=48, cols=16, tile_rows=64, tile_cols=16, block_rows=16)
    >>> dense_places(grid, 16, 2, in_turns=True).tolist()
    [[0, 2], [1, 3], [4, 5]]
    >>> dense_places(grid, 16, 2, in_turns=False).tolist()
    [[0, 1], [2, 3], [4, 5]]
    """
    slices = np.arange(grid.num_blocks * (depth // K0)).reshape(grid.num_blocks, -1)
    # A slice is an element of the layout of slices: both its sides are 1.
    sizes = {"T": 1, "K0": 1, "R": array_rows, "tile_cols": slices.shape[1]}
    sizes["tile_rows"] = grid.tile_rows // grid.block_rows
    layout = INPUT if in_turns else TILED
    places = np.empty_like(slices)
    places.flat[layout.pack(slices, **sizes)] = np.arange(slices.size)
    return places


def map_dense_left(
    rows: int, depth: int, grid: Grid, device: Device, *, in_turns: bool = False
) -> SliceSchedule:
    """Return the slices of a dense left operand whose values are read from memory at run time.

    Every row block has one packet of depth / 8 dense slices with bases 0, 8, ..., in the order of
    `dense_places`.

    Parameters
    ----------
    rows, depth : int
        Shape of the operand; the depth is a multiple of 8.
    grid : Grid
        Of that shape, with one column tile.
    device : Device
    in_turns : bool

    Returns
    -------
    SliceSchedule
        With a `left` of shape (slices, 0, 8).

    Raises
    ------
    SpecError
        If the depth is not a multiple of 8, or the grid does not fit.

    Examples
    --------
    >>> from hgcn.arch.presets import device
    >>> tiny = device("tiny")
    >>> slices = map_dense_left(40, 16, Grid.for_device(40, 16, tiny), tiny)
    >>> slices.tag.tolist(), slices.base.tolist(), slices.pe_row.tolist()
    ([0, 0, 1, 1, 2, 2], [0, 8, 0, 8, 0, 8], [0, 0, 1, 1, 0, 0])
    """
    require(depth >= K0 and depth % K0 == 0, "depth", depth, f"a positive multiple of {K0}")
    require(
        (grid.rows, grid.cols) == (rows, depth) and grid.num_col_tiles == 1,
        "grid",
        (grid.rows, grid.cols, grid.num_col_tiles),
        f"{rows} rows, {depth} columns and 1 column tile",
    )
    packets, _ = _packets(np.full((grid.num_blocks, 1), depth // K0, dtype=np.int32), grid)
    pe_row = (packets.tag(grid) % device.array_rows).astype(np.uint8)
    place = dense_places(grid, depth, device.array_rows, in_turns=in_turns).ravel()
    base = np.empty(len(place), dtype=np.uint16)
    base[place] = np.tile(np.arange(0, depth, K0), grid.num_blocks)
    positions = (base[:, None] + np.arange(K0)).astype(np.uint16)
    left = np.zeros((len(place), 0, K0), dtype=np.int8)
    return _schedule(packets, grid, pe_row, place, packets.slices, base, positions, left)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Packets:
    """Packets by tile, then row block; arrays of shape (packets,).

    ``first`` counts slices packet after packet: the *natural* order, before PE rows take turns.
    """

    block: NDArray[np.int64]
    col_tile: NDArray[np.int64]
    tile: NDArray[np.int64]
    slices: NDArray[np.int64]
    first: NDArray[np.int64]

    def bounds(self, grid: Grid) -> NDArray[np.int64]:
        """First packet of each tile, shape (tiles + 1,)."""
        bounds = np.zeros(grid.num_tiles + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.tile, minlength=grid.num_tiles), out=bounds[1:])
        return bounds

    def tag(self, grid: Grid) -> NDArray[np.uint16]:
        """Row block within the row tile."""
        return (self.block % (grid.tile_rows // grid.block_rows)).astype(np.uint16)


def _packets(slices: NDArray[np.int32], grid: Grid) -> tuple[_Packets, NDArray[np.int64]]:
    """Return the packets of slice counts, shape (row blocks, column tiles), and their starts.

    The start is the first natural slice of each cell, of the same shape.
    """
    block, col_tile = np.nonzero(slices)
    blocks_in_tile = grid.tile_rows // grid.block_rows
    tile = block // blocks_in_tile * grid.num_col_tiles + col_tile
    order = np.lexsort((block, tile))
    block, col_tile, tile = block[order], col_tile[order], tile[order]
    sizes = slices[block, col_tile].astype(np.int64)
    if len(sizes) and sizes.max() > MAX_PACKET_SLICES:
        raise CompileError(
            f"a packet holds at most {MAX_PACKET_SLICES} slices, got {sizes.max()}: "
            "use narrower column tiles"
        )
    first = np.cumsum(sizes) - sizes
    first_slice = np.zeros(slices.shape, dtype=np.int64)
    first_slice[block, col_tile] = first
    packets = _Packets(block=block, col_tile=col_tile, tile=tile, slices=sizes, first=first)
    return packets, first_slice


@compiled
def _take_turns(
    slices: NDArray[np.int64],
    first: NDArray[np.int64],
    bounds: NDArray[np.int64],
    longest_first: NDArray[np.int64],
    array_rows: int,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the PE row of each packet and the place in processing order of each natural slice."""
    pe_row = np.zeros(len(slices), dtype=np.uint8)
    place = np.empty(slices.sum(), dtype=np.int64)
    load = np.zeros(array_rows, dtype=np.int64)
    packet = np.zeros(array_rows, dtype=np.int64)
    done = np.zeros(array_rows, dtype=np.int64)
    out = 0
    for tile in range(len(bounds) - 1):
        begin, end = bounds[tile], bounds[tile + 1]
        load[:] = 0
        for i in range(begin, end):
            best = np.argmin(load)
            pe_row[longest_first[i]] = best
            load[best] += slices[longest_first[i]]
        # Each PE row walks the packets in longest-first order and stops at its own.
        packet[:] = begin
        done[:] = 0
        remaining = load.sum()
        while remaining > 0:
            for row in range(array_rows):
                while packet[row] < end and pe_row[longest_first[packet[row]]] != row:
                    packet[row] += 1
                if packet[row] == end:
                    continue
                mine = longest_first[packet[row]]
                place[first[mine] + done[row]] = out
                out += 1
                remaining -= 1
                done[row] += 1
                if done[row] == slices[mine]:
                    done[row] = 0
                    packet[row] += 1
    return pe_row, place


def _schedule(
    packets: _Packets,
    grid: Grid,
    pe_row: NDArray[np.uint8],
    place: NDArray[np.int64],
    dense_slices: NDArray[np.int64],
    base: NDArray[np.uint16],
    positions: NDArray[np.uint16],
    left: NDArray[np.int8],
) -> SliceSchedule:
    """Spread what is known of the packets over their slices, in processing order."""
    natural = np.empty_like(place)
    natural[place] = np.arange(len(place))
    packet = np.repeat(np.arange(len(packets.slices)), packets.slices)[natural]
    within = natural - packets.first[packet]
    start = np.zeros(grid.num_tiles + 1, dtype=np.int64)
    np.cumsum(np.bincount(packets.tile[packet], minlength=grid.num_tiles), out=start[1:])
    for array in (base, positions, left, start):
        array.setflags(write=False)
    return SliceSchedule(
        tag=frozen(packets.tag(grid)[packet]),
        packet_slices=frozen(packets.slices[packet].astype(np.uint16)),
        pe_row=frozen(pe_row[packet]),
        first=frozen(within == 0),
        last=frozen(within == packets.slices[packet] - 1),
        dense=frozen(within < dense_slices[packet]),
        base=frozen(base),
        positions=frozen(positions),
        left=frozen(left),
        tile_start=frozen(start),
        tile_packets=frozen(np.diff(packets.bounds(grid))),
    )
