# SPDX-License-Identifier: Apache-2.0
"""``.npz`` files of every layout: arrays exchanged and lying, headers and archives damaged."""

from __future__ import annotations

import io
import random
import re
import zipfile
from pathlib import Path

import numpy as np
import scipy.sparse

from hgcn.graph import read_npz
from tests.fuzz.damage import damage
from tests.readers import npz_files

SUFFIX = ".npz"
HEADERS = [b"(3,", b"-" * 500, b"(" * 500, b"{}", b"1" * 400, b"__import__('os')"]
SIDES = [b"0", b"1", b"-1", b"4294967296", b"18446744073709551616", b"9" * 50, b"3L"]
TYPES = [b"'|O'", b"'<i1'", b"'<c16'", b"'<M8[s]'", b"[('a', '<i4')]", b"'<U999999'", b"'<f2'"]


def mutant(rng: random.Random) -> bytes:
    """A file of any layout, damaged in its arrays, their headers, or the archive."""
    members = _members(rng)
    kind = rng.random()
    if kind < 0.25:
        _exchange_arrays(rng, members)
    elif kind < 0.65:
        key = rng.choice([*members])
        members[key] = _damaged_member(rng, members[key])
    method = rng.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA]
        if rng.random() < 0.3
        else [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for key, content in members.items():
            archive.writestr(zipfile.ZipInfo(f"{key}.npy"), content, method)
    content = file.getvalue()
    return damage(rng, content) if kind > 0.8 else content


def _members(rng: random.Random) -> dict[str, bytes]:
    layout = rng.choice([*npz_files.LAYOUTS, "scipy"])
    if layout == "scipy":
        file = io.BytesIO()
        scipy.sparse.save_npz(file, npz_files.saved_by_scipy(rng), compressed=False)
        with zipfile.ZipFile(file) as archive:
            return {name[:-4]: archive.read(name) for name in archive.namelist()}
    return {key: _npy(array) for key, array in npz_files.LAYOUTS[layout](rng).items()}


def _npy(array: object) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


def _exchange_arrays(rng: random.Random, members: dict[str, bytes]) -> None:
    """Let arrays take each other's place, go, or become something else."""
    keys = [*members]
    first, second = rng.choice(keys), rng.choice(keys)
    odd = [
        np.array(rng.choice([0, -1, 2**63 - 1, 2**31])),
        np.array([], dtype=rng.choice(["i8", "f4", "U1"])),
        np.full(rng.randint(1, 9), rng.choice([-1, 255, 10**9, 2**62])),
        np.full((3, 3), np.nan),
        np.array("x" * rng.choice([0, 1, 5000])),
        np.array([{}], dtype=object),
        np.ones((200, 3000), dtype=np.uint8),
        np.array([2**64 - 1], dtype=np.uint64),
        np.array([True, False]),
    ]
    choice = rng.random()
    if choice < 0.3:
        members[first], members[second] = members[second], members[first]
    elif choice < 0.4:
        del members[first]
    elif choice < 0.5:
        members[rng.choice(["weights", "x", "y", "data", "format", "num_classes", "name"])] = (
            members[second]
        )
    else:
        members[first] = _npy(rng.choice(odd))


def _damaged_member(rng: random.Random, content: bytes) -> bytes:
    choice = rng.random()
    if choice < 0.3:
        sides = list(re.finditer(rb"\d+", content[: content.find(b"\n")]))
        if sides:
            side = rng.choice(sides)
            return content[: side.start()] + rng.choice(SIDES) + content[side.end() :]
    if choice < 0.5:
        return re.sub(rb"'[<>|][a-zA-Z]\d+'", lambda _: rng.choice(TYPES), content, count=1)
    if choice < 0.6:
        start = content.find(b"{")
        return content[:start] + rng.choice(HEADERS) + content[start:]
    return damage(rng, content)


def read(path: Path) -> None:
    """Read it as a graph, with a matrix's values."""
    read_npz(path, weighted=True)
