# SPDX-License-Identifier: Apache-2.0
"""Rules of weight files: what is read, what is refused, and that none is half written."""

from __future__ import annotations

import json
import os
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load_file, save, save_file

from hgcn.errors import ModelError
from hgcn.model import GCN
from hgcn.model.weights_file import read_layers, write_layers

Tensors = dict[str, NDArray[np.generic]]

PLAIN = {
    "normalize": True,
    "add_self_loops": True,
    "improved": False,
    "activation": "relu",
    "feature_norm": "none",
}
"""What a file of another library does not say."""


def two_layers() -> Tensors:
    """Layers 3 -> 2 -> 4 under PyTorch Geometric's keys."""
    rng = np.random.default_rng(0)
    return {
        "conv1.lin.weight": rng.normal(size=(2, 3)).astype(np.float32),
        "conv1.bias": rng.normal(size=2).astype(np.float32),
        "conv2.lin.weight": rng.normal(size=(4, 2)).astype(np.float32),
        "conv2.bias": rng.normal(size=4).astype(np.float32),
    }


def renamed(tensors: Tensors, names: dict[str, str]) -> Tensors:
    """Replace parts of keys."""
    for old, new in names.items():
        tensors = {key.replace(old, new): tensor for key, tensor in tensors.items()}
    return tensors


@pytest.mark.parametrize("left_out", [*PLAIN, None])
def test_weights_that_do_not_say_how_they_are_used_are_questioned(
    tmp_path: Path, left_out: str | None
) -> None:
    save_file(two_layers(), tmp_path / "m.safetensors")
    given = {key: value for key, value in PLAIN.items() if key != left_out}

    if left_out is None:
        assert GCN.load(tmp_path / "m.safetensors", **given).widths == (3, 2, 4)
        assert GCN.from_state_dict(two_layers(), **given).widths == (3, 2, 4)
        return
    with pytest.raises(ModelError, match=rf"m.safetensors: weights do not say {left_out}: give"):
        GCN.load(tmp_path / "m.safetensors", **given)
    with pytest.raises(ModelError, match=f"weights do not say {left_out}: give"):
        GCN.from_state_dict(two_layers(), **given)


@pytest.mark.parametrize(
    "names",
    [{}, {"lin.weight": "weight"}, {"conv1": "convs.0", "conv2": "convs.1"}],
    ids=["attributes", "ours", "module list"],
)
def test_every_key_style_gives_the_same_layers(tmp_path: Path, names: dict[str, str]) -> None:
    save_file(renamed(two_layers(), names), tmp_path / "m.safetensors")

    layers, metadata = read_layers(tmp_path / "m.safetensors")

    assert metadata == {}
    assert [weight.shape for weight, _ in layers] == [(3, 2), (2, 4)]
    assert np.array_equal(layers[0][0], two_layers()["conv1.lin.weight"].T)
    assert np.array_equal(layers[1][1], two_layers()["conv2.bias"])


def test_written_file_has_documented_keys_and_orientation(tmp_path: Path) -> None:
    model = GCN.random([3, 2, 4])

    model.save(tmp_path / "m.safetensors")

    shapes = {key: tensor.shape for key, tensor in load_file(tmp_path / "m.safetensors").items()}
    assert shapes == {
        "conv1.weight": (2, 3),
        "conv1.bias": (2,),
        "conv2.weight": (4, 2),
        "conv2.bias": (4,),
    }


