# SPDX-License-Identifier: Apache-2.0
"""When commands begin: in their order, within the run, and as far as the limit lets it come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.cycles.estimate import estimate
from hgcn.cycles.timeline import timeline
from hgcn.errors import ProgramError
from hgcn.isa.image import ImageBuilder
from tests.isa.handmade import image_of
from tests.samples import DEVICES, build, random_network

TARGET = DEVICES["tiles"]
IMAGE = build(random_network(6, nodes=150), TARGET)[1]
WHOLE = timeline(IMAGE, TARGET)


def test_commands_begin_one_after_the_other_within_the_run() -> None:
    begun = WHOLE.issued[:-1]
    assert (np.diff(begun) > 0).all() and begun[0] > 0
    assert begun[-1] < WHOLE.counts.cycles == estimate(IMAGE, TARGET).cycles
    assert WHOLE.ended and WHOLE.issued[-1] == 0


@given(st.integers(0, WHOLE.counts.cycles + 10))
def test_a_limit_ends_the_run_and_changes_nothing_before_it(limit: int) -> None:
    made = timeline(IMAGE, TARGET, limit)
    assert made.ended == (limit >= WHOLE.counts.cycles - 1)
    reached = WHOLE.issued <= max(limit, 0) + 1
    np.testing.assert_array_equal(made.issued, np.where(reached, WHOLE.issued, 0))


def test_a_program_that_does_not_end_is_refused() -> None:
    def endless(builder: ImageBuilder) -> None:
        builder.commands.pop()

    with pytest.raises(ProgramError, match="the program does not end"):
        timeline(image_of(endless), DEVICES["tiny"])
