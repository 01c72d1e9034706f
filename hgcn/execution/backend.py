# SPDX-License-Identifier: Apache-2.0
"""What a backend is, and how backends are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any, Protocol, runtime_checkable

from hgcn.arch.device import Device
from hgcn.errors import BackendError
from hgcn.extras import how_to_install

GROUP = "hgcn.backends"
"""Entry-point group: each entry names a class with a `name` and a `run`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What every backend may be told.

    Parameters
    ----------
    progress : callable, optional
        Called with (done, total) as the run goes on.
    extra : mapping
        Options of one backend only, by name; a backend refuses those it does not know.
    input_data : bytes
        The INPUT region: features of a program that reads them at run time.
    """

    progress: Callable[[int, int], None] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    input_data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What a backend gives back.

    Attributes
    ----------
    output : bytes
        The output region.
    bytes_read, bytes_written : int
        Memory traffic of the run: header, commands, and streams padded to whole lines.
    cycles : int or None
        PL cycles from start to done; None where time is not modelled.
    cycles_kind : str
        ``simulated`` or ``measured``: what the cycles and counters are.
    engines : mapping
        Name of each engine to its busy and stalled cycles.
    """

    output: bytes
    bytes_read: int
    bytes_written: int
    cycles: int | None = None
    cycles_kind: str = "simulated"
    engines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Fit a line."""
        kind = "no" if self.cycles is None else f"{self.cycles:,} {self.cycles_kind}"
        traffic = f"{self.bytes_read:,} bytes read, {self.bytes_written:,} written"
        return f"<Execution: {kind} cycles, {traffic}>"


def refuse_options(name: str, extra: Mapping[str, Any]) -> None:
    """Raise `BackendError` if there are any options of its own for a backend that has none."""
    if extra:
        raise BackendError(f"backend {name} takes no options, got {', '.join(extra)}")


@runtime_checkable
class Backend(Protocol):
    """Executes program images."""

    name: str

    def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
        """Execute ``image`` on ``device``.

        Raises
        ------
        ProgramError
            If the image is damaged or for another device, or the input is not as long as it says.
        BackendError
            If the backend cannot run here.
        """
        ...


def check_options(chosen: Backend, extra: Mapping[str, Any]) -> None:
    """Refuse wrong options of a backend before anything is loaded or compiled for it.

    A backend that has options says so by a method ``check_options``; `Backend.run` checks again.

    Raises
    ------
    BackendError
        If one is unknown, or has a value it cannot take.
    """
    check = getattr(chosen, "check_options", None)
    if check is not None:
        check(extra)


_INSTALL = {"rtl": how_to_install("sim"), "pynq": how_to_install("board")}


def available() -> list[str]:
    """Names of the backends installed here."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def backend(name: str) -> Backend:
    """Return the backend called ``name``.

    Raises
    ------
    BackendError
        If it is unknown or its packages are missing; the message says how to get it.
    """
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        hint = f" ({_INSTALL[name]})" if name in _INSTALL else ""
        raise BackendError(
            f"unknown backend {name!r}{hint}: choose one of {', '.join(available())}"
        )
    try:
        made = found[0].load()()
    except ImportError as fault:
        hint = _INSTALL.get(name, "see its documentation")
        raise BackendError(
            f"backend {name} needs a package that is missing ({fault}): {hint}"
        ) from None
    if not isinstance(made, Backend):
        raise BackendError(f"backend {name} must have a name and a run method, got {made!r}")
    return made
