# SPDX-License-Identifier: Apache-2.0
"""Edge colouring of the lane-bank multigraphs with the fewest colours: the PL engine's schedule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.format.streams import ACCUMULATOR, ENTRY
from hgcn.jit import compiled

_VALID = 1 << ENTRY["valid"].low
_SLOT, _VALUE, _VALUE_MASK = ENTRY["slot"].low, ENTRY["value"].low, ENTRY["value"].mask
_HOME_SLOT, _HOME_LANE = ACCUMULATOR["slot"].mask, ACCUMULATOR["lane"].low
"""Bits of entries and accumulators, as the compiled loop takes them."""

_TRIES = 8
"""Free colours of one end tried at the other before a chain is flipped."""


@compiled
def _take(
    free: NDArray[np.int32],
    where: NDArray[np.int32],
    num_free: NDArray[np.int32],
    vertex: int,
    colour: int,
) -> None:
    """Remove ``colour`` from the free colours of ``vertex``."""
    last = num_free[vertex] - 1
    moved = free[vertex, last]
    hole = where[vertex, colour]
    free[vertex, hole] = moved
    where[vertex, moved] = hole
    num_free[vertex] = last


@compiled
def _flip(
    edge_at: NDArray[np.int32],
    ends: NDArray[np.int32],
    free: NDArray[np.int32],
    where: NDArray[np.int32],
    vertex: int,
    wanted: int,
    given: int,
) -> None:
    """Free the colour ``wanted`` at ``vertex``, where ``given`` is free, by flipping their chain.

    Swapping the two colours' edges at each vertex of the chain recolours every edge of it. Only at
    the chain's two ends does the set of free colours change.
    """
    here, colour = vertex, wanted
    while True:
        edge = edge_at[here, colour]
        edge_at[here, wanted], edge_at[here, given] = edge_at[here, given], edge_at[here, wanted]
        if edge < 0:
            break
        here = ends[edge, 0] + ends[edge, 1] - here
        colour = wanted + given - colour
    hole = where[vertex, given]
    free[vertex, hole] = wanted
    where[vertex, wanted] = hole
    other = wanted + given - colour
    hole = where[here, colour]
    free[here, hole] = other
    where[here, other] = hole


@compiled
def _colour(
    ends: NDArray[np.int32],
    first: int,
    last: int,
    vertices: int,
    lanes: int,
    colours: int,
    edge_at: NDArray[np.int32],
    free: NDArray[np.int32],
    where: NDArray[np.int32],
    num_free: NDArray[np.int32],
) -> None:
    """Colour edges ``first..last-1``; then ``edge_at[vertex, colour]`` is the edge or -1.

    ``colours`` is at least the largest degree, so that both ends of an uncoloured edge have a free
    colour. If they share none, a flipped chain from the bank's end makes one: in a bipartite graph
    the chain cannot reach the lane.
    """
    for vertex in range(vertices):
        # Lanes start apart from each other, so that early edges seldom meet at a bank.
        shift = vertex * colours // lanes if vertex < lanes else 0
        num_free[vertex] = colours
        for i in range(colours):
            colour = i + shift
            if colour >= colours:
                colour -= colours
            edge_at[vertex, i] = -1
            free[vertex, i] = colour
            where[vertex, colour] = i
    for edge in range(first, last):
        lane, bank = ends[edge, 0], ends[edge, 1]
        near, far = (lane, bank) if num_free[lane] <= num_free[bank] else (bank, lane)
        chosen = -1
        for i in range(num_free[near] - 1, max(num_free[near] - 1 - _TRIES, -1), -1):
            if edge_at[far, free[near, i]] < 0:
                chosen = free[near, i]
                break
        if chosen < 0:
            chosen = free[lane, num_free[lane] - 1]
            if edge_at[bank, chosen] >= 0:
                given = free[bank, num_free[bank] - 1]
                _flip(edge_at, ends, free, where, bank, chosen, given)
        edge_at[lane, chosen] = edge
        edge_at[bank, chosen] = edge
        _take(free, where, num_free, lane, chosen)
        _take(free, where, num_free, bank, chosen)


@compiled
def colour_tiles(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    values: NDArray[np.int8],
    accumulator: NDArray[np.uint16],
    tile_start: NDArray[np.int64],
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    lanes: int,
    banks: int,
) -> NDArray[np.uint32]:
    """Return the schedule's entries, shape (bundles, lanes), each tile as long as its bound.

    Parameters
    ----------
    values : ndarray of int8, shape (nnz,) or (0,)
        Empty for a binary operand.
    accumulator : ndarray of uint16
        `hgcn.format.streams.ACCUMULATOR` of each row.
    tile_start : ndarray of int64, shape (tiles + 1,)
        First bundle of each tile; the differences are at least the largest degree of the tile's
        multigraph.

    Notes
    -----
    An edge costs a few free-colour trials or one chain of at most lanes + banks edges. Memory
    beside the result: O((lanes + banks) * bundles) of the longest tile, and the edges of one row
    tile.
    """
    num_rows = len(indptr) - 1
    col_tiles = (num_cols + tile_cols - 1) // tile_cols
    entries = np.zeros((tile_start[-1], lanes), dtype=np.uint32)
    vertices = lanes + banks
    longest = 0
    for tile in range(len(tile_start) - 1):
        longest = max(longest, tile_start[tile + 1] - tile_start[tile])
    edge_at = np.empty((vertices, longest), dtype=np.int32)
    free = np.empty((vertices, longest), dtype=np.int32)
    where = np.empty((vertices, longest), dtype=np.int32)
    num_free = np.empty(vertices, dtype=np.int32)
    begin = np.zeros(col_tiles + 1, dtype=np.int64)
    capacity = 0
    ends = np.empty((capacity, 2), dtype=np.int32)
    packed = np.empty(capacity, dtype=np.uint32)
    for start in range(0, num_rows, tile_rows):
        stop = min(start + tile_rows, num_rows)
        begin[:] = 0
        for e in range(indptr[start], indptr[stop]):
            if part[e] == 0:
                begin[indices[e] // tile_cols + 1] += 1
        for tile in range(col_tiles):
            begin[tile + 1] += begin[tile]
        if begin[col_tiles] > capacity:
            capacity = begin[col_tiles]
            ends = np.empty((capacity, 2), dtype=np.int32)
            packed = np.empty(capacity, dtype=np.uint32)
        for row in range(start, stop):
            home = np.int64(accumulator[row])
            for e in range(indptr[row], indptr[row + 1]):
                if part[e] != 0:
                    continue
                tile = indices[e] // tile_cols
                position = np.int64(indices[e]) - tile * tile_cols
                entry = _VALID | (home & _HOME_SLOT) << _SLOT | position
                if len(values) > 0:
                    entry |= (np.int64(values[e]) & _VALUE_MASK) << _VALUE
                edge = begin[tile]
                begin[tile] += 1
                packed[edge] = entry
                ends[edge, 0] = home >> _HOME_LANE
                ends[edge, 1] = lanes + position % banks
        # Filling has moved each start to where the next one was.
        for tile in range(col_tiles):
            first = begin[tile - 1] if tile > 0 else 0
            number = start // tile_rows * col_tiles + tile
            base = tile_start[number]
            bundles = tile_start[number + 1] - base
            if bundles == 0:
                continue
            _colour(
                ends, first, begin[tile], vertices, lanes, bundles, edge_at, free, where, num_free
            )
            for lane in range(lanes):
                for bundle in range(bundles):
                    edge = edge_at[lane, bundle]
                    if edge >= 0:
                        entries[base + bundle, lane] = packed[edge]
    return entries
