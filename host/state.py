# SPDX-License-Identifier: Apache-2.0
"""What the accelerator says of itself: status, error and counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hgcn.format.numbers import COUNTED, ERROR_CODES, Engine
from hgcn.isa.registers import COUNTERS, REGISTERS

from .registers import Registers

_STATUS = REGISTERS["STATUS"].fields
_ERROR = REGISTERS["ERROR"].fields


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceleratorState:
    """One look at the registers.

    Attributes
    ----------
    busy, done, resetting : bool
    error : str
        Name of the error code, ``NONE`` if there is none.
    error_command : int
        Index of the command the error belongs to.
    command : int
        Index of the command being issued.
    idle : mapping
        Whether each engine that takes commands is idle.
    counters : mapping
        Performance counters by register name.
    """

    busy: bool
    done: bool
    resetting: bool
    error: str
    error_command: int
    command: int
    idle: Mapping[str, bool]
    counters: Mapping[str, int]

    @staticmethod
    def read(registers: Registers) -> AcceleratorState:
        """Read every register that says something."""
        status, error = registers.read("STATUS"), registers.read("ERROR")
        bits = _STATUS["idle"].get(status)
        code = _ERROR["code"].get(error)
        return AcceleratorState(
            busy=bool(_STATUS["busy"].get(status)),
            done=bool(_STATUS["done"].get(status)),
            resetting=bool(_STATUS["resetting"].get(status)),
            error=ERROR_CODES.get(code, f"code {code}"),
            error_command=_ERROR["command"].get(error),
            command=registers.read("COMMAND"),
            idle={engine.name.lower(): bool(bits >> engine & 1) for engine in Engine},
            counters={name: registers.read_pair(name) for name in COUNTERS},
        )

    def engines(self) -> dict[str, dict[str, int]]:
        """Busy and stalled cycles of each engine, as every backend reports them."""
        return {
            name: {
                "busy": self.counters[f"ENGINE[{index}].BUSY"],
                "stalled": self.counters[f"ENGINE[{index}].STALLED"],
            }
            for index, name in enumerate(COUNTED)
        }

    def progress(self) -> tuple[int, ...]:
        """What changes while a run makes progress; stalled cycles do not count."""
        moved = [
            value
            for name, value in self.counters.items()
            if name != "CYCLES" and not name.endswith("STALLED")
        ]
        return (self.command, *moved)

    def describe(self) -> str:
        """Return the state in one line, every engine named."""
        flags = [name for name in ("busy", "done", "resetting") if getattr(self, name)] or ["idle"]
        engines = []
        for name, cycles in self.engines().items():
            word = {True: "idle, ", False: "working, ", None: ""}[self.idle.get(name)]
            engines.append(f"{name}: {word}busy {cycles['busy']}, stalled {cycles['stalled']}")
        error = "" if self.error == "NONE" else f", error {self.error} at {self.error_command}"
        return (
            f"status {' '.join(flags)}{error}, command {self.command}, "
            f"cycle {self.counters['CYCLES']}, read {self.counters['READ_BYTES']} bytes, "
            f"written {self.counters['WRITTEN_BYTES']} bytes; {'; '.join(engines)}"
        )
