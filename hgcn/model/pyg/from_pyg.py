# SPDX-License-Identifier: Apache-2.0
"""A trained module as a model, compared with the module before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_text
from hgcn.errors import ModelError
from hgcn.graph.from_pyg import from_pyg as graph_from_pyg
from hgcn.graph.kinds import described, is_module
from hgcn.model.model import Model
from hgcn.model.pyg import calling
from hgcn.model.pyg.convert import convert
from hgcn.model.pyg.edges import weighted
from hgcn.model.pyg.trace import trace

TOLERANCE = 1e-4
"""Most that model and module may differ, in shares of the module's largest answer.

A step of int8 is 80 times as much. float32 sums of a thousand terms in two orders differ by a
hundredth of it: 2**-24 times the root of the number of terms.
"""


def from_pyg(
    module: Any,
    data: Any,
    *,
    name: str | None = None,
    weights: str | None = "edge_weight",
    call: Callable[[Any, Any], Any] | None = None,
) -> Model:
    """Make a model of a trained ``torch.nn.Module``, whatever its attributes are called.

    The module runs once on ``data`` in eval mode. Its layers are read in the order in which the
    features go through them, with all their options; the model is then run too, and compared.

    Parameters
    ----------
    module : torch.nn.Module
        Left as it was. It must be made of supported layers from ``data.x`` to logits.
    data : torch_geometric.data.Data
        Or anything with ``x`` and ``edge_index``.
    name : str, optional
        Of the model; the module's class by default.
    weights : str or None
        Attribute of `data` that the module is called with as edge weights, where it takes any.
    call : callable, optional
        How the module is called, ``call(module, data)``; by the names of its arguments by default.

    Returns
    -------
    Model
        Its `metadata` says ``largest_difference`` from the module's answers, ``largest_answer``,
        and ``edge_weights``: the `weights` that `hgcn.graph.from_pyg` is to be given.

    Raises
    ------
    ModelError
        Naming the layer that is not supported, with a list of what is. If the model does not
        answer as the module does, to `TOLERANCE`.
    GraphError
        If the edges are none of a graph.

    Notes
    -----
    A final softmax is left out: logits come out, in the same order. `Predictor.predict_proba` puts
    it back.
    """
    if not is_module(module) or not hasattr(module, "named_modules"):
        raise ModelError(f"module must be a torch.nn.Module, got {described(module)}")
    if isinstance(module, type):
        raise ModelError(f"module must be a torch.nn.Module, got {described(module)}")
    module = calling.unwrapped(module)
    weights = None if weights is None else as_text(weights, "weights")
    name = type(module).__name__ if name is None else as_text(name, "name")
    own = calling.with_own_features(data)
    given = None if weights is None else getattr(own, weights, None)
    features = own.x

    def run() -> Any:
        if call is not None:
            return call(module, own)
        return module(*calling.arguments(module, own, given))

    with calling.at_inference(module):
        steps, answer = trace(module, features, lambda: calling.answer(module, run))
    layers, tail = convert(steps)
    seen = weights if weighted(steps, data, given) else None
    model = Model(name=name, layers=layers)
    wanted = answer.cpu().double().numpy()
    got = _behind(tail, model.forward(graph_from_pyg(data, weights=seen)))
    difference, largest = _difference(name, got, wanted)
    found = {
        "source": f"torch module {type(module).__name__}",
        "edge_weights": str(seen),
        "largest_difference": f"{difference:.3g}",
        "largest_answer": f"{largest:.3g}",
    }
    return Model(name=name, layers=layers, metadata=found)


def _difference(
    name: str, got: NDArray[np.float64], wanted: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the largest difference and the largest answer."""
    if got.shape != wanted.shape:
        raise ModelError(f"{name}: the module answers {wanted.shape}, the model {got.shape}")
    difference = float(np.abs(got - wanted).max(initial=0.0))
    largest = float(np.abs(wanted).max(initial=0.0))
    if not difference <= TOLERANCE * largest:  # NaN is no small difference.
        raise ModelError(
            f"{name}: the model differs from the module by up to {difference:.3g} where answers "
            f"are up to {largest:.3g} (at most {TOLERANCE:g} of that is allowed): something in the "
            "module changes its answer that its layers do not say"
        )
    return difference, largest


def _behind(tail: str, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the module's last function makes of the logits."""
    if not tail:
        return logits
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs if tail == "log_softmax" else np.exp(logs)
