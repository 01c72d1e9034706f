# SPDX-License-Identifier: Apache-2.0
"""What a program's file says of itself is checked; tests/test_api.py damages whole files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.isa.image import read_header, read_metadata
from hgcn.program.saved import checked_facts
from tests.samples import TINY, random_graph

PROGRAM = hgcn.compile(
    hgcn.GCN.random([12, 9, 3]), random_graph(nodes=40), device="tiny", quantisation="degree"
)


def parts() -> tuple[dict[str, Any], dict[str, Any]]:
    return read_metadata(PROGRAM.image, read_header(PROGRAM.image))


def test_a_file_keeps_steps_agreement_and_warnings(tmp_path: Path) -> None:
    PROGRAM.save(tmp_path / "a.hgcn")
    again = hgcn.Program.load(tmp_path / "a.hgcn")
    assert PROGRAM.logit_rows is not None and again.logit_rows is not None
    assert np.array_equal(again.logit_rows, PROGRAM.logit_rows)
    assert again.agreement == PROGRAM.agreement is not None
    assert again.warnings == PROGRAM.warnings
    first, second = PROGRAM.run(), again.run()
    assert np.array_equal(first.logits, second.logits)
    assert (first.agreement, first.warnings) == (second.agreement, second.warnings)


def test_a_program_of_an_earlier_version_has_no_agreement() -> None:
    facts, arrays = parts()
    for key in ("agreement", "quantisation", "warnings", "notes"):
        del facts[key]
    del arrays["logit_rows"]
    assert checked_facts(facts, arrays, read_header(PROGRAM.image), TINY)[1] is None


@pytest.mark.parametrize(
    "change",
    [
        {"warnings": "a"},
        {"warnings": [1]},
        {"notes": {}},
        {"quantisation": None},
        {"quantisation": {"asked": "a", "used": "b"}},
        {"quantisation": {"asked": "a", "used": 3, "class_share_at_max": 0.5}},
        {"agreement": {}},
        {"agreement": 3},
    ],
)
def test_facts_of_another_kind_are_refused(change: dict[str, Any]) -> None:
    facts, arrays = parts()
    with pytest.raises((LookupError, TypeError, ValueError)):
        checked_facts(facts | change, arrays, read_header(PROGRAM.image), TINY)


@pytest.mark.parametrize(
    "steps",
    [
        np.ones(39),
        np.ones((40, 1)),
        np.ones(40, np.float32),
        np.zeros(40),
        np.full(40, np.nan),
        np.full(40, np.inf),
        np.full(40, 1e300),
    ],
)
def test_steps_are_one_positive_number_a_node(steps: np.ndarray) -> None:
    facts, arrays = parts()
    with pytest.raises(ValueError, match="logit_rows must be 40 numbers above 0"):
        checked_facts(facts, arrays | {"logit_rows": steps}, read_header(PROGRAM.image), TINY)
