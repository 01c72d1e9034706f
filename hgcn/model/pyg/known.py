# SPDX-License-Identifier: Apache-2.0
"""Modules and functions of torch and PyTorch Geometric by name: which are known, and as what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hgcn.model.pyg.step import LAYERS

MODULES = {
    "ReLU": "relu",
    "Dropout": "identity",
    "Identity": "identity",
    "LogSoftmax": "log_softmax",
    "Softmax": "softmax",
}
"""Classes of torch without parameters, each with the kind of step it is."""

FUNCTIONS = {
    "relu": "relu",
    "relu_": "relu",
    "log_softmax": "log_softmax",
    "softmax": "softmax",
    "dropout": "identity",
    # Those that could change a value are caught by the comparison.
    **dict.fromkeys(("clone", "contiguous", "cpu", "cuda", "detach"), "identity"),
    **dict.fromkeys(("double", "float", "to", "type_as"), "identity"),
}
"""Functions and methods of one tensor, each with the kind of step it is."""

JOINS = {
    **dict.fromkeys(("add", "add_", "__add__", "__iadd__", "__radd__"), "add"),
    **dict.fromkeys(("cat", "concat", "concatenate"), "cat"),
}
"""Functions and operators of several tensors, each with the kind of step it is."""

_HOMES = (
    "torch.nn.",
    *(f"torch_geometric.nn.{part}." for part in ("aggr", "dense", "norm", "pool", "unpool")),
)
"""Where layers live whose insides say less than their names."""


def known_name(module: Any) -> str:
    """Name of a class of torch or PyTorch Geometric, else empty: nothing is known of others."""
    kind = type(module)
    ours = kind.__module__.split(".")[0] in ("torch", "torch_geometric")
    return kind.__name__ if ours else ""


def is_leaf(module: Any) -> bool:
    """Whether a module is a layer, and no container that others stand in."""
    kind = type(module)
    if any(base.__name__ == "MessagePassing" for base in kind.__mro__):
        return True
    if known_name(module) in LAYERS or known_name(module) in MODULES:
        return True
    holds_others = (
        kind.__module__ == "torch.nn.modules.container" or known_name(module) == "BatchNorm"
    )
    return kind.__module__.startswith(_HOMES) and not holds_others


def fault_along(dim: object) -> str:
    """Return what is wrong with a softmax along this dimension."""
    return "" if dim in (1, -1) else f"softmax must be along the classes, dim=-1, got {dim}"


def fault_joining(kind: str, args: Any, kwargs: Mapping[str, Any]) -> str:
    """Return what is wrong with a sum or a concatenation of values."""
    if kind == "cat":
        dim = kwargs.get("dim", (*args, None)[1])
        return "" if dim in (1, -1) else f"cat must be along the features, dim=-1, got {dim}"
    plain = len(args) == 2 and not kwargs and args[0].shape == args[1].shape
    return "" if plain else "add must be of two values of one shape, without alpha="
