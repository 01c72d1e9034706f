# SPDX-License-Identifier: Apache-2.0
"""What jobs can say beyond this hardware: a layer that adds two products.

The sample and aggregate layer with a root weight, ``act(M (H W) + H V)`` with M the mean over
neighbours. Its jobs compute it, and lowering refuses them in words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

import hgcn
from hgcn.errors import CompileError, ModelError
from hgcn.model import quantise
from hgcn.model.choose import quantise_measured
from hgcn.model.layer import Given, OnGraph, Table, Values
from hgcn.model.operands import row_sums
from hgcn.model.products import times
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import output_step, product_steps
from hgcn.model.scales import fit_requantiser, fit_sum
from hgcn.reference.infer import infer
from hgcn.reference.network import IntegerNetwork
from hgcn.reference.products import fast_product
from tests.samples import TINY, random_graph


@dataclass(frozen=True, kw_only=True, eq=False)
class Sage:
    """A neighbour weight and a root weight, each of shape (fan_in, fan_out)."""

    weight: NDArray[np.float32]
    root: NDArray[np.float32]
    relu: bool = True

    @property
    def widths(self) -> tuple[int, int]:
        return self.weight.shape[0], self.weight.shape[1]

    def check(self, model: str, number: int) -> None:
        if self.weight.shape != self.root.shape:
            raise ModelError(f"{model}: layer {number} needs two weights of one shape")

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        mean = 1 / np.maximum(row_sums(on.graph.adjacency), 1.0)[:, None]
        product, root = times(given, self.weight), times(given, self.root)
        yield "products", product
        yield "root products", root
        total = mean * times(on.graph.adjacency, product) + root
        yield "hidden values", np.maximum(total, 0.0) if self.relu else total

    def quantise(self, under: Quantising, given: Values) -> Values:
        (_, product), (_, root), (_, output) = self.tables(under.on, given.real)
        edges, edge_step = under.operand("adjacency", under.on.graph.adjacency)
        mean = edge_step / np.maximum(row_sums(under.on.graph.adjacency), 1.0)
        none = np.zeros(self.widths[1])
        made = []
        for what, weight, table in (("product", self.weight, product), ("root", self.root, root)):
            integers, weight_step = under.weight(weight, given)
            step = product_steps(table, 100.0, none)
            scales = fit_requantiser(
                row=given.steps, col=weight_step / step, bias=none, relu=False, bits=8
            )
            made.append((under.job(what, given.source, integers, scales), step))
        (products, step), (roots, root_step) = made
        unit = output_step(output, 100.0, under.output_top)
        scales, addend = fit_sum(
            row=mean,
            col=step / unit,
            bias=none,
            rows=roots,
            added_row=np.ones(len(mean)),
            added_col=root_step / unit,
            relu=self.relu,
            bits=under.output_bits,
        )
        rows = under.job("sum", edges, products, scales, addend)
        return Values(real=output, source=rows, step=unit, spread=np.ones(len(mean)))


GRAPH = random_graph(3, nodes=80, features=12)


def made(*widths: int) -> hgcn.Model:
    rng = np.random.default_rng(1)
    layers = tuple(
        Sage(
            weight=rng.normal(size=(fan_in, fan_out)).astype(np.float32),
            root=rng.normal(size=(fan_in, fan_out)).astype(np.float32),
            relu=number < len(widths) - 2,
        )
        for number, (fan_in, fan_out) in enumerate(itertools.pairwise(widths))
    )
    return hgcn.Model(name="sage", layers=layers)


def network(*widths: int) -> IntegerNetwork:
    return quantise(made(*widths), GRAPH)


@pytest.mark.parametrize("widths", [(12, 4), (12, 9, 4), (12, 9, 6, 4)])
def test_its_jobs_compute_it(widths: tuple[int, ...]) -> None:
    model, integers = made(*widths), network(*widths)
    logits = model.forward(GRAPH)
    error = integers.real_logits(infer(integers)) - logits
    assert np.sqrt(np.mean(error**2)) < 0.03 * logits.std()
    assert np.array_equal(infer(integers), infer(integers, product=fast_product))
    assert quantise_measured(model, GRAPH).agreement.class_share > 0.9


def test_every_layer_is_three_jobs_of_which_one_adds() -> None:
    found = network(12, 9, 4)
    assert [job.layer for job in found.jobs] == [1, 1, 1, 2, 2, 2]
    assert found.jobs[2].needs == ("product 1", "root 1")
    assert found.jobs[3].needs == found.jobs[4].needs == ("sum 1",)


def test_this_hardware_refuses_it_in_words() -> None:
    with pytest.raises(CompileError, match="layer 1: sum 1 adds rows of root 1, but this hardware"):
        hgcn.compile(made(12, 9, 4), GRAPH, device=TINY)
