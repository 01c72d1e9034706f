# SPDX-License-Identifier: Apache-2.0
"""How much a program may make the engines do: commands are small, what they repeat is not."""

from __future__ import annotations

from hgcn.arch.device import LINE_BYTES
from hgcn.errors import ProgramError
from hgcn.isa.commands import Command, Spmm, streams

READS_PER_BYTE = 256
"""Bytes of streams that the SPMMs of a program may read for each byte of its file.

A feature tile reads the streams of the one before again, so a layer W features wide reads
each up to W / F times. On the smallest device the data sets' programs read at most 2.1 bytes for
each of their file, one of a million edges and 256 features 13.4, one of 500 nodes and 1,024
features 17.2. LOADs and DRAINs need no limit: one fills at most a store, the other writes at most a
row tile.
"""


class Work:
    """Adds up what the SPMMs of a program read: every backend's time is in proportion to it."""

    def __init__(self, image_bytes: int) -> None:
        self._most = READS_PER_BYTE * image_bytes
        self._read = 0

    def step(self, command: Command) -> None:
        """Count ``command``; raise `ProgramError` if the program is beyond its limit with it."""
        if not isinstance(command, Spmm):
            return
        self._read += LINE_BYTES * sum(stream.lines for stream in streams(command).values())
        if self._read > self._most:
            raise ProgramError(
                f"SPMMs must read at most {READS_PER_BYTE} bytes for each byte of the program, "
                f"{self._most} in all, got {self._read} up to this one"
            )
