# SPDX-License-Identifier: Apache-2.0
"""The checksums of `docs/program-format.md`: a record's, and a stream's pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.format.numbers import RECORD_CHECKSUM_SEED, RECORD_WORDS
from hgcn.jit import compiled

_FULL = 0xFFFFFFFF


def record_checksum(words: NDArray[np.uint32]) -> int:
    """Checksum of words 0 to 30 of a header or command.

    Examples
    --------
    >>> import numpy as np
    >>> hex(record_checksum(np.zeros(32, np.uint32)))
    '0x48474331'
    """
    return int(record_checksums(words[None, :])[0])


def record_checksums(records: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Checksums of records, shape (records, 32)."""
    value = records[:, : RECORD_WORDS - 1].astype(np.uint64)
    turn = np.arange(RECORD_WORDS - 1, dtype=np.uint64)
    rotated = (value << turn) | (value >> (np.uint64(32) - turn))
    rotated &= np.uint64(_FULL)
    total = rotated.sum(axis=1) + np.uint64(RECORD_CHECKSUM_SEED)
    sums: NDArray[np.uint32] = (total & np.uint64(_FULL)).astype(np.uint32)
    return sums


def stream_checksum(data: bytes | NDArray[np.uint8]) -> tuple[int, int]:
    """The pair (s1, s2) of a stream padded to whole lines.

    Parameters
    ----------
    data : bytes
        A multiple of 16 bytes.

    Examples
    --------
    >>> stream_checksum(bytes([1] + [0] * 15 + [2] + [0] * 15))
    (3, 4)
    """
    s1, s2 = _sums(np.frombuffer(data, dtype="<u4"))
    return int(s1), int(s2)


@compiled
def _sums(words: NDArray[np.uint32]) -> tuple[int, int]:
    s1, s2 = np.uint64(0), np.uint64(0)
    for at in range(0, len(words), 4):
        for word in words[at : at + 4]:
            s1 += np.uint64(word)
        s1 &= np.uint64(_FULL)
        s2 = (s2 + s1) & np.uint64(_FULL)
    return s1, s2
