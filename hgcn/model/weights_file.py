# SPDX-License-Identifier: Apache-2.0
"""Weights in safetensors files: our own keys and those PyTorch Geometric writes."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from hgcn.errors import GraphError, ModelError
from hgcn.files import write_whole
from hgcn.graph.foreign_arrays import as_array
from hgcn.graph.kinds import described, is_module
from hgcn.printable import printable_path

# conv1.weight is ours, conv1.lin.weight a module with one GCNConv per attribute, convs.0.lin.weight
# torch_geometric.nn.GCN. All three store [out, in], as torch.nn.Linear does.
_KEY = re.compile(
    r"(?:conv(?P<one>\d{1,4})|convs\.(?P<zero>\d{1,4}))\.(?P<part>(?:lin\.)?weight|bias)",
    re.ASCII,
)

_PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))

_KINDS = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}
"""Element types of safetensors that are read, with NumPy's names of what is stored."""

SHIPPED = ("digits", "cora", "citeseer", "pubmed")
"""Models that come with hgcn, each named as the data set it was trained on."""

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]


@contextmanager
def weights_path(source: str | Path) -> Iterator[Path]:
    """Give the file of a shipped model by its name, or the file named.

    Raises
    ------
    ModelError
        If there is neither.
    """
    if isinstance(source, str) and source in SHIPPED:
        weights = resources.files("hgcn.model") / "weights" / f"{source}.safetensors"
        with resources.as_file(weights) as path:
            yield path
    elif os.path.exists(source):  # Path.exists raises where a folder may not be looked into.
        yield Path(source)
    else:
        raise ModelError(
            f"{printable_path(source)}: no such model file, nor one of the shipped models "
            f"{', '.join(SHIPPED)}"
        )


def write_layers(path: Path, layers: Sequence[Pair], metadata: Mapping[str, str]) -> None:
    """Write weights and biases to ``path``; the file appears whole or not at all.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    layers : sequence of (weight, bias)
        float32, weight [in, out]; stored as ``conv1.weight`` [out, in] and ``conv1.bias``.
    metadata : mapping of str to str
        Stored in the header. One key keeps the file the same byte for byte on every run: the
        library writes several in no fixed order.

    Raises
    ------
    ModelError
        If the file cannot be written.
    """
    tensors = {}
    for number, (weight, bias) in enumerate(layers, start=1):
        tensors[f"conv{number}.weight"] = np.ascontiguousarray(weight.T)
        tensors[f"conv{number}.bias"] = np.ascontiguousarray(bias)
    content = safetensors.numpy.save(tensors, metadata=dict(metadata))
    write_whole(path, content, ModelError)


def read_layers(path: Path) -> tuple[list[Pair], dict[str, str]]:
    """Read weights, biases and header metadata.

    Parameters
    ----------
    path : Path
        See `sort_layers` for the keys. Floats of 16 (both kinds), 32 and 64 bits become float32.

    Returns
    -------
    layers : list of (weight, bias)
        float32, weight [in, out].
    metadata : dict of str to str

    Raises
    ------
    ModelError
        Naming the file, if it is missing, damaged, or holds anything else than a GCN.
    """
    name = printable_path(path)
    if not os.path.isfile(path):
        raise ModelError(f"{name}: no such model file")
    _refuse_pickle(path)
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
        stored = safetensors.deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
    except (safetensors.SafetensorError, OSError) as error:
        raise ModelError(f"{name}: not a readable safetensors file: {error}") from error
    try:
        tensors = {key: _stored_floats(key, part) for key, part in stored}
        return sort_layers(tensors, ours="hgcn" in metadata), metadata
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from error


def float_tensors(state: object) -> dict[str, NDArray[Any]]:
    """Return the tensors of a ``state_dict`` as arrays.

    Raises
    ------
    ModelError
        If it is no mapping, or one does not become an array.

    Examples
    --------
    >>> float_tensors({"conv1.weight": [[1.0, 2.0]]})["conv1.weight"].shape
    (1, 2)
    """
    if not isinstance(state, Mapping):
        cure = "give module.state_dict()" if is_module(state) else "GCN.load reads files"
        raise ModelError(f"state must be a mapping, got {described(state)}: {cure}")
    tensors = {}
    for key, tensor in state.items():
        # NumPy has no bfloat16: a tensor of it widens itself.
        narrow = str(getattr(tensor, "dtype", "")) == "torch.bfloat16"
        try:
            tensors[str(key)] = as_array(tensor.float() if narrow else tensor, str(key))
        except GraphError as error:
            raise ModelError(str(error)) from error
    return tensors


