# SPDX-License-Identifier: Apache-2.0
"""Program images: whatever is accepted gives the same bits on every backend.

Small programs of every kind the compiler makes are changed field by field, their checksums made
right again. A mutant is refused when it is loaded, or reference and emulation agree on it, its
reports can be made, and the next good program runs as if nothing had been. `run_on_rtl` runs it on
the accelerator, twice: the second run starts from what the first left behind.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import hgcn
from hgcn.errors import ProgramError
from hgcn.execution.backend import RunOptions, backend
from hgcn.format.commands import HEADER
from hgcn.format.numbers import RECORD_WORDS
from hgcn.format.streams import COLUMN_PARAMETER, ROW_RECORD
from hgcn.graph.csr import Csr
from hgcn.graph.features import to_feature_csr
from hgcn.isa.command_codec import decode_command, encode_command
from hgcn.isa.commands import Spmm
from hgcn.isa.disasm import disassemble
from tests.fuzz.damage import damage
from tests.fuzz.program_parts import STREAM_WORDS, STREAMS_AT, WORD_OF, Parts, resealed
from tests.samples import random_graph

SUFFIX = ".hgcn"
DEVICE = "tiny"
_SHAPES: tuple[dict[str, Any], ...] = (
    {"policy": "balanced"},
    {"policy": "pl-only"},
    {"policy": "aie-only"},
    {"policy": "threshold:2", "hidden": 20},
    {"features": "input"},
    {"features": "input", "nodes": 50, "width": 40, "hidden": 30},
    {"policy": "threshold:2", "nodes": 530},
    {"policy": "threshold:2", "nodes": 20, "width": 4100},
    {"policy": "threshold:2", "values": True},
    {"policy": "pl-only", "values": True},
    {"empty": True},
)
"""One and several feature tiles, row tiles and column tiles; features compiled in and handed in;
binary and int8 operands; commands without work."""


@cache
def _base(number: int) -> bytes:
    usual = {"nodes": 30, "width": 12, "hidden": 6, "values": False, "empty": False}
    shape = usual | _SHAPES[number]
    nodes, width, hidden, values, empty = (shape.pop(key) for key in usual)
    graph = random_graph(number, nodes=nodes, features=width)
    rng = np.random.default_rng(number)
    if values:
        graph = replace(
            graph,
            adjacency=replace(graph.adjacency, data=_weights(rng, graph.adjacency)),
            features=to_feature_csr(rng.normal(size=(nodes, width)).astype(np.float32)),
        )
    if empty:
        graph = replace(graph, features=to_feature_csr(np.zeros((nodes, width), np.float32)))
    model = hgcn.GCN.random([width, hidden, 3], seed=number)
    return hgcn.compile(model, graph, device=DEVICE, **shape).image


def _weights(rng: np.random.Generator, adjacency: Csr) -> np.ndarray:
    return rng.uniform(0.1, 2, adjacency.nnz).astype(np.float32)


def mutant(rng: random.Random) -> bytes:
    """A program with one to three changes; its checksums right but for one in eight."""
    # Each mutant is read in a process of its own: what all need is made before, once.
    _good()
    image = _base(rng.randrange(len(_SHAPES)))
    if rng.random() < 1 / 8:
        damaged = damage(rng, image)
        return resealed(damaged) if rng.random() < 0.5 else damaged
    parts, header = Parts.of(image), dict[int, int]()
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change = rng.choice(CHANGES)
        change(rng, parts, header)
        parts.seal()
    return parts.image(header)


def read(path: Path) -> None:
    """Load it, run it on both interpreters, report on it; then run a good one."""
    try:
        program = hgcn.Program.load(path)
        _same_output(program)
        assert program.summary() and program.estimate().cycles > 0 and repr(program)
        assert all(line.isprintable() for line in disassemble(program.image))
    finally:
        good = _good()
        assert good.run("emulate").bit_exact and good.run("reference").bit_exact


def run_on_rtl(path: Path) -> None:
    """Run an accepted program twice on the RTL, from a store and sums full of noise."""
    from hgcn_sim.runs.inference import run_job
    from hgcn_sim.top.job import Run

    program = hgcn.Program.load(path)
    data, expected = _same_output(program)
    results = run_job(
        program.image, program.device, [Run(), Run()], input_data=data or None, seed=7
    )
    for result in results:
        assert result.done and result.error == "NONE", f"the RTL stopped with {result.error}"
        assert result.output == expected, "the RTL differs from the interpreters"


def prepare_rtl() -> None:
    """Build the simulator, which takes longer than a mutant may."""
    from hgcn_sim.runs.inference import build_top

    build_top(hgcn.device(DEVICE))


def _same_output(program: hgcn.Program) -> tuple[bytes, bytes]:
    """Return the features handed in and the output that both interpreters give."""
    data = random.Random(0).randbytes(program.input_bytes)
    runs = [
        backend(name).run(program.image, program.device, RunOptions(input_data=data))
        for name in ("reference", "emulate")
    ]
    assert runs[0].output == runs[1].output, "reference and emulate differ"
    traffic = [(run.bytes_read, run.bytes_written) for run in runs]
    assert traffic[0] == traffic[1], "reference and emulate read or write different amounts"
    return data, runs[0].output


@cache
def _good() -> hgcn.Program:
    graph = random_graph(99, nodes=20, features=6)
    program = hgcn.compile(hgcn.GCN.random([6, 4, 3], seed=9), graph, device=DEVICE)
    _same_output(program)
    program.estimate()
    return program


# -- Changes ---------------------------------------------------------------------------------------

Header = dict[int, int]
_NUMBERS = (0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 255, 256, 511, 512, 4095, 4096, 0x7FFF, 0x8000)
_LARGE = (0xFFFF, 0x10000, 0xFFFFFF, 1 << 24, 1 << 30, 0x7FFFFFFF, 1 << 31, 0xFFFFFFFF)


def _number(rng: random.Random, old: int, top: int = 0xFFFFFFFF) -> int:
    """Another value of a field: near the old one, a bit of it, a telling one, or any."""
    made = rng.choice(
        (
            old + rng.choice((-16, -8, -1, 1, 8, 16, 64)),
            old ^ 1 << rng.randrange(top.bit_length()),
            rng.choice(_NUMBERS),
            rng.choice(_LARGE),
            rng.randint(0, top),
        )
    )
    return made & top if top & (top + 1) == 0 else min(max(made, 0), top)


def _command_field(rng: random.Random, parts: Parts, header: Header) -> None:
    """One field of one command, by the project's own encoder."""
    at = rng.randrange(len(parts.records))
    try:
        command: Any = decode_command(parts.records[at], at)
    except ProgramError:
        return
    names = [name for name in command.__slots__ if not isinstance(getattr(command, name), tuple)]
    name = rng.choice(names)
    old = getattr(command, name)
    fields = {key: getattr(command, key) for key in command.__slots__}
    if isinstance(old, bool):
        fields[name] = not old
    elif isinstance(old, int):
        top = {"wait_mask": 15, "buffer": 1, "store": 1, "shift": 63, "bias_shift": 31}
        # A LOAD keeps its position beside the store.
        limit = 0xFFFFFF if name == "position" and "stream" in fields else 0xFFFFFFFF
        fields[name] = _number(rng, old, top.get(name, limit))
    else:
        part = rng.choice(("base", "offset", "lines", "s1", "s2"))
        inner = {key: getattr(old, key) for key in old.__slots__}
        if part == "base":
            inner[part] = rng.choice(list(type(old.base)))
        else:
            inner[part] = _number(
                rng, inner[part], (1 << 30) - 1 if part == "offset" else _LARGE[-1]
            )
        fields[name] = type(old)(**inner)
    parts.records[at] = encode_command(type(command)(**fields))


