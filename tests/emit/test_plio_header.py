# SPDX-License-Identifier: Apache-2.0
"""The kernels' header is the declaration's; tests/aie runs the kernels with it."""

from __future__ import annotations

import re
from pathlib import Path

from hgcn.emit.plio_header import cxx_plio_header
from hgcn.format.numbers import PacketMagic

COMMITTED = Path(__file__).parents[2] / "hw" / "aie" / "kernels" / "plio_header.h"


def test_the_committed_header_is_what_emit_writes() -> None:
    assert COMMITTED.read_text() == cxx_plio_header()


def test_every_magic_is_there() -> None:
    found = re.findall(r"kMagic\w+ = (0x\w+);", cxx_plio_header())
    assert [int(value, 16) for value in found] == [magic.value for magic in PacketMagic]
