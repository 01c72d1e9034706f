# SPDX-License-Identifier: Apache-2.0
"""Laws of accuracy."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.model import accuracy, unchanged

LOGITS = np.array([[5, 1], [1, 5], [5, 1], [2, 2]])


def test_only_masked_and_labelled_nodes_count() -> None:
    labels = np.array([0, 0, -1, 0])

    assert accuracy(LOGITS, labels) == pytest.approx(2 / 3)
    assert accuracy(LOGITS, labels, np.array([True, True, True, False])) == 0.5


def test_of_equal_logits_the_first_wins() -> None:
    assert accuracy(LOGITS, np.array([-1, -1, -1, 0])) == 1.0


def test_no_labelled_node_is_an_error() -> None:
    with pytest.raises(ModelError, match="at least one labelled node"):
        accuracy(LOGITS, np.full(4, -1))


def test_unchanged_ignores_scale() -> None:
    assert unchanged(LOGITS, LOGITS * 7) == 1.0
    assert unchanged(LOGITS, LOGITS[:, ::-1]) == 0.25
