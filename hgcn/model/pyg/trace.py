# SPDX-License-Identifier: Apache-2.0
"""Run a module once and note everything that happens to its features, in order.

Layers report through hooks, functions and operators through a mode of torch that sees each call.
What happens inside a layer is its own: only a `GINConv` is looked into, for its ``nn`` is a chain
of other layers. Whatever else touches the features, two values at once for instance, is noted with
the words that refuse it. They are said only if the output depends on it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from hgcn.errors import ModelError
from hgcn.model.pyg.step import LAYERS, Step, refusal

_MODULES = {
    "ReLU": "relu",
    "Dropout": "identity",
    "Identity": "identity",
    "LogSoftmax": "log_softmax",
    "Softmax": "softmax",
}
_FUNCTIONS = {
    "relu": "relu",
    "relu_": "relu",
    "log_softmax": "log_softmax",
    "softmax": "softmax",
    "dropout": "identity",
    # Those that could change a value are caught by the comparison.
    **dict.fromkeys(("clone", "contiguous", "cpu", "cuda", "detach"), "identity"),
    **dict.fromkeys(("double", "float", "to", "type_as"), "identity"),
}
_HOMES = (
    "torch.nn.",
    *(f"torch_geometric.nn.{part}." for part in ("aggr", "dense", "norm", "pool", "unpool")),
)
"""Where layers live whose insides say less than their names."""
_RANDOM = (
    "is at work at inference too: give F.dropout(..., training=self.training) or use nn.Dropout"
)


def trace(module: Any, features: Any, call: Callable[[], Any]) -> tuple[list[Step], Any]:
    """Return what a module does with its features, first step first, and what it answers.

    Parameters
    ----------
    module : torch.nn.Module
        In eval mode.
    features : Tensor, shape (n, f)
        What `call` hands to the module.
    call : callable
        Runs the module once.

    Raises
    ------
    ModelError
        Naming the layer, if the answer is not made of the features by one supported step after
        the other.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    watcher = _Watcher(module)

    class Watch(TorchFunctionMode):  # type: ignore[misc, unused-ignore]
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            given = kwargs or {}
            source = watcher.source((args, given))
            answer = func(*args, **given)
            watcher.called(func, args, given, answer, source)
            return answer

    with ExitStack() as stack:
        for name, part in module.named_modules():
            stack.enter_context(watcher.hooked(name, part))
        stack.enter_context(torch.no_grad())
        stack.enter_context(Watch())
        watcher.note(features, None)
        answer = call()
    if not isinstance(answer, torch.Tensor):
        raise ModelError(
            f"{watcher.name('', module)} must answer with one tensor, got a "
            f"{type(answer).__name__}: say with call= which part of it are the logits"
        )
    found = watcher.source(answer)
    if found is _UNSEEN:
        raise refusal(watcher.name("", module), "its answer is not made of data.x")
    steps: list[Step] = []
    while found is not None:
        steps.insert(0, found)
        found = found.before
    for step in steps:
        if step.fault:
            raise refusal(step.where, step.fault)
    return steps, answer


_UNSEEN = Step(kind="unseen", where="")
"""Stands for what made a value that does not depend on the features."""


@dataclass(slots=True)
class _Frame:
    """A module at work: what it was called with, whether its inside counts, whether it does."""

    module: Any
    where: str
    source: Step | None
    given: Mapping[str, Any]
    inside: bool
    counts: bool


