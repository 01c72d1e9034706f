# SPDX-License-Identifier: Apache-2.0
import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from hgcn.arch.presets import device
from hgcn.errors import CompileError
from hgcn.graph.csr import Csr
from hgcn.mapping.check import check
from hgcn.mapping.map import map_operand
from hgcn.mapping.mapped import LaneSchedule, Mapping, SliceSchedule
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split

TINY = device("tiny")


def _example() -> tuple[Mapping, object]:
    rng = np.random.default_rng(11)
    dense = rng.random((100, 90)) < 0.08
    dense[16:32, 8:24] = True
    values = rng.integers(1, 128, int(dense.sum())).astype(np.int8)
    operand = Csr.from_coo(dense.shape, *np.nonzero(dense), values)
    made = split(operand, Grid.for_device(100, 90, TINY), "threshold:2", lambda p, m: p + m)
    return map_operand(made, TINY), made


def _swap(mapping: Mapping, part: str, field: str, change: Callable[[np.ndarray], None]) -> Mapping:
    schedule: LaneSchedule | SliceSchedule = getattr(mapping, part)
    array = getattr(schedule, field).copy()
    change(array)
    return dataclasses.replace(mapping, **{part: dataclasses.replace(schedule, **{field: array})})


def _set(index: object, value: object) -> Callable[[np.ndarray], None]:
    def change(array: np.ndarray) -> None:
        array[index] = value

    return change


def _same_bank(entries: np.ndarray) -> None:
    entries[0, :2] = 1 << 23 | np.array([8, 16])


def _other_value(entries: np.ndarray) -> None:
    bundle, lane = np.argwhere(entries >> 23 & 1)[0]
    entries[bundle, lane] ^= 1 << 24


def _drop(entries: np.ndarray) -> None:
    bundle, lane = np.argwhere(entries >> 23 & 1)[0]
    entries[bundle, lane] = 0


def _twice(positions: np.ndarray) -> None:
    positions[-1, :2] = 0


DAMAGE = [
    ("lanes", "entries", _same_bank, "name distinct banks"),
    ("lanes", "entries", _other_value, "the split's scattered nonzeros"),
    ("lanes", "entries", _drop, "scattered nonzeros, got"),
    ("lanes", "accumulator", _set(3, 4 << 9), "a lane and slot of the device"),
    (
        "lanes",
        "accumulator",
        lambda accumulator: accumulator.__setitem__(3, accumulator[4]),
        "accumulators differ",
    ),
    ("lanes", "bound_bundles", _set(0, 1), "as long as its bound"),
    ("slices", "positions", _twice, "gather lie in distinct banks"),
    ("slices", "left", _set((0, 0, 0), 0), "tensor array nonzeros"),
    ("slices", "pe_row", _set(0, 9), "a PE row exists"),
    ("slices", "tag", _set(0, 9), "a packet has one tag"),
    ("slices", "packet_slices", _set(slice(None), 1), "counts its slices"),
    ("slices", "last", _set(slice(None), False), "the last slice of a packet says so"),
    ("slices", "tile_packets", _set(0, 99), "a tile counts its packets"),
    ("slices", "base", lambda base: base.__iadd__(8), "an aligned run"),
]


def test_a_mapping_passes_its_check() -> None:
    mapping, made = _example()
    assert mapping.slices.dense.any()
    assert not mapping.slices.dense.all()
    check(mapping, made, TINY)


def test_rows_of_a_line_in_one_lane_are_found() -> None:
    mapping, made = _example()
    mapping = _swap(mapping, "lanes", "accumulator", lambda accumulator: accumulator.sort())
    with pytest.raises(CompileError, match="at line 0: the rows of a line lie in distinct lanes"):
        check(mapping, made, dataclasses.replace(TINY, name="wide", drain_rows=2))


@pytest.mark.parametrize(("part", "field", "change", "message"), DAMAGE)
def test_every_damage_is_found(
    part: str, field: str, change: Callable[[np.ndarray], None], message: str
) -> None:
    mapping, made = _example()
    with pytest.raises(CompileError, match=message):
        check(_swap(mapping, part, field, change), made, TINY)
