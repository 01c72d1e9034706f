# SPDX-License-Identifier: Apache-2.0
import numpy as np

from hgcn.graph.csr import Csr
from hgcn.mapping.condensing import condensed_sizes


def test_groups_columns_and_fullest_banks_are_counted_by_block_and_tile() -> None:
    # 8 banks, column tiles of 32. Block 0: a dense group at 0, sparse columns 8, 16, 24 (bank 0)
    # and 33; block 1: column 9.
    rows = np.array([0, 0, 0, 0, 0, 1, 5])
    cols = np.array([3, 8, 16, 24, 33, 16, 9])
    part = np.array([2, 1, 1, 1, 1, 1, 1], dtype=np.uint8)
    csr = Csr.from_coo((8, 40), rows, cols)
    part.setflags(write=False)
    dense, sparse, fullest = condensed_sizes(csr.indptr, csr.indices, part, 40, 8, 32, 4, 8)

    assert dense.tolist() == [[1, 0], [0, 0]]
    assert sparse.tolist() == [[3, 1], [1, 0]]
    assert fullest.tolist() == [[3, 1], [1, 0]]
