# SPDX-License-Identifier: Apache-2.0
"""Run a module once and note everything that happens to its features, in order.

Layers report through hooks, functions and operators through a mode of torch that sees each call.
What happens inside a layer is its own: only a `GINConv` is looked into, for its ``nn`` is a chain
of other layers. Where values part and meet again, in a sum or a concatenation, both ways are noted.
Whatever else touches the features is noted with the words that refuse it, which are said only if
the output depends on it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from hgcn.errors import ModelError
from hgcn.model.pyg.known import (
    FUNCTIONS,
    JOINS,
    MODULES,
    fault_along,
    fault_joining,
    is_leaf,
    known_name,
)
from hgcn.model.pyg.step import LAYERS, Step, every, fork, line, refusal

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
    steps = line(found)
    for step in every(steps):
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
        where = self._frames[-1].where if self._frames else self._root
        if any(version != _version(tensor) for tensor, version, _ in found):
            return Step(kind="in place", where=where, fault="has changed its features in place")
        if len(found) == 1:
            return found[0][2]
        sources = [step for *_, step in found]
        names = " and ".join(dict.fromkeys(step.title if step else "data.x" for step in sources))
        before, branches = fork(sources)
        return Step(
            kind="several",
            where=where,
            fault=f"takes {names}",
            before=before,
            branches=branches,
        )

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
        kind = FUNCTIONS.get(name, name)
        fault = ""
        if name in JOINS and source is not None and source.kind == "several":
            kind = JOINS[name]
            fault = fault_joining(kind, args, kwargs)
        elif name not in FUNCTIONS:
            kind = resolve_name(func) or name
            fault = f"{kind} is not supported"
        if name == "dropout" and kwargs.get("training", kwargs.get("train", (*args, 1, 1)[2])):
            fault = f"dropout {_RANDOM}"
        if kind.endswith("softmax"):
            fault = fault_along(kwargs.get("dim", (*args, None)[1]))
        self._report(kind, where, answer, source, fault=fault)

    def _enter(self, module: Any, where: str, args: Any, kwargs: Any) -> None:
        top = self._frames[-1] if self._frames else None
        seen = top is None or top.inside
        if top is not None and top.counts and _is_nn_of(module, top.module):
            self._report("GINConv", top.where, args[0], top.source, top.module, top.given)
            seen, top.counts = True, False
        leaf = is_leaf(module)
        given = _arguments(module, args, kwargs) if leaf and seen else {}
        source = self.source((args, kwargs)) if leaf and seen else _UNSEEN
        self._frames.append(_Frame(module, where, source, given, seen and not leaf, seen and leaf))

    def _leave(self, module: Any, answer: Any) -> None:
        frame = self._frames.pop()
        while frame.module is not module:
            frame = self._frames.pop()
        if not frame.counts or frame.source is _UNSEEN:
            return
        kind, fault = known_name(module), ""
        if kind == "GINConv":
            fault = "its nn must be a module"
        elif kind in ("LogSoftmax", "Softmax"):
            fault = fault_along(module.dim)
        elif kind not in LAYERS and kind not in MODULES:
            kind, fault = type(module).__name__, "a layer of this type is not supported"
        kind = MODULES.get(kind, kind)
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
        branches: tuple[tuple[Step, ...], ...] = ()
        if source is not None and source.kind == "several":
            if kind in JOINS.values():
                branches = source.branches
            else:
                fault = f"{kind} {source.fault}: only sums and concatenations may"
            source = source.before
        step = Step(
            kind=kind,
            where=where,
            module=module,
            given=given or {},
            fault=fault,
            before=source,
            branches=branches,
        )
        for tensor in _tensors(answer):
            self.note(tensor, step)


def _is_nn_of(module: Any, layer: Any) -> bool:
    return known_name(layer) == "GINConv" and layer.nn is module


def _arguments(module: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    if known_name(module) not in LAYERS:
        return {}
    return dict(inspect.signature(module.forward).bind(*args, **kwargs).arguments)


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
