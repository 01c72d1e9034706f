# SPDX-License-Identifier: Apache-2.0
"""Kernels and graph, built by g++, against the Python model of the PLIO contract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hgcn_sim.benches.array import plio_model
from hgcn_sim.kernels.graph import build
from hgcn_sim.kernels.replay import differences

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS, device
from hgcn.errors import BackendError

from .packets import copy_hardware, host_graph, lines, random_inputs, random_pair

TINY = device("tiny")
BAD_MAGIC = 0x48AF
# More features than rows, and the deepest group: beats share out otherwise than in any preset.
TALL = replace(TINY, name="tall", block_rows=64, array_rows=1, tile_rows=512)
SLICES = (1, 4, 5, 3, 8, 2, 9, 13)


@pytest.mark.parametrize("target", [*PRESETS.values(), TALL], ids=lambda target: target.name)
def test_random_packets_equal_the_model(target: Device) -> None:
    graph = host_graph(target)
    sent, want = random_inputs(target, 1, SLICES)
    assert differences(graph.run(sent), want) == []
    assert set(want) == {name for kind, name, _, _ in graph.listing() if kind == "output"}


@pytest.mark.parametrize("depth", [1, 2, 64])
def test_stalls_and_depths_change_nothing(depth: int) -> None:
    sent, want = random_inputs(TINY, 2, SLICES)
    for seed in range(3):
        assert differences(host_graph(TINY).run(sent, depth=depth, seed=seed), want) == []


def test_a_long_packet() -> None:
    sent, want = random_inputs(TINY, 3, (257, 1, 63))
    assert differences(host_graph(TINY).run(sent), want) == []


def test_sums_wrap_as_those_of_the_rtl() -> None:
    # -128 * -128 * 8 * 16500 is 2**31 and more
    left, right = np.full((16, 8 * 16500), -128, np.int8), np.full((8 * 16500, 4), -128, np.int8)
    a = plio_model.encode_a(left, tag=0, int8=True)
    b = plio_model.encode_b(right, tag=0, int8=True, n0=4)
    sent = lines("plio_a_0", a) + lines("plio_b_0_0", b) + lines("plio_b_0_1", b)
    wrapped = (128 * 128 * 8 * 16500) % (1 << 32)
    got = host_graph(TINY).run(sent)["plio_c_0_0"][1:]
    assert wrapped >= 1 << 31
    assert {word for beat in got for word in [beat[2:10], beat[26:34]]} == {f"{wrapped:08x}"}


def spoil(a: list[int], b: list[int], how: str) -> tuple[list[str], list[str]]:
    a, b = list(a), list(b)
    if how == "magic of A":
        a[0] ^= 1 << 50
    elif how == "magic of B":
        b[0] ^= 1 << 48
    elif how == "tag":
        b[0] ^= 1
    elif how == "kind":
        b[0] ^= 1 << 32
    elif how == "slices":
        a[0] ^= 1 << 17
    elif how == "reserved":
        a[0] |= 1 << 40
    elif how == "high half":
        b[0] |= 1 << 100
    elif how == "long A":
        a.append(0)
    elif how == "long B":
        b.append(0)
    elif how == "empty":
        a[0] &= ~(0xFFFF << 16)
        b[0] &= ~(0xFFFF << 16)
    return lines("plio_a_0", a), lines("plio_b_0_0", b)


FAULTS = [
    *("magic of A", "magic of B", "tag", "kind", "slices", "reserved", "high half"),
    *("long A", "long B", "empty"),
]


@pytest.mark.parametrize("how", FAULTS)
def test_a_malformed_pair_is_answered_and_the_next_one_is_whole(how: str) -> None:
    single = replace(TINY, name="single", array_rows=1, array_cols=1, features=8)
    rng = np.random.default_rng(4)
    pairs = [
        random_pair(rng, single, slices=5, int8=int8, tag=3, columns=1)
        for int8 in (False, True, False)
    ]
    want = [plio_model.tensor_pe(a, b[0], single) for a, b in pairs]
    sent: list[str] = []
    for number, (a, b) in enumerate(pairs):
        a_lines, b_lines = spoil(a, b[0], how if number == 1 else "")
        sent += a_lines + b_lines
    got = host_graph(single).run(sent)["plio_c_0_0"]
    beats = len(want[0])
    ends = [i for i, beat in enumerate(got) if beat.startswith("1")]
    assert ends == [beats - 1, 2 * beats - 1, 3 * beats - 1]
    headers = [int(got[i].split()[1], 16) for i in (0, beats, 2 * beats)]
    assert [header >> 48 & 0xFFFF for header in headers] == [0x48A2, BAD_MAGIC, 0x48A2]
    for number in (0, 2):
        part = got[number * beats : (number + 1) * beats]
        assert [int(beat.split()[1], 16) for beat in part] == want[number]


def test_a_port_left_behind_is_a_named_deadlock() -> None:
    rng = np.random.default_rng(5)
    a, b = random_pair(rng, TINY, slices=9, int8=True, tag=0, columns=2)
    sent = lines("plio_a_0", a)
    for column in range(2):
        sent += lines(f"plio_b_0_{column}", b[column])
    with pytest.raises(BackendError, match=r"plio_b_0_0: \d+ beats not taken"):
        host_graph(TINY).run(sent, in_order=True)  # All of A first: it does not fit


def test_a_cut_packet_is_reported() -> None:
    sent, _ = random_inputs(TINY, 6, (5,))
    cut = [line for line in sent if line.startswith("plio_b_0_0")][-1]
    sent.remove(cut)
    with pytest.raises(BackendError, match=r"plio_b_0_0 .*in the middle of a packet"):
        host_graph(TINY).run(sent)


MUTANTS = {
    "blocks in column order": (
        "kernels/tile_loop.h",
        "sums + (m * S::kColBlocks + n) * Product::size_C",
        "sums + (n * S::kRowBlocks + m) * Product::size_C",
    ),
    "binary rows in words of their own order": (
        "kernels/binary_tile.h",
        "expand(bits.get(word))",
        "expand(bits.get(3 - word))",
    ),
    "sums of the packet before": (
        "kernels/tile_loop.h",
        "bool first = true;",
        "bool first = false;",
    ),
    "a slice short": ("kernels/tile_loop.h", "if (g < count) {", "if (g + 1 < count) {"),
    "no padding of the last group": (
        "kernels/tile_loop.h",
        "aie::store_v(left, aie::zeros<int8, 32>());",
        "",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_kernel_is_found(name: str, tmp_path: Path) -> None:
    file, old, new = MUTANTS[name]
    target = device("kv260")  # Two column blocks
    root = copy_hardware(tmp_path, {file: (old, new)})
    sent, want = random_inputs(target, 1, SLICES)
    graph = build(target, root=root)
    try:
        assert differences(graph.run(sent), want) != []
    except BackendError as fault:
        assert "deadlock" in str(fault)
