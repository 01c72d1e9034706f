# SPDX-License-Identifier: Apache-2.0
"""Files made to cost as much as they can: memory stays within the stated multiple of the file."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hgcn.limits import BYTES_PER_FILE_BYTE, FREE_BYTES
from tests.fuzz.case import READ, REFUSED

MIB = 1024**2
PATTERN = b"%%MatrixMarket matrix coordinate pattern general\n1 1 "
ARRAY = b"%%MatrixMarket matrix array integer general\n"


def _npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _claiming(shape: str) -> bytes:
    """An archive whose member claims to be as large as a zip file can say."""
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': " + shape.encode() + b", }\n"
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for key in ("indptr", "indices"):
            archive.writestr(f"{key}.npy", member)
    return file.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "blanks.txt.gz": lambda: gzip.compress(b"0 1\n" + b"\n" * 64 * MIB, 1),
    "blanks-that-fit.txt.gz": lambda: gzip.compress(b"0 1\n" + b"\n" * 4_000_000, 9),
    "edges-that-fit.txt.gz": lambda: gzip.compress(b"0 1\n" * 900_000, 9),
    "one-line.txt.gz": lambda: gzip.compress(b"1" * 3 * MIB, 9),
    "comments.txt.gz": lambda: gzip.compress(b"#\n" * 2_000_000 + b"0 1\n", 9),
    "one-edge.txt": lambda: b"0 2000000\n",
    "bad-last-line.txt": lambda: b"0 1\n" * 200_000 + b"x y\n",
    "array.mtx.gz": lambda: gzip.compress(ARRAY + b"1000 1000\n" + b"1\n" * 1000**2, 9),
    "claims.mtx": lambda: PATTERN.replace(b"1 1 ", b"9999999 9999999 ") + b"1\n1 1\n",
    "isolated.graph.gz": lambda: gzip.compress(b"2000000 0\n" + b"\n" * 2_000_000, 9),
    "words.graph.gz": lambda: gzip.compress(b"2 900000\n" + b"2 " * 900_000 + b"\n", 9),
    "ones.npz": lambda: _npz(
        indptr=np.zeros(8001, "i4"), indices=np.zeros(0, "i4"), x=np.ones((8000, 4000), "u1")
    ),
    "ones-that-fit.npz": lambda: _npz(
        indptr=np.zeros(1601, "i4"), indices=np.zeros(0, "i4"), x=np.ones((1600, 1700), "f4")
    ),
    "zeros.npz": lambda: _npz(indptr=np.zeros(5 * MIB, np.int64), indices=np.zeros(0, "i4")),
    "claims.npz": lambda: _claiming("(1000000, 1000000)"),
    "text.npz": lambda: _npz(
        indptr=np.array([0, 0]), indices=np.zeros(0, int), name=np.array("x" * 8 * MIB)
    ),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What became of each file, tried from a small process that has read nothing before."""
    folder = tmp_path_factory.mktemp("bounds")
    for name, make in FILES.items():
        (folder / name).write_bytes(make())
    command = [sys.executable, "-m", "tests.readers.measure", *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", FILES)
def test_memory_stays_within_the_stated_multiple_of_the_file(name: str, outcomes: dict) -> None:
    outcome = outcomes[name]
    assert outcome["verdict"] in (READ, REFUSED), outcome
    assert outcome["memory_bytes"] <= FREE_BYTES + BYTES_PER_FILE_BYTE * outcome["file_bytes"]


def test_some_of_them_are_read(outcomes: dict) -> None:
    for name, outcome in outcomes.items():
        assert "that-fit" not in name or outcome["verdict"] == READ, outcome
