# SPDX-License-Identifier: Apache-2.0
"""What a backend is, and how backends are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, runtime_checkable

from hgcn.arch.device import Device
from hgcn.errors import BackendError, HgcnError, shown
from hgcn.printable import printable

GROUP = "hgcn.backends"
"""Entry-point group: the name of each entry is a backend's, its object the class: a `Backend`."""


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
    """Executes program images.

    A class of any package, made without arguments. Where it lacks what it needs, it raises
    `BackendError` when it is made, and says how to get it. It may also have

    * ``summary``, a line that says what it is, for ``hgcn doctor``;
    * ``check_options``, see `check_options`: without it, no option is looked at before a run.
    """

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


def summary(chosen: Backend) -> str:
    """Return what a backend says it is; empty where it says nothing."""
    return printable(str(getattr(chosen, "summary", "")))


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


def available() -> list[str]:
    """Names of the backends installed here."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def backend(name: str) -> Backend:
    """Return the backend called ``name``.

    Raises
    ------
    BackendError
        If there is none, two packages bring one of that name, or it lacks what it needs.
    """
    found = []
    if isinstance(name, str):
        found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        raise BackendError(f"unknown backend {shown(name)}: choose one of {', '.join(available())}")
    if len(found) > 1:
        owners = ", ".join(map(_owner, found))
        raise BackendError(f"backend {name!r} stands twice, in the packages {owners}: remove one")
    try:
        made = found[0].load()()
    except HgcnError:
        raise
    except Exception as fault:  # Whatever its package's import raises
        what = "needs a package that is missing" if isinstance(fault, ImportError) else "fails"
        raise BackendError(
            f"backend {name} of package {_owner(found[0])} {what} "
            f"({printable(str(fault))}): see how {_owner(found[0])} is installed"
        ) from None
    if not isinstance(made, Backend) or made.name != name:
        raise BackendError(f"backend {name} must have this name and a run method, got {made!r}")
    return made


def _owner(entry: EntryPoint) -> str:
    return "unknown" if entry.dist is None else printable(entry.dist.name)
