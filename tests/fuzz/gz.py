# SPDX-License-Identifier: Apache-2.0
"""Text files in gzip: damaged inside or outside, in members, and some that unpack to much."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

from hgcn.errors import DatasetError
from hgcn.graph import read_edge_list, read_matrix_market, read_metis
from tests.fuzz.damage import damage
from tests.fuzz.text import damage_text
from tests.readers.text_files import edge_list, matrix_market, metis, table

SUFFIX = ".gz"
# Lines that pack to nothing: blanks, comments, the same edge, the same digit.
REPEATED = [b"\n", b"#\n", b"0 1\n", b"0 1 2 3\n", b"1", b" ", b'"', b"1,2\n"]


def mutant(rng: random.Random) -> bytes:
    """A packed text, its text or its packing damaged; one in ten unpacks to megabytes."""
    content = rng.choice([edge_list, table, matrix_market, metis])(rng)
    if rng.random() < 0.1:
        repeated = rng.choice(REPEATED)
        content += repeated * (rng.choice([2**20, 2**22, 2**23]) // len(repeated))
    elif rng.random() < 0.5:
        content = damage_text(rng, content)
    cut = rng.randint(0, len(content)) if rng.random() < 0.2 else len(content)
    packed = gzip.compress(content[:cut], 1, mtime=0)
    if cut < len(content):
        packed += gzip.compress(content[cut:], 1, mtime=0)
    return damage(rng, packed) if rng.random() < 0.4 else packed


def read(path: Path) -> None:
    """Read it by each of the readers; the last one's refusal is the answer."""
    for reader in (read_matrix_market, read_metis):
        try:
            reader(path)
        except DatasetError as error:
            if isinstance(error.__cause__, MemoryError):
                raise
    read_edge_list(path)
