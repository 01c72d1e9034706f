# SPDX-License-Identifier: Apache-2.0
"""Slices through the array: every stage's pace and latency, and the rule of the slowest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hgcn.arch.presets import PRESETS
from hgcn.cycles import array as c
from hgcn.cycles import ports
from hgcn.cycles.sizes import Sizes, sizes_of
from hgcn.format.streams import FLAG_DENSE, FLAG_FIRST, FLAG_INT8, FLAG_LAST
from tests.cycles.slices import FREE, Slices, one_packet, packets
from tests.samples import TINY


@pytest.mark.parametrize(
    ("stage", "cycles"),
    [
        ({"array_steps": 6}, 6),
        ({"array_steps": 6, "array_ps": 5_000}, 3),
        ({"binary_beats": 4, "array_steps": 4}, 4),
        ({"b_beats": 5}, 5),
        ({"read_steps": 8}, 8),
        ({"array_steps": 6, "b_beats": 5, "read_steps": 2}, 6),
        ({"array_steps": 4, "binary_beats": 2, "b_beats": 8, "read_steps": 4}, 8),
        ({"array_steps": 4, "binary_beats": 4, "b_beats": 5, "read_steps": 4}, 5),
    ],
)
def test_a_pe_row_goes_at_the_pace_of_its_slowest_stage(
    stage: dict[str, int], cycles: float
) -> None:
    slices = Slices(*one_packet(100), FREE._replace(sum_beats=24)._replace(**stage))
    slices.run()
    assert slices.pace() == pytest.approx(cycles, rel=0.02)


def test_int8_slices_take_eight_times_the_beats_of_a() -> None:
    sizes = FREE._replace(wide_beats=8, array_steps=4)
    slices = Slices(*one_packet(100, FLAG_DENSE | FLAG_INT8), sizes)
    slices.run()
    assert slices.pace() == 8


def latency(slices: int, sizes: Sizes) -> int:
    """Array edges from a packet's first operands to its first beat of C."""
    run = Slices(*one_packet(slices), sizes)
    run.run()
    pe, port = run.pes[0, 0], run.ports[0, 1]
    b_whole = port[ports.TAKEN_AT + sizes.b_beats]  # After the header
    a_block = pe[c.A_AT + 1]
    first = run.rows[0, c.MERGED_AT]
    # Back through the crossing: it shows three PL edges after, and one edge is an edge here.
    return int(first - ports.CROSSING - 1) - int(max(a_block, b_whole))


@pytest.mark.parametrize("slices", [1, 2, 3])
def test_the_first_beat_of_c_comes_after_the_stated_latency(slices: int) -> None:
    # hgcn_tensor_pe: Steps * (S - 1) + 6 cycles after the later of the first slice's first A block
    # and last B beat; the beat is taken by the crossing an edge after it is there.
    sizes = FREE._replace(array_steps=4, sum_beats=16, array_phase_ps=5_000, pe_cols=1)
    made = latency(slices, sizes)
    assert made == 4 * (slices - 1) + 6 - 1


def test_columns_take_a_beat_of_a_one_after_the_other() -> None:
    run = Slices(*one_packet(4), FREE._replace(pe_cols=3))
    run.run()
    for beat in range(5):
        first = int(run.pes[0, 0, c.A_AT + beat])
        assert [int(run.pes[0, col, c.A_AT + beat]) for col in range(3)] == [
            first + col for col in range(3)
        ]


def test_the_last_slice_of_a_packet_waits_until_the_sums_before_have_left() -> None:
    slices = Slices(*packets(4, 1), FREE._replace(sum_beats=64, array_steps=16))
    for _ in range(300):
        slices.edge(merges=False)
    # What the crossing and the output register hold is gone from the memory: four words of four.
    gone = (ports.PORT_BEATS + 1 - 1) // 4
    assert slices.pes[0, 0, c.WORDS_OUT] == gone
    assert slices.pes[0, 0, c.STEPS] == 16 + gone
    for _ in range(400):
        slices.edge()
    assert slices.pes[0, 0, c.STEPS] == 4 * 16


@pytest.mark.parametrize("clock_ratio", [0.5, 1.0, 4.0])
def test_sums_leave_at_the_pace_of_the_slower_clock(clock_ratio: float) -> None:
    sizes = FREE._replace(sum_beats=64, array_steps=16, array_ps=round(10_000 / clock_ratio))
    cycles = Slices(*packets(40, 1), sizes).run()
    assert cycles == pytest.approx(40 * 65 / min(1.0, clock_ratio), rel=0.05)


def test_rings_hold_what_can_be_under_way() -> None:
    largest = replace(PRESETS["vck5000"], block_rows=64, array_cols=1)
    assert largest.steps_per_slice == c.WORDS
    sizes = sizes_of(TINY)
    flags = [FLAG_FIRST | FLAG_LAST | FLAG_DENSE] * 200
    run = Slices([0] * 200, flags, sizes)
    for _ in range(2000):
        run.edge(merges=False)
    # Nothing leaves: as many slices as the queues hold, and no more, have begun.
    begun = int(run.rows[0, c.BEGUN]) - int(run.pes[0, 0, c.STEP_SLICE])
    assert 16 < begun < c.SLICES - 2
