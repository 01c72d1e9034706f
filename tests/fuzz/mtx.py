# SPDX-License-Identifier: Apache-2.0
"""MatrixMarket files of every layout, field and symmetry."""

from __future__ import annotations

import random
from pathlib import Path

from hgcn.graph import read_matrix_market
from tests.fuzz.text import damage_text
from tests.readers.text_files import matrix_market

SUFFIX = ".mtx"


def mutant(rng: random.Random) -> bytes:
    """A file of any variant, its numbers, lines or bytes then damaged."""
    return damage_text(rng, matrix_market(rng))


def read(path: Path) -> None:
    """Read it as a graph."""
    read_matrix_market(path)
