# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import DatasetError
from hgcn.graph import Csr, Graph, erdos_renyi, from_edges, with_random_features
from hgcn.graph.read_npz import read_npz
from hgcn.graph.save_npz import save_npz

FIELDS = ("labels", "train_mask", "val_mask", "test_mask")


def _assert_same(first: Graph, second: Graph) -> None:
    assert (first.name, first.num_classes) == (second.name, second.num_classes)
    assert first.digest() == second.digest()
    for field in FIELDS:
        assert np.array_equal(getattr(first, field), getattr(second, field))


def test_everything_comes_back(tmp_path: Path, small: Graph) -> None:
    _assert_same(read_npz(save_npz(small, tmp_path / "other.npz")), small)


def test_self_loops_and_counts_come_back(tmp_path: Path) -> None:
    edges = [(0, 0), (0, 1), (0, 1), (2, 2), (2, 2)]
    for weights in (None, [0.0, 1.0, 0.5, 2.0, 3.0]):
        graph = from_edges(3, edges, weights=weights)
        again = read_npz(save_npz(graph, tmp_path / "g.npz"))
        _assert_same(again, graph)
        assert again.weights_are_counts == graph.weights_are_counts == (weights is None)


@given(
    seed=st.integers(0, 2**32),
    n=st.integers(2, 30),
    density=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_any_graph_comes_back(
    seed: int, n: int, density: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    graph = erdos_renyi(n, n // 2, rng=seed)
    file = tmp_path_factory.mktemp("npz") / "g.npz"
    _assert_same(read_npz(save_npz(graph, file)), graph)
    graph = with_random_features(graph, 5, density=density, rng=seed)
    _assert_same(read_npz(save_npz(graph, file)), graph)


def test_features_of_ones_stay_implicit(tmp_path: Path, small: Graph) -> None:
    ones = Csr(shape=(4, 2), indptr=[0, 1, 1, 2, 2], indices=[0, 1])
    graph = read_npz(save_npz(replace(small, features=ones), tmp_path / "g.npz"))
    assert graph.features.data is None


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, small: Graph) -> None:
    target = tmp_path / "g.npz"
    save_npz(small, target)
    before = target.read_bytes()
    broken = replace(small)
    object.__setattr__(broken, "labels", Unwritable())
    with pytest.raises(RuntimeError, match="no bytes"):
        save_npz(broken, target)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


class Unwritable:
    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        raise RuntimeError("no bytes")


def test_faults_name_the_file(tmp_path: Path, small: Graph) -> None:
    with pytest.raises(DatasetError, match=r"g\.txt: a saved graph must end in \.npz, got '\.txt'"):
        save_npz(small, tmp_path / "g.txt")
    with pytest.raises(DatasetError, match=r"cannot write .*g\.npz: No such file"):
        save_npz(small, tmp_path / "none" / "g.npz")
