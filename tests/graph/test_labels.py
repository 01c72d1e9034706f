# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import GraphError
from hgcn.graph.labels import MAX_CLASSES, as_classes


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", ">i4"])
def test_classes_are_counted_beyond_the_labels_own_type(dtype: str) -> None:
    top = min(np.iinfo(np.dtype(dtype)).max, MAX_CLASSES - 1)
    labels, classes = as_classes(np.array([0, top], dtype=dtype), "y")
    assert (labels.tolist(), labels.dtype, classes) == ([0, top], np.int64, int(top) + 1)


def test_all_unknown_is_no_class() -> None:
    assert as_classes([-1, -1], "y")[1] == as_classes([], "y")[1] == 0


@pytest.mark.parametrize(
    ("values", "stated", "message"),
    [
        ([0, 10**9], None, "y must be classes counted from 0, at most 4096; got 1000000000: is"),
        (np.eye(3, dtype=int), None, r"y must hold one class per node, got shape \(3, 3\)"),
        ([0.0, 1.0], None, "y must be integers, got float64"),
        ([True, False], None, "y must be integers, got bool"),
        ([0, 1], 0, r"y must lie in -1\.\.-1, got 1 of 0"),
        ([0, 2], 2, r"y must lie in -1\.\.1, got 2 of 2"),
        ([0, 2], 10**9, r"y must lie in -1\.\.4095, got 2 of 1000000000"),
        ([0], -1, r"y must lie in -1\.\.-2"),
    ],
)
def test_other_labels_are_named(values: object, stated: int | None, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        as_classes(values, "y", stated)
