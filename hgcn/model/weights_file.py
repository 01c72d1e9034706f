# SPDX-License-Identifier: Apache-2.0
"""Weights in safetensors files: our own keys and those PyTorch Geometric writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.files import write_whole

# conv1.weight is ours, conv1.lin.weight a module with one GCNConv per attribute, convs.0.lin.weight
# torch_geometric.nn.GCN. All three store [out, in], as torch.nn.Linear does.
_KEY = re.compile(
    r"(?:conv(?P<one>\d{1,4})|convs\.(?P<zero>\d{1,4}))\.(?P<part>(?:lin\.)?weight|bias)"
)

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]


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
        Keys ``conv1.weight`` or ``conv1.lin.weight`` or ``convs.0.lin.weight``, each [out, in],
        and ``….bias``; a layer without bias gets zeros. float16 and float64 become float32.

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
    if not path.is_file():
        raise ModelError(f"{path}: no such model file")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    # Element types NumPy lacks come out as whatever NumPy raises on looking them up.
    except (
        safetensors.SafetensorError,
        OSError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise ModelError(f"{path}: not a readable safetensors file: {error}") from error
    weights, biases = _sorted_parts(path, tensors)
    layers = []
    for place, number in enumerate(sorted(weights)):
        first = min(weights)
        if number != first + place or first > 1:
            raise ModelError(
                f"{path}: layers must be numbered without a gap, got {sorted(weights)}"
            )
        weight = weights[number]
        bias = biases.pop(number, np.zeros(weight.shape[0], np.float32))
        layers.append((np.ascontiguousarray(weight.T), bias))
    if not layers or biases:
        raise ModelError(f"{path}: every layer needs a weight, got keys {sorted(tensors)[:6]}")
    return layers, metadata


def _sorted_parts(
    path: Path, tensors: Mapping[str, NDArray[np.generic]]
) -> tuple[dict[int, NDArray[np.float32]], dict[int, NDArray[np.float32]]]:
    """Return weights and biases by layer number, checked for rank, type and finite values."""
    weights: dict[int, NDArray[np.float32]] = {}
    biases: dict[int, NDArray[np.float32]] = {}
    for key, tensor in tensors.items():
        match = _KEY.fullmatch(key)
        if match is None:
            raise ModelError(f"{path}: keys must be like conv1.weight and conv1.bias, got {key!r}")
        number = int(match["one"]) if match["one"] else int(match["zero"]) + 1
        parts, rank = (biases, 1) if match["part"] == "bias" else (weights, 2)
        if tensor.dtype.kind != "f":
            raise ModelError(f"{path}: {key} must hold floats, got {tensor.dtype}")
        if tensor.ndim != rank:
            raise ModelError(f"{path}: {key} must have {rank} dimensions, got shape {tensor.shape}")
        if number in parts:
            raise ModelError(f"{path}: {key} is the second {match['part']} of layer {number}")
        with np.errstate(over="ignore"):
            parts[number] = tensor.astype(np.float32)
    return weights, biases
