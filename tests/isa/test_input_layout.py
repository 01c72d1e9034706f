# SPDX-License-Identifier: Apache-2.0
"""The INPUT region: every feature has one place, whatever the padding, tiles and order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ProgramError
from hgcn.isa.input_layout import InputLayout, pack_features
from hgcn.model.feature_scale import FeatureScale
from tests.samples import DEVICES, TINY


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 150),
    width=st.integers(1, 200),
    device=st.sampled_from(sorted(DEVICES)),
)
def test_what_is_packed_in_any_order_comes_back(
    seed: int, rows: int, width: int, device: str
) -> None:
    rng = np.random.default_rng(seed)
    features = rng.integers(-128, 128, (rows, width)).astype(np.int8)
    order = rng.permutation(rows)
    layout = InputLayout.for_device(rows, width, DEVICES[device])

    data = layout.pack(features[order])

    assert len(data) == layout.size_bytes == 64 * layout.lines
    back = np.empty_like(features)
    back[order] = layout.unpack(data)
    np.testing.assert_array_equal(back, features)
    # Padding is zero: all that is not zero is a feature.
    assert np.count_nonzero(np.frombuffer(data, np.int8)) == np.count_nonzero(features)


def test_the_place_of_each_feature_is_that_of_the_format() -> None:
    # Tiles of 64 rows and columns, blocks of 16 rows, 2 PE rows: 5 blocks are 2 + 2 and 1.
    layout = InputLayout.for_device(70, 70, DEVICES["tiles"])
    assert layout.depths == [64, 8] and layout.size_bytes == 80 * 72
    for row, col in [(0, 0), (3, 9), (17, 63), (40, 69), (69, 5), (64, 66)]:
        features = np.zeros((70, 70), np.int8)
        features[row, col] = 5
        tile, inside = divmod(col, 64)
        pair, turn, together = (4, 0, 1) if row >= 64 else (row // 32 * 2, row // 16 % 2, 2)
        groups = layout.depths[tile] // 8
        slices = 5 * 8 * tile + pair * groups + inside // 8 * together + turn
        place = (slices * 16 + row % 16) * 8 + inside % 8
        assert np.flatnonzero(np.frombuffer(layout.pack(features), np.int8)).tolist() == [place]


@pytest.mark.parametrize("size", [0, 127, 129, 1024])
def test_a_region_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ProgramError, match=f"input must be 128 bytes, got {size}"):
        InputLayout.for_device(5, 3, TINY).unpack(bytes(size))


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 50),
    width=st.integers(1, 90),
    step=st.floats(1e-3, 1.0),
)
def test_real_features_come_back_as_the_scale_quantises_them(
    seed: int, rows: int, width: int, step: float
) -> None:
    rng = np.random.default_rng(seed)
    features, order = rng.normal(size=(rows, width)), rng.permutation(rows).astype(np.int32)
    layout = InputLayout.for_device(rows, width, DEVICES["tiles"])
    scale = FeatureScale(step=step, norm="row")

    packed = pack_features(features, scale, layout, order)

    integers, saturated = scale.quantise(features, (rows, width))
    np.testing.assert_array_equal(packed.integers, integers)
    np.testing.assert_array_equal(layout.unpack(packed.data), integers[order])
    assert packed.saturated == saturated
