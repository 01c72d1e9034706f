# SPDX-License-Identifier: Apache-2.0
"""A refusal names the layer, says why, and lists what is supported."""

from __future__ import annotations

from hgcn.model.pyg.step import LAYERS, Step, refusal


def test_a_refusal_is_one_line_with_the_list() -> None:
    words = str(refusal("conv\n1 (GATConv)", "a layer of this\ttype is not supported"))
    assert words.isprintable() and "(GATConv): a layer" in words
    assert all(layer in words for layer in LAYERS) and len(words) < 400


def test_a_function_is_titled_by_where_it_was_called() -> None:
    assert Step(kind="relu", where="Net").title == "relu of Net"
    assert Step(kind="Linear", where="head (Linear)", module=object()).title == "head (Linear)"
