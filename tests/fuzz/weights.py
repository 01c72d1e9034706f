# SPDX-License-Identifier: Apache-2.0
"""Weights in safetensors files: the header's claims and names, and the bytes of all."""

from __future__ import annotations

import json
import random
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

from hgcn.model.gcn import GCN
from tests.fuzz.damage import damage

SUFFIX = ".safetensors"
ODD: list[Any] = [
    0,
    -1,
    2**31,
    2**63,
    2**70,
    1.5,
    None,
    "x",
    [],
    {},
    [0],
    True,
    "I64",
    "BF16",
    "F8",
]

USE: dict[str, Any] = {
    "activation": "relu",
    "add_self_loops": True,
    "feature_norm": "none",
    "improved": False,
    "metadata": {},
    "name": "net",
    "normalize": True,
    "version": 2,
}
"""What a file of ours says of how its weights are used."""


def mutant(rng: random.Random) -> bytes:
    """A model of one to three layers, with other names, claims or bytes."""
    widths = [rng.randint(1, 4) for _ in range(rng.randint(2, 4))]
    form = rng.choice(["conv{one}.{part}", "conv{one}.lin.{part}", "convs.{zero}.lin.{part}"])
    header: dict[str, Any] = {}
    content = b""
    for layer, (fan_in, fan_out) in enumerate(pairwise(widths)):
        for part, shape in (("weight", [fan_out, fan_in]), ("bias", [fan_out])):
            key = form.format(one=layer + 1, zero=layer, part=part)
            key = key.replace("lin.bias", "bias")
            kind, size = rng.choice([("F32", 4), ("F32", 4), ("F16", 2), ("F64", 8)])
            length = size * shape[0] * (shape[1] if part == "weight" else 1)
            header[key] = {
                "dtype": kind,
                "shape": shape,
                "data_offsets": [len(content), len(content) + length],
            }
            content += rng.choice([bytes(length), rng.randbytes(length)])
    header["__metadata__"] = {"hgcn": json.dumps(USE) if rng.random() < 0.7 else _odd_use(rng)}
    if rng.random() < 0.5:
        _lie(rng, header)
    text = json.dumps(header).encode()
    length = len(text) if rng.random() < 0.95 else rng.choice([0, 1, 2**31, 2**63, 2**64 - 1])
    file = struct.pack("<Q", length) + text + content
    return damage(rng, file) if rng.random() < 0.3 else file


def _odd_use(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(["", "{}", "[" * 900, "[]", "NaN", '{"version": 1e999}', "\x1b[0m"])
    return json.dumps({**USE, rng.choice([*USE, "more"]): rng.choice(ODD)})


def _lie(rng: random.Random, header: dict[str, Any]) -> None:
    key = rng.choice([*header])
    if not isinstance(header[key], dict) or "dtype" not in header[key]:
        return
    choice = rng.random()
    if choice < 0.3:
        header[rng.choice(["conv0.weight", "conv9.bias", "x", "\x1b", "conv1.weight"])] = (
            header.pop(key)
        )
    elif choice < 0.6:
        part = rng.choice(["shape", "data_offsets"])
        if header[key][part]:
            header[key][part][rng.randrange(len(header[key][part]))] = rng.choice(ODD)
    else:
        header[key][rng.choice(["dtype", "shape", "data_offsets"])] = rng.choice(ODD)


def read(path: Path) -> None:
    """Load it as a model."""
    GCN.load(path)
