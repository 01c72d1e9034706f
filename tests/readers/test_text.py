# SPDX-License-Identifier: Apache-2.0
"""Text files read by us and by the reader that defines them: the same matrix, or a refusal."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import Counter
from pathlib import Path

import networkx
import numpy as np
import pytest
import scipy.io
import scipy.sparse

from hgcn.errors import DatasetError
from hgcn.graph import read_edge_list, read_graph, read_matrix_market, read_metis
from tests.readers import text_files

FILES = 400
"""Of each format: about a tenth has a fault, some more are refused by us alone."""

LARGEST = 10_000
"""Nodes; a fault may name more than a dense matrix can show."""


def _ours(read, path: Path) -> np.ndarray | None:
    try:
        return read(path).adjacency.to_dense()
    except DatasetError as error:
        assert str(error).startswith(f"{path}: ")
        assert str(error).isprintable()
        return None


def _compare(tmp_path: Path, suffix: str, make, ours, theirs) -> Counter[str]:
    """Count what became of the files; fail on the first that both read, and read differently."""
    seen: Counter[str] = Counter()
    for seed in range(FILES):
        content = make(random.Random(f"{suffix} {seed}"))
        path = tmp_path / f"g{seed}{suffix}"
        path.write_bytes(content)
        got, want = _ours(ours, path), theirs(content)
        if got is None:
            seen["refused by both" if want is None else "refused by us"] += 1
            continue
        assert want is not None, f"seed {seed}: read, but no {suffix} file: {content!r}"
        size = max(len(got), len(want))
        padded = [np.pad(m, (0, size - len(m))) for m in (got, want.astype(np.float32))]
        assert np.array_equal(*padded), f"seed {seed}: {content!r}"
        seen["read by both"] += 1
    return seen


def _by_networkx(content: bytes) -> np.ndarray | None:
    first = next(
        (line for line in content.split(b"\n") if line.strip() and line.strip()[:1] != b"#"), b""
    )
    mark = next((mark for mark in (",", ";") if mark.encode() in first), None)
    kept = b"\n".join(line for line in content.split(b"\n") if line.strip()[:1] != b"#")
    try:
        graph = networkx.read_edgelist(
            io.BytesIO(kept),
            nodetype=int,
            data=False,
            delimiter=mark,
            create_using=networkx.MultiDiGraph,
        )
        nodes = range(max(graph.nodes, default=-1) + 1)
        if nodes.stop > LARGEST:
            return None
        graph.add_nodes_from(nodes)
        # Row i holds what node i aggregates from: the transpose of what NetworkX makes.
        return networkx.to_numpy_array(graph, nodelist=nodes).T if nodes else None
    except (TypeError, ValueError, networkx.NetworkXError):
        return None


def test_edge_lists_as_networkx_reads_them(tmp_path: Path) -> None:
    seen = _compare(
        tmp_path,
        ".edges",
        text_files.edge_list,
        lambda path: read_edge_list(path, symmetrise=False),
        _by_networkx,
    )
    assert seen["read by both"] > FILES * 0.8


def _by_csv(content: bytes) -> np.ndarray | None:
    text = content.decode()
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    header, *rows = [row for row in rows if row]
    names = [name.lower().replace(" ", "") for name in header]
    pairs = [("source", "target"), ("src", "dst"), ("from", "to"), ("sourceid", "targetid")]
    try:
        source, target = next(pair for pair in pairs if set(pair) <= set(names))
        edges = [(int(row[names.index(source)]), int(row[names.index(target)])) for row in rows]
        size = max(map(max, edges)) + 1
        if size > LARGEST:
            return None
        dense = np.zeros((size, size))
        if min(map(min, edges)) < 0 or any(len(row) != len(header) for row in rows):
            return None
        np.add.at(dense, tuple(np.array(edges).T[::-1]), 1)
    except (ValueError, StopIteration, IndexError):
        return None
    return dense


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_tables_as_the_csv_module_reads_them(tmp_path: Path, suffix: str) -> None:
    seen = _compare(
        tmp_path,
        suffix,
        text_files.table,
        lambda path: read_edge_list(path, symmetrise=False),
        _by_csv,
    )
    assert seen["read by both"] > FILES * 0.8


def _by_scipy(content: bytes, *, weighted: bool) -> np.ndarray | None:
    try:
        matrix = scipy.io.mmread(io.BytesIO(content))
    except (ValueError, TypeError, OverflowError, DeprecationWarning):
        return None
    if matrix.shape[0] != matrix.shape[1]:
        return None
    csr = scipy.sparse.csr_matrix(matrix)
    # A pattern's entries are ones that add up; of values only the structure counts.
    is_pattern = content.split(b"\n", 1)[0].lower().split()[3] == b"pattern"
    if weighted:
        dense = csr.toarray()
        return None if np.iscomplexobj(dense) or is_pattern or dense.min() < 0 else dense
    return np.abs(csr.toarray()) if is_pattern else (csr.toarray() != 0).astype(np.float64)


@pytest.mark.parametrize("weighted", [False, True])
def test_matrix_market_as_scipy_reads_it(tmp_path: Path, weighted: bool) -> None:
    seen = _compare(
        tmp_path,
        ".mtx",
        text_files.matrix_market,
        lambda path: read_matrix_market(path, weighted=weighted),
        lambda content: _by_scipy(content, weighted=weighted),
    )
    # A sixth is complex, which is refused; a pattern has no weights, and none may be negative.
    assert seen["read by both"] > FILES * (0.15 if weighted else 0.5)


def _by_hand(content: bytes, *, weighted: bool) -> np.ndarray | None:
    """The METIS manual, word by word; no library at hand reads the format."""
    lines = [line for line in content.split(b"\n") if not line.lstrip().startswith(b"%")]
    try:
        header = [int(word) for word in lines[0].split()]
        n, m = header[:2]
        flags = lines[0].split()[2].zfill(3).decode() if len(header) > 2 else "000"
        constraints = header[3] if len(header) > 3 else int(flags[1] == "1")
        if weighted and flags[2] != "1":
            return None
        dense, mentions = np.zeros((n, n)), 0
        for node, line in enumerate(lines[1 : n + 1]):
            words = [int(word) for word in line.split()]
            skipped = int(flags[0] == "1") + (constraints if flags[1] == "1" else 0)
            words = words[skipped:] if len(words) >= skipped else [n + 1]
            step = 2 if flags[2] == "1" else 1
            for place in range(0, len(words), step):
                neighbour, *weight = words[place : place + step]
                if not 1 <= neighbour <= n or neighbour - 1 == node:
                    return None
                dense[node, neighbour - 1] += weight[0] if weighted else 1
                mentions += 1
        last = n if len(lines) > n + 1 or lines[-1].strip() else n - 1
        whole = mentions == 2 * m and len(lines) > last and not b"".join(lines[n + 1 :]).strip()
        return dense if whole and np.array_equal(dense, dense.T) else None
    except (ValueError, IndexError):
        return None


@pytest.mark.parametrize("weighted", [False, True])
def test_metis_as_its_manual_says(tmp_path: Path, weighted: bool) -> None:
    seen = _compare(
        tmp_path,
        ".graph",
        text_files.metis,
        lambda path: read_metis(path, weighted=weighted),
        lambda content: _by_hand(content, weighted=weighted),
    )
    assert seen["read by both"] > FILES * (0.3 if weighted else 0.8)


@pytest.mark.parametrize("suffix", [".edges", ".csv", ".mtx", ".graph"])
def test_packed_files_are_the_same_graphs(tmp_path: Path, suffix: str) -> None:
    make = {
        ".edges": text_files.edge_list,
        ".csv": text_files.table,
        ".mtx": text_files.matrix_market,
        ".graph": text_files.metis,
    }[suffix]
    for seed in range(FILES // 4):
        content = make(random.Random(f"{suffix} {seed}"))
        plain, packed = tmp_path / f"g{suffix}", tmp_path / f"g{suffix}.gz"
        plain.write_bytes(content)
        packed.write_bytes(gzip.compress(content, 1))
        first, second = _ours(read_graph, plain), _ours(read_graph, packed)
        assert (first is None) == (second is None)
        assert first is None or np.array_equal(first, second)
