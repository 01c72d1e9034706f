# SPDX-License-Identifier: Apache-2.0
"""The parser of module headers reads directions, packed dimensions and package types."""

from __future__ import annotations

import pytest
from hgcn_hw.build.header import module_ports, package

from hgcn.errors import BackendError

PACKAGE = """
package small_pkg;
  localparam int unsigned R = 2;   // rows
  localparam int unsigned Bits = 8 * R;
  typedef logic [Bits-1:0] beat_t;
endpackage
"""
MODULE = """
module small
  import small_pkg::*;
(
  input  logic clk_i,  // Clock, rising
  output logic [R*2-1:0][3:0] out_o,
  (* keep = "yes" *) output beat_t [R-1:0] data_o
);
endmodule
"""


def test_ports_have_directions_and_widths() -> None:
    sizes = package(PACKAGE)
    assert sizes.values == {"R": 2, "Bits": 16}
    assert module_ports(MODULE, "small", sizes) == {
        "clk_i": (False, 1),
        "out_o": (True, 16),
        "data_o": (True, 32),
    }


def test_unknown_types_are_named() -> None:
    with pytest.raises(BackendError, match=r"small\.data_o: type beat_t is unknown"):
        module_ports(MODULE.replace("R*2", "4").replace("R-1", "1"), "small")


def test_absent_modules_are_named() -> None:
    with pytest.raises(BackendError, match="module large is not there"):
        module_ports(MODULE, "large")


def test_unknown_sizes_are_named() -> None:
    with pytest.raises(BackendError, match="Q is unknown"):
        module_ports(MODULE.replace("R*2", "Q"), "small", package(PACKAGE))
