# SPDX-License-Identifier: Apache-2.0
"""The simulated DRAM, seen from Python inside the simulation."""

from .memory import SOURCES, Dram, Statistics

__all__ = ["SOURCES", "Dram", "Statistics"]
