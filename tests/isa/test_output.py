# SPDX-License-Identifier: Apache-2.0
"""The output region as the last DRAINs leave it."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import ProgramError
from hgcn.isa.output import read_output
from tests.samples import TINY


def test_feature_tiles_lie_one_after_the_other_rows_padded_to_blocks() -> None:
    cube = np.arange(2 * 16 * 8, dtype="<i2").reshape(2, 16, 8)  # Two feature tiles of 8 features.
    logits = read_output(cube.tobytes() + bytes(9), 3, 10, TINY)
    np.testing.assert_array_equal(logits[1], [*range(8, 16), 136, 137])
    assert logits.shape == (3, 10) and logits.dtype == np.int16


def test_a_short_region_is_refused() -> None:
    with pytest.raises(ProgramError, match="output must hold 256 bytes, got 255"):
        read_output(bytes(255), 3, 8, TINY)
