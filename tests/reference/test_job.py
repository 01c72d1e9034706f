# SPDX-License-Identifier: Apache-2.0
"""What a job says of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.reference.job import Addend, Rows
from tests.reference.pair import pair_network


def test_a_job_names_the_jobs_it_needs() -> None:
    _, sums, products, last = pair_network().jobs
    assert [job.needs for job in (sums, products)] == [("P1",), ("H1",)]
    one = np.ones(2, np.uint16)
    added = replace(last, addend=Addend(rows=Rows("H1"), row=one, col=one[:1]))
    assert added.needs == ("P2", "H1")


def test_weights_are_a_constant_right_operand() -> None:
    first, sums, *_ = pair_network().jobs
    assert first.weights is first.right and sums.weights is None
    assert (first.columns, sums.columns) == (2, 2)


def test_multipliers_of_an_addend_have_the_widths_of_the_hardware() -> None:
    one, wide = np.ones(2, np.uint16), np.full(2, 1 << 15, np.uint16)
    with pytest.raises(ModelError, match="must be uint16, got int64, uint16"):
        Addend(rows=Rows("H1"), row=one.astype(np.int64), col=one)
    with pytest.raises(ModelError, match="must be at most 32767, got 32768"):
        Addend(rows=Rows("H1"), row=one, col=wide)
