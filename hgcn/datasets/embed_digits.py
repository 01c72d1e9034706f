# SPDX-License-Identifier: Apache-2.0
"""Write ``digits.npz``, the data set inside the package, from scikit-learn's copy.

Run ``python -m hgcn.datasets.embed_digits``; only this needs scikit-learn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from hgcn.datasets.splits import stratified_split

SPLIT_SEED = 0
TRAIN_SHARE, VAL_SHARE = 0.1, 0.2


def embed_digits(target: Path) -> None:
    """Store pixels, labels and the split (0 train, 1 validation, 2 test) under ``target``."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    labels = digits.target.astype(np.int64)
    split = stratified_split(labels, train=TRAIN_SHARE, val=VAL_SHARE, rng=SPLIT_SEED)
    np.savez_compressed(
        target,
        pixels=digits.data.astype(np.uint8),
        labels=labels.astype(np.uint8),
        split=np.select([split.train, split.val], [0, 1], 2).astype(np.uint8),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    inside = Path(__file__).with_name("digits.npz")
    parser.add_argument("--into", type=Path, default=inside, help="another file than the package's")
    embed_digits(parser.parse_args().into)