def test_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        GCN.random([5, 4, 3], seed=1).save(tmp_path / name)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_missing_bias_is_zero(tmp_path: Path) -> None:
    save_file({"conv1.lin.weight": np.ones((2, 3), np.float32)}, tmp_path / "m.safetensors")

    assert read_layers(tmp_path / "m.safetensors")[0][0][1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_float_widths_become_float32(tmp_path: Path, dtype: type[np.floating]) -> None:
    save_file({"conv1.lin.weight": np.ones((2, 3), dtype)}, tmp_path / "m.safetensors")

    assert read_layers(tmp_path / "m.safetensors")[0][0][0].dtype == np.float32


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, "every layer needs a weight"),
        ({"conv1.bias": np.ones(2, np.float32)}, "every layer needs a weight"),
        ({"lin.weight": np.ones((2, 2), np.float32)}, "keys must be like conv1.weight"),
        (
            {"conv1.weight": np.ones((2, 2), np.int32)},
            "must hold F16, BF16, F32, F64, got I32",
        ),
        ({"conv1.weight": np.ones(2, np.float32)}, "conv1.weight must have 2 dimensions"),
        ({"conv2.lin.weight": np.ones((2, 2), np.float32)}, "numbered without a gap, got .2."),
        (
            {f"conv1.{part}weight": np.ones((2, 2), np.float32) for part in ("", "lin.")},
            "is the second .*weight of layer 1",
        ),
        (renamed(two_layers(), {"conv2": "conv3"}), r"numbered without a gap, got \[1, 3\]"),
    ],
)
def test_files_that_hold_no_gcn_are_refused(tmp_path: Path, tensors: Tensors, message: str) -> None:
    save_file(tensors, tmp_path / "m.safetensors")

    with pytest.raises(ModelError, match=f"m.safetensors: .*{message}"):
        read_layers(tmp_path / "m.safetensors")


def test_layers_that_do_not_fit_name_the_file(tmp_path: Path) -> None:
    tensors = two_layers() | {"conv2.lin.weight": np.ones((4, 5), np.float32)}
    save_file(tensors, tmp_path / "m.safetensors")

    with pytest.raises(ModelError, match=r"m.safetensors: .*layer 2 takes 5 features, but gets 2"):
        GCN.load(tmp_path / "m.safetensors", **PLAIN)


@given(kept=st.floats(0, 1, exclude_max=True))
def test_every_truncation_is_refused(tmp_path_factory: pytest.TempPathFactory, kept: float) -> None:
    whole = save(two_layers())
    path = tmp_path_factory.mktemp("cut") / "cut.safetensors"
    path.write_bytes(whole[: int(kept * len(whole))])

    with pytest.raises(ModelError, match=r"cut.safetensors: not a readable safetensors file"):
        GCN.load(path)


@given(place=st.integers(0, 10**6), value=st.integers(0, 255))
def test_a_changed_byte_never_escapes_as_another_error(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    content = bytearray(save(two_layers(), {"hgcn": '{"name": "x"}'}))
    content[place % len(content)] = value
    path = tmp_path_factory.mktemp("bent") / "bent.safetensors"
    path.write_bytes(content)

    try:
        GCN.load(path)
    except ModelError as error:
        assert "bent.safetensors" in str(error)


@pytest.mark.parametrize(
    "header",
    [
        b"\xff" * 8,
        struct.pack("<Q", 1 << 40),
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"null",
    ],
)
def test_hostile_headers_are_refused(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "evil.safetensors").write_bytes(header)

    with pytest.raises(ModelError, match=r"evil.safetensors: not a readable"):
        GCN.load(tmp_path / "evil.safetensors")


def raw_file(folder: Path, entry: dict, data: bytes) -> Path:
    """Write a file of one tensor, conv1.lin.weight, that NumPy need not have a type for."""
    header = json.dumps({"conv1.lin.weight": entry}).encode()
    path = folder / "m.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)
    return path


@pytest.mark.parametrize("kind", ["F8_E4M3", "I64", "BOOL"])
def test_element_types_without_a_float_meaning_are_refused(tmp_path: Path, kind: str) -> None:
    size = {"F8_E4M3": 1, "I64": 8, "BOOL": 1}[kind]
    entry = {"dtype": kind, "shape": [1, 1], "data_offsets": [0, size]}
    path = raw_file(tmp_path, entry, bytes(size))

    with pytest.raises(ModelError, match=rf"m\.safetensors: .*, got {kind}: save it as float32"):
        read_layers(path)


@given(bits=st.lists(st.integers(0, 2**16 - 1), min_size=6, max_size=6))
def test_bfloat16_is_read_exactly(tmp_path_factory: pytest.TempPathFactory, bits: list) -> None:
    upper = np.array(bits, dtype=np.uint32)
    wanted = (upper << 16).view(np.float32).reshape(2, 3)
    entry = {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}
    path = raw_file(tmp_path_factory.mktemp("bf16"), entry, upper.astype("<u2").tobytes())

    [(weight, _)], _ = read_layers(path)

    assert np.array_equal(weight, wanted.T, equal_nan=True)


@pytest.mark.parametrize("text", ["[]", "{", '"x"', '{"metadata": 3}', '{"name": "\\n"}'])
def test_damaged_own_header_names_the_file(tmp_path: Path, text: str) -> None:
    save_file(two_layers(), tmp_path / "m.safetensors", metadata={"hgcn": text})

    with pytest.raises(ModelError, match=r"m\.safetensors: "):
        GCN.load(tmp_path / "m.safetensors")


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ModelError, match=r"cannot write .*m.safetensors: No space left"):
        GCN.random([2, 2]).save(path)

    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_unwritable_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot write .*missing.m.safetensors: No such file"):
        write_layers(tmp_path / "missing" / "m.safetensors", [], {})


