# SPDX-License-Identifier: Apache-2.0
"""The comparison for people says what the JSON says, and nothing raw."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from hgcn.report.compare_text import compare_text

MADE: dict[str, Any] = {
    "runs": [
        {"graph": {"name": "pair[red]"}, "device": "tiny"},
        {"graph": {"name": "ri\x1bng"}, "device": "vck190"},
    ],
    "rows": [
        {"name": "cycles, simulated", "first": 4000, "second": None, "ratio": None},
        {"name": "microseconds, modelled", "first": 39.0, "second": 19.5, "ratio": 0.5},
    ],
    "notes": ["different graphs"],
}


def test_every_line_has_both_numbers_and_their_ratio() -> None:
    out = StringIO()
    Console(width=200, file=out).print(compare_text(MADE))
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["graph", "pair[red]", r"ri\x1bng"] in lines
    assert ["device", "tiny", "vck190"] in lines
    assert ["cycles,", "simulated", "4,000", "-", "-"] in lines
    assert ["microseconds,", "modelled", "39.0", "19.5", "0.500"] in lines
    assert ["note:", "different", "graphs"] in lines
