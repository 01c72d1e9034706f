# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import GraphError
from hgcn.graph.foreign_arrays import as_array, as_integers, as_mask


class Tensor:
    """Quacks like a torch tensor that needs a gradient and lives on a device."""

    def __init__(self, values: object, ready: int = 0) -> None:
        self.values, self.ready = values, ready

    def detach(self) -> Tensor:
        return Tensor(self.values, 1)

    def cpu(self) -> Tensor:
        assert self.ready == 1
        return Tensor(self.values, 2)

    def numpy(self) -> np.ndarray:
        assert self.ready == 2
        return np.asarray(self.values)


def test_tensors_leave_graph_and_device_first() -> None:
    assert as_array(Tensor([1, 2]), "x").tolist() == [1, 2]


def test_array_protocol_is_enough() -> None:
    class Wrapped:
        def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
            return np.array([3, 4])

    assert as_integers(Wrapped(), "x").tolist() == [3, 4]


def test_torch_tensors_are_taken() -> None:
    torch = pytest.importorskip("torch")
    assert as_array(torch.ones(2, requires_grad=True), "x").tolist() == [1.0, 1.0]


def test_an_empty_list_counts_as_integers() -> None:
    assert as_integers([], "x").dtype == np.int64


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: as_array([[1], [2, 3]], "x"), "^x must be an array of numbers: "),
        (lambda: as_array(["a"], "x"), "^x must be an array of numbers, got <U1"),
        (lambda: as_integers([0.5], "y"), "^y must be integers, got float64"),
        (lambda: as_integers(np.array([2**63], np.uint64), "y"), f"^y must fit int64, got {2**63}"),
        (lambda: as_mask([0, 2], "m"), "^m must be true or false for each node, got int64"),
    ],
)
def test_errors_name_the_value(call, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        call()


def test_masks_take_the_first_of_many_splits() -> None:
    assert as_mask(np.array([[True, False], [False, True]]), "m").tolist() == [True, False]
