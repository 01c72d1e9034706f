# SPDX-License-Identifier: Apache-2.0
"""Rules of accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.model import accuracy, unchanged
from hgcn.model.metrics import labelled

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


def test_of_no_nodes_there_is_no_accuracy_rather_than_nan() -> None:
    labels = np.array([0, 0, -1, 0])
    for mask in (np.zeros(4, bool), np.array([False, False, True, False])):
        with pytest.raises(ModelError, match="at least one labelled node"):
            accuracy(LOGITS, labels, mask)
        assert not labelled(labels, mask).any()


@pytest.mark.parametrize(
    ("labels", "mask", "message"),
    [
        (None, None, "accuracy needs labels, got None"),
        (np.zeros(3, int), None, "labels must be 4, one a node, got 3"),
        (np.zeros(4, int), np.array([0, 1]), "mask must be 4 truth values, one a node, got int64"),
        (np.zeros(4, int), np.ones(3, bool), "got bool of shape"),
    ],
)
def test_what_is_not_one_a_node_is_refused(labels: Any, mask: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        accuracy(LOGITS, labels, mask)


def test_unchanged_ignores_scale() -> None:
    assert unchanged(LOGITS, LOGITS * 7) == 1.0
    assert unchanged(LOGITS, LOGITS[:, ::-1]) == 0.25
