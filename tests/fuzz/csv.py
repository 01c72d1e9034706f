# SPDX-License-Identifier: Apache-2.0
"""Tables of edges under a header."""

from __future__ import annotations

import random
from pathlib import Path

from hgcn.graph import read_edge_list
from tests.fuzz.text import damage_text
from tests.readers.text_files import table

SUFFIX = ".csv"


def mutant(rng: random.Random) -> bytes:
    """A file of any variant, its numbers, lines or bytes then damaged."""
    return damage_text(rng, table(rng))


def read(path: Path) -> None:
    """Read it as a graph."""
    read_edge_list(path)
