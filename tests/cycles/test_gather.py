# SPDX-License-Identifier: Apache-2.0
"""The gather unit: its streams' pace, its read steps, its queues."""

from __future__ import annotations

import pytest

from hgcn.cycles import array, ports
from hgcn.cycles import gather as c
from hgcn.format.streams import FLAG_DENSE, FLAG_FIRST, FLAG_LAST
from tests.cycles.slices import FREE, Slices, one_packet


@pytest.mark.parametrize("kind", [FLAG_DENSE, 0])
def test_records_and_left_operands_come_at_their_streams_pace(kind: int) -> None:
    slices = Slices(*one_packet(200, kind), FREE)
    slices.run()
    record = (c.HEAD_BYTES if kind else c.RECORD_BYTES) / FREE.beat_bytes
    left = FREE.binary_bytes / FREE.beat_bytes
    assert slices.gather_end == pytest.approx(200 * max(1, record, left), abs=10)


@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_gather_takes_its_read_steps_a_slice(steps: int) -> None:
    # Two PE rows in turn: neither holds gather up.
    count = 60
    flags = (
        [FLAG_FIRST | FLAG_DENSE] * 2 + [FLAG_DENSE] * (count - 4) + [FLAG_LAST | FLAG_DENSE] * 2
    )
    slices = Slices([0, 1] * (count // 2), flags, FREE._replace(read_steps=steps))
    slices.run()
    assert slices.gather[c.BUSY] == count * steps
    assert slices.gather_end >= count * steps
    assert slices.gather_end == pytest.approx(count * steps, rel=0.02, abs=10)


def test_a_lone_slice_is_over_as_the_rtl_states() -> None:
    # Record in the gearbox after edge 1, taken at 2, read at 3 (its last step), pushed two later.
    slices = Slices(*one_packet(1), FREE)
    slices.run()
    assert slices.ports[0, 1, ports.PUSHED] == 3 + c.STORE
    assert slices.gather_end == 3 + c.STORE + 1


def test_a_b_port_takes_its_depth_of_slices_ahead_of_a_row_that_stands() -> None:
    slices = Slices(*one_packet(100), FREE._replace(array_steps=1 << 20))
    for _ in range(400):
        slices.edge(merges=False)
    # Two slices lie in the PE, a beat each in the crossing and in the packetiser's output register.
    ahead = 2 + ports.PORT_BEATS - 1 + 1
    assert slices.rows[0, array.B_PIECES] == pytest.approx(c.B_QUEUE + ahead, abs=1)


def test_records_run_ahead_of_the_left_operand_by_the_order_queue() -> None:
    slices = Slices(*one_packet(100), FREE)
    for _ in range(200):
        slices.edge(left_operand=False)
    assert (slices.gather[c.PARSED], slices.gather[c.MOVED]) == (c.ORDER, 0)


def test_a_command_without_slices_is_over_at_once() -> None:
    assert Slices([], [], FREE).run() == 1


def test_padding_in_the_gearbox_is_gone_when_the_command_ends() -> None:
    sizes = FREE._replace(binary_bytes=8)
    slices = Slices(*one_packet(3), sizes)
    slices.gather[c.A_BEATS] += 1  # 3 slices of 8 bytes in two beats, and one of padding
    for _ in range(20):  # Their records and rows are long there when the left operand comes.
        slices.edge(left_operand=False)
    slices.run()
    assert slices.gather[c.A_BEATS] == slices.gather[c.A_HELD] == 0
