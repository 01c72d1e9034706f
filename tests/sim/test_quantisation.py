# SPDX-License-Identifier: Apache-2.0
"""Every choice of ranges on the RTL: offsets, spread steps, scaled rows keep to its formula."""

from __future__ import annotations

import pytest

import hgcn
from tests.samples import difficult_graph

pytestmark = pytest.mark.rtl


@pytest.mark.parametrize("kind", ["hub", "outlier"])
@pytest.mark.parametrize("words", ["auto", "limit:4", "degree", "percentile:95+limit:16+degree"])
def test_the_rtl_is_exact_under_every_choice(words: str, kind: str) -> None:
    model = hgcn.GCN.random([8, 12, 3], 1)
    program = hgcn.compile(
        model, difficult_graph(11, kind, nodes=70), device="tiny", quantisation=words
    )
    assert program.run("rtl").bit_exact
