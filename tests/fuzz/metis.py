# SPDX-License-Identifier: Apache-2.0
"""METIS files: node lines, weights, comments, and the counts that bind them."""

from __future__ import annotations

import random
from pathlib import Path

from hgcn.graph import read_metis
from tests.fuzz.text import damage_text
from tests.readers.text_files import metis

SUFFIX = ".graph"


def mutant(rng: random.Random) -> bytes:
    """A file of any variant, its numbers, lines or bytes then damaged."""
    return damage_text(rng, metis(rng))


def read(path: Path) -> None:
    """Read it as a graph."""
    read_metis(path)
