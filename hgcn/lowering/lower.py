# SPDX-License-Identifier: Apache-2.0
"""Lowering: mapped operands and jobs to commands and streams."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.format.numbers import Base
from hgcn.isa.image import ImageBuilder
from hgcn.isa.input_layout import InputLayout
from hgcn.lowering.chains import chains
from hgcn.lowering.feature_tiles import FeatureTiles, Target
from hgcn.lowering.left_operand import DenseLeft, Region, hidden_left, input_left
from hgcn.lowering.limits import check_limits
from hgcn.lowering.right_operand import ColumnTiles
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid
from hgcn.reference.job import Job, Named, Rows
from hgcn.reference.network import IntegerNetwork


def lower(
    network: IntegerNetwork, operands: MappingOf[str, Mapping | InputLayout], device: Device
) -> tuple[ImageBuilder, int, int]:
    """Lower a network onto a device.

    Parameters
    ----------
    network : IntegerNetwork
        In processing order: rows, columns and scales already permuted.
    operands : mapping of str to Mapping or InputLayout
        Of the network's, by name: compiled into the program, or read from the INPUT region.
    device : Device

    Returns
    -------
    image : ImageBuilder
        Streams and commands, END included.
    scratch_lines, output_lines : int
        Memory the program needs beside its image.

    Raises
    ------
    CompileError
        If a job asks for what the hardware cannot do; see `check_limits`.
    """
    check_limits(network, device)
    state = _Lowering(network, operands, device)
    for chain in chains(network.jobs):
        state.chain(chain)
    state.feature_tiles.end()
    return state.feature_tiles.image, state.feature_tiles.scratch_lines, state.output_lines


class _Lowering:
    """The jobs lowered so far, and where their rows lie."""

    def __init__(
        self,
        network: IntegerNetwork,
        operands: MappingOf[str, Mapping | InputLayout],
        device: Device,
    ) -> None:
        self.feature_tiles = FeatureTiles(network.num_nodes, device)
        self.device = device
        self.output_lines = 0
        self._output = network.jobs[-1].name
        self._read_as_left = {job.left.job for job in network.jobs if isinstance(job.left, Rows)}
        self._read_as_right = {name for job in network.jobs for name in job.right_jobs}
        self._operands = {
            name: input_left(each, device) if isinstance(each, InputLayout) else each
            for name, each in operands.items()
        }
        self._rows: dict[str, list[Region]] = {}
        """Rows of jobs in memory, a region a feature tile."""
        self._tiled: dict[str, list[Region]] = {}
        """The same in the layout of a left operand."""
        self._lefts: dict[str, DenseLeft] = {}

    def chain(self, jobs: list[Job]) -> None:
        """Lower a chain: a feature tile of each of its jobs, then the next feature tile of each."""
        width = self.device.features
        for start in range(0, jobs[0].columns, width):
            cols = slice(start, start + width)
            store: int | None = None
            for place, job in enumerate(jobs):
                first = place % 2
                left = self._left(job)
                right = self._right(job, left.grid, cols) if store is None else store
                # Where the right operand takes but one store, the rows may stay in the other.
                one_store = isinstance(right, int) or left.grid.num_col_tiles == 1
                stay = place + 1 < len(jobs) and self.feature_tiles.resident and one_store
                store = first ^ 1 if stay else None
                target = Target(store=store) if stay else self._in_memory(job)
                if isinstance(left, DenseLeft):
                    self.feature_tiles.dense_tile(left, right, job.epilogue, cols, target, first)
                else:
                    self.feature_tiles.sparse_tile(left, right, job.epilogue, cols, target, first)

    def _left(self, job: Job) -> Mapping | DenseLeft:
        if isinstance(job.left, Named):
            return self._operands[job.left.name]
        name = job.left.job
        if name not in self._lefts:
            self._lefts[name] = hidden_left(
                self._tiled[name], self.feature_tiles.padded_rows, self.device
            )
        return self._lefts[name]

    def _right(self, job: Job, grid: Grid, cols: slice) -> ColumnTiles:
        """The column tiles of a feature tile's right operand in memory."""
        if job.weights is not None:
            return self.feature_tiles.weights(job.weights[:, cols], grid)
        tile = cols.start // self.device.features
        regions = [self._rows[name][tile] for name in job.right_jobs]
        return self.feature_tiles.stacked(regions, grid)

    def _in_memory(self, job: Job) -> Target:
        """Memory for a feature tile of a job's rows, in each layout that somebody reads."""
        size = self.feature_tiles.padded_rows * self.device.features * job.epilogue.bits // 8
        if job.name == self._output:
            region = Region(base=Base.OUTPUT, offset=self.output_lines)
            self.output_lines += size // LINE_BYTES
            return Target(rows=region)
        rows = tiled = None
        if job.name in self._read_as_right:
            rows = self.feature_tiles.scratch(size)
            self._rows.setdefault(job.name, []).append(rows)
        if job.name in self._read_as_left:
            tiled = self.feature_tiles.scratch(size)
            self._tiled.setdefault(job.name, []).append(tiled)
        return Target(rows=rows, tiled=tiled)
