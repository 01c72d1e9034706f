# SPDX-License-Identifier: Apache-2.0
"""Random values of the kinds the Planetoid files hold."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import scipy.sparse


def planetoid_value(rng: random.Random) -> Any:
    """An array, a CSR matrix, or a dict of lists of integers."""
    kind = rng.choice(["array", "matrix", "lists"])
    dtype = rng.choice(["i4", "i8", "f4", "f8", "u1", "u2"])
    shape = (rng.randint(1, 6), rng.randint(1, 6))
    cells = np.array([rng.randint(0, 5) for _ in range(shape[0] * shape[1])]).reshape(shape)
    if kind == "array":
        return cells.astype(dtype) if rng.random() < 0.8 else cells.astype(dtype)[0]
    if kind == "matrix":
        return scipy.sparse.csr_matrix(np.where(cells > 3, cells, 0).astype(dtype))
    return {
        rng.randrange(3000): [rng.randrange(3000) for _ in range(rng.choice([0, 1, 5]))]
        for _ in range(rng.randint(0, 20))
    }
