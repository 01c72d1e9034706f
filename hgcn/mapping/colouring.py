# SPDX-License-Identifier: Apache-2.0
"""Edge colouring of the lane-bank multigraphs with the fewest colours: the PL engine's schedule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.format.streams import ENTRY, PLACE
from hgcn.jit import compiled

_VALID = 1 << ENTRY["valid"].low
_SLOT, _VALUE, _VALUE_MASK = ENTRY["slot"].low, ENTRY["value"].low, ENTRY["value"].mask
_HOME_SLOT, _HOME_LANE = PLACE["slot"].mask, PLACE["lane"].low
"""Bits of entries and places, as the compiled loop takes them."""

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
def colour_windows(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    values: NDArray[np.int8],
    place: NDArray[np.uint16],
    window_start: NDArray[np.int64],
    num_cols: int,
    window_rows: int,
    window_cols: int,
    lanes: int,
    banks: int,
) -> NDArray[np.uint32]:
    """Return the schedule's entries, shape (words, lanes), each window as long as its bound.

    Parameters
    ----------
    values : ndarray of int8, shape (nnz,) or (0,)
        Empty for a binary operand.
    place : ndarray of uint16
        `hgcn.format.streams.PLACE` of each row.
    window_start : ndarray of int64, shape (windows + 1,)
        First word of each window; the differences are at least the largest degree of the window's
        multigraph.

    Notes
    -----
    An edge costs a few free-colour trials or one chain of at most lanes + banks edges. Memory
    beside the result: O((lanes + banks) * words) of the longest window, and the edges of one row
    window.
    """
    num_rows = len(indptr) - 1
    col_windows = (num_cols + window_cols - 1) // window_cols
    entries = np.zeros((window_start[-1], lanes), dtype=np.uint32)
    vertices = lanes + banks
    longest = 0
    for window in range(len(window_start) - 1):
        longest = max(longest, window_start[window + 1] - window_start[window])
    edge_at = np.empty((vertices, longest), dtype=np.int32)
    free = np.empty((vertices, longest), dtype=np.int32)
    where = np.empty((vertices, longest), dtype=np.int32)
    num_free = np.empty(vertices, dtype=np.int32)
    begin = np.zeros(col_windows + 1, dtype=np.int64)
    capacity = 0
    ends = np.empty((capacity, 2), dtype=np.int32)
    packed = np.empty(capacity, dtype=np.uint32)
    for start in range(0, num_rows, window_rows):
        stop = min(start + window_rows, num_rows)
        begin[:] = 0
        for e in range(indptr[start], indptr[stop]):
            if part[e] == 0:
                begin[indices[e] // window_cols + 1] += 1
        for window in range(col_windows):
            begin[window + 1] += begin[window]
        if begin[col_windows] > capacity:
            capacity = begin[col_windows]
            ends = np.empty((capacity, 2), dtype=np.int32)
            packed = np.empty(capacity, dtype=np.uint32)
        for row in range(start, stop):
            home = np.int64(place[row])
            for e in range(indptr[row], indptr[row + 1]):
                if part[e] != 0:
                    continue
                window = indices[e] // window_cols
                position = np.int64(indices[e]) - window * window_cols
                word = _VALID | (home & _HOME_SLOT) << _SLOT | position
                if len(values) > 0:
                    word |= (np.int64(values[e]) & _VALUE_MASK) << _VALUE
                edge = begin[window]
                begin[window] += 1
                packed[edge] = word
                ends[edge, 0] = home >> _HOME_LANE
                ends[edge, 1] = lanes + position % banks
        # Filling has moved each start to the next one's place.
        for window in range(col_windows):
            first = begin[window - 1] if window > 0 else 0
            number = start // window_rows * col_windows + window
            base = window_start[number]
            words = window_start[number + 1] - base
            if words == 0:
                continue
            _colour(
                ends, first, begin[window], vertices, lanes, words, edge_at, free, where, num_free
            )
            for lane in range(lanes):
                for word in range(words):
                    edge = edge_at[lane, word]
                    if edge >= 0:
                        entries[base + word, lane] = packed[edge]
    return entries
