# SPDX-License-Identifier: Apache-2.0
"""What the packaged accelerator is called: board builds and software bind to it by this."""

from __future__ import annotations

from hgcn.format.numbers import MAGIC

CORES: dict[str, str] = {
    "hgcn_top": "hgcn:hgcn:hgcn_top:1.0",
    "hgcn_core": "hgcn:hgcn:hgcn_core:1.0",
}
"""Vendor, library, name and version by top module: all in PL, and with AI Engines behind PLIO."""

HARDWARE_ID = MAGIC
"""What register ID reads: HGCN in ASCII."""

INSTANCE = "hgcn_0"
"""Name of the accelerator's cell in our block designs; software finds it by its core instead."""

INTERRUPT = "irq_o"
"""Interrupt pin of the packaged core."""