class _Watcher:
    """What made each tensor that depends on the features."""

    def __init__(self, root: Any) -> None:
        self._root = type(root).__name__
        # The tensors are kept: the id of one that is gone would be given to another.
        self._made: dict[int, tuple[Any, int, Step | None]] = {}
        self._frames: list[_Frame] = []

    def name(self, dotted: str, module: Any) -> str:
        """Return dotted name and class of a module."""
        kind = type(module).__name__
        return f"{dotted} ({kind})" if dotted else kind

    def note(self, tensor: Any, step: Step | None) -> None:
        """Note what made a tensor."""
        self._made[id(tensor)] = (tensor, _version(tensor), step)

    def source(self, value: Any) -> Step | None:
        """Return what made the one tensor in a value that depends on the features."""
        found = [self._made[id(tensor)] for tensor in _tensors(value) if id(tensor) in self._made]
        if not found:
            return _UNSEEN
        tensor, version, step = found[0]
        where = self._frames[-1].where if self._frames else self._root
        if len(found) > 1:
            names = dict.fromkeys(made.title if made else "data.x" for *_, made in found)
            return Step(kind="several", where=where, fault=f"takes {' and '.join(names)}")
        if version != _version(tensor):
            return Step(kind="in place", where=where, fault="has changed its features in place")
        return step

    def hooked(self, dotted: str, module: Any) -> ExitStack:
        """Return a context in which the module reports."""
        where = self.name(dotted, module)
        before = module.register_forward_pre_hook(
            lambda part, args, kwargs: self._enter(part, where, args, kwargs), with_kwargs=True
        )
        after = module.register_forward_hook(lambda part, args, answer: self._leave(part, answer))
        stack = ExitStack()
        stack.callback(before.remove)
        stack.callback(after.remove)
        return stack

    def called(
        self, func: Any, args: Any, kwargs: Mapping[str, Any], answer: Any, source: Step | None
    ) -> None:
        """Note what a function outside every layer made of the features."""
        from torch.overrides import resolve_name

        if source is _UNSEEN or (self._frames and not self._frames[-1].inside):
            return
        where = self._frames[-1].where if self._frames else self._root
        name = getattr(func, "__name__", "")
        kind = _FUNCTIONS.get(name, name)
        fault = ""
        if name not in _FUNCTIONS:
            kind = resolve_name(func) or name
            fault = f"{kind} is not supported"
        if name == "dropout" and kwargs.get("training", kwargs.get("train", (*args, 1, 1)[2])):
            fault = f"dropout {_RANDOM}"
        if kind.endswith("softmax"):
            fault = _along(kwargs.get("dim", (*args, None)[1]))
        self._report(kind, where, answer, source, fault=fault)

    def _enter(self, module: Any, where: str, args: Any, kwargs: Any) -> None:
        top = self._frames[-1] if self._frames else None
        seen = top is None or top.inside
        if top is not None and top.counts and _is_nn_of(module, top.module):
            self._report("GINConv", top.where, args[0], top.source, top.module, top.given)
            seen, top.counts = True, False
        leaf = _is_leaf(module)
        given = _arguments(module, args, kwargs) if leaf and seen else {}
        source = self.source((args, kwargs)) if leaf and seen else _UNSEEN
        self._frames.append(_Frame(module, where, source, given, seen and not leaf, seen and leaf))

    def _leave(self, module: Any, answer: Any) -> None:
        frame = self._frames.pop()
        while frame.module is not module:
            frame = self._frames.pop()
        if not frame.counts or frame.source is _UNSEEN:
            return
        kind, fault = _kind(module), ""
        if kind == "GINConv":
            fault = "its nn must be a module"
        elif kind in ("LogSoftmax", "Softmax"):
            fault = _along(module.dim)
        elif kind not in LAYERS and kind not in _MODULES:
            kind, fault = type(module).__name__, "a layer of this type is not supported"
        kind = _MODULES.get(kind, kind)
        self._report(kind, frame.where, answer, frame.source, module, frame.given, fault)

    def _report(
        self,
        kind: str,
        where: str,
        answer: Any,
        source: Step | None,
        module: Any = None,
        given: Mapping[str, Any] | None = None,
        fault: str = "",
    ) -> None:
        """Note the step that made an answer."""
        if source is not None and source.kind == "several":
            fault, source = f"{kind} {source.fault}: layers must follow each other", None
        step = Step(
            kind=kind, where=where, module=module, given=given or {}, fault=fault, before=source
        )
        for tensor in _tensors(answer):
            self.note(tensor, step)


def _kind(module: Any) -> str:
    """Name of a class of torch or PyTorch Geometric, else empty: nothing is known of others."""
    kind = type(module)
    ours = kind.__module__.split(".")[0] in ("torch", "torch_geometric")
    return kind.__name__ if ours else ""


def _is_leaf(module: Any) -> bool:
    """Whether a module is a layer, and no container that others stand in."""
    kind = type(module)
    if any(base.__name__ == "MessagePassing" for base in kind.__mro__):
        return True
    if _kind(module) in LAYERS or _kind(module) in _MODULES:
        return True
    holds_others = kind.__module__ == "torch.nn.modules.container" or _kind(module) == "BatchNorm"
    return kind.__module__.startswith(_HOMES) and not holds_others


def _is_nn_of(module: Any, layer: Any) -> bool:
    return _kind(layer) == "GINConv" and layer.nn is module


def _arguments(module: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    if _kind(module) not in LAYERS:
        return {}
    return dict(inspect.signature(module.forward).bind(*args, **kwargs).arguments)


def _along(dim: object) -> str:
    """Return what is wrong with a softmax along this dimension."""
    return "" if dim in (1, -1) else f"softmax must be along the classes, dim=-1, got {dim}"


def _tensors(value: Any) -> Iterator[Any]:
    """Yield the tensors in a value, each once."""
    import torch

    seen: set[int] = set()
    ahead = [value]
    while ahead:
        part = ahead.pop(0)
        if isinstance(part, torch.Tensor):
            if id(part) not in seen:
                seen.add(id(part))
                yield part
        elif isinstance(part, (tuple, list)):
            ahead.extend(part)
        elif isinstance(part, dict):
            ahead.extend(part.values())


def _version(tensor: Any) -> int:
    """How often a tensor was changed in place."""
    return 0 if tensor.is_inference() else int(tensor._version)
