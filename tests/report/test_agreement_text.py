# SPDX-License-Identifier: Apache-2.0
"""Agreement in words says each figure, and of losses only those there are."""

from __future__ import annotations

import pytest

from hgcn.model.agreement import Agreement, LayerLosses
from hgcn.report.agreement_text import agreement_text, quantisation_text


def agreement(*layers: LayerLosses) -> Agreement:
    return Agreement(
        nodes=200, same_class=142, logit_rms=0.0156, logit_max=0.5, turn=0.1, layers=layers
    )


def losses(products: int = 0, outputs: int = 0, rows: int = 0, columns: int = 0) -> LayerLosses:
    return LayerLosses(
        values=100,
        saturated_products=products,
        saturated_outputs=outputs,
        zero_rows=rows,
        zero_columns=columns,
        scaled_rows=rows,
    )


def test_nothing_lost_is_not_said() -> None:
    assert agreement_text(agreement(losses(), losses()).facts()) == (
        "71.0% of the classes as in float; logits off by 1.6% (rms) and 50.0% (most) of their "
        "spread"
    )


def test_losses_are_said_by_layer() -> None:
    text = agreement_text(agreement(losses(), losses(1234, 5, 6, 7)).facts())
    assert text.endswith(
        "; layer 2: saturated products 1,234, saturated outputs 5, lost row multipliers 6, "
        "lost column multipliers 7, scaled rows 6"
    )


@pytest.mark.parametrize(
    ("asked", "used", "text"),
    [
        ("auto", "max", "max"),
        ("max", "max", "max"),
        ("degree", "degree", "degree, as asked"),
        ("auto", "limit:4", "limit:4, chosen because max has 71.5% agree"),
    ],
)
def test_a_choice_is_said_with_its_reason(asked: str, used: str, text: str) -> None:
    facts = {"asked": asked, "used": used, "class_share_at_max": 0.715}
    assert quantisation_text(facts) == text
