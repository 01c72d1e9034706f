# SPDX-License-Identifier: Apache-2.0
"""The checksums of `docs/program-format.md`: a record's, and a stream's pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.program.layout import RECORD_CHECKSUM_SEED, RECORD_WORDS


def record_checksum(words: NDArray[np.uint32]) -> int:
    """Checksum of words 0 to 30 of a header or command.

    Examples
    --------
    >>> import numpy as np
    >>> hex(record_checksum(np.zeros(32, np.uint32)))
    '0x48474331'
    """
    value = words[: RECORD_WORDS - 1].astype(np.uint64)
    turn = np.arange(RECORD_WORDS - 1, dtype=np.uint64)
    rotated = (value << turn) | (value >> (np.uint64(32) - turn))
    rotated &= np.uint64(0xFFFFFFFF)
    return (int(rotated.sum()) + RECORD_CHECKSUM_SEED) & 0xFFFFFFFF


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
    quads = np.frombuffer(data, dtype="<u4").reshape(-1, 4).sum(axis=1, dtype=np.uint64)
    weight = np.arange(len(quads), 0, -1, dtype=np.uint64)
    s1, s2 = int(quads.sum(dtype=np.uint64)), int((quads * weight).sum(dtype=np.uint64))
    return s1 & 0xFFFFFFFF, s2 & 0xFFFFFFFF
