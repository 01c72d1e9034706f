# SPDX-License-Identifier: Apache-2.0
"""Results: predictions, accuracy, digests."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.execution.backend import Execution
from hgcn.execution.result import Result, digest_logits

LOGITS = np.array([[3, 1], [2, 2], [-5, -4]], dtype=np.int16)


def result() -> Result:
    return Result(
        backend="emulate",
        logits=LOGITS.astype(np.float32),
        integer_logits=LOGITS,
        bit_exact=True,
        execution=Execution(output=b"", bytes_read=1, bytes_written=2, cycles=7),
        seconds=0.5,
        program_bytes=3,
    )


def test_the_prediction_is_the_first_of_the_largest() -> None:
    assert result().predictions.tolist() == [0, 0, 1]


def test_probabilities_are_the_softmax_and_do_not_overflow() -> None:
    shares = replace(result(), logits=np.float32([[0, np.log(3)], [3e38, 0], [1, 1]])).probabilities
    np.testing.assert_allclose(shares, [[0.25, 0.75], [1, 0], [0.5, 0.5]], rtol=1e-6)


def test_accuracy_counts_the_masked_nodes_alone() -> None:
    labels = np.array([0, 1, 1])
    assert result().accuracy(labels, np.array([True, True, True])) == 2 / 3
    assert result().accuracy(labels, np.array([False, True, False])) == 0.0


def test_nodes_without_a_class_count_neither_way() -> None:
    labels = np.array([0, -1, -1])
    assert result().accuracy(labels, np.ones(3, bool)) == result().accuracy(labels) == 1.0
    for mask in (np.zeros(3, bool), np.array([False, True, True])):
        with pytest.raises(ModelError, match="at least one labelled node"):
            result().accuracy(labels, mask)


def test_cycles_are_those_of_the_execution() -> None:
    assert result().cycles == 7


def test_the_digest_is_of_little_endian_rows_whatever_the_memory_order() -> None:
    wanted = hashlib.sha256(LOGITS.astype("<i2").tobytes()).hexdigest()
    assert digest_logits(LOGITS) == digest_logits(np.asfortranarray(LOGITS)) == wanted
    assert digest_logits(LOGITS.astype(">i2")) == wanted
