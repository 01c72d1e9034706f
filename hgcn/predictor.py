# SPDX-License-Identifier: Apache-2.0
"""Classes and probabilities as scikit-learn spells them: compile once, predict often."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

import hgcn.api
from hgcn.arch.latency import Latency
from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.arch.resolve import DeviceLike
from hgcn.arguments import as_path
from hgcn.errors import BackendError, GraphError
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.backend import check_options
from hgcn.execution.result import Result
from hgcn.files import check_writable
from hgcn.graph.graph import Graph
from hgcn.model.metrics import accuracy
from hgcn.model.model import Model
from hgcn.model.quantisation import AUTO, Quantisation
from hgcn.ordering.registry import DEFAULT_ORDERING
from hgcn.partition.policy import Policy
from hgcn.printable import one_line
from hgcn.program.page import run_report, write_page
from hgcn.program.program import Program, Progress

_Kind = TypeVar("_Kind", bound=np.generic)


class Predictor:
    """A model on a graph, ready to predict.

    Parameters
    ----------
    model : Model
    graph : Graph
    device, ordering, policy, quantisation, progress
        See `hgcn.compile`.
    backend : str
        Where to run: ``emulate``, ``reference``, ``rtl``, ``pynq`` or any other installed one.
    **options
        The backend's own, e.g. ``latency_cycles=80`` for ``rtl``.

    Attributes
    ----------
    program : Program
        For the graph's own features. They are run once, and what that gave is kept.

    Raises
    ------
    BackendError
        If there is no such backend here, or it does not take the options.
    ModelError, CompileError, SpecError
        See `hgcn.compile`.

    Notes
    -----
    Every method that takes ``features`` predicts the graph's own where none are given. Else it
    takes a matrix of shape (n, f), dense or sparse, or a batch of them: a list, or an array of
    three dimensions; the answer then has one more dimension, in front. The first matrix compiles a
    second program, which reads its features when it runs, in the scale of the graph's own.

    Every result is compared with the reference arithmetic before it is given.

    Examples
    --------
    >>> import hgcn
    >>> graph = hgcn.datasets.load("digits")
    >>> predictor = hgcn.Predictor(hgcn.GCN.load("digits"), graph)
    >>> predictor.predict().shape, predictor.predict_proba().shape
    ((1797,), (1797, 10))
    >>> predictor.score(graph.test_mask) > 0.9
    True
    >>> predictor.predict([graph.features, graph.features]).shape
    (2, 1797)
    >>> predictor.latency.kind
    'modelled'
    """

    def __init__(
        self,
        model: Model,
        graph: Graph,
        *,
        device: DeviceLike = DEFAULT_DEVICE,
        backend: str = "emulate",
        ordering: str = DEFAULT_ORDERING,
        policy: str | Policy = "balanced",
        quantisation: str | Quantisation = AUTO,
        progress: Progress | None = None,
        **options: Any,
    ) -> None:
        check_options(find_backend(backend), options)
        self._backend, self._options, self._progress = backend, options, progress
        self._model, self._graph = model, graph

        def compiled(features: str) -> Program:
            return hgcn.api.compile(
                model,
                graph,
                device=device,
                ordering=ordering,
                policy=policy,
                features=features,
                quantisation=quantisation,
                progress=progress,
            )

        self._compiled = compiled
        self.program = compiled("program")
        self._open: Program | None = None
        self._own: Result | None = None
        self._last: Latency | None = None

    def __repr__(self) -> str:
        return one_line("Predictor", str(self.program.metadata["name"]), f"on {self._backend}")

    def predict(self, features: object | None = None) -> NDArray[np.int64]:
        """Return the class of each node, shape (n,); of a batch of b, (b, n)."""
        return self._each(features, lambda result: result.predictions)

    def predict_proba(self, features: object | None = None) -> NDArray[np.float64]:
        """Return the softmax of the logits, shape (n, classes) or (b, n, classes)."""
        return self._each(features, lambda result: result.probabilities)

    def decision_function(self, features: object | None = None) -> NDArray[np.float32]:
        """Return the logits, shape (n, classes) or (b, n, classes)."""
        return self._each(features, lambda result: result.logits)

    def score(self, mask: NDArray[np.bool_] | None = None) -> float:
        """Return the share of nodes classified right, by the graph's own features and labels.

        Parameters
        ----------
        mask : ndarray of bool, shape (n,), optional
            The nodes that count; by default those of the graph's test mask, or all if it has none.
            Nodes without a label count neither way.

        Raises
        ------
        ModelError
            If no such node has a label.
        """
        chosen = self._graph.test_mask if mask is None else mask
        return accuracy(self._result().integer_logits, self._graph.labels, chosen)

    @property
    def latency(self) -> Latency:
        """Of the last run, where the backend has a clock; else modelled, of `program`."""
        return self.program.latency if self._last is None else self._last

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write a page of HTML about the run of the graph's own features, and return its path.

        It is the page of ``hgcn report``, whole or not at all: result and time with their kinds,
        pictures with their numbers, what the integers cost, every parameter.

        Raises
        ------
        BackendError
            If the file cannot be written.
        """
        file = as_path(path, "path")
        check_writable(file, BackendError)
        run = run_report(
            self.program,
            self._result(),
            seconds=self.program.seconds,
            model=self._model,
            graph=self._graph,
        )
        command = "hgcn.Predictor(...).report(...)"
        return write_page(file, run, program=self.program, command=command)

    def _each(
        self, features: object | None, take: Callable[[Result], NDArray[_Kind]]
    ) -> NDArray[_Kind]:
        batch = None if features is None else _as_batch(features)
        if batch is None:
            return take(self._result(features))
        made = [take(self._result(one)) for one in batch]
        if not made:
            raise GraphError("features must be a matrix, or a batch of at least one, got none")
        return np.stack(made)

    def _result(self, features: object | None = None) -> Result:
        if features is None and self._own is not None:
            return self._own
        if features is None:
            result = self._own = self._run(self.program)
        else:
            if self._open is None:
                self._open = self._compiled("input")
            result = self._run(self._open, features=features)
        return result

    def _run(self, program: Program, **features: object) -> Result:
        result = program.run(self._backend, progress=self._progress, **features, **self._options)
        self._last = result.latency
        if not result.bit_exact:
            raise BackendError(f"{self._backend} differs from the reference arithmetic")
        return result


def _as_batch(features: Any) -> Iterable[object] | None:
    """Return the matrices of a batch, or None where ``features`` are meant as one matrix."""
    if getattr(features, "ndim", None) == 3:
        return list(features)
    if isinstance(features, (list, tuple)) and all(map(_is_matrix, features)):
        return features
    return None


def _is_matrix(one: object) -> bool:
    if isinstance(one, (list, tuple)):
        return bool(one) and all(isinstance(row, (list, tuple)) for row in one)
    shape = getattr(one, "shape", None)
    return isinstance(shape, tuple) and len(shape) == 2
