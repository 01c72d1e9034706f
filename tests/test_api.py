# SPDX-License-Identifier: Apache-2.0
"""The public API, from graph to logits and through files."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.errors import BackendError, CompileError, ModelError, ProgramError, SpecError
from hgcn.isa.image import ImageBuilder, read_header, read_metadata
from hgcn.model.quantise import quantise
from hgcn.reference.infer import infer
from tests.samples import DEVICES, TINY, random_graph

GRAPH = random_graph(nodes=60, features=12)
MODEL = hgcn.GCN.random([12, 9, 3])


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, device="tiny")


@pytest.mark.parametrize("device", [*hgcn.PRESETS, DEVICES["tiles"]])
@pytest.mark.parametrize("backend", ["reference", "emulate"])
def test_every_device_and_backend_gives_the_reference_logits(
    device: str | hgcn.Device, backend: str
) -> None:
    result = hgcn.compile(MODEL, GRAPH, device=device).run(backend)
    network = quantise(MODEL, GRAPH)
    assert result.bit_exact and result.backend == backend
    np.testing.assert_array_equal(result.integer_logits, infer(network))
    np.testing.assert_allclose(
        result.logits, result.integer_logits * network.logit_scale, rtol=1e-6
    )


def test_run_compiles_and_runs() -> None:
    assert hgcn.run(MODEL, GRAPH, backend="reference", device="tiny").bit_exact


def test_run_takes_what_compile_takes() -> None:
    options = {"policy": "pl-only", "ordering": "none", "quantisation": "percentile:99.9"}
    seen: list[str] = []
    result = hgcn.run(MODEL, GRAPH, **options, progress=lambda stage, *_: seen.append(stage))
    program = hgcn.compile(MODEL, GRAPH, **options)
    assert result.program_bytes == len(program.image) and {"quantise", "encode"} <= set(seen)
    np.testing.assert_array_equal(result.integer_logits, program.run().integer_logits)


def test_a_program_survives_its_file(program: hgcn.Program, tmp_path: Path) -> None:
    file = tmp_path / "graph.hgcn"
    program.save(file)
    loaded = hgcn.Program.load(file)
    assert loaded.image == program.image and loaded.metadata == program.metadata
    assert loaded.device is hgcn.PRESETS["tiny"]
    assert loaded.run().bit_exact and loaded.summary() == program.summary()
    assert loaded.bound == program.bound and loaded.estimate() == program.estimate()


def test_the_same_input_gives_the_same_image(program: hgcn.Program) -> None:
    assert hgcn.compile(MODEL, GRAPH, device="tiny").image == program.image


def test_a_wrong_bit_is_told(program: hgcn.Program) -> None:
    other = replace(program, metadata=program.metadata | {"logits_sha256": "0" * 64})
    assert not other.run().bit_exact


def test_a_program_for_a_device_of_ones_own_needs_that_device(tmp_path: Path) -> None:
    file = tmp_path / "own.hgcn"
    hgcn.compile(MODEL, GRAPH, device=DEVICES["tiles"]).save(file)
    with pytest.raises(ProgramError, match=r"for device 'tiles' .*: give its device file"):
        hgcn.Program.load(file)
    assert hgcn.Program.load(file, DEVICES["tiles"]).run().bit_exact
    with pytest.raises(ProgramError, match="program was built for device hash"):
        hgcn.Program.load(file, "tiny")


def test_progress_tells_every_stage_in_order(program: hgcn.Program) -> None:
    calls: list[str] = []

    def progress(stage: str, done: int, total: int) -> None:
        assert 0 < done <= total
        calls.append(stage)

    hgcn.compile(MODEL, GRAPH, device="tiny", progress=progress)
    program.run(progress=progress)
    assert list(dict.fromkeys(calls)) == ["quantise", "order", "split", "map", "encode", "run"]


@pytest.mark.parametrize("features", ["program", "input"])
def test_all_that_compiling_does_is_done_in_a_stage(
    monkeypatch: pytest.MonkeyPatch, features: str
) -> None:
    open_stage: list[str] = []
    done: set[str] = set()
    stage = hgcn.api._stage

    @contextmanager
    def noted(name: str, *rest: Any) -> Iterator[None]:
        open_stage.append(name)
        with stage(name, *rest):
            yield
        open_stage.pop()

    def watched(name: str, work: Any) -> Any:
        def inner(*args: Any, **kwargs: Any) -> Any:
            assert len(open_stage) == 1, f"{name} belongs to no stage"
            done.add(name)
            return work(*args, **kwargs)

        return inner

    monkeypatch.setattr(hgcn.api, "_stage", noted)
    work = {"quantise_measured", "order_graph", "permute_network", "choose", "map_operand"}
    work |= {"program_facts", "lower", "Program"}
    for name in work:
        monkeypatch.setattr(hgcn.api, name, watched(name, getattr(hgcn.api, name)))
    program = hgcn.compile(MODEL, GRAPH, device="tiny", features=features)
    assert done == work
    assert list(program.seconds) == ["quantise", "order", "split", "map", "encode"]


@pytest.mark.parametrize("features", ["program", "input"])
@pytest.mark.parametrize("quantisation", ["auto", "limit:4"])
def test_compiling_does_not_run_the_plain_definition(
    monkeypatch: pytest.MonkeyPatch, features: str, quantisation: str
) -> None:
    def refused(*_: Any) -> Any:
        raise AssertionError("the plain products are for checking")

    with monkeypatch.context() as patch:
        patch.setattr("hgcn.reference.infer.spmm", refused)
        program = hgcn.compile(
            MODEL, GRAPH, device="tiny", features=features, quantisation=quantisation
        )
    network = quantise(MODEL, GRAPH, quantisation="max" if quantisation == "auto" else quantisation)
    if features == "program":
        assert np.array_equal(program.run().integer_logits, infer(network))
    assert program.run().bit_exact and program.agreement is not None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"cannot read program .*none.hgcn: No such file"):
        hgcn.Program.load(tmp_path / "none.hgcn")


def test_every_flipped_byte_of_a_file_is_caught(program: hgcn.Program, tmp_path: Path) -> None:
    file = tmp_path / "broken.hgcn"
    for at in range(0, len(program.image), 37):
        broken = bytearray(program.image)
        broken[at] ^= 0x55
        file.write_bytes(bytes(broken))
        with pytest.raises(ProgramError):
            hgcn.Program.load(file)


def with_metadata(program: hgcn.Program, metadata: dict[str, Any], **arrays: Any) -> bytes:
    """The program's image with other metadata, every sum right."""
    header = read_header(program.image)
    _, before = read_metadata(program.image, header)
    tail = ImageBuilder().finish(
        device_hash=0,
        graph_hash=bytes(32),
        model_hash=bytes(32),
        scratch_lines=0,
        output_lines=0,
        metadata=metadata,
        arrays=before | arrays,
    )[128:]
    words = np.frombuffer(program.image, dtype="<u4", count=32).copy()
    found = np.frombuffer(tail, dtype=np.uint8)
    words[7] = len(found)
    body = program.image[128 : 64 * header.metadata_line] + tail
    words[24] = words[31] = 0
    words[24] = zlib.crc32(body, zlib.crc32(words.tobytes()))
    from hgcn.isa.checksum import record_checksum

    words[31] = record_checksum(words)
    return words.tobytes() + body


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"device": None}, "it is for device 'None' .*, which is no preset here"),
        ({"device": ["tiny"]}, "it is for device .*, which is no preset here"),
        ({"classes": "3"}, "lacks metadata: metadata.classes must be a count, got a str"),
        ({"logit_scale": None}, "lacks metadata: metadata.logit_scale must be a float, got a None"),
        ({"workload": {}}, "lacks metadata: "),
        ({"workload": 3}, "lacks metadata: metadata.workload must be a dict, got a int"),
    ],
)
def test_metadata_that_lies_is_refused(
    program: hgcn.Program, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    file = tmp_path / "odd.hgcn"
    file.write_bytes(with_metadata(program, program.metadata | change))
    with pytest.raises(ProgramError, match=message):
        hgcn.Program.load(file)


@pytest.mark.parametrize("key", ["device", "classes", "workload", "logits_sha256"])
def test_metadata_that_lacks_a_key_is_refused(
    program: hgcn.Program, tmp_path: Path, key: str
) -> None:
    file = tmp_path / "odd.hgcn"
    rest = {name: fact for name, fact in program.metadata.items() if name != key}
    file.write_bytes(with_metadata(program, rest))
    with pytest.raises(ProgramError, match=f"lacks metadata: '{key}'"):
        hgcn.Program.load(file)


@pytest.mark.parametrize(
    "rows", [np.zeros(60, np.int32), np.arange(59, dtype=np.int32), np.arange(60, dtype=np.int64)]
)
def test_a_node_order_that_is_none_is_refused(
    program: hgcn.Program, tmp_path: Path, rows: np.ndarray
) -> None:
    file = tmp_path / "odd.hgcn"
    file.write_bytes(with_metadata(program, program.metadata, rows=rows))
    with pytest.raises(ProgramError, match="rows must name each node once"):
        hgcn.Program.load(file)


def test_a_program_that_cannot_be_saved_says_so(program: hgcn.Program, tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"cannot write .*graph.hgcn: "):
        program.save(tmp_path / "none" / "graph.hgcn")


def test_what_cannot_be_compiled_says_why() -> None:
    with pytest.raises(SpecError, match="unknown device 'u250'"):
        hgcn.compile(MODEL, GRAPH, device="u250")
    with pytest.raises(SpecError, match="unknown ordering 'random'"):
        hgcn.compile(MODEL, GRAPH, device="tiny", ordering="random")
    with pytest.raises(SpecError, match="policy must be one of balanced"):
        hgcn.compile(MODEL, GRAPH, device="tiny", policy="best")
    with pytest.raises(ModelError, match=r"has 12 features per node, but .* takes 13"):
        hgcn.compile(hgcn.GCN.random([13, 3]), GRAPH, device="tiny")
    with pytest.raises(ModelError, match="has no features"):
        hgcn.compile(MODEL, replace(GRAPH, features=None), device="tiny")
    small = replace(TINY, name="small", store_rows=16)
    with pytest.raises(CompileError, match="layer 2 takes 9 features"):
        hgcn.compile(MODEL, GRAPH, device=small)


def test_what_cannot_be_run_says_why(program: hgcn.Program) -> None:
    with pytest.raises(BackendError, match="unknown backend 'gpu'"):
        program.run("gpu")
    with pytest.raises(BackendError, match="backend emulate takes no options, got waves"):
        program.run("emulate", waves=True)


def test_what_is_exported_is_there() -> None:
    assert all(hasattr(hgcn, name) for name in hgcn.__all__)
    assert hgcn.__version__.count(".") == 2
