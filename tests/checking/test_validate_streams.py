# SPDX-License-Identifier: Apache-2.0
"""`need`, and that each stream is looked at once; the rules themselves are in test_validate."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.checking.validate_streams import StreamCheck, need
from hgcn.errors import ProgramError
from hgcn.isa.commands import Load, streams
from hgcn.isa.image import ImageBuilder
from tests.samples import TINY


def test_need_says_what_was_wanted_and_what_came() -> None:
    need(True, "rows", 1, "2")
    with pytest.raises(ProgramError, match=r"^rows must be 2, got 1$"):
        need(False, "rows", 1, "2")


def test_a_stream_is_checked_once() -> None:
    command = Load(store=0, position=0, rows=8, stream=ImageBuilder().stream(b"rows"))
    check = StreamCheck(bytes(128) + b"rows".ljust(64, b"\0"), TINY)
    check.check(command, streams(command))
    check.image = np.zeros(192, np.uint8)
    check.check(command, streams(command))
    with pytest.raises(ProgramError, match="rows stream: checksum mismatch"):
        StreamCheck(bytes(192), TINY).check(command, streams(command))
