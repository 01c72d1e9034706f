# SPDX-License-Identifier: Apache-2.0
"""Errors of layers are those of the reference arithmetic in the float model's units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import hgcn
from hgcn.model.activations import activations
from hgcn.model.feature_scale import fit_feature_scale
from hgcn.model.layer_errors import layer_errors
from hgcn.model.quantisation import MAXIMUM, parse_quantisation
from hgcn.model.quantise import quantise
from hgcn.reference.infer import trace
from tests.samples import random_graph

GRAPH = random_graph(nodes=80)
MODEL = hgcn.GCN.random([12, 9, 7, 3])


def test_hidden_layers_are_worth_the_steps_of_the_definition() -> None:
    # At the maximum: a unit is the largest magnitude over 127, of logits over 32767.
    network = quantise(MODEL, GRAPH)
    outputs = [step.output for step in trace(network)][1::2]
    for error, tables, integers in zip(
        layer_errors(MODEL, GRAPH, MAXIMUM), activations(MODEL, GRAPH), outputs, strict=True
    ):
        want = tables[-1][1]
        top = 32767 if error.layer == 3 else 127
        got = integers * (np.abs(want).max() / top)
        difference = got - want
        rms = np.sqrt((difference**2).mean() / (want**2).mean())
        assert error.rms == pytest.approx(rms, rel=1e-3)
        assert error.largest == pytest.approx(np.abs(difference).max() / np.abs(want).max(), 1e-3)


@pytest.mark.parametrize("words", ["max", "percentile:99", "limit:4", "degree"])
def test_the_last_layer_has_the_error_of_the_logits(words: str) -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny", quantisation=words)
    errors = layer_errors(MODEL, GRAPH, parse_quantisation(words))
    assert [error.layer for error in errors] == [1, 2, 3] and program.agreement is not None
    logits = MODEL.forward(GRAPH)
    rms = program.agreement.logit_rms * logits.std() / np.sqrt((logits**2).mean())
    assert errors[-1].rms == pytest.approx(rms, rel=2e-3)


def test_a_coarser_range_costs_more() -> None:
    fine, coarse = (
        layer_errors(MODEL, GRAPH, parse_quantisation(words)) for words in ("max", "percentile:50")
    )
    assert coarse[0].largest > 2 * fine[0].largest


def test_features_handed_in_have_one_step_for_all() -> None:
    scale = fit_feature_scale(MODEL, GRAPH, MAXIMUM)
    errors = layer_errors(MODEL, GRAPH, MAXIMUM, scale)
    assert len(errors) == 3 and 0 < errors[0].rms < 0.1


def test_values_of_nothing_have_no_error() -> None:
    layers = tuple(
        replace(layer, weight=np.zeros_like(layer.weight), bias=np.zeros_like(layer.bias))
        for layer in hgcn.GCN.random([12, 3]).layers
    )
    model = replace(hgcn.GCN.random([12, 3]), layers=layers)
    (error,) = layer_errors(model, GRAPH, MAXIMUM)
    assert (error.rms, error.largest) == (0.0, 0.0)
