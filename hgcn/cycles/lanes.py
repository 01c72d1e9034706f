# SPDX-License-Identifier: Apache-2.0
"""hgcn_load and hgcn_pl_engine, a cycle at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.reads import HAVE, LOAD, PL, take
from hgcn.cycles.sizes import Sizes
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

PL_FLIGHT = 4
"""Last bundle to idle (hgcn_pl_engine, FlightCycles)."""

(
    ACTIVE,
    BEATS,  # Of the stream, to come
    ITEMS,  # PL: bundles to come
    ITEM_BYTES,  # PL: bytes of a bundle
    HELD,  # Bytes in the gearbox
    FLIGHT,  # PL: cycles until the last bundle's sums are there
    BUSY,  # Cycles counted as the engine's `busy_o`
) = range(7)
ENGINE_SIZE = 7
"""Elements of an engine's state."""


@compiled_part
def load_cycle(load: Int, clients: Int) -> None:
    """A clock edge of hgcn_load: a beat a cycle."""
    if load[ACTIVE] == 0:
        return
    if load[BEATS] == 0:
        load[ACTIVE] = 0
    elif clients[LOAD, HAVE] > 0:
        take(clients, LOAD)
        load[BEATS] -= 1
        load[BUSY] += 1


@compiled_part
def pl_cycle(pl: Int, clients: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_pl_engine: a bundle a cycle, as far as beats bring its bytes."""
    if pl[ACTIVE] == 0:
        return
    bundle = pl[ITEMS] > 0 and pl[HELD] >= pl[ITEM_BYTES]
    # Beats behind the last bundle are padding, taken and dropped.
    room = pl[HELD] <= 2 * sizes.most_bundle_bytes or pl[ITEMS] == 0
    if pl[ITEMS] == 0 and pl[BEATS] == 0 and pl[FLIGHT] == 0:
        pl[ACTIVE] = 0
    if pl[FLIGHT] > 0:
        pl[FLIGHT] -= 1
    if bundle:
        pl[ITEMS] -= 1
        pl[HELD] -= pl[ITEM_BYTES]
        pl[FLIGHT] = PL_FLIGHT
        pl[BUSY] += 1
    if pl[BEATS] > 0 and room and clients[PL, HAVE] > 0:
        take(clients, PL)
        pl[BEATS] -= 1
        pl[HELD] += sizes.beat_bytes
    if pl[ITEMS] == 0:
        pl[HELD] = 0
