# SPDX-License-Identifier: Apache-2.0
"""What backends share that run a program's commands on this machine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from hgcn.arch.device import Device
from hgcn.execution.backend import Execution, RunOptions, refuse_options
from hgcn.execution.machine import Machine
from hgcn.isa.commands import Spmm


class Interpreter(ABC):
    """A backend that steps a `Machine`; its own is how the products are added to the sums."""

    name: ClassVar[str]

    def check_options(self, extra: Mapping[str, Any]) -> None:
        """Refuse all: there are none."""
        refuse_options(self.name, extra)

    def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
        """Execute ``image``; see `hgcn.execution.backend.Backend`."""
        self.check_options(options.extra)
        machine = Machine(image, device, options.input_data)
        machine.run(self._spmm, options.progress)
        return Execution(
            output=machine.output,
            bytes_read=machine.bytes_read,
            bytes_written=machine.bytes_written,
        )

    def _spmm(self, machine: Machine, command: Spmm) -> None:
        if command.bundles:
            self.lanes(machine, command)
        if command.slices:
            self.slices(machine, command)

    @abstractmethod
    def lanes(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the PL engine's bundles."""

    @abstractmethod
    def slices(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the tensor array's slices."""
