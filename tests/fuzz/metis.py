# SPDX-License-Identifier: Apache-2.0
"""METIS files: node lines, weights, comments, and the counts that bind them."""

from __future__ import annotations

import random
from pathlib import Path

from hgcn.graph.metis import read_metis
from tests.fuzz.damage import damage

SUFFIX = ".graph"


def mutant(rng: random.Random) -> bytes:
    """A small graph in any of the format's variants, its numbers and bytes then damaged."""
    nodes = rng.randint(1, 12)
    edges = {
        tuple(sorted(rng.sample(range(1, nodes + 1), 2)))
        for _ in range(rng.randint(0, 20) if nodes > 1 else 0)
    }
    flags = rng.choice(["", "1", "11", "110", "111", "100", "000"])
    sizes, weighted = flags.zfill(3)[0] == "1", flags.endswith("1")
    per_node = rng.randint(1, 3) if flags.zfill(3)[1] == "1" else 0
    header = [str(nodes), str(len(edges)), flags, str(per_node) if per_node else ""]
    lines = [" ".join(word for word in header if word)]
    for node in range(1, nodes + 1):
        words = [str(rng.randint(0, 9)) for _ in range(per_node + sizes)]
        for edge in sorted(edges):
            if node in edge:
                words.append(str(sum(edge) - node))
                words.extend([str(sum(edge))] if weighted else [])
        lines.append(" ".join(words))
    if rng.random() < 0.3:
        lines.insert(rng.randint(0, len(lines)), "% note")
    if rng.random() < 0.5:
        line = rng.randrange(len(lines))
        words = lines[line].split() or [""]
        words[rng.randrange(len(words))] = rng.choice(
            ["-1", "0", str(nodes + 1), str(10**12), str(10**25), "1.5", "1e3", "x", ""]
        )
        lines[line] = " ".join(words)
    content = rng.choice(["\n", "\n", "\r\n"]).join([*lines, ""]).encode()
    return damage(rng, content) if rng.random() < 0.7 else content


def read(path: Path) -> None:
    """Read it with weights where there are some, and without."""
    read_metis(path)
