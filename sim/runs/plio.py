# SPDX-License-Identifier: Apache-2.0
"""Reads the PLIO packets a simulation wrote down (`hgcn_sim.runs.inference.run_job`, ``plio=``)."""

from __future__ import annotations

from pathlib import Path

from hgcn.format.numbers import PLIO_BYTES

Packets = dict[tuple[str, int], list[bytes]]
"""(Port letter, index) to its packets in order; a packet is its beats one after another."""


def read_packets(path: Path) -> Packets:
    """Return the packets of a capture; a packet without its last beat is left out.

    The index is the PE row for port A, and row * C + column for ports B and C.
    """
    packets: Packets = {}
    open_packets: dict[tuple[str, int], bytearray] = {}
    with path.open() as lines:
        for line in lines:
            port, index, last, digits = line.split()
            key = (port, int(index))
            beats = open_packets.setdefault(key, bytearray())
            beats += int(digits, 16).to_bytes(PLIO_BYTES, "little")
            if last == "1":
                packets.setdefault(key, []).append(bytes(beats))
                beats.clear()
    return packets