def _command_word(rng: random.Random, parts: Parts, header: Header) -> None:
    at, word = rng.randrange(len(parts.records)), rng.randrange(31)
    parts.records[at, word] = _number(rng, int(parts.records[at, word]))


def _command_order(rng: random.Random, parts: Parts, header: Header) -> None:
    """Commands left out, doubled, exchanged or moved."""
    order = list(range(len(parts.records)))
    one, other = rng.randrange(len(order)), rng.randrange(len(order))
    kind = rng.choice(("drop", "double", "swap", "move", "cut"))
    if kind == "drop":
        del order[one]
    elif kind == "double":
        order.insert(other, order[one])
    elif kind == "swap":
        order[one], order[other] = order[other], order[one]
    elif kind == "move":
        order.insert(other, order.pop(one))
    else:
        order = [*order[:one], order[-1]]
    parts.records = parts.records[order]


def _repeat(rng: random.Random, parts: Parts, header: Header) -> None:
    """An SPMM again and again over the same streams, legal but for the work it makes."""
    at = rng.randrange(len(parts.records))
    try:
        command = decode_command(parts.records[at], at)
    except ProgramError:
        return
    if isinstance(command, Spmm):
        again = replace(command, clear=False, wait_mask=0, fence=False)
        more = np.tile(encode_command(again), (rng.choice((1, 4, 16)), 1))
        parts.records = np.concatenate([parts.records[: at + 1], more, parts.records[at + 1 :]])