@given(length=st.integers(600, 1500))
def test_no_length_of_a_header_passes_for_a_pickle(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    # 640 bytes, little-endian, start like a pickle of protocol 2.
    path = tmp_path_factory.mktemp("long") / "m.safetensors"
    entry = {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]}
    header = json.dumps({"conv1.lin.weight": entry}).ljust(length).encode()
    path.write_bytes(struct.pack("<Q", length) + header + struct.pack("<f", 2.0))
    assert read_layers(path)[0][0][0].tolist() == [[2.0]]


def turned(*widths: int, bias: bool) -> Tensors:
    """Weights as DGL's GraphConv stores them: conv1.weight [in, out]."""
    state: Tensors = {}
    for number, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
        state[f"conv{number}.weight"] = np.ones((fan_in, fan_out), np.float32)
        if bias:
            state[f"conv{number}.bias"] = np.ones(fan_out, np.float32)
    return state


@pytest.mark.parametrize("widths", [(4, 3), (4, 4), (4, 4, 4), (6, 4, 3), (6, 4, 4, 6)])
@pytest.mark.parametrize("bias", [True, False])
def test_weights_that_may_lie_the_other_way_are_refused(
    widths: tuple[int, ...], bias: bool, tmp_path: Path
) -> None:
    state = turned(*widths, bias=bias)
    with pytest.raises(ModelError, match="do not say which way"):
        GCN.from_state_dict(state, **PLAIN)  # type: ignore[arg-type]
    save_file(state, tmp_path / "m.safetensors")
    with pytest.raises(ModelError, match="do not say which way"):
        GCN.load(tmp_path / "m.safetensors", **PLAIN)  # type: ignore[arg-type]


@pytest.mark.parametrize("widths", [(6, 4, 3), (6, 4, 4, 3)])
def test_weights_whose_shapes_fit_one_way_are_taken(widths: tuple[int, ...]) -> None:
    state = {
        key: part.T if part.ndim == 2 else part for key, part in turned(*widths, bias=True).items()
    }
    assert GCN.from_state_dict(state, **PLAIN).widths == widths  # type: ignore[arg-type]


def test_square_weights_of_our_own_files_come_back_as_they_were(tmp_path: Path) -> None:
    model = GCN.random([4, 4, 4], seed=3)
    model.save(tmp_path / "m.safetensors")
    again = GCN.load(tmp_path / "m.safetensors")
    for before, after in zip(model.layers, again.layers, strict=True):
        assert np.array_equal(before.weight, after.weight)
