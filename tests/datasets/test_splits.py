# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.datasets.splits import per_class_split, stratified_split
from hgcn.errors import SpecError

LABELS = st.lists(st.integers(-1, 3), min_size=1, max_size=80).map(np.array)


@given(LABELS, st.integers(0, 5), st.integers(0, 5), st.integers(0, 2**32))
def test_every_labelled_node_lands_in_one_part(labels, train: int, val: int, seed: int) -> None:
    for split in (
        per_class_split(labels, train=train, val=val, rng=seed),
        stratified_split(labels, train=train / 10, val=val / 10, rng=seed),
    ):
        parts = np.stack((split.train, split.val, split.test)).sum(axis=0)
        assert np.array_equal(parts, labels >= 0)


@given(LABELS, st.integers(0, 5), st.integers(0, 5))
def test_each_class_gives_its_number(labels, train: int, val: int) -> None:
    split = per_class_split(labels, train=train, val=val, rng=0)
    for label in range(4):
        members = int((labels == label).sum())
        assert (split.train & (labels == label)).sum() == min(train, members)
        assert (split.val & (labels == label)).sum() == min(val, max(members - train, 0))


def test_a_seed_fixes_the_split() -> None:
    labels = np.arange(100) % 3
    first, second, third = (stratified_split(labels, train=0.3, val=0.3, rng=s) for s in (1, 1, 2))
    assert np.array_equal(first.train, second.train)
    assert not np.array_equal(first.train, third.train)


def test_faults_are_named() -> None:
    with pytest.raises(SpecError, match="train, val must be shares that sum to at most 1"):
        stratified_split(np.array([0]), train=0.7, val=0.7, rng=0)
    with pytest.raises(SpecError, match="val must be at least 0, got -1"):
        per_class_split(np.array([0]), train=0, val=-1, rng=0)
