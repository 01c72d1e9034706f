# SPDX-License-Identifier: Apache-2.0
"""Folding changes no function: what was two steps is one."""

from __future__ import annotations

import numpy as np

from hgcn.model import APPNPLayer, LinearLayer, SAGELayer
from hgcn.model.pyg.draft import Draft

RNG = np.random.default_rng(4)
X = RNG.normal(size=(6, 3))


def draft(fan_in: int, fan_out: int) -> Draft:
    arrays = {"weight": RNG.normal(size=(fan_in, fan_out)), "bias": RNG.normal(size=fan_out)}
    return Draft(make=LinearLayer, arrays=arrays)


def output(made: Draft, x: np.ndarray) -> np.ndarray:
    return x @ made.arrays["weight"] + made.arrays["bias"]


def test_a_scale_and_a_shift_are_folded_in() -> None:
    layer, gain, shift = draft(3, 4), RNG.normal(size=4), RNG.normal(size=4)
    wanted = output(layer, X) * gain + shift
    layer.scale(gain, shift)
    np.testing.assert_allclose(output(layer, X), wanted)


def test_a_root_weight_is_scaled_and_not_shifted() -> None:
    layer = draft(3, 4)
    layer.arrays["root"] = np.ones((3, 4))
    layer.scale(np.arange(4.0), np.ones(4))
    np.testing.assert_array_equal(layer.arrays["root"], [np.arange(4.0)] * 3)
    layer.make = SAGELayer
    assert layer.made().widths == (3, 4)


def test_a_linear_layer_takes_in_the_one_before() -> None:
    first, second = draft(3, 3), draft(3, 2)
    wanted = output(second, output(first, X))
    second.take_in(first)
    np.testing.assert_allclose(output(second, X), wanted)


def test_what_cannot_be_folded_says_so() -> None:
    layer = draft(3, 3)
    assert layer.is_affine and not layer.goes_in
    layer.diagonal = True
    assert layer.goes_in
    layer.activation = "relu"
    assert not layer.is_affine and not layer.goes_in
    alone = Draft(make=APPNPLayer, options={"features": 3, "hops": 2, "alpha": 0.5})
    assert not alone.is_affine and alone.made().widths == (3, 3)
