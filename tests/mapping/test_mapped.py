# SPDX-License-Identifier: Apache-2.0
import numpy as np

from hgcn.arch.presets import device
from hgcn.graph.csr import Csr
from hgcn.mapping.map import map_operand
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split


def test_facts_by_hand() -> None:
    # Row block 0 has the full column 0 on the array: one slice, 16 of its 128 elements. The PL
    # takes 3 entries of one bank.
    tiny = device("tiny")
    rows = np.array([*range(16), 1, 2, 3])
    cols = np.array([*[0] * 16, 9, 17, 25])
    made = split(
        Csr.from_coo((600, 32), rows, cols),
        Grid.for_device(600, 32, tiny),
        "threshold:2",
        lambda p, m: p + m,
    )
    mapping = map_operand(made, tiny)

    assert mapping.facts(made) == {
        "lane_bundles": 3,
        "lane_bound_bundles": 3,
        "lane_share": 3 / 12,
        "array_slices": 1,
        "array_packets": 1,
        "array_share": 16 / 128,
        "padding_share": 7 / 8,
    }
    assert not mapping.is_empty(0)
    assert mapping.is_empty(1)
