# SPDX-License-Identifier: Apache-2.0
"""Steps of a module as layers: parameters read, batch norms folded, activations put behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.foreign_arrays import as_array
from hgcn.model.layer import Layer
from hgcn.model.layers.appnp import APPNPLayer
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.layers.gin import GINLayer
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sgc import SGCLayer
from hgcn.model.layers.sum import SumLayer
from hgcn.model.pyg.branches import concatenated, read_branches
from hgcn.model.pyg.draft import Draft
from hgcn.model.pyg.step import Step, refusal

Floats = NDArray[np.float64]


def convert(steps: Sequence[Step], *, first: bool = True) -> tuple[tuple[Layer, ...], str]:
    """Return the layers, and what follows the last: ``softmax``, ``log_softmax`` or nothing.

    Parameters
    ----------
    steps : sequence of Step
    first : bool
        Whether they start at the features, not at what a layer gives.

    Raises
    ------
    ModelError
        Naming the layer, if it has an option that changes its answer and is not supported, or
        stands where it cannot.

    Notes
    -----
    A batch norm is folded into the layer before it, in float64. Behind an activation or `APPNP` it
    cannot be: there it becomes a `LinearLayer` with a diagonal weight, which the next `Linear`
    takes in.
    """
    drafts: list[Draft] = []
    eps: float | None = None
    parts: Step | None = None
    tail = ""
    for step in steps:
        if step.kind == "identity":
            continue
        if parts is not None and step.kind != "Linear":
            raise refusal(step.where, f"{step.kind} stands behind a concatenation")
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
        elif step.kind == "APPNP":
            drafts.append(_appnp(step, drafts))
        elif step.kind == "add":
            branches = read_branches(step, drafts, convert, first=first)
            drafts.append(Draft(make=SumLayer, options={"branches": branches}))
        elif step.kind == "cat":
            parts = step
        elif parts is not None:
            branches = read_branches(parts, drafts, convert, first=first)
            drafts.append(concatenated(branches, _linear(step), step))
            parts = None
        else:
            _append(drafts, _READERS[step.kind](step), eps)
            eps = None
    if eps is not None:
        raise refusal("GINConv", "its nn has no Linear")
    if parts is not None:
        raise refusal(parts.where, "no Linear stands behind a concatenation")
    if not drafts:
        raise refusal("the module", "it has no layer with weights")
    return tuple(draft.made() for draft in drafts), tail


def _append(drafts: list[Draft], draft: Draft, eps: float | None) -> None:
    """Put a layer behind the others."""
    before = drafts[-1] if drafts else None
    if eps is not None:
        draft.make, draft.options = GINLayer, {"eps": eps}
    elif draft.make is LinearLayer and before is not None and before.goes_in:
        draft.take_in(drafts.pop())
    drafts.append(draft)


def _normalise(drafts: list[Draft], step: Step) -> None:
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
    if drafts and drafts[-1].is_affine:
        drafts[-1].scale(gain, shift)
    else:
        arrays = {"weight": np.diag(gain), "bias": shift}
        drafts.append(Draft(make=LinearLayer, arrays=arrays, diagonal=True))


def _gcn(step: Step) -> Draft:
    conv = step.module
    _plain(step)
    options = {name: bool(getattr(conv, name)) for name in ("normalize", "add_self_loops")}
    options["improved"] = bool(conv.improved)
    return _affine(GCNLayer, step, conv.lin, conv.bias, options)


def _sgc(step: Step) -> Draft:
    conv = step.module
    _plain(step)
    options = {"hops": int(conv.K), "add_self_loops": bool(conv.add_self_loops)}
    return _affine(SGCLayer, step, conv.lin, conv.lin.bias, options)


def _sage(step: Step) -> Draft:
    conv = step.module
    _plain(step, ("mean", "add", "sum"))
    for option in ("normalize", "project"):
        if getattr(conv, option):
            raise refusal(step.where, f"{option}=True is not supported")
    make = SAGELayer if conv.aggr == "mean" else GraphLayer
    draft = _affine(make, step, conv.lin_l, conv.lin_l.bias, {})
    if conv.root_weight:
        draft.arrays["root"] = _array(conv.lin_r.weight, step).T
    return draft


def _graph(step: Step) -> Draft:
    conv = step.module
    _plain(step)
    draft = _affine(GraphLayer, step, conv.lin_rel, conv.lin_rel.bias, {})
    draft.arrays["root"] = _array(conv.lin_root.weight, step).T
    return draft


def _appnp(step: Step, drafts: list[Draft]) -> Draft:
    conv = step.module
    _plain(step)
    if not conv.normalize:
        raise refusal(step.where, "normalize=False is not supported")
    if not drafts:
        raise refusal(step.where, "APPNP stands before the first layer with weights")
    options = {
        "features": drafts[-1].made().widths[1],
        "hops": int(conv.K),
        "alpha": float(conv.alpha),
        "add_self_loops": bool(conv.add_self_loops),
    }
    return Draft(make=APPNPLayer, options=options)


def _linear(step: Step) -> Draft:
    return _affine(LinearLayer, step, step.module, step.module.bias, {})


_READERS = {
    "GCNConv": _gcn,
    "GraphConv": _graph,
    "Linear": _linear,
    "SAGEConv": _sage,
    "SGConv": _sgc,
}


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
) -> Draft:
    weight = _array(linear.weight, step).T
    given = np.zeros(weight.shape[1]) if bias is None else _array(bias, step)
    return Draft(make=make, arrays={"weight": weight, "bias": given}, options=options)


def _array(tensor: Any, step: Step) -> Floats:
    # NumPy has no bfloat16, and some devices have no float64.
    return as_array(tensor.detach().cpu().double(), step.where)
