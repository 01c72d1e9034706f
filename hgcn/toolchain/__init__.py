# SPDX-License-Identifier: Apache-2.0
"""Finds the tools that simulate and synthesise the RTL; nothing here runs at import."""

from hgcn.toolchain.tools import (
    Verilator,
    compiler_accepts,
    compiler_identity,
    cxx_compiler,
    find_verilator,
    require_simulator,
    tool_report,
)

__all__ = [
    "Verilator",
    "compiler_accepts",
    "compiler_identity",
    "cxx_compiler",
    "find_verilator",
    "require_simulator",
    "tool_report",
]
