# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import io
import re
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hgcn.errors import GraphError
from hgcn.graph.npy_header import NpyHeader, PickledArrayError, read_header

INTEGERS = ["i1", "<i2", ">i4", "<i8", "u1", ">u2", "<u4", "<u8"]
SCALARS = st.sampled_from([*INTEGERS, "?", "<f2", ">f4", "<f8", "<c8", "<c16", "S3", "<U2"])


def _file(text: str, version: tuple[int, int] = (1, 0)) -> io.BytesIO:
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text) + 1)
    return io.BytesIO(b"\x93NUMPY" + bytes(version) + length + text.encode() + b"\n")


@given(SCALARS, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0), st.booleans())
def test_what_numpy_writes_is_read(dtype: str, shape: tuple, fortran: bool) -> None:
    array = np.zeros(shape, dtype=dtype, order="F" if fortran else "C")
    for version in ((1, 0), (2, 0), (3, 0)):
        file = io.BytesIO()
        np.lib.format.write_array(file, array, version=version)
        file.seek(0)
        header = read_header(file)
        assert (header.shape, header.dtype, header.nbytes) == (shape, array.dtype, array.nbytes)
        assert header.fortran_order == (array.flags.fnc or False)
        assert file.read() == array.tobytes("F" if header.fortran_order else "C")


def test_keys_may_come_in_any_order_and_spacing() -> None:
    text = "{\"shape\":(3L,),  'fortran_order': True,'descr': '<i4'}"
    assert read_header(_file(text)) == NpyHeader(
        shape=(3,), fortran_order=True, dtype=np.dtype("<i4")
    )


def test_sizes_are_exact_however_large() -> None:
    text = "{'descr': '<i8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }"
    assert read_header(_file(text)).nbytes == 8 * 99999999999**2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a header that NumPy does not write: ''"),
        ("-" * 9000 + "1", "a header that NumPy does not write"),
        ("(" * 9000, "a header that NumPy does not write"),
        ("{'descr': '<i8', 'shape': (3,", "a header that NumPy does not write"),
        ("{'descr': '<i8', 'fortran_order': False, }", "a header that NumPy does not write"),
        ("{'descr': '<i8', 'fortran_order': 0, 'shape': (), }", "that NumPy does not write"),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (-1,), }", "does not write"),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (3), }", r"none: \(3\)"),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (1 2,), }", "a shape that is none"),
        (f"{{'descr': '<i8', 'fortran_order': False, 'shape': (0, {2**64}), }}", "is none"),
        (f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({'1, ' * 33}), }}", "is none"),
        ("{'descr': '<i3', 'fortran_order': False, 'shape': (), }", "elements of type '<i3'"),
        ("{'descr': 'i4,i4', 'fortran_order': False, 'shape': (), }", "elements of type 'i4,i4'"),
        ("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (), }", "does not write"),
    ],
)
def test_other_headers_are_named(text: str, message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        read_header(_file(text))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no npy array"),
        (b"PK\x03\x04" + b"\0" * 20, "is no npy array"),
        (b"\x93NUMPY\x04\x00" + b"\0" * 9, "has npy version 4.0, want 1.0, 2.0 or 3.0"),
        (b"\x93NUMPY\x01\x00\x05", "ends within its header"),
        (b"\x93NUMPY\x01\x00\x50\x00{}", "ends within its header"),
        (
            b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}",
            "a header of 4294967295 bytes, want at most 10000",
        ),
    ],
)
def test_files_that_are_none_are_named(content: bytes, message: str) -> None:
    with pytest.raises(GraphError, match=re.escape(message)):
        read_header(io.BytesIO(content))


def test_pickles_are_told_apart() -> None:
    with pytest.raises(PickledArrayError, match="is a pickled object, which hgcn does not load"):
        read_header(_file("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"))
