# SPDX-License-Identifier: Apache-2.0
"""Steps of a module as layers: parameters read, batch norms folded, activations put behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.foreign_arrays import as_array
from hgcn.model.layer import Activation, Layer
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.layers.gin import GINLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sgc import SGCLayer
from hgcn.model.products import times
from hgcn.model.pyg.step import Step, refusal

Floats = NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A layer that what comes next may still change."""

    make: type[Any]
    weight: Floats
    bias: Floats
    options: Mapping[str, Any] = field(default_factory=dict)
    activation: Activation = "none"
    diagonal: bool = False

    @property
    def goes_in(self) -> bool:
        """Whether it goes into a linear layer behind it."""
        return self.diagonal and self.activation == "none"

    def made(self) -> Layer:
        """Return the layer."""
        parts = {"weight": self.weight, "bias": self.bias, "activation": self.activation}
        layer: Layer = self.make(**parts, **self.options)
        return layer


def convert(steps: list[Step]) -> tuple[tuple[Layer, ...], str]:
    """Return the layers, and what follows the last: ``softmax``, ``log_softmax`` or nothing.

    Raises
    ------
    ModelError
        Naming the layer, if it has an option that changes its answer and is not supported, or
        stands where it cannot.

    Notes
    -----
    A batch norm is folded into the layer before it, in float64. Behind an activation it cannot be:
    there it becomes a `LinearLayer` with a diagonal weight, which the next `Linear` takes in.
    """
    drafts: list[_Draft] = []
    eps: float | None = None
    tail = ""
    for step in steps:
        if step.kind == "identity":
            continue
        if tail:
            raise refusal(step.where, f"{step.kind} stands behind {tail}")
        if eps is not None and step.kind != "Linear":
            raise refusal(step.where, f"{step.kind} is the first in the nn of a GINConv")
        if step.kind in ("softmax", "log_softmax"):
            tail = step.kind
        elif step.kind == "relu":
            if not drafts:
                raise refusal(step.where, "relu stands before the first layer")
            drafts[-1].activation = "relu"
        elif step.kind == "GINConv":
            eps = _eps(step)
        elif step.kind == "BatchNorm1d":
            _normalise(drafts, step)
        else:
            _append(drafts, _READERS[step.kind](step), eps)
            eps = None
    if eps is not None:
        raise refusal("GINConv", "its nn has no Linear")
    if not drafts:
        raise refusal("the module", "it has no layer with weights")
    return tuple(draft.made() for draft in drafts), tail


def _append(drafts: list[_Draft], draft: _Draft, eps: float | None) -> None:
    """Put a layer behind the others."""
    before = drafts[-1] if drafts else None
    if eps is not None:
        draft.make, draft.options = GINLayer, {"eps": eps}
    elif draft.make is LinearLayer and before is not None and before.goes_in:
        draft.bias = draft.bias + times(before.bias[None, :], draft.weight)[0]
        draft.weight = times(before.weight, draft.weight)
        drafts.pop()
    drafts.append(draft)


def _normalise(drafts: list[_Draft], step: Step) -> None:
    """Fold a batch norm, as it is at inference, into what stands before it."""
    norm = step.module
    if norm.running_mean is None:
        raise refusal(step.where, "track_running_stats=False takes its statistics of each input")
    gain = 1.0 / np.sqrt(_array(norm.running_var, step) + float(norm.eps))
    if norm.weight is not None:
        gain = gain * _array(norm.weight, step)
    shift = -_array(norm.running_mean, step) * gain
    if norm.bias is not None:
        shift = shift + _array(norm.bias, step)
    if drafts and drafts[-1].activation == "none":
        drafts[-1].weight = drafts[-1].weight * gain
        drafts[-1].bias = drafts[-1].bias * gain + shift
    else:
        scale = _Draft(make=LinearLayer, weight=np.diag(gain), bias=shift, diagonal=True)
        drafts.append(scale)


def _gcn(step: Step) -> _Draft:
    conv = step.module
    _plain(step)
    options = {name: bool(getattr(conv, name)) for name in ("normalize", "add_self_loops")}
    options["improved"] = bool(conv.improved)
    return _affine(GCNLayer, step, conv.lin, conv.bias, options)


def _sgc(step: Step) -> _Draft:
    conv = step.module
    _plain(step)
    options = {"hops": int(conv.K), "add_self_loops": bool(conv.add_self_loops)}
    return _affine(SGCLayer, step, conv.lin, conv.lin.bias, options)


def _sage(step: Step) -> _Draft:
    conv = step.module
    _plain(step, ("mean", "add", "sum"))
    for option in ("root_weight", "normalize", "project"):
        if getattr(conv, option):
            raise refusal(step.where, f"{option}=True is not supported")
    if conv.aggr == "mean":
        return _affine(SAGELayer, step, conv.lin_l, conv.lin_l.bias, {})
    options = {"normalize": False, "add_self_loops": False, "improved": False}
    return _affine(GCNLayer, step, conv.lin_l, conv.lin_l.bias, options)


def _linear(step: Step) -> _Draft:
    return _affine(LinearLayer, step, step.module, step.module.bias, {})


_READERS = {"GCNConv": _gcn, "SGConv": _sgc, "SAGEConv": _sage, "Linear": _linear}


def _eps(step: Step) -> float:
    _plain(step)
    return float(_array(step.module.eps, step).reshape(-1)[0])


def _plain(step: Step, sums: tuple[str, ...] = ("add", "sum")) -> None:
    """Refuse what any layer that passes messages may be told."""
    conv = step.module
    if conv.aggr not in sums:
        raise refusal(step.where, f"aggr must be {' or '.join(sums)}, got {conv.aggr}")
    if conv.flow != "source_to_target":
        raise refusal(step.where, f"flow must be source_to_target, got {conv.flow}")


def _affine(
    make: type[Any], step: Step, linear: Any, bias: Any, options: Mapping[str, Any]
) -> _Draft:
    weight = _array(linear.weight, step).T
    none = np.zeros(weight.shape[1])
    return _Draft(
        make=make,
        weight=weight,
        bias=none if bias is None else _array(bias, step),
        options=options,
    )


def _array(tensor: Any, step: Step) -> Floats:
    # NumPy has no bfloat16, and some devices have no float64.
    return as_array(tensor.detach().cpu().double(), step.where)
