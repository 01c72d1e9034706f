# SPDX-License-Identifier: Apache-2.0
"""Arrays out of an untrusted ``.npz`` file, sizes checked before anything is unpacked."""

from __future__ import annotations

import os
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.file_errors import naming
from hgcn.graph.npy_header import PickledArrayError, read_header
from hgcn.limits import check_allowed, size_of
from hgcn.printable import printable

# What NumPy writes. Other methods order memory by what the file says of itself.
METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}

# What zipfile raises on damage, encryption and features it lacks.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    struct.error,
    RuntimeError,
    LookupError,
)


class NpzMembers:
    """The arrays of an ``.npz`` file, read one by one and never unpickled.

    Attributes
    ----------
    path : Path
    file_bytes : int
        Size of the file, by which is measured what it may make (`hgcn.limits`).
    keys : set of str

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.npz"
    >>> np.savez(file, y=np.arange(3))
    >>> with NpzMembers(file) as members:
    ...     members.keys, members.read("y")
    ({'y'}, array([0, 1, 2]))
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.read_keys: set[str] = set()
        with naming(self.path):
            self.file_bytes = size_of(self.path)
            try:
                self._zip = zipfile.ZipFile(self.path)
            except DAMAGE as error:
                raise GraphError(f"is no npz file, or is cut off: {_line(error)}") from error
            listed = [entry.filename for entry in self._zip.infolist()]
            self._entries = {
                entry.filename[:-4]: entry
                for entry in self._zip.infolist()
                if entry.filename.endswith(".npy")
            }
            self.keys = set(self._entries)
            total = sum(entry.file_size for entry in self._entries.values())
            try:
                if len(set(listed)) != len(listed):
                    # Readers differ in which they take: NumPy the last, others the first.
                    twice = next(name for name in listed if listed.count(name) > 1)
                    raise GraphError(f"holds {printable(twice[:60])!r} twice")
                check_allowed("bytes of arrays", total, self.file_bytes)
            except GraphError:
                self._zip.close()
                raise

    def __enter__(self) -> NpzMembers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def read(self, key: str, *, kinds: str = "biuf", ndim: int | None = None) -> NDArray[Any]:
        """Return the array under ``key``, in the machine's byte order.

        Parameters
        ----------
        key : str
        kinds : str
            NumPy dtype kinds it may have.
        ndim : int, optional
            Dimensions it must have.

        Raises
        ------
        DatasetError
            Naming file and key: missing, pickled, damaged, of the wrong kind or shape.
        """
        with naming(self.path):
            if key not in self._entries:
                raise GraphError(f"has no array {key!r}")
            try:
                array = self._read(self._entries[key])
            except GraphError as error:
                raise GraphError(f"array {key!r} {error}") from error
            except DAMAGE as error:
                raise GraphError(f"array {key!r} is damaged: {_line(error)}") from error
            self.read_keys.add(key)
            if array.dtype.kind not in kinds:
                raise GraphError(f"array {key!r} must not be of type {array.dtype}")
            if ndim is not None and array.ndim != ndim:
                raise GraphError(f"array {key!r} must have {ndim} dimensions, got {array.ndim}")
            return array

    def pickled(self) -> list[str]:
        """Return the keys of arrays that are pickled objects."""
        found = []
        for key, entry in self._entries.items():
            try:
                self._read(entry)
            except PickledArrayError:
                found.append(key)
            except (*DAMAGE, GraphError):
                continue
        return sorted(found)

    def integers(self, key: str, *, ndim: int = 1) -> NDArray[np.int64]:
        """Return the integer array under ``key`` as int64.

        Raises
        ------
        DatasetError
            As `read`, or if a number does not fit.
        """
        array = self.read(key, kinds="iu", ndim=ndim)
        if array.dtype == np.uint64 and array.size and int(array.max()) > np.iinfo(np.int64).max:
            with naming(self.path):
                raise GraphError(f"array {key!r} must fit int64, got {int(array.max())}")
        return array.astype(np.int64)

    def shape(self, key: str) -> tuple[int, int]:
        """Return the two sides stored under ``key``."""
        sides = self.integers(key)
        if sides.shape != (2,) or sides.min() < 0:
            with naming(self.path):
                raise GraphError(f"array {key!r} must hold two sizes")
        return int(sides[0]), int(sides[1])

    def unread(self) -> list[str]:
        """Return the keys that nobody has read."""
        return sorted(self.keys - self.read_keys)

    def _read(self, entry: zipfile.ZipInfo) -> NDArray[Any]:
        if entry.compress_type not in METHODS:
            raise GraphError(
                f"is packed by method {entry.compress_type}, want {' or '.join(METHODS.values())}"
            )
        with self._zip.open(entry) as member:
            header = read_header(member)
            held = entry.file_size - member.tell()
            if header.nbytes != held:
                raise GraphError(f"states {header.nbytes} bytes but holds {held}")
            # Reading to the end makes zipfile compare the checksum.
            content = member.read(held + 1)
        if len(content) != held:
            raise GraphError(f"holds {len(content)} bytes, where the file says {held}")
        if header.dtype.kind == "b":  # A byte beyond 0 and 1 is no truth value to NumPy.
            array: NDArray[Any] = np.frombuffer(content, dtype=np.uint8) != 0
        else:
            array = (
                np.frombuffer(content, dtype=header.dtype) if held else np.empty(0, header.dtype)
            )
        array = array.reshape(header.shape, order="F" if header.fortran_order else "C")
        array = array.astype(header.dtype.newbyteorder("="), copy=False)
        if array.dtype.kind == "U":
            _check_characters(array)
        return array


def _check_characters(array: NDArray[np.str_]) -> None:
    """NumPy makes a `str` of any four bytes; Python crashes on one beyond Unicode."""
    codes = np.frombuffer(array.tobytes(), dtype=np.uint32)
    if codes.size and (most := int(codes.max())) > sys.maxunicode:
        raise GraphError(f"must hold characters up to U+10FFFF, got {most:#x}")


def _line(error: Exception) -> str:
    return printable((str(error).splitlines() or [type(error).__name__])[0])
