# SPDX-License-Identifier: Apache-2.0
"""How a module is called on a graph's data: by the names of its arguments, in eval mode."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hgcn.errors import ModelError, shown

_WEIGHTS = ("edge_weight", "edge_weights", "edge_attr")
_WHOLE = ("data", "batch")
_WRAPPERS = {
    "OptimizedModule": "_orig_mod",
    "DataParallel": "module",
    "DistributedDataParallel": "module",
}
_CACHES = ("_cached_edge_index", "_cached_adj_t", "_cached_x")


def with_own_features(data: Any) -> Any:
    """Return ``data`` with features of its own, for a module that writes into them.

    Raises
    ------
    ModelError
        If it has no dense features or no edge index.
    """
    import torch

    for part in ("x", "edge_index"):
        if not isinstance(getattr(data, part, None), torch.Tensor):
            got = type(getattr(data, part, None)).__name__
            raise ModelError(f"data must have {part}, a dense tensor, got {got}")
    data = copy.copy(data)
    data.x = data.x.detach().clone()
    return data


def unwrapped(module: Any) -> Any:
    """Return the module itself where it stands in one of torch that runs it faster.

    Raises
    ------
    ModelError
        Of a compiled module that cannot be watched.
    """
    while type(module).__module__.startswith("torch.") and type(module).__name__ in _WRAPPERS:
        module = getattr(module, _WRAPPERS[type(module).__name__])
    if type(module).__module__.startswith("torch.jit"):
        raise ModelError(
            f"module is compiled by torch.jit ({type(module).__name__}): give the one it was made "
            "of"
        )
    return module


def arguments(module: Any, data: Any, weights: Any) -> list[Any]:
    """Return what ``module.forward`` is called with, by the names of its arguments.

    ``x`` and ``edge_index`` come from the data, ``edge_weight`` (or ``edge_attr``) is `weights`,
    and ``data`` the data itself. Others keep their defaults.

    Raises
    ------
    ModelError
        Naming an argument that has none.
    """
    given: list[Any] = []
    for name, optional in _named(module):
        if name in _WHOLE and not given:
            return [data]
        if name in ("x", "edge_index"):
            given.append(getattr(data, name))
        elif name in _WEIGHTS and (weights is not None or optional):
            given.append(weights)
        elif optional:
            break
        else:
            raise ModelError(
                f"{type(module).__name__}.forward takes {shown(name)}, which is none of x, "
                "edge_index, edge_weight and data: say how it is called with "
                "call=lambda module, data: module(data.x, ...)"
            )
    return given


def _named(module: Any) -> Iterator[tuple[str, bool]]:
    """Yield the names of the arguments that may be given by place, and whether they need not."""
    said = getattr(getattr(module, "signature", None), "param_dict", None)
    if said is not None:  # torch_geometric.nn.Sequential
        yield from ((name, False) for name in said)
        return
    for name, parameter in inspect.signature(module.forward).parameters.items():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            # torch.nn.Sequential calls it input.
            first = name == "input" and type(module).__name__ in ("Sequential", "Linear")
            yield "x" if first else name, parameter.default is not parameter.empty


@contextmanager
def at_inference(module: Any) -> Iterator[None]:
    """Put a module in eval mode, and leave it as it was, caches of its layers too."""
    parts = list(module.modules())
    training = [part.training for part in parts]
    caches = [
        (part, name, getattr(part, name))
        for part in parts
        for name in _CACHES
        if hasattr(part, name)
    ]
    try:
        module.eval()
        for part, name, _ in caches:
            setattr(part, name, None)
        yield
    finally:
        for part, was in zip(parts, training, strict=True):
            part.training = was
        for part, name, value in caches:
            setattr(part, name, value)


def answer(module: Any, call: Callable[[], Any]) -> Any:
    """Run the module, and name it in whatever it raises.

    Raises
    ------
    ModelError
        Of what the module itself raised.
    """
    try:
        return call()
    except ModelError:
        raise
    except Exception as fault:  # Whatever a stranger's module raises
        said = f"{type(fault).__name__}: {shown(str(fault))}"
        raise ModelError(f"{type(module).__name__} fails on data: {said}") from fault
