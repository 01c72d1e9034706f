# SPDX-License-Identifier: Apache-2.0
"""What the interpreting backends share."""

from __future__ import annotations

import pytest

from hgcn.errors import BackendError
from hgcn.execution.backend import RunOptions
from hgcn.execution.emulate import EmulateBackend
from hgcn.execution.interpreter import Interpreter
from hgcn.execution.machine import Machine
from hgcn.execution.reference import ReferenceBackend
from hgcn.isa.commands import Spmm
from tests.isa.handmade import image_of
from tests.samples import TINY


class Counting(Interpreter):
    name = "counting"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def lanes(self, machine: Machine, command: Spmm) -> None:
        self.seen.append("lanes")

    def slices(self, machine: Machine, command: Spmm) -> None:
        self.seen.append("slices")


def test_each_engine_is_asked_for_what_it_has() -> None:
    backend, calls = Counting(), list[tuple[int, int]]()
    options = RunOptions(progress=lambda done, total: calls.append((done, total)))
    execution = backend.run(image_of(lambda builder: None), TINY, options)
    assert backend.seen == ["lanes", "slices", "lanes"]  # The second SPMM has no slice.
    assert calls == [(number, 6) for number in range(1, 7)]
    assert len(execution.output) == 8 * 64 and execution.cycles is None


@pytest.mark.parametrize("kind", [Counting, EmulateBackend, ReferenceBackend])
def test_options_are_refused(kind: type[Interpreter]) -> None:
    with pytest.raises(BackendError, match="takes no options, got speed"):
        kind().check_options({"speed": 2})
