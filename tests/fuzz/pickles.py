# SPDX-License-Identifier: Apache-2.0
"""Planetoid pickles: opcodes put in, doubled and exchanged, and bytes damaged."""

from __future__ import annotations

import pickletools
import random
from pathlib import Path

from hgcn.datasets.restricted_pickle import read_pickle
from tests.datasets.planetoid_files import python2_pickle
from tests.fuzz.damage import damage
from tests.readers.pickle_files import planetoid_value

SUFFIX = ".x"
# Opcodes that build, call, keep and recall; a run of one of them is how most bombs are made.
SNIPPETS = [
    *(b"(", b"]", b"}", b")", b"t", b"\x85", b"\x86", b"\x87", b"a", b"e", b"s", b"u", b"b", b"R"),
    *(b"N", b"\x88", b"K\x01", b"M\xff\xff", b"J\xff\xff\xff\xff", b"\x8a\x09" + b"\xff" * 9),
    *(b"q\x00", b"h\x00", b"q\x01h\x01", b"h\x00h\x00\x86q\x00", b"r\xff\xff\xff\xff", b"0", b"."),
    *(b"U\x03abc", b"T\xff\xff\xff\xff", b"T\xff\xff\xff\x7f", b"G" + b"\x7f\xf8" + b"\0" * 6),
    *(b"cos\nsystem\n", b"cnumpy\ndtype\n", b"cnumpy.core.multiarray\n_reconstruct\n", b"\x81"),
    *(b"c__builtin__\nlist\n", b"ccollections\ndefaultdict\n", b"cscipy.sparse.csr\ncsr_matrix\n"),
]


def mutant(rng: random.Random) -> bytes:
    """A pickle of an array, a matrix or a dict of lists, its opcodes or bytes damaged."""
    content = python2_pickle(planetoid_value(rng))
    kind = rng.random()
    if kind < 0.15:
        return content
    if kind < 0.6:
        places = [place for _, _, place in pickletools.genops(content)]
        for _ in range(rng.randint(1, 3)):
            place = rng.choice(places)
            times = rng.choice([1, 1, 2, 30, 20_000])
            snippet = b"".join(rng.choices(SNIPPETS, k=rng.randint(1, 3))) * times
            content = content[:place] + snippet + content[place:]
        return content
    if kind < 0.7:
        return b"\x80\x02" + b"".join(rng.choices(SNIPPETS, k=rng.randint(1, 60))) + b"."
    return damage(rng, content)


def read(path: Path) -> None:
    """Read it as any part of a data set."""
    read_pickle(path)
