# SPDX-License-Identifier: Apache-2.0
"""Random small text files of every format: edge lists, tables, MatrixMarket, METIS.

Each is what some program may write, with comments, blanks, odd but valid numbers and line ends. A
few hold a fault on purpose: what a reader does of those is its reference's to say.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

COMMENTS = [
    b"",
    b" note",
    b" 1 2",
    " André".encode("latin1"),
    "  \u2028 3 4".encode(),
    b" page\x0c5 6",
    b" \x0b7 8",
    b"\x1c9 9 \x85 \x00",
]
FAULTS = [b"x", b"1.5", b"-1", b"1e3", b"", b"nan", b"99999999999999999999", b"1_0", b"0x1"]


def edge_list(rng: random.Random) -> bytes:
    """Lines of two node numbers and perhaps more, between white space, commas or semicolons."""
    separator = rng.choice([" ", "\t", "  ", ",", ", ", ";"])
    extra = rng.randint(0, 2)
    nodes = rng.choice([1, 3, 12, 300])
    rows = [
        [str(rng.randrange(nodes)), str(rng.randrange(nodes)), *map(str, _numbers(rng, extra))]
        for _ in range(rng.randint(0, 25))
    ]
    lines = [separator.join(row).encode() for row in rows]
    return _joined(rng, _with_fault(rng, lines, separator.strip() or " "), mark=b"#")


def table(rng: random.Random) -> bytes:
    """A table with a header, written with commas, tabs or semicolons, with row numbers or not."""
    source, target = rng.choice(
        [("source", "target"), ("src", "dst"), ("from", "to"), ("Source ID", "Target ID")]
    )
    separator = rng.choice([",", ";", "\t"])
    columns = rng.sample([source, target, "weight", "label", "year"], rng.randint(2, 5))
    for name in (source, target):
        if name not in columns:
            columns.insert(rng.randint(0, len(columns)), name)
    if rng.random() < 0.4:
        columns.insert(0, "")
    quote = rng.random() < 0.3
    rows = []
    for number in range(rng.randint(1, 20)):
        cells = {
            source: str(rng.randrange(9)),
            target: str(rng.randrange(9)),
            "weight": str(rng.choice([1, 0.5, 2.25, 3])),
            "label": rng.choice(["", "a", "no name", f"x{separator}y" if quote else "z"]),
            "year": str(rng.randint(1990, 2030)),
            "": str(number),
        }
        rows.append([cells[name] for name in columns])
    lines = [
        separator.join(f'"{cell}"' if quote else cell for cell in row).encode()
        for row in [columns, *rows]
    ]
    return _joined(rng, _with_fault(rng, lines, separator), mark=None)


def matrix_market(rng: random.Random) -> bytes:
    """A matrix in either layout, of every field and symmetry."""
    layout = rng.choice(["coordinate", "coordinate", "array"])
    field = rng.choice(["real", "integer", "pattern", "double", "complex", "unsigned-integer"])
    symmetry = rng.choice(["general", "general", "symmetric", "skew-symmetric", "hermitian"])
    n = rng.choice([1, 2, 4, 7])
    cols = n if rng.random() < 0.95 else n + 1
    banner = f"%%MatrixMarket matrix {layout} {field} {symmetry}".encode()
    if layout == "array":
        skipped = 1 if symmetry == "skew-symmetric" else 0
        cells = [
            (i, j)
            for j in range(cols)
            for i in range(n)
            if symmetry == "general" or i - j >= skipped
        ]
        lines = [_value(rng, field) for _ in cells]
        size = f"{n} {cols}"
    else:
        triangle = symmetry != "general" and rng.random() < 0.9
        cells = []
        for _ in range(rng.randint(0, 12)):
            i, j = rng.randint(1, n), rng.randint(1, cols)
            cells.append((max(i, j), min(i, j)) if triangle and i <= n else (i, j))
        cells = [(min(i, n), min(j, cols)) for i, j in cells]
        space = rng.choice([" ", "  ", "\t"])
        lines = [space.join((str(i), str(j), _value(rng, field))).rstrip() for i, j in cells]
        size = f"{n} {cols} {len(lines) + (rng.random() < 0.03)}"
    body = _with_fault(rng, [line.encode() for line in lines], " ", never_first=True)
    if rng.random() < 0.2:
        body.insert(rng.randint(0, len(body)), b"")
    head = [banner]
    for _ in range(rng.randint(0, 2)):
        head.append(rng.choice([b"%", b"  %"]) + rng.choice(COMMENTS))
    if rng.random() < 0.1:
        head.append(b"")
    end = rng.choice([b"\n", b"\n", b"\r\n"])
    return end.join([*head, size.encode(), *body]) + (end if rng.random() < 0.9 else b"")


def metis(rng: random.Random) -> bytes:
    """A graph in any of the format's variants."""
    n = rng.randint(1, 12)
    pairs = [(rng.randint(1, n), rng.randint(1, n)) for _ in range(rng.randint(0, 20))]
    edges = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    if rng.random() < 0.1 and edges:
        edges.append(edges[0])
    weight = {edge: rng.randint(1, 9) for edge in edges}
    flags = rng.choice(["", "0", "1", "01", "11", "110", "111", "100", "000", "001"])
    full = flags.zfill(3)
    per_node = rng.randint(1, 3) if full[1] == "1" else 0
    header = [str(n), str(len(edges)), *([flags] if flags else [])]
    if per_node and (per_node > 1 or rng.random() < 0.5):
        header.append(str(per_node))
    lines = []
    for node in range(1, n + 1):
        words = [str(rng.randint(0, 9)) for _ in range(per_node + (full[0] == "1"))]
        for edge in rng.sample(edges, len(edges)):
            if node in edge:
                words.append(str(sum(edge) - node))
                words.extend([str(weight[edge])] if full[2] == "1" else [])
        lines.append(rng.choice([" ", "  ", "\t"]).join(words).encode())
    lines = _with_fault(rng, lines, " ")
    lines.insert(0, " ".join(header).encode())
    for _ in range(rng.randint(0, 2)):
        lines.insert(rng.randint(0, len(lines)), b"%" + rng.choice(COMMENTS))
    end = rng.choice([b"\n", b"\n", b"\r\n"])
    return end.join(lines) + end * rng.randint(0, 3)


