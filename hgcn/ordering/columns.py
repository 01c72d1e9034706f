# SPDX-License-Identifier: Apache-2.0
"""The order of a left operand's columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr, frozen


def order_columns_by_count(operand: Csr) -> NDArray[np.int32]:
    """Return the columns by falling number of nonzeros, ties in their own order.

    Full columns side by side form the dense groups of the split; and since a row position's bank is
    its remainder by the banks, columns of like counts spread evenly over them.

    Examples
    --------
    >>> order_columns_by_count(Csr(shape=(2, 3), indptr=[0, 1, 3], indices=[2, 0, 2]))
    array([2, 0, 1], dtype=int32)
    """
    counts = np.bincount(operand.indices, minlength=operand.shape[1])
    return frozen(np.argsort(-counts, kind="stable").astype(np.int32))
