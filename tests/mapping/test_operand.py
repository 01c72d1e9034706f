# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from hgcn.errors import CompileError
from hgcn.graph.csr import Csr
from hgcn.mapping.operand import int8_values


def _csr(data: np.ndarray | None) -> Csr:
    return Csr(shape=(1, 2), indptr=[0, 2], indices=[0, 1], data=data)


def test_a_binary_operand_has_no_values() -> None:
    assert int8_values(_csr(None)).shape == (0,)


def test_values_are_int8_or_an_error() -> None:
    np.testing.assert_array_equal(int8_values(_csr(np.array([-3, 4], np.int8))), [-3, 4])
    with pytest.raises(CompileError, match="must be binary or int8, got float32"):
        int8_values(_csr(np.array([1, 2], np.float32)))