def _value(rng: random.Random, field: str) -> str:
    if field == "pattern":
        return ""
    if field in ("integer", "unsigned-integer"):
        low = -3 if field == "integer" else 0
        return str(rng.choice([rng.randint(low, 3), rng.randint(0, 2**30)]))
    real = rng.choice(["0", "1", "0.0", "-1.5", "2e-3", "1E2", ".5", "3.", "-0.0", "1e-60"])
    return real if field != "complex" else f"{real} {rng.choice(['0', '1.5'])}"


def _numbers(rng: random.Random, count: int) -> list[float]:
    return [rng.choice([1, 0.5, 7, 2.25]) for _ in range(count)]


def _with_fault(
    rng: random.Random, lines: Sequence[bytes], separator: str, *, never_first: bool = False
) -> list[bytes]:
    """Put one wrong word into a line, in one file of ten."""
    lines = list(lines)
    if lines and rng.random() < 0.1:
        place = rng.randrange(len(lines))
        words = lines[place].split(separator.encode())
        words[rng.randrange(len(words))] = rng.choice(FAULTS)
        lines[place] = separator.encode().join(words)
    return lines


def _joined(rng: random.Random, lines: list[bytes], mark: bytes | None) -> bytes:
    if mark is not None:
        for _ in range(rng.randint(0, 3)):
            indent = rng.choice([b"", b"", b"  ", b"\t"])
            lines.insert(rng.randint(0, len(lines)), indent + mark + rng.choice(COMMENTS))
        if rng.random() < 0.3:
            lines.insert(rng.randint(0, len(lines)), rng.choice([b"", b"  "]))
    end = rng.choice([b"\n", b"\n", b"\r\n"])
    return end.join(lines) + (end if rng.random() < 0.9 else b"")
