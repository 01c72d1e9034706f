# SPDX-License-Identifier: Apache-2.0
"""What the compiled loops read of a left operand's values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import CompileError
from hgcn.graph.csr import Csr

_BINARY = np.zeros(0, dtype=np.int8)
_BINARY.setflags(write=False)  # As a CSR matrix's own data: one type, one compilation.


def int8_values(operand: Csr) -> NDArray[np.int8]:
    """Return the operand's values (a view), or an empty array when it is binary.

    Raises
    ------
    CompileError
        If the values are not int8.
    """
    if operand.data is None:
        return _BINARY
    if operand.data.dtype != np.int8:
        raise CompileError(f"a left operand must be binary or int8, got {operand.data.dtype}")
    return operand.data.view(np.int8)
