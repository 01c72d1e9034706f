# SPDX-License-Identifier: Apache-2.0
"""Arrays out of an untrusted ``.npz`` file, sizes checked before anything is unpacked."""

from __future__ import annotations

import math
import os
import struct
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import DatasetError, GraphError
from hgcn.graph.file_errors import naming

# Deflate can blow a byte up to 1032; real graph files stay below 12. The free part lets small
# files hold long masks.
FREE_BYTES = 64 * 1024**2
BYTES_PER_PACKED_BYTE = 50
MAX_BYTES = 16 * 1024**3

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    KeyError,
)


class PickledArrayError(GraphError):
    """An array is a pickled object."""


class NpzMembers:
    """The arrays of an ``.npz`` file, read one by one and never unpickled.

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
        with naming(self.path):
            try:
                self._zip = zipfile.ZipFile(self.path)
            except DAMAGE as error:
                raise GraphError(f"is no npz file, or is cut off: {error}") from error
            self._entries = {
                entry.filename[:-4]: entry
                for entry in self._zip.infolist()
                if entry.filename.endswith(".npy")
            }
            self.keys = set(self._entries)
            packed = self.path.stat().st_size
            total = sum(entry.file_size for entry in self._entries.values())
            limit = min(FREE_BYTES + BYTES_PER_PACKED_BYTE * packed, MAX_BYTES)
            if total > limit:
                self._zip.close()
                raise GraphError(
                    f"unpacks to {total} bytes, more than {limit} from a file of {packed}"
                )

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
        """Return the array under ``key``.

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
                array = self._read(key, self._entries[key])
            except (DatasetError, GraphError):
                raise
            except DAMAGE as error:
                line = (str(error).splitlines() or [type(error).__name__])[0]
                raise GraphError(f"array {key!r} is damaged: {line}") from error
            if array.dtype.kind not in kinds:
                raise GraphError(f"array {key!r} must not be of type {array.dtype}")
            if ndim is not None and array.ndim != ndim:
                raise GraphError(f"array {key!r} must have {ndim} dimensions, got {array.ndim}")
            return array.astype(array.dtype.newbyteorder("="), copy=False)

    def pickled(self) -> list[str]:
        """Return the keys of arrays that are pickled objects."""
        found = []
        for key, entry in self._entries.items():
            try:
                with self._zip.open(entry) as member:
                    _check_header(member, key, entry.file_size)
            except PickledArrayError:
                found.append(key)
            except (*DAMAGE, GraphError):
                continue
        return sorted(found)

    def integers(self, key: str, *, ndim: int = 1) -> NDArray[Any]:
        """Return the integer array under ``key``."""
        return self.read(key, kinds="iu", ndim=ndim)

    def shape(self, key: str) -> tuple[int, int]:
        """Return the two sides stored under ``key``."""
        sides = self.integers(key)
        if sides.shape != (2,) or sides.min() < 0:
            raise DatasetError(f"{self.path}: array {key!r} must hold two sizes")
        return int(sides[0]), int(sides[1])

    def _read(self, key: str, entry: zipfile.ZipInfo) -> NDArray[Any]:
        with self._zip.open(entry) as member:
            _check_header(member, key, entry.file_size)
        with self._zip.open(entry) as member:
            array = np.lib.format.read_array(member, allow_pickle=False)
            member.read(1)  # Reaching the end makes zipfile compare the checksum.
        return np.asarray(array)


def _check_header(member: IO[bytes], key: str, member_bytes: int) -> None:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(member)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(member)
    else:
        raise GraphError(f"array {key!r} has npy version {version}, want 1.0 or 2.0")
    if dtype.hasobject:
        raise PickledArrayError(f"array {key!r} is a pickled object, which hgcn does not load")
    held = member_bytes - member.tell()
    stated = math.prod(shape) * dtype.itemsize
    if stated != held:
        raise GraphError(f"array {key!r} states {stated} bytes but holds {held}")
