# SPDX-License-Identifier: Apache-2.0
"""A refusal names the layer, says why, and lists what is supported."""

from __future__ import annotations

from hgcn.model.pyg.step import LAYERS, Step, every, fork, line, refusal


def test_a_refusal_is_one_line_with_the_list() -> None:
    words = str(refusal("conv\n1 (GATConv)", "a layer of this\ttype is not supported"))
    assert words.isprintable() and "(GATConv): a layer" in words
    assert all(layer in words for layer in LAYERS) and len(words) < 400


def test_a_function_is_titled_by_where_it_was_called() -> None:
    assert Step(kind="relu", where="Net").title == "relu of Net"
    assert Step(kind="Linear", where="head (Linear)", module=object()).title == "head (Linear)"


def test_a_fork_is_where_values_part() -> None:
    one = Step(kind="relu", where="one")
    two = Step(kind="relu", where="two", before=one)
    side = Step(kind="relu", where="side", before=one)
    assert fork([two, side]) == (one, ((two,), (side,)))
    assert fork([two, one]) == (one, ((two,), ()))
    assert fork([None, two]) == (None, ((), (one, two)))
    assert fork([one, Step(kind="relu", where="other")])[0] is None
    total = Step(kind="add", where="sum", before=one, branches=((two,), (side,)))
    assert line(total) == [one, total]
    assert list(every(line(total))) == [one, two, side, total]
