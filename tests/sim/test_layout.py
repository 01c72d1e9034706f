# SPDX-License-Identifier: Apache-2.0
"""The layout of SystemVerilog: Verible's, but for what is told to be left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hgcn_sim.checks.layout import differences, find_formatter, laid_out, sources

PROGRAM = find_formatter() or Path("none")
here = pytest.mark.skipif(find_formatter() is None, reason="Verible is not installed")


@here
@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.name))
def test_a_source_is_laid_out(path: Path) -> None:
    assert differences(path, PROGRAM) == []


@here
def test_a_crooked_line_is_straightened() -> None:
    text = "module m;\n     assign   a=b ;\nendmodule\n"
    assert laid_out(text, PROGRAM) == "module m;\n  assign a = b;\nendmodule\n"


@here
def test_assertions_and_columns_are_left_alone() -> None:
    text = (
        "module m (\n"
        "  input  logic       clk_i,\n"
        "  output logic [7:0] out_o\n"
        ");\n"
        "\n"
        "  `HGCN_ASSERT(Held, out_valid_o && !out_ready_i |=>\n"
        "      $stable({out_data_o,  out_last_o}))\n"
        "\n"
        "endmodule\n"
    )
    assert laid_out(text, PROGRAM) == text
