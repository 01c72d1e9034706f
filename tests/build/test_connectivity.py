# SPDX-License-Identifier: Apache-2.0
"""PLIO names are equal in wrapper, link configuration and graph."""

from __future__ import annotations

import pytest
from hgcn_hw.build import rules
from hgcn_hw.build.connectivity import (
    connected_streams,
    generated_config,
    graph_streams,
    kernel_config,
    stream_config,
)
from hgcn_hw.build.contract import plio_names
from hgcn_hw.build.generate import HARDWARE

from hgcn.arch.presets import PRESETS, device
from hgcn.errors import BackendError

TINY = device("tiny")


def test_every_stream_is_connected_once() -> None:
    streams = connected_streams(stream_config(TINY))
    assert streams == {name: (name, sends) for name, sends in plio_names(TINY).items()}


@pytest.mark.parametrize("preset", PRESETS)
def test_the_array_side_uses_the_same_names(preset: str) -> None:
    folder = HARDWARE / "generated" / preset
    configuration = generated_config(folder)
    if configuration is None:
        pytest.skip("no AI Engine files are generated")
    graph = (folder / "hgcn_graph.h").read_text()
    assert rules.plio(device(preset), configuration.read_text(), graph) == []


GRAPH = "".join(
    f'adf::{"input" if sends else "output"}_plio::create("{name}", adf::plio_128_bits);\n'
    for name, sends in plio_names(TINY).items()
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ai_engine_0.plio_a_1\n", "ai_engine_0.plio_a_2\n", "PLIO plio_a_1"),
        ("hgcn_0.plio_b_0_1:", "hgcn_0.plio_b_1_1:", "PLIO plio_b_0_1"),
        ("ai_engine_0.plio_c_0_0:hgcn_0", "ai_engine_0.plio_c_0_0:hgcn_1", "must be hgcn_0"),
        ("hgcn_0.plio_a_0:ai_engine_0.plio_a_0", "hgcn_0.a:hgcn_0.b", "must join"),
        ("ai_engine_0.plio_a_1\n", "ai_engine_0.plio_a_0\n", "connected twice"),
    ],
)
def test_a_wrong_line_is_found(old: str, new: str, message: str) -> None:
    text = stream_config(TINY)
    assert old in text
    problems = rules.plio(TINY, text.replace(old, new), GRAPH)
    assert any(message in problem for problem in problems), problems


def test_a_wrong_name_in_the_graph_is_found() -> None:
    problems = rules.plio(TINY, stream_config(TINY), GRAPH.replace("plio_c_1_1", "c_1_1"))
    assert any("graph, PLIO plio_c_1_1" in problem for problem in problems)


def test_graphs_are_read_across_lines() -> None:
    text = 'c[0] = adf::output_plio::create(\n    "plio_c_0_0", adf::plio_128_bits);'
    assert graph_streams(text) == {"plio_c_0_0": False}


def test_the_kernel_gets_memory_and_clock() -> None:
    lines = kernel_config(device("vck190")).splitlines()
    assert "nk=hgcn_core:1:hgcn_0" in lines
    assert "sp=hgcn_0.m_axi:DDR" in lines
    assert "freqHz=300000000:hgcn_0" in lines


def test_a_line_without_the_array_is_refused() -> None:
    with pytest.raises(BackendError, match="must join hgcn_0 and ai_engine_0"):
        connected_streams("sc=a.b:c.d\n")
