# SPDX-License-Identifier: Apache-2.0
"""The choice in words."""

from __future__ import annotations

from hgcn.report.choice_text import choice_text


def test_the_best_fixed_policy_is_named_with_its_ratio() -> None:
    cycles = {"balanced": 200, "threshold:2": 230, "pl-only": 220}
    facts = {"won": "balanced", "cycles": cycles, "slower": ["aie-only"], "untried": []}
    assert choice_text(facts) == (
        "balanced; pl-only, the best fixed policy, takes 1.10 x its cycles; 4 candidates"
    )


def test_what_was_left_out_is_said() -> None:
    facts = {"won": "balanced", "cycles": {"balanced": 200}, "slower": [], "untried": ["pl-only"]}
    assert choice_text(facts) == "balanced; 1 candidates, 1 more left untried"
    nothing = {"won": "balanced", "cycles": {}, "slower": [], "untried": ["balanced"]}
    assert choice_text(nothing) == "by cost alone: its programs are too long to be tried"


def test_a_fixed_policy_is_no_choice() -> None:
    assert choice_text({"won": "pl-only", "cycles": {}, "slower": [], "untried": []}) is None
