# SPDX-License-Identifier: Apache-2.0
"""Placement and schedules on both engines."""

from hgcn.mapping.check import check
from hgcn.mapping.lanes import idle_lanes
from hgcn.mapping.map import map_operand
from hgcn.mapping.mapped import LaneSchedule, Mapping, SliceSchedule
from hgcn.mapping.slices import map_dense_left

__all__ = [
    "LaneSchedule",
    "Mapping",
    "SliceSchedule",
    "check",
    "idle_lanes",
    "map_dense_left",
    "map_operand",
]