def _stream_field(rng: random.Random, parts: Parts, header: Header) -> None:
    """A word of 1, 2 or 4 bytes within a stream."""
    found = parts.streams()
    if not found:
        return
    _, stream = rng.choice(found)
    span, size = parts.span(stream), rng.choice((1, 2, 4))
    at = rng.randrange(span.start, span.stop - 3) // size * size
    old = int.from_bytes(parts.payload[at : at + size], "little")
    new = _number(rng, old, (1 << 8 * size) - 1)
    parts.payload[at : at + size] = new.to_bytes(size, "little")


def _entry(rng: random.Random, parts: Parts, header: Header) -> None:
    """A head or a position near the beginning of a stream, where small streams have no padding."""
    found = [stream for name, stream in parts.streams() if name in ("pl", "control", "records")]
    if not found:
        return
    start = parts.span(rng.choice(found)).start
    at = start + rng.randrange(60)
    parts.payload[at] = _number(rng, parts.payload[at], 255)


def _exchange_rows(rng: random.Random, parts: Parts, header: Header) -> None:
    """Two rows of a DRAIN take each other's scale and accumulator."""
    found = [stream for name, stream in parts.streams() if name == "records"]
    if not found:
        return
    span, size = parts.span(rng.choice(found)), ROW_RECORD.bytes
    first = span.start + COLUMN_PARAMETER.bytes * hgcn.device(DEVICE).features
    one, other = (rng.randrange(first, span.stop, size) for _ in range(2))
    rows = [bytes(parts.payload[at : at + size]) for at in (one, other)]
    parts.payload[one : one + size], parts.payload[other : other + size] = reversed(rows)


def _exchange_streams(rng: random.Random, parts: Parts, header: Header) -> None:
    """A command reads another command's stream."""
    one, other = (rng.randrange(len(parts.records)) for _ in range(2))
    at = rng.choice(STREAMS_AT)
    stream = slice(at, at + STREAM_WORDS)
    parts.records[one, stream] = parts.records[other, stream]


def _payload_bytes(rng: random.Random, parts: Parts, header: Header) -> None:
    damaged = bytearray(damage(rng, bytes(parts.payload)))
    # Bytes that went are made up for, so that the streams behind them stay where they are.
    parts.payload = damaged[: len(parts.payload)].ljust(len(parts.payload), b"\0")


_SEALED = ("magic", "image_crc", "checksum")
_DERIVED = [
    WORD_OF[name] for name in ("commands_line", "num_commands", "metadata_line", "metadata_bytes")
]
"""What `Parts.image` writes."""


def _header_word(rng: random.Random, parts: Parts, header: Header) -> None:
    words = [at for name, at in WORD_OF.items() if name not in _SEALED]
    sizes = [at for name, at in WORD_OF.items() if name.endswith("_lines")]
    unused = [int(at) for at in np.flatnonzero(HEADER.meant == 0)]
    at = rng.choice([*words, *sizes, rng.choice(unused)])
    if at in _DERIVED:
        image = np.frombuffer(parts.image(), "<u4", count=RECORD_WORDS)
        header[at] = _number(rng, int(image[at]))
    else:
        parts.words[at] = _number(rng, int(parts.words[at]))


_JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2.5, 1e300, -0.0, 1 << 31, 1 << 62, 1 << 70, "", "x", "tiny", "\x1b[31m",
    "[bold]", "a\nb", "\ud800", "\u202e", "x" * 5000, "<i4", "(2,", "O", [], {}, [1, 2], [[]],
    {"a": {}}, [1 << 40, 1 << 40],
)  # fmt: skip


def _metadata(rng: random.Random, parts: Parts, header: Header) -> None:
    """A value anywhere in the JSON replaced, or a key renamed, removed, added."""
    node = parts.document
    while True:
        keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.8:
            node = node[key]
            continue
        break
    old, kind = node[key], rng.random()
    if isinstance(node, dict) and kind < 0.2:
        del node[key]
        if kind < 0.1:
            node[rng.choice(("x", "", "\x1b", "nodes", "[red]"))] = old
    elif type(old) is int and kind < 0.6:
        node[key] = _number(rng, old, (1 << 63) - 1)
    elif type(old) is float and kind < 0.6:
        node[key] = old * rng.choice((-1, 0, 0.5, 1e-300, 1e300))
    else:
        node[key] = rng.choice(_JUNK)


def _blobs(rng: random.Random, parts: Parts, header: Header) -> None:
    parts.blobs = damage(rng, parts.blobs)


CHANGES: tuple[Callable[[random.Random, Parts, Header], None], ...] = (
    _command_field, _command_field, _command_field, _command_word, _command_order, _repeat,
    _stream_field, _stream_field, _stream_field, _entry, _entry, _exchange_rows, _exchange_streams,
    _payload_bytes, _header_word, _metadata, _metadata, _blobs,
)  # fmt: skip
