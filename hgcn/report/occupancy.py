# SPDX-License-Identifier: Apache-2.0
"""How evenly a mapping's work lies on lanes, banks and rows of the tensor array: as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.format.streams import ENTRY, NO_POSITION
from hgcn.mapping.mapped import Mapping


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Occupancy:
    """Shares of the schedule in which each part has work, in [0, 1].

    Attributes
    ----------
    lanes : ndarray of float64, shape (L,)
        Of the PL schedule's cycles, those in which the lane has a nonzero.
    banks : ndarray of float64, shape (B,)
        Of the same cycles, those in which a lane reads the bank of the feature store.
    pe_rows : ndarray of float64, shape (R,)
        Slices of each row of the tensor array, over those of the row that has most.
    slice_columns : float
        Columns of the slices that are no padding.
    slice_elements : float
        Elements of the slices that are not zero.
    """

    lanes: NDArray[np.float64]
    banks: NDArray[np.float64]
    pe_rows: NDArray[np.float64]
    slice_columns: float
    slice_elements: float

    def rows(self) -> list[tuple[str, float]]:
        """Return names and shares, one after the other."""
        named = [("lane", self.lanes), ("bank", self.banks), ("PE row", self.pe_rows)]
        each = [
            (f"{name} {number}", float(share))
            for name, shares in named
            for number, share in enumerate(shares)
        ]
        return [
            *each,
            ("columns of slices in use", self.slice_columns),
            ("elements of slices not zero", self.slice_elements),
        ]


def occupancy(mapping: Mapping, device: Device) -> Occupancy:
    """Return how evenly the work of one operand's mapping lies.

    Examples
    --------
    >>> import hgcn
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"))
    >>> made = occupancy(program.mappings["adjacency"], program.device)
    >>> round(float(made.lanes.mean()), 3)
    0.998
    """
    entries, slices = mapping.lanes.entries, mapping.slices
    valid = ENTRY["valid"].get(entries).astype(bool)
    bundles = max(len(entries), 1)
    bank = ENTRY["position"].get(entries)[valid] % device.banks
    per_row = np.bincount(slices.pe_row, minlength=device.array_rows)
    elements = max(slices.left.size, 1)
    columns = max(slices.positions.size, 1)
    return Occupancy(
        lanes=valid.sum(axis=0) / bundles,
        banks=np.bincount(bank, minlength=device.banks) / bundles,
        pe_rows=per_row / max(int(per_row.max(initial=0)), 1),
        slice_columns=int((slices.positions != NO_POSITION).sum()) / columns,
        slice_elements=int(np.count_nonzero(slices.left)) / elements,
    )
