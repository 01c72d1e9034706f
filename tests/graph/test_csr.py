# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError
from hgcn.graph.csr import Csr, frozen


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    shape = (draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    cells = draw(st.lists(st.integers(0, 3), min_size=36, max_size=36))
    return np.array(cells[: shape[0] * shape[1]], dtype=np.float32).reshape(shape)


@given(matrices(), st.randoms())
def test_coordinates_in_any_order_give_the_matrix(dense: np.ndarray, random) -> None:
    rows, cols = np.nonzero(dense)
    order = list(range(len(rows)))
    random.shuffle(order)
    at = np.array(order, dtype=np.int64)
    csr = Csr.from_coo(dense.shape, rows[at], cols[at], dense[rows[at], cols[at]])
    assert np.array_equal(csr.to_dense(), dense)
    structure = Csr.from_coo(dense.shape, rows[at], cols[at])
    assert np.array_equal(structure.to_dense(), dense != 0)


@given(matrices(), st.randoms())
def test_permuted_moves_whole_rows_and_columns(dense: np.ndarray, random) -> None:
    rows, cols = (list(range(side)) for side in dense.shape)
    random.shuffle(rows)
    random.shuffle(cols)
    at = np.nonzero(dense)
    csr = Csr.from_coo(dense.shape, *at, dense[at])
    moved = csr.permuted(np.array(rows), np.array(cols))
    assert np.array_equal(moved.to_dense(), dense[rows][:, cols])


def test_arrays_are_read_only_and_the_callers_stay_writable() -> None:
    indices = np.array([1, 0], dtype=np.int32)
    csr = Csr(shape=(2, 2), indptr=np.array([0, 1, 2]), indices=indices)
    indices[0] = 0
    assert csr.indices.tolist() == [1, 0]
    with pytest.raises(ValueError, match="read-only"):
        csr.indices[0] = 0


def test_frozen_keeps_an_array_that_is_frozen() -> None:
    array = frozen(np.arange(3))
    assert frozen(array) is array


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"shape": (-1, 2)}, r"shape must lie in 0\.\.2\*\*31 - 1 each way, got -1 x 2"),
        ({"indptr": [0, 2]}, r"indptr must rise from 0 over 3 entries, got shape \(2,\)"),
        ({"indptr": [1, 1, 2]}, "indptr must rise from 0"),
        ({"indptr": [0, 2, 1]}, "indptr must rise from 0"),
        ({"indptr": [0.0, 1.0, 2.0]}, "indptr must be integers, got float64"),
        ({"indices": [0]}, r"indices must have 2 entries as indptr says, got shape \(1,\)"),
        ({"indices": [0, 2]}, r"column indices must lie in 0\.\.1, got 2"),
        ({"indices": [-1, 0]}, r"column indices must lie in 0\.\.1, got -1"),
        ({"indices": [0, 2**40]}, f"indices must fit int32, got {2**40}"),
        ({"indptr": [0, 2, 2], "indices": [1, 0]}, "rise strictly within each row"),
        ({"indptr": [0, 2, 2], "indices": [1, 1]}, "rise strictly within each row"),
        ({"data": np.ones(3, dtype=np.float32)}, r"data must have 2 entries, got \(3,\)"),
    ],
)
def test_every_fault_is_named(parts: dict, message: str) -> None:
    good = {"shape": (2, 2), "indptr": [0, 1, 2], "indices": [1, 0]}
    with pytest.raises(GraphError, match=message):
        Csr(**{**good, **parts})


def test_coordinates_out_of_range_are_named() -> None:
    with pytest.raises(GraphError, match=r"row indices must lie in 0\.\.1, got 2"):
        Csr.from_coo((2, 2), np.array([2]), np.array([0]))
    with pytest.raises(GraphError, match=r"column indices must lie in 0\.\.1, got -1"):
        Csr.from_coo((2, 2), np.array([0]), np.array([-1]))


def test_repeated_coordinates_are_refused() -> None:
    with pytest.raises(GraphError, match="rise strictly"):
        Csr.from_coo((2, 2), np.array([0, 0]), np.array([1, 1]))


def test_a_matrix_without_columns_is_a_matrix() -> None:
    assert Csr(shape=(2, 0), indptr=[0, 0, 0], indices=[]).nnz == 0
    assert Csr.from_coo((2, 0), np.array([], int), np.array([], int)).nnz == 0
