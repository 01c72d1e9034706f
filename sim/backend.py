# SPDX-License-Identifier: Apache-2.0
"""The `rtl` backend: a program on the accelerator's SystemVerilog, under cocotb and Verilator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hgcn.arch.device import Device
from hgcn.errors import BackendError, HardwareError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.program.image import check_input, read_commands, read_header
from hgcn.program.validate import validate

from .inference import SimResult, run_image
from .waves import wave_file

ENGINES = ("read", "load", "pl", "sta", "merge", "drain", "write")
"""The engines of the register map's ENGINE array, in its order."""

OPTIONS: dict[str, tuple[type, ...]] = {
    "latency_cycles": (int,),
    "stall_probability": (float, int),
    "seed": (int,),
    "waves": (str, Path),
    "timeout_cycles": (int,),
}
"""What ``program.run(backend="rtl", ...)`` takes; see `hgcn_sim.inference.run_image`."""


class RtlBackend:
    """Runs images on the simulated RTL; the simulator is built once per device and cached."""

    name = "rtl"

    def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
        """Execute ``image``; see `hgcn.execution.backend.Backend`.

        Raises
        ------
        ProgramError
            If the image is damaged or for another device, or the input is not as long as it says.
        HardwareError
            If the accelerator stops with an error; the message names it and the command.
        BackendError
            If an option is unknown, a tool is missing, or the simulator fails.
        """
        validate(image, device)
        header = read_header(image)
        check_input(header, options.input_data)
        result = run_image(
            image,
            device,
            progress=_per_command(image, options),
            input_data=options.input_data if header.input_lines else None,
            **_checked(options.extra),
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
            for index, engine in enumerate(ENGINES)
        },
    )


def _checked(extra: Any) -> dict[str, Any]:
    for key, value in extra.items():
        if key not in OPTIONS:
            raise BackendError(f"rtl has no option {key!r}: choose from {', '.join(OPTIONS)}")
        if not isinstance(value, OPTIONS[key]) or isinstance(value, bool):
            want = " or ".join(kind.__name__ for kind in OPTIONS[key])
            raise BackendError(f"rtl option {key} must be {want}, got {value!r}")
    chosen = dict(extra)
    if "waves" in chosen:
        chosen["waves"] = wave_file(Path(chosen["waves"]))
    return chosen


def _per_command(image: bytes, options: RunOptions) -> Any:
    report = options.progress
    if report is None:
        return None
    total = len(read_commands(image, read_header(image)))
    return lambda cycles, command: report(command, total)
