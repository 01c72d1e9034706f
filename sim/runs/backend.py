# SPDX-License-Identifier: Apache-2.0
"""The `rtl` backend: a program on the accelerator's SystemVerilog, under cocotb and Verilator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hgcn.arch.device import Device
from hgcn.checking.validate import validate
from hgcn.errors import HardwareError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.execution.options import LATENCY, PROBABILITY, SEED, WAVES, checked_options, whole
from hgcn.format.numbers import COUNTED
from hgcn.isa.image import check_input, read_commands, read_header

from .inference import SimResult, run_image
from .waves import wave_file

OPTIONS = {
    "latency_cycles": LATENCY,
    "stall_probability": PROBABILITY,
    "seed": SEED,
    "waves": WAVES,
    "timeout_cycles": whole(1, 10**12),
}
"""What ``program.run(backend="rtl", ...)`` takes; see `hgcn_sim.runs.inference.run_image`."""


class RtlBackend:
    """Runs images on the simulated RTL; the simulator is built once per device and cached."""

    name = "rtl"
    summary = "the SystemVerilog in Verilator, cycle by cycle"

    def check_options(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options as `run` takes them; see `hgcn.execution.backend.check_options`.

        Raises
        ------
        BackendError
            If one is unknown, or has a value it cannot take.
        """
        return checked_options(self.name, OPTIONS, extra)

    def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
        """Execute ``image``; see `hgcn.execution.backend.Backend`.

        Raises
        ------
        ProgramError
            If the image is damaged or for another device, or the input is not as long as it says.
        HardwareError
            If the accelerator stops with an error; the message names it and the command.
        BackendError
            If an option is unknown or out of range, a tool is missing, or the simulator fails.
        """
        chosen = self.check_options(options.extra)
        validate(image, device)
        header = read_header(image)
        check_input(header, options.input_data)
        if "waves" in chosen:
            chosen["waves"] = wave_file(chosen["waves"])
        result = run_image(
            image,
            device,
            progress=_per_command(image, options),
            input_data=options.input_data if header.input_lines else None,
            **chosen,
        )
        if result.error_code or not result.done:
            raise HardwareError(
                f"the accelerator stopped with {result.error} at command {result.error_command}"
            )
        return execution(result)


def execution(result: SimResult) -> Execution:
    """Return a simulation's result in the form every backend shares."""
    counters = result.counters
    return Execution(
        output=result.output,
        bytes_read=counters["READ_BYTES"],
        bytes_written=counters["WRITTEN_BYTES"],
        cycles=counters["CYCLES"],
        engines={
            engine: {
                "busy": counters[f"ENGINE[{index}].BUSY"],
                "stalled": counters[f"ENGINE[{index}].STALLED"],
            }
            for index, engine in enumerate(COUNTED)
        },
    )


def _per_command(image: bytes, options: RunOptions) -> Any:
    report = options.progress
    if report is None:
        return None
    total = len(read_commands(image, read_header(image)))
    return lambda cycles, command: report(command, total)
