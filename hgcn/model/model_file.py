# SPDX-License-Identifier: Apache-2.0
"""Models of any layers in safetensors files: a tensor for each array, a header for the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any, cast

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from hgcn.arguments import as_path
from hgcn.errors import HgcnError, ModelError
from hgcn.files import write_whole
from hgcn.model.layer import Layer
from hgcn.model.model import Model
from hgcn.model.registry import layer_type, type_name
from hgcn.printable import printable, printable_path

SHIPPED_TYPES = ("cora-gin", "cora-sage", "digits-gin", "digits-sage")
"""Models of other layers than graph convolutions that come with hgcn: data set and type."""

_VERSION = 3
"""1 and 2 are those of a `GCN`, which says its options once for all layers."""


def write_model(model: Model, path: Path) -> None:
    """Write ``model``; the file appears whole or not at all, and is the same for the same model.

    Raises
    ------
    ModelError
        If a layer's type is not registered, a parameter is neither array nor plain, or the file
        cannot be written.
    """
    tensors: dict[str, NDArray[Any]] = {}
    layers = []
    for number, layer in enumerate(model.layers, start=1):
        layers.append(_described(layer, f"layer{number}.", tensors))
    header = {
        "version": _VERSION,
        "name": model.name,
        "feature_norm": model.feature_norm,
        "metadata": dict(model.metadata),
        "layers": layers,
    }
    text = json.dumps(header, sort_keys=True)
    write_whole(path, safetensors.numpy.save(tensors, metadata={"hgcn": text}), ModelError)


def _described(layer: Layer, prefix: str, tensors: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Return a layer's entry of the header, its arrays and its branches' among the tensors."""
    options: dict[str, Any] = {}
    for field in fields(cast(Any, layer)):
        value = getattr(layer, field.name)
        if isinstance(value, np.ndarray):
            tensors[prefix + field.name] = np.ascontiguousarray(value)
        elif value is None or isinstance(value, (bool, int, float, str)):
            options[field.name] = value
        elif isinstance(value, tuple) and all(isinstance(branch, tuple) for branch in value):
            options[field.name] = [
                [
                    _described(each, f"{prefix}{field.name}.{number}.{place}.", tensors)
                    for place, each in enumerate(branch)
                ]
                for number, branch in enumerate(value)
            ]
        else:
            raise ModelError(
                f"{prefix}{field.name} must be an array, a number, a flag, a word or branches of "
                f"layers, got {type(value).__name__}"
            )
    return {"type": type_name(layer), "options": options}


def is_model_file(path: Path) -> bool:
    """Whether a file says that a `Model` of any layers has written it."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            header = json.loads((file.metadata() or {}).get("hgcn", "{}"))
        return isinstance(header, dict) and header.get("version") == _VERSION
    except (safetensors.SafetensorError, OSError, ValueError, RecursionError):
        return False  # Whoever reads it says what is wrong.


def load_model(source: str | Path) -> Model:
    """Read a model in `SHIPPED_TYPES` by its name, or a file by its path.

    Raises
    ------
    ModelError
        See `read_model`.

    Examples
    --------
    >>> load_model("digits-sage").widths
    (64, 16, 10)
    """
    if isinstance(source, str) and source in SHIPPED_TYPES:
        weights = resources.files("hgcn.model") / "weights" / f"{source}.safetensors"
        with resources.as_file(weights) as path:
            return read_model(path)
    return read_model(as_path(source, "source"))


def read_model(path: Path) -> Model:
    """Read what `write_model` has written.

    Raises
    ------
    ModelError
        Naming the file, if it is missing, damaged, or holds a layer of a type not installed here.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get("hgcn", "null")
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, OSError, TypeError, ValueError, AttributeError) as error:
        name = printable_path(path)
        raise ModelError(f"{name}: not a readable safetensors file: {error}") from error
    try:
        return _made(json.loads(text), tensors)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        said = "" if isinstance(error, HgcnError) else "not a model of hgcn: "
        raise ModelError(f"{printable_path(path)}: {said}{printable(str(error))}") from error


def _made(header: Mapping[str, Any], tensors: dict[str, NDArray[Any]]) -> Model:
    if header["version"] != _VERSION:
        raise ModelError(f"header must be of version {_VERSION}, got {header['version']!r}")
    layers: list[Layer] = []
    for number, part in enumerate(header["layers"], start=1):
        layers.append(_layer(part, f"layer{number}.", tensors))
    if tensors:
        raise ModelError(f"no layer takes {sorted(tensors)[0]}")
    return Model(
        name=header["name"],
        layers=tuple(layers),
        feature_norm=header["feature_norm"],
        metadata={str(key): str(value) for key, value in header["metadata"].items()},
    )


def _layer(part: Mapping[str, Any], prefix: str, tensors: dict[str, NDArray[Any]]) -> Layer:
    """Return what `_described` has described, and take its arrays from the tensors."""
    options = dict(part["options"])
    for name, value in options.items():
        if isinstance(value, list):
            options[name] = tuple(
                tuple(
                    _layer(each, f"{prefix}{name}.{number}.{place}.", tensors)
                    for place, each in enumerate(branch)
                )
                for number, branch in enumerate(value)
            )
    names = {key: key.removeprefix(prefix) for key in tensors if key.startswith(prefix)}
    arrays = {name: tensors.pop(key) for key, name in names.items() if "." not in name}
    layer: Layer = layer_type(str(part["type"]))(**options, **arrays)
    return layer
