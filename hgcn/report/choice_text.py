# SPDX-License-Identifier: Apache-2.0
"""Which split was chosen, and by how much, as one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hgcn.choice.candidates import FIXED


def choice_text(choice: Mapping[str, Any]) -> str | None:
    """Say which candidate won: the facts of a `Choice`; None where there was none.

    Examples
    --------
    >>> cycles = {"balanced": 100, "by operand": 90, "pl-only": 126}
    >>> choice_text({"won": "by operand", "cycles": cycles, "slower": ["aie-only"], "untried": []})
    'by operand; pl-only, the best fixed policy, takes 1.40 x its cycles; 4 candidates'
    """
    cycles, left = choice["cycles"], choice["untried"]
    if not cycles:
        return "by cost alone: its programs are too long to be tried" if left else None
    known = {name: cycles[name] for name in FIXED if name in cycles}
    text = str(choice["won"])
    if known:
        best = min(known, key=lambda name: known[name])
        times = known[best] / max(min(cycles.values()), 1)
        text += f"; {best}, the best fixed policy, takes {times:.2f} x its cycles"
    text += f"; {len(cycles) + len(choice['slower'])} candidates"
    return text + (f", {len(left)} more left untried" if left else "")
