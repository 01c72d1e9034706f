# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgcn.graph.csr import Csr
from hgcn.partition.segments import assign_parts, count_slices, cut_blocks

_SIZES = (8, 16, 4)  # tile rows, tile columns, block rows


def _csr(dense: np.ndarray) -> Csr:
    return Csr.from_coo(dense.shape, *np.nonzero(dense))


@st.composite
def operands(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.tuples(st.integers(1, 20), st.integers(1, 40)))
    return draw(arrays(np.bool_, shape))


def _values(dense: np.ndarray) -> dict[int, list[int]]:
    """Slice values of each tile, the obvious way."""
    tiles: dict[int, list[int]] = {}
    col_tiles = -(-dense.shape[1] // 16)
    for row in range(0, dense.shape[0], 4):
        for col in range(0, dense.shape[1], 16):
            counts = np.sort(dense[row : row + 4, col : col + 16].sum(axis=0))[::-1]
            values = [int(counts[i : i + 8].sum()) for i in range(0, len(counts), 8)]
            tiles.setdefault(row // 8 * col_tiles + col // 16, []).extend(v for v in values if v)
    return tiles


@given(operands())
@settings(deadline=None)
def test_slices_are_counted_by_value(dense: np.ndarray) -> None:
    csr = _csr(dense)
    histogram = count_slices(csr.indptr, csr.indices, csr.shape[1], *_SIZES)

    for tile, values in _values(dense).items():
        np.testing.assert_array_equal(histogram[tile], np.bincount(values, minlength=33))


@given(operands(), st.integers(0, 32), st.integers(0, 3), st.integers(1, 8))
@settings(deadline=None)
def test_the_cut_takes_the_slices_above_and_the_ties(
    dense: np.ndarray, threshold: int, ties: int, dense_fill: int
) -> None:
    csr = _csr(dense)
    tiles = len(count_slices(csr.indptr, csr.indices, csr.shape[1], *_SIZES))
    above, share = cut_blocks(
        csr.indptr, csr.indices, csr.shape[1], *_SIZES,
        np.full(tiles, threshold, np.int32), np.full(tiles, ties, np.int64),
    )  # fmt: skip
    part, scattered, columns = assign_parts(
        csr.indptr, csr.indices, csr.shape[1], *_SIZES, above, share, dense_fill, 0, 0
    )

    for tile, values in _values(dense).items():
        taken = [v for v in values if v > threshold]
        taken += [v for v in values if v == threshold][:ties]
        if dense_fill == 8:
            assert scattered[tile] == sum(values) - sum(taken)
            assert columns[tile] == 8 * len(taken)
        else:
            assert scattered[tile] <= sum(values) - sum(taken)
    assert scattered.sum() == (part == 0).sum()
