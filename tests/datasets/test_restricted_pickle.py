# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from hgcn.datasets.restricted_pickle import read_pickle
from hgcn.errors import DatasetError
from tests.datasets.planetoid_files import hostile_pickle, python2_pickle


def _file(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "ind.cora.x").write_bytes(content)
    return tmp_path / "ind.cora.x"


@pytest.mark.parametrize("dtype", ["<i4", "<i8", "<f4", "<f8"])
def test_arrays_come_back(tmp_path: Path, dtype: str) -> None:
    array = np.arange(6, dtype=dtype).reshape(2, 3)
    got = read_pickle(_file(tmp_path, python2_pickle(array)))
    assert got.dtype == array.dtype
    assert np.array_equal(got, array)


def test_matrices_and_lists_come_back(tmp_path: Path) -> None:
    matrix = scipy.sparse.csr_matrix(np.array([[0.0, 1.5], [2.0, 0.0]]))
    assert (read_pickle(_file(tmp_path, python2_pickle(matrix))) != matrix).nnz == 0
    lists = {0: [1, 2], 2: []}
    assert read_pickle(_file(tmp_path, python2_pickle(lists))) == lists


def test_a_hostile_pickle_does_not_run(tmp_path: Path) -> None:
    sentinel = tmp_path / "ran"
    content = hostile_pickle(sentinel)
    with pytest.raises(
        DatasetError, match=r"ind\.cora\.x: unsafe pickle .* name '__builtin__\.exec'"
    ):
        read_pickle(_file(tmp_path, content))
    assert not sentinel.exists()
    pickle.loads(content)
    assert sentinel.exists(), "the pickle must be one that would have run"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"(S'true'\ncos\nsystem\n.", "opcode STRING"),
        (b"\x80\x02cos\nsystem\nU\x04true\x85R.", "name 'os.system'"),
        (b"\x80\x02cnumpy\nload\nU\x04true\x85R.", "name 'numpy.load'"),
        (b"\x80\x02cnumpy\ndtype.type\nU\x04true\x85R.", "name 'numpy.dtype.type'"),
        (b"(ios\nsystem\n.", "opcode INST"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "opcode SHORT_BINUNICODE"),
        (b"\x80\x02\x82\x01.", "opcode EXT1"),
        (b"\x80\x02Pid\n.", "opcode PERSID"),
        (b"\x80\x02Nr\xff\xff\xff\xff.", "memo index 4294967295"),
    ],
)
def test_foreign_names_and_opcodes_are_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    wanted = f"ind.cora.x: unsafe pickle refused because of {message}"
    with pytest.raises(DatasetError, match=re.escape(wanted)):
        read_pickle(_file(tmp_path, content))


ARRAY = python2_pickle(np.arange(6, dtype="<i4"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged pickle: "),
        (ARRAY[:-20], "damaged pickle: "),
        (b"\x80\x02K\x01.", "ValueError want an array, a sparse matrix or a dict, got int"),
        (b"\x80\x02cnumpy\ndtype\nK\x01\x85b.", "damaged pickle: TypeError"),
        (b"\x80\x02cnumpy\nndarray\n)R.", "damaged pickle: TypeError"),
        (b"\x80\x02ccollections\ndefaultdict\n)R}b.", "ValueError a dict takes no state"),
        (b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R.", "damaged pickle: "),
        (b"\x80\x02cscipy.sparse.csr\ncsr_matrix\n)\x81.", "damaged pickle: "),
        (b"\x80\x02}K\x01K\x02s.", "ValueError want a dict of node to list"),
        (b"\x80\x02}K\x01](Nes.", "ValueError node 1 has a neighbour that is no integer"),
        (ARRAY.replace(b"J\x06\0\0\0t", b"J\x07\0\0\0t"), r"array of shape \(7,\) and int32 in 24"),
        (ARRAY.replace(b"J\x06\0\0\0t", b"J\xfa\xff\xff\xfft"), r"array of shape \(-6,\)"),
        (ARRAY.replace(b"T\x02\0\0\0i4", b"T\x02\0\0\0O8"), "ValueError array of object"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"ind\.cora\.x: .*{message}") as caught:
        read_pickle(_file(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_one_list_under_many_keys_is_refused(tmp_path: Path) -> None:
    again = b"".join(b"K%ch\x00" % node for node in range(1, 200))
    content = b"\x80\x02}(K\x00]q\x00(" + b"K\x01" * 500 + b"e" + again + b"u."
    with pytest.raises(DatasetError, match="ValueError more neighbours than bytes"):
        read_pickle(_file(tmp_path, content))


@given(place=st.integers(0, len(ARRAY) - 1), value=st.integers(0, 255))
def test_any_changed_byte_gives_a_value_or_a_dataset_error(
    place: int, value: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = ARRAY[:place] + bytes([value]) + ARRAY[place + 1 :]
    try:
        read_pickle(_file(tmp_path_factory.mktemp("p"), content))
    except DatasetError as error:
        assert "\n" not in str(error)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"ind\.cora\.x: cannot be read: No such file"):
        read_pickle(tmp_path / "ind.cora.x")
