# SPDX-License-Identifier: Apache-2.0
"""Every layout byte by byte as literals, and as loops written out once more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import SpecError
from hgcn.format.layouts import FEATURE, INPUT, LAYOUTS, OUTPUT, ROW, ROWS, TILED, Layout

SIZES = {"T": 2, "K0": 2, "R": 2, "F": 2, "tile_rows": 6, "tile_cols": 4}


def matrix(rows: int, features: int) -> np.ndarray:
    """Each element says where it is, row and feature as two digits in hexadecimal."""
    return (16 * np.arange(rows)[:, None] + np.arange(features)).astype(np.uint8)


@pytest.mark.parametrize(
    ("layout", "shape", "wanted"),
    [
        (ROWS, (2, 4), "00010203 10111213"),
        (OUTPUT, (2, 4), "00011011 02031213"),
        (TILED, (4, 4), "00011011 02031213 20213031 22233233"),
        # Five row blocks: a row tile of three, of two PE rows and one, then a row tile of two;
        # a column tile of two groups, then one of a group.
        (
            INPUT,
            (10, 6),
            "00011011 20213031 02031213 22233233 40415051 42435253"
            "60617071 80819091 62637273 82839293"
            "04051415 24253435 44455455 64657475 84859495",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Layout) else "",
)
def test_bytes_lie_where_the_format_says(
    layout: Layout, shape: tuple[int, int], wanted: str
) -> None:
    assert layout.pack(matrix(*shape), **SIZES).tobytes() == bytes.fromhex(wanted)


def walked(
    layout: Layout, sizes: dict[str, int], rows: range, features: range, depth: int = 0
) -> Iterator[tuple[int, int]]:
    """Row and feature of each element, loop by loop."""
    if depth == len(layout.loops):
        yield rows[0], features[0]
        return
    loop = layout.loops[depth]
    step = int(np.prod([sizes[name] for name in loop.step], dtype=int))
    along = (rows, features)[loop.axis]
    for start in range(0, len(along), step):
        piece = along[start : start + step]
        inside = (piece, features) if loop.axis == ROW else (rows, piece)
        yield from walked(layout, sizes, *inside, depth + 1)


@given(
    layout=st.sampled_from(LAYOUTS),
    rows=st.integers(1, 12),
    features=st.integers(1, 12),
    sizes=st.fixed_dictionaries({name: st.integers(1, 7) for name in SIZES}),
)
def test_the_order_is_that_of_the_loops_and_comes_back(
    layout: Layout, rows: int, features: int, sizes: dict[str, int]
) -> None:
    values = matrix(rows, features)
    packed = layout.pack(values, **sizes)
    wanted = [16 * row + at for row, at in walked(layout, sizes, range(rows), range(features))]
    assert packed.tolist() == wanted
    np.testing.assert_array_equal(layout.unpack(packed, rows, features, **sizes), values)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_loops_end_at_elements(layout: Layout) -> None:
    assert {loop.axis for loop in layout.loops if not loop.step} == {ROW, FEATURE}


def test_what_cannot_be_laid_out_is_named() -> None:
    with pytest.raises(SpecError, match="T of the tiled layout must be at least 1, got None"):
        TILED.pack(matrix(2, 2), K0=8)
    with pytest.raises(SpecError, match=r"rows layout of 2 rows .* have 6 elements, got shape .5,"):
        ROWS.unpack(np.zeros(5), 2, 3)
