# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hgcn.errors import DatasetError
from hgcn.graph.npz_members import NpzMembers
from hgcn.limits import VARIABLE


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


def _write(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in members.items():
            archive.writestr(f"{key}.npy", content)
    return path


@pytest.mark.parametrize("dtype", ["<i8", ">i8", "<f4", ">f4", "|b1", "|u1"])
def test_any_byte_order_becomes_native(tmp_path: Path, dtype: str) -> None:
    array = np.array([0, 1, 1], dtype=dtype)
    with NpzMembers(_write(tmp_path / "a.npz", {"y": _npy(array)})) as members:
        got = members.read("y")
    assert got.dtype.isnative
    assert got.tolist() == array.tolist()


def test_pickled_members_are_refused_and_named(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    np.savez(file, y=np.array([{}], dtype=object), x=np.zeros(1))
    with NpzMembers(file) as members:
        assert members.pickled() == ["y"]
        with pytest.raises(DatasetError, match=r"a\.npz: array 'y' is a pickled object"):
            members.read("y")


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    file = _write(tmp_path / "a.npz", {"y": b"\0" * 1024**2})
    with pytest.raises(DatasetError, match=r"a\.npz: makes 1048576 bytes of arrays, more than the"):
        NpzMembers(file)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_only_what_numpy_writes_is_unpacked(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w", method) as archive:
        archive.writestr("y.npy", _npy(np.zeros(3)))
    message = f"array 'y' is packed by method {method}, want stored or deflated"
    with NpzMembers(tmp_path / "a.npz") as members, pytest.raises(DatasetError, match=message):
        members.read("y")


def test_a_header_that_states_more_than_there_is_orders_no_memory(tmp_path: Path) -> None:
    lying = _npy(np.zeros(8, dtype=np.int64)).replace(b"'shape': (8,)", b"'shape': (10**12,)")
    huge = _npy(np.zeros(8, dtype=np.int64)).replace(b"(8,), }      ", b"(8888888,), }")
    file = _write(tmp_path / "a.npz", {"lying": lying, "huge": huge})
    with NpzMembers(file) as members:
        with pytest.raises(
            DatasetError, match="array 'lying' has a header that NumPy does not write"
        ):
            members.read("lying")
        with pytest.raises(DatasetError, match="array 'huge' states 71111104 bytes but holds 64"):
            members.read("huge")


@pytest.mark.parametrize("cut", [1, 30, 200, 400])
def test_a_cut_off_file_is_named(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "a.npz"
    np.savez_compressed(file, y=np.arange(1000))
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(DatasetError, match=r"a\.npz: is no npz file, or is cut off"):
        NpzMembers(file)


def test_every_flipped_byte_gives_the_array_or_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    array = np.arange(40)
    np.savez_compressed(file, y=array)
    good = file.read_bytes()
    refused = 0
    for place in range(len(good)):
        file.write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :])
        try:
            with NpzMembers(file) as members:
                assert np.array_equal(members.read("y"), array)
        except DatasetError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > len(good) // 2


def test_wrong_kinds_and_shapes_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    np.savez(file, f=np.zeros(2), s=np.array(["a"]), shape=np.array([1, -1]))
    with NpzMembers(file) as members:
        with pytest.raises(DatasetError, match="has no array 'y'"):
            members.read("y")
        with pytest.raises(DatasetError, match="array 's' must not be of type <U1"):
            members.read("s")
        with pytest.raises(DatasetError, match="array 'f' must not be of type float64"):
            members.integers("f")
        with pytest.raises(DatasetError, match="array 'f' must have 2 dimensions, got 1"):
            members.read("f", ndim=2)
        with pytest.raises(DatasetError, match="array 'shape' must hold two sizes"):
            members.shape("shape")


def test_characters_beyond_unicode_are_named(tmp_path: Path) -> None:
    name = np.frombuffer(np.array([ord("a"), 0x110000], dtype="<u4").tobytes(), dtype="<U2")
    with_names = tmp_path / "a.npz"
    np.savez(with_names, name=name, good=np.array(["a\U0010ffff"]), empty=np.array([], "U3"))
    with NpzMembers(with_names) as members:
        with pytest.raises(DatasetError, match=r"'name' must hold .* U\+10FFFF, got 0x110000"):
            members.read("name", kinds="U")
        assert members.read("good", kinds="U")[0] == "a\U0010ffff"
        assert members.read("empty", kinds="U").size == 0


def test_other_files_are_no_npz(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_text("hello")
    with pytest.raises(DatasetError, match=r"a\.npz: is no npz file"):
        NpzMembers(tmp_path / "a.npz")
    with pytest.raises(DatasetError, match=r"none\.npz: cannot be read: No such file"):
        NpzMembers(tmp_path / "none.npz")


def test_an_array_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "twice.npz"
    np.savez(file, indptr=np.array([0, 1, 2]), indices=np.array([1, 0]))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("indices.npy", archive.read("indices.npy"))
    with pytest.raises(DatasetError, match=r"holds 'indices\.npy' twice"):
        NpzMembers(file)