def sort_layers(tensors: Mapping[str, NDArray[np.generic]], *, ours: bool = False) -> list[Pair]:
    """Return weights and biases in the order of the layers, as float32.

    Parameters
    ----------
    tensors : mapping of str to ndarray of float
        Keys ``conv1.weight`` or ``conv1.lin.weight`` or ``convs.0.lin.weight``, each [out, in],
        and ``….bias``; a layer without bias gets zeros.
    ours : bool
        hgcn has written them: ``conv1.weight`` is [out, in]. Under the same key DGL, and PyTorch
        Geometric before 2.0, keep [in, out]: of others it is taken where the shapes fit one way.

    Returns
    -------
    list of (weight, bias)
        float32, weight [in, out].

    Raises
    ------
    ModelError
        If the tensors are anything else than those of a GCN, or may be meant either way.
    """
    weights, biases = _sorted_parts(tensors)
    if not ours and not all(".lin." in key or key.endswith("bias") for key in tensors):
        _refuse_either_way(weights, biases)
    layers = []
    for place, number in enumerate(sorted(weights)):
        first = min(weights)
        if number != first + place or first > 1:
            raise ModelError(f"layers must be numbered without a gap, got {sorted(weights)}")
        weight = weights[number]
        bias = biases.pop(number, np.zeros(weight.shape[0], np.float32))
        layers.append((np.ascontiguousarray(weight.T), bias))
    if not layers or biases:
        raise ModelError(f"every layer needs a weight, got keys {sorted(tensors)[:6]}")
    return layers


def _refuse_either_way(
    weights: Mapping[int, NDArray[np.float32]], biases: Mapping[int, NDArray[np.float32]]
) -> None:
    """Raise `ModelError` if weights may be meant as [in, out]: read wrongly, they answer too."""
    turned = [(weights[number].shape[::-1], biases.get(number)) for number in sorted(weights)]
    follow = all(after[1] == before[0] for (before, _), (after, _) in pairwise(turned))
    if follow and all(bias is None or len(bias) == shape[0] for shape, bias in turned):
        raise ModelError(
            "keys like conv1.weight do not say which way a weight lies: DGL, and PyTorch Geometric "
            "before 2.0, store [in, out]: make each [out, in] and call it conv1.lin.weight"
        )


def _sorted_parts(
    tensors: Mapping[str, NDArray[np.generic]],
) -> tuple[dict[int, NDArray[np.float32]], dict[int, NDArray[np.float32]]]:
    """Return weights and biases by layer number, checked for rank, type and finite values."""
    weights: dict[int, NDArray[np.float32]] = {}
    biases: dict[int, NDArray[np.float32]] = {}
    for key, tensor in tensors.items():
        match = _KEY.fullmatch(key)
        if match is None:
            raise ModelError(f"keys must be like conv1.weight and conv1.bias, got {key!r}")
        number = int(match["one"]) if match["one"] else int(match["zero"]) + 1
        parts, rank = (biases, 1) if match["part"] == "bias" else (weights, 2)
        if tensor.dtype.kind != "f":
            raise ModelError(f"{key} must hold floats, got {tensor.dtype}")
        if tensor.ndim != rank:
            raise ModelError(f"{key} must have {rank} dimensions, got shape {tensor.shape}")
        if number in parts:
            raise ModelError(f"{key} is the second {match['part']} of layer {number}")
        # Infinity and NaN are reported by the model's own check.
        with np.errstate(over="ignore", invalid="ignore"):
            parts[number] = tensor.astype(np.float32)
    return weights, biases


def _refuse_pickle(path: Path) -> None:
    """Refuse what `torch.save` writes, a zip of pickles or a bare one: reading could run code."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        return  # The reader says why.
    # A safetensors file starts with the length of its header: one beyond the file is none.
    foreign = int.from_bytes(start, "little") > size
    if foreign and (_is_zip_of_pickles(path) or start[:2] in _PICKLES):
        raise ModelError(
            f"{printable_path(path)}: is a PyTorch pickle, which hgcn does not read: where PyTorch "
            "is, write safetensors.torch.save_file("
            "torch.load(FILE, weights_only=True), 'model.safetensors')"
        )


def _is_zip_of_pickles(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("data.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _stored_floats(key: str, stored: Mapping[str, Any]) -> NDArray[np.generic]:
    """Return a tensor of a file as floats that NumPy has."""
    kind = stored["dtype"]
    if kind not in _KINDS:
        raise ModelError(f"{key} must hold {', '.join(_KINDS)}, got {kind}: save it as float32")
    flat: NDArray[Any] = np.frombuffer(stored["data"], dtype=_KINDS[kind])
    if kind == "BF16":  # The upper half of a float32.
        flat = (flat.astype(np.uint32) << 16).view(np.float32)
    tensor: NDArray[Any] = flat.reshape(stored["shape"])
    return tensor
