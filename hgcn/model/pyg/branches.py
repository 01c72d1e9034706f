# SPDX-License-Identifier: Apache-2.0
"""Sums and concatenations of values as branches of a `SumLayer`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hgcn.model.layer import Layer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sum import SumLayer
from hgcn.model.pyg.draft import Draft
from hgcn.model.pyg.step import Step, refusal

Branch = tuple[Layer, ...]
Convert = Callable[..., tuple[tuple[Layer, ...], str]]


def read_branches(
    step: Step, drafts: Sequence[Draft], convert: Convert, *, first: bool
) -> tuple[Branch, ...]:
    """Return the layers of each branch of a step.

    Parameters
    ----------
    step : Step
    drafts : sequence of Draft
        What stands before it.
    convert : callable
        Makes layers of steps.
    first : bool
        Whether the drafts start at the features. A branch that hands on the features themselves
        gets a linear layer with the identity: only what a layer gives is there to be added.

    Raises
    ------
    ModelError
        If a branch ends in a softmax, or none has a layer.
    """
    at_features = first and not drafts
    branches: list[Branch] = []
    for steps in step.branches:
        made: Branch = ()
        tail = ""
        if any(inner.kind != "identity" for inner in steps):
            made, tail = convert(steps, first=at_features)
        if tail:
            raise refusal(step.where, f"{step.kind} takes what {tail} gives")
        branches.append(made)
    if not any(branches):
        raise refusal(step.where, f"{step.kind} takes one value twice")
    if at_features:
        width = next(branch[0].widths[0] for branch in branches if branch)
        identity = (LinearLayer(weight=np.eye(width, dtype=np.float32)),)
        branches = [branch or identity for branch in branches]
    return tuple(branches)


def concatenated(branches: Sequence[Branch], linear: Draft, step: Step) -> Draft:
    """Return the sum that a linear layer behind a concatenation is.

    ``[f(H), g(H)] W = f(H) W1 + g(H) W2``: each branch gets its rows of W, the first the bias.
    """
    weight, bias = linear.arrays["weight"], linear.arrays["bias"]
    given = next(branch[0].widths[0] for branch in branches if branch)
    widths = [branch[-1].widths[1] if branch else given for branch in branches]
    if sum(widths) != len(weight):
        raise refusal(step.where, f"it takes {len(weight)} features, but values of {widths} came")
    ends = np.cumsum(widths)
    parts = []
    for place, (branch, width, end) in enumerate(zip(branches, widths, ends, strict=True)):
        rows = weight[end - width : end].astype(np.float32)
        own = bias if place == 0 else np.zeros_like(bias)
        parts.append((*branch, LinearLayer(weight=rows, bias=own.astype(np.float32))))
    return Draft(make=SumLayer, options={"branches": tuple(parts)})
