# SPDX-License-Identifier: Apache-2.0
"""A recipe names a field that is wrong; every shipped model carries its own."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from hgcn.errors import SpecError
from hgcn.model import GCN, RECIPES, SHIPPED, Recipe


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hidden", 0),
        ("layers", 0),
        ("epochs", 0),
        ("lr", 0.0),
        ("dropout", 1.0),
        ("weight_decay", -1.0),
    ],
)
def test_recipe_names_a_bad_field(field: str, value: float) -> None:
    with pytest.raises(SpecError, match=f"{field} must be"):
        Recipe(**{field: value})


def test_every_shipped_model_carries_its_recipe() -> None:
    assert tuple(RECIPES) == SHIPPED
    for name, recipe in RECIPES.items():
        metadata = GCN.load(name).metadata
        assert {key: metadata[key] for key in asdict(recipe)} == {
            key: str(value) for key, value in asdict(recipe).items()
        }
