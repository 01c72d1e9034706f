# SPDX-License-Identifier: Apache-2.0
"""Files of models of any layers: two types, each with tensors and options, that say odd things."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.model import Model
from hgcn.model.registry import GROUP
from tests.fuzz.damage import damage

SUFFIX = ".safetensors"
ODD: list[Any] = [0, -1, 3, 2**63, 1.5, 1e300, None, True, "", "x", "\x1b", [], [0], {}, {"a": 1}]
TYPES = ["gcn", "plain", "gat", "", "\x1b[31m", "x" * 500]
"""The first two are there."""
PARTS = ["weight", "bias", "factors", "normalize", "more"]
DTYPES = ["<f4", "<f4", "<f2", "<f8", "<i4", "|b1"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Plain:
    """A layer type of another package, as far as files know of one; checks little itself."""

    factors: NDArray[np.float32]
    times: float = 1.0

    @property
    def widths(self) -> tuple[int, int]:
        """As many features out as in."""
        return len(self.factors), len(self.factors)

    def check(self, model: str, number: int) -> None:
        """Want a vector."""
        if not isinstance(self.factors, np.ndarray) or self.factors.ndim != 1:
            raise ModelError(f"{model}: layer {number} must have a vector of factors")

    tables = quantise = None


def mutant(rng: random.Random) -> bytes:
    """A model of one to four layers of both types, with lies in its header, tensors or bytes."""
    tensors: dict[str, NDArray[Any]] = {}
    layers: list[dict[str, Any]] = []
    widths = [rng.randint(1, 4) for _ in range(rng.randint(1, 3))]
    for number, (fan_in, fan_out) in enumerate(pairwise([*widths, 2]), start=1):
        tensors[f"layer{number}.weight"] = _tensor(rng, (fan_in, fan_out))
        tensors[f"layer{number}.bias"] = _tensor(rng, (fan_out,))
        normalize = rng.random() < 0.5
        layers.append({"type": "gcn", "options": {"normalize": normalize, "activation": "relu"}})
    if rng.random() < 0.5:
        tensors[f"layer{len(layers) + 1}.factors"] = _tensor(rng, (2,))
        layers.append({"type": "plain", "options": {"times": rng.choice([1.0, 0.5])}})
    header = {
        "version": 3,
        "name": "net",
        "feature_norm": rng.choice(["none", "row"]),
        "metadata": {},
        "layers": layers,
    }
    for change in (_change_layer, _change_tensor, _change_header):
        if rng.random() < 0.3:
            change(rng, header, tensors)
    file = safetensors.numpy.save(tensors, metadata={"hgcn": _text(rng, header)})
    return damage(rng, file) if rng.random() < 0.2 else file


def read(path: Path) -> None:
    """Load it where both types are installed; what was read can be written and read again."""
    plain = EntryPoint(name="plain", value=f"{__name__}:{Plain.__qualname__}", group=GROUP)

    def installed(*, group: str) -> EntryPoints:
        return EntryPoints([*entry_points(group=group), plain])

    with mock.patch("hgcn.model.registry.entry_points", installed):
        model = Model.load(path)
        model.save(path)
        again = Model.load(path)
    if [type(layer) for layer in again.layers] != [type(layer) for layer in model.layers]:
        raise AssertionError(f"layers {again.layers} must be {model.layers}")
    for first, second in zip(model.layers, again.layers, strict=True):
        if isinstance(first, GCNLayer) and isinstance(second, GCNLayer):
            np.testing.assert_array_equal(first.weight, second.weight)


def _tensor(rng: random.Random, shape: tuple[int, ...]) -> NDArray[Any]:
    return np.array(rng.choices([-1.0, 0.0, 0.5], k=int(np.prod(shape))), "<f4").reshape(shape)


def _text(rng: random.Random, header: dict[str, Any]) -> str:
    text = json.dumps(header)
    if rng.random() < 0.05:
        return rng.choice(["", "{}", "[" * 900, "[]", "NaN", '{"version": 3}', text[:-1]])
    return text


def _change_layer(rng: random.Random, header: dict[str, Any], tensors: dict[str, Any]) -> None:
    place = rng.randrange(len(header["layers"]))
    layer = header["layers"][place]
    kind = rng.random()
    if kind < 0.3:
        layer["type"] = rng.choice([*TYPES, *ODD])
    elif kind < 0.6:
        layer["options"][rng.choice([*PARTS, *layer["options"]])] = rng.choice(ODD)
    elif kind < 0.8:
        layer[rng.choice(["type", "options"])] = rng.choice(ODD)
    else:
        header["layers"][place : place + 1] = rng.choice([[], [layer, layer], ODD[:1]])


def _change_header(rng: random.Random, header: dict[str, Any], tensors: dict[str, Any]) -> None:
    key = rng.choice([*header, "more"])
    if rng.random() < 0.2:
        header.pop(key, None)
    else:
        header[key] = rng.choice([*ODD, 2, "pyg", "none"])


def _change_tensor(rng: random.Random, header: dict[str, Any], tensors: dict[str, Any]) -> None:
    key = rng.choice([*tensors])
    kind = rng.random()
    if kind < 0.4:
        layer = rng.choice(["layer0", "layer1", "layer2", "layer9", "layer", ""])
        tensors[f"{layer}.{rng.choice(PARTS)}"] = tensors.pop(key)
    elif kind < 0.7:
        tensors[key] = tensors[key].astype(rng.choice(DTYPES))
    else:
        shape = rng.choice([(), (0,), (1,), (2,), (3, 2), (0, 2), (1, 1, 2)])
        tensors[key] = np.full(shape, rng.choice([0.0, np.nan, np.inf]), "<f4")
