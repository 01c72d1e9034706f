# SPDX-License-Identifier: Apache-2.0
"""Occupancy counts what the mapping holds."""

from __future__ import annotations

import numpy as np
import pytest

import hgcn
from hgcn.report.occupancy import occupancy
from tests.samples import random_graph


@pytest.mark.parametrize("policy", ["pl-only", "aie-only", "threshold:2"])
def test_shares_are_those_of_the_mapping(policy: str) -> None:
    model, graph = hgcn.GCN.random([12, 3]), random_graph(nodes=150)
    program = hgcn.compile(model, graph, device="tiny", policy=policy)
    assert program.mappings is not None and program.splits is not None
    for name, mapping in program.mappings.items():
        made = occupancy(mapping, program.device)
        facts = mapping.facts(program.splits[name])
        # Each lane's share is of the same cycles: their mean is the share of all slots.
        assert float(made.lanes.mean()) == pytest.approx(facts["lane_share"])
        assert made.banks.sum() == pytest.approx(made.lanes.sum())
        assert made.slice_elements == pytest.approx(facts["array_share"])
        used = 1 - facts["padding_share"] if facts["array_slices"] else 0.0
        assert made.slice_columns == pytest.approx(used)
        assert made.pe_rows.max() == (1.0 if facts["array_slices"] else 0.0)


def test_every_part_has_a_row() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny")
    assert program.mappings is not None
    device = program.device
    rows = occupancy(program.mappings["adjacency"], device).rows()
    assert len(rows) == device.lanes + device.banks + device.array_rows + 2
    assert rows[0][0] == "lane 0" and all(0 <= share <= 1 for _, share in rows)
    assert np.isfinite([share for _, share in rows]).all()
