# SPDX-License-Identifier: Apache-2.0
"""Damaged files for every reader: each one is read, or refused in one line, within bounds.

A format is a module here with three names, and stands in `FORMATS`:

- ``SUFFIX``: of its files.
- ``mutant(rng)``: the bytes of a valid file, damaged or not, all randomness from ``rng``.
- ``read(path)``: what is tried; may return or raise `HgcnError`, nothing else.

A format that the hardware takes has two more: ``run_on_rtl(path)`` tries what was read on the RTL,
``prepare_rtl()`` is called once before.

``python -m tests.fuzz`` runs them.
"""

from __future__ import annotations

FORMATS = (
    "edge_list",
    "csv",
    "mtx",
    "metis",
    "gz",
    "npz",
    "pickles",
    "weights",
    "models",
    "programs",
)
