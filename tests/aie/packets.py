# SPDX-License-Identifier: Apache-2.0
"""Random packets for a whole array, and what the Python model of the PLIO contract answers."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hgcn_sim.benches.array import plio_model
from hgcn_sim.kernels.graph import KERNELS, HostGraph, Lines, build

from hgcn.arch.device import Device

Packet = list[int]


def host_graph(device: Device) -> HostGraph:
    return build(device)


def lines(name: str, packet: Sequence[int]) -> list[str]:
    last = len(packet) - 1
    return [f"{name} {int(i == last)} {beat:032x}" for i, beat in enumerate(packet)]


def beats(packet: Sequence[int]) -> list[str]:
    return [line.split(" ", 1)[1] for line in lines("x", packet)]


def random_pair(
    rng: np.random.Generator, device: Device, *, slices: int, int8: bool, tag: int, columns: int
) -> tuple[Packet, list[Packet]]:
    """An A packet and the B packets of its columns; some of them with the extreme values only."""
    depth = 8 * slices
    if int8:
        left = rng.integers(-128, 128, (device.block_rows, depth))
    else:
        left = rng.integers(0, 2, (device.block_rows, depth))
    right = rng.integers(-128, 128, (columns, depth, device.pe_features))
    if rng.random() < 0.2:
        left, right = np.where(left > 0, left.max(), left.min()), np.where(right > 0, 127, -128)
    a = plio_model.encode_a(left.astype(np.int8), tag=tag, int8=int8)
    b = [
        plio_model.encode_b(part.astype(np.int8), tag=tag, int8=int8, n0=device.n0)
        for part in right
    ]
    return a, b


def random_inputs(
    device: Device, seed: int, slice_counts: Sequence[int]
) -> tuple[list[str], Lines]:
    """Beats for every port of the array, and the C beats by port."""
    rng = np.random.default_rng(seed)
    sent: list[str] = []
    want: Lines = {}
    for row in range(device.array_rows):
        for number, slices in enumerate(slice_counts):
            a, b = random_pair(
                rng,
                device,
                slices=slices,
                int8=bool((number + row) % 2),
                tag=int(rng.integers(0, 1 << 16)),
                columns=device.array_cols,
            )
            sent += lines(f"plio_a_{row}", a)
            for column, packet in enumerate(b):
                sent += lines(f"plio_b_{row}_{column}", packet)
                answer = plio_model.tensor_pe(a, packet, device)
                want.setdefault(f"plio_c_{row}_{column}", []).extend(beats(answer))
    return sent, want


def copy_hardware(into: Path, changes: dict[str, tuple[str, str]]) -> Path:
    """Copy ``hw/aie`` and replace text in files of it: the root of a mutant."""
    root = into / "aie"
    shutil.copytree(KERNELS, root, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        text = (root / name).read_text()
        assert text.count(old) == 1, (name, old, text.count(old))
        (root / name).write_text(text.replace(old, new))
    return root
