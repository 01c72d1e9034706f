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
from tests.fuzz.case import REFUSED, run_case


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
        (b"\x80\x02\x8c\x02os\x8c\x06system\x93.", "opcode SHORT_BINUNICODE"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "a protocol beyond 2"),
        (b"\x80\x02c" + b"o" * 100, "a name that does not end"),
        (b"\x80\x02\xff.", "opcode 0xff"),
        (b"\x80\x02\x82\x01.", "opcode EXT1"),
        (b"\x80\x02Pid\n.", "opcode PERSID"),
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
        (b"", "damaged pickle: ends early"),
        (ARRAY[:-20], "damaged pickle: ends early"),
        (b"\x80\x02K\x01.", "want an array, a sparse matrix or a dict, got int"),
        (b"\x80\x02cnumpy\ndtype\n.", "want an array, a sparse matrix or a dict, got numpy.dtype"),
        (b"\x80\x02cnumpy\ndtype\nK\x01\x85b.", "damaged pickle: wants a Made, got a Name"),
        (b"\x80\x02cnumpy\nndarray\n)R.", "want an array, .* got numpy.ndarray"),
        (b"\x80\x02ccollections\ndefaultdict\n)R)b.", "want an array, .* got collections"),
        (b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R.", "an array without shape"),
        (b"\x80\x02cscipy.sparse.csr\ncsr_matrix\n)\x81.", "a sparse matrix without parts"),
        (b"\x80\x02cscipy.sparse.csr\ncsr_matrix\n)\x81}b.", "whose shape is not up to 2 sizes"),
        (b"\x80\x02}K\x01K\x02s.", "want a dict of node to list"),
        (b"\x80\x02}K\x01](Nes.", "has a list of other things than integers"),
        (b"\x80\x02}](K\x01es.", "takes a value that is not there"),
        (b"\x80\x02}K\x01e.", "takes a mark that is not there"),
        (b"\x80\x02](e", "ends early"),
        (b"\x80\x02Nr\xff\xff\xff\xff.", "got NoneType"),
        (b"\x80\x02h\x05.", "recalls value 5, which it did not keep"),
        (b"\x80\x02)R.", "takes a value that is not there"),
        (b"\x80\x02K\x01)R.", "calls what is no name"),
        (b"\x80\x02}(K\x01u.", "sets items of what is no dict"),
        (b"\x80\x02}(U\x41" + b"x" * 65 + b"]u.", "no node number and no name"),
        (b"\x80\x02}(J\0\0\0\x80]\x8a\x05\0\0\0\0\x01]u.", "no node number and no name"),
        (b"\x80\x02\x8a\x0a" + b"\1" * 10 + b".", "an integer of more than 64 bits"),
        (ARRAY.replace(b"J\x06\0\0\0t", b"J\x07\0\0\0t"), r"array of shape \(7,\) and int32 in 24"),
        (ARRAY.replace(b"J\x06\0\0\0t", b"J\xfa\xff\xff\xfft"), "shape is not up to 2 sizes"),
        (ARRAY.replace(b"T\x02\0\0\0i4", b"T\x02\0\0\0O8"), "of other elements than numbers"),
        (ARRAY.replace(b"T\x02\0\0\0i4", b"T\x02\0\0\0f1"), "of other elements than numbers"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"ind\.cora\.x: .*{message}") as caught:
        read_pickle(_file(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_one_list_under_many_keys_is_refused(tmp_path: Path) -> None:
    again = b"".join(b"K%ch\x00" % node for node in range(1, 200))
    content = b"\x80\x02}(K\x00]q\x00(" + b"K\x01" * 500 + b"e" + again + b"u."
    with pytest.raises(DatasetError, match="more neighbours than bytes"):
        read_pickle(_file(tmp_path, content))


def _seconds_and_peak(content: bytes, tmp_path: Path) -> tuple[str, float, int]:
    path = _file(tmp_path, content)
    outcome = run_case(read_pickle, path)
    assert outcome.verdict == REFUSED, outcome.detail
    return outcome.detail, outcome.seconds, outcome.memory_bytes


KEEP_TWICE = b"".join(b"q" + bytes([place]) + b"h" + bytes([place]) for place in range(200))
SHARED = b"\x80\x02}K\x01](" + b"K\x05" * 900 + b"esq\x00" + b"h\x00" * 5000 + b"t."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        # Tuples that double through the memo, deep ones, and long ones of huge numbers.
        (b"\x80\x02(" + b"K\x01" * 14 + b"t" + b"q\x05h\x05\x86" * 40 + b".", "three deep"),
        (b"\x80\x02}K\x01" + b"\x85" * 1_000_000 + b"]s.", "three deep"),
        (b"\x80\x02(" + b"K\x01" * 60_000 + b"t.", "more than 10000 values at once"),
        (b"\x80\x02" + b"(" * 1_000_000 + b".", "more than 10000 values at once"),
        (b"\x80\x02" + b"]" * 1_000_000 + b".", "more than 10000 values at once"),
        (b"\x80\x02N" + KEEP_TWICE * 40, "ends early"),
        (SHARED, "takes a mark that is not there"),
        # Keys whose hashes are all the same.
        (b"\x80\x02}(" + b"\x8a\x09" + b"\xff" * 8 + b"\0]u.", "no node number and no name"),
    ],
)
def test_a_bomb_ends_at_once(content: bytes, message: str, tmp_path: Path) -> None:
    detail, seconds, peak = _seconds_and_peak(content, tmp_path)
    assert message in detail
    assert seconds < 1
    assert peak < 100 * 1024**2


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
