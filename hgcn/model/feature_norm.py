# SPDX-License-Identifier: Apache-2.0
"""What is done to features before the first layer, by the names of `FeatureNorm`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.model.layer import FeatureNorm
from hgcn.model.normalise import values


def normalise_features(features: Csr, norm: FeatureNorm) -> Csr:
    """Return the features as a model with this norm sees them.

    Parameters
    ----------
    features : Csr, shape (n, f)
    norm : "none", "row" or "pyg"
        ``none``: as they are, the same object.

        ``row``: each row divided by the sum of its absolute values, a row without a nonzero stays
        zero. For the features of the Planetoid sets this is "each row sums to one".

        ``pyg``: the transform `NormalizeFeatures` of PyTorch Geometric: the least feature of all
        subtracted from each, then each row divided by its sum, or by 1 if that is less. Equal to
        ``row`` for features that are 0 or 1.

    Returns
    -------
    Csr, shape (n, f)
        float64 data.

    Notes
    -----
    Time and memory are those of the nonzeros, except under ``pyg`` where the least feature is not
    0: what was sparse becomes dense then.

    Examples
    --------
    >>> pair = Csr(shape=(2, 2), indptr=[0, 1, 3], indices=[0, 0, 1], data=np.float32([.5, 1, -3]))
    >>> normalise_features(pair, "row").to_dense()
    array([[ 1.  ,  0.  ],
           [ 0.25, -0.75]])
    >>> normalise_features(pair, "pyg").to_dense()
    array([[0.53846154, 0.46153846],
           [1.        , 0.        ]])
    """
    if norm == "none":
        return features
    data = values(features)
    full = features.nnz == features.shape[0] * features.shape[1]
    least = float(data.min(initial=np.inf if full else 0.0))
    if norm == "pyg" and least != 0:
        dense = normalise_dense(features.to_dense().astype(np.float32), norm, least)
        shifted, where = np.nonzero(dense)
        return Csr.from_coo(features.shape, shifted, where, dense[shifted, where])
    rows = features.row_ids()
    sums = np.bincount(rows, weights=np.abs(data), minlength=features.shape[0]).astype(np.float64)
    return Csr(
        shape=features.shape,
        indptr=features.indptr,
        indices=features.indices,
        data=data / _divisors(sums, norm)[rows],
    )


def normalise_dense(
    features: NDArray[np.float32], norm: FeatureNorm, least: float
) -> NDArray[np.float64]:
    """Return what `normalise_features` does, for rows of a dense matrix, equal in every bit.

    Parameters
    ----------
    features : ndarray of float32, shape (m, f)
        Some rows of a matrix.
    norm : "none", "row" or "pyg"
    least : float
        Least feature of the whole matrix.

    Examples
    --------
    >>> normalise_dense(np.float32([[1, -3], [0, 0]]), "row", -3.0)
    array([[ 0.25, -0.75],
           [ 0.  ,  0.  ]])
    """
    plain = features.astype(np.float64)
    if norm == "none":
        return plain
    if norm == "pyg":
        plain -= least
    # Running sums add in the order of the columns, as for sparse rows; `sum` adds in pairs.
    sums = np.add.accumulate(np.abs(plain), axis=1)[:, -1:]
    plain /= _divisors(sums, norm)
    return plain


def _divisors(sums: NDArray[np.float64], norm: FeatureNorm) -> NDArray[np.float64]:
    return np.maximum(sums, 1.0) if norm == "pyg" else np.where(sums > 0, sums, 1.0)
