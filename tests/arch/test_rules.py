# SPDX-License-Identifier: Apache-2.0
"""Rules: each holds where its words say so."""

from __future__ import annotations

from types import SimpleNamespace as Thing

import pytest

from hgcn.arch import rules


@pytest.mark.parametrize(
    ("rule", "good", "bad", "want"),
    [
        (rules.one_of("x", 4), [4], [5], "4"),
        (rules.one_of("x", 1, 2, 4), [1, 4], [3], "1, 2 or 4"),
        (rules.power_of_two("x", 8), [1, 8], [0, -4, 3, 16], "a power of two up to 8"),
        (rules.positive("x", "positive, in hertz"), [1e-9], [0, -1], "positive, in hertz"),
        (rules.at_least("x", 2), [2], [1], "at least 2"),
        (rules.at_most("x", 1 << 20), [1 << 20], [1 << 21], "at most 1,048,576"),
        (rules.spelt("x", r"\w+", "letters"), ["a_1"], ["", "a\n", "ä", "a/b"], "letters"),
    ],
)
def test_a_rule_holds_where_its_words_say(
    rule: rules.Rule, good: list[object], bad: list[object], want: str
) -> None:
    assert rule.want == want
    assert all(rule.holds(Thing(x=value)) for value in good)
    assert not any(rule.holds(Thing(x=value)) for value in bad)
