# SPDX-License-Identifier: Apache-2.0
"""Planetoid pickles read by our machine and by Python's own: the same values, or a refusal."""

from __future__ import annotations

import io
import pickle
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

from hgcn.datasets.restricted_pickle import read_pickle
from tests.datasets.planetoid_files import python2_pickle
from tests.readers.pickle_files import planetoid_value

FILES = 400


class Reference(pickle.Unpickler):
    """Python's own machine, with the few names where they live today."""

    def find_class(self, module: str, name: str) -> Any:
        return {
            "csr_matrix": scipy.sparse.csr_matrix,
            "_reconstruct": np.ndarray([]).__reduce__()[0],
            "ndarray": np.ndarray,
            "dtype": np.dtype,
            "defaultdict": defaultdict,
            "list": list,
        }[name]


def test_values_are_those_python_unpickles(tmp_path: Path) -> None:
    path = tmp_path / "ind.cora.x"
    for seed in range(FILES):
        rng = random.Random(f"pickle {seed}")
        value = planetoid_value(rng)
        content = python2_pickle(value)
        if isinstance(value, dict) and rng.random() < 0.5:
            content = pickle.dumps(value, protocol=2)
        path.write_bytes(content)
        got = read_pickle(path)
        want = Reference(io.BytesIO(content), encoding="latin1").load()
        assert type(got) in (type(want), dict)
        if isinstance(want, np.ndarray):
            assert np.array_equal(got, want), seed
            assert got.dtype == want.dtype.newbyteorder("=")
        elif scipy.sparse.issparse(want):
            assert np.array_equal(got.toarray(), want.toarray()), seed
        else:
            assert got == want, seed
