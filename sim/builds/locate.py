# SPDX-License-Identifier: Apache-2.0
"""Where the hardware sources and the build cache are."""

from __future__ import annotations

from importlib import util
from pathlib import Path

from hgcn.environment import path_variable
from hgcn.errors import BackendError

SIM = Path(__file__).resolve().parents[1]


def hardware_root() -> Path:
    """Return the folder that holds ``rtl`` and ``regs``: ``hw`` of a checkout, or ``hgcn_hw``.

    Raises
    ------
    BackendError
        If neither is there.
    """
    checkout = SIM.parent / "hw"
    if (checkout / "rtl").is_dir():
        return checkout
    spec = util.find_spec("hgcn_hw")
    if spec is not None and spec.submodule_search_locations:
        installed = Path(next(iter(spec.submodule_search_locations)))
        if (installed / "rtl").is_dir():
            return installed
    raise BackendError("the RTL is missing: neither hw/ beside sim/ nor package hgcn_hw is there")


def cache_root() -> Path:
    """Return the folder of cached builds: ``$HGCN_BUILD``, else ``~/.cache/hgcn/sim``.

    Raises
    ------
    BackendError
        If it is not there and cannot be made.
    """
    root = path_variable("HGCN_BUILD") or Path.home() / ".cache" / "hgcn" / "sim"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BackendError(
            f"the folder of simulators {root} cannot be made: {fault.strerror}; name another in "
            "HGCN_BUILD"
        ) from None
    return root.resolve()


def listed_sources(root: Path | None = None) -> list[Path]:
    """Return the files that ``rtl/files.txt`` names, in its order.

    A line is a path relative to the hardware root or to the list's own folder; ``#`` starts a
    comment. The device package is not among them: each build generates its own.
    """
    root = (root or hardware_root()).resolve()
    found: list[Path] = []
    for line in (root / "rtl" / "files.txt").read_text().splitlines():
        name = line.split("#")[0].strip().removeprefix("hw/")
        if not name or name.endswith("hgcn_pkg.sv") or name.startswith(("+", "-")):
            continue
        choices = [root / "rtl" / name, root / name]
        path = next((choice for choice in choices if choice.is_file()), None)
        if path is None:
            raise BackendError(f"rtl/files.txt names {name!r}, which is not there")
        found.append(path.resolve())
    return found


def include_folders(root: Path | None = None) -> list[Path]:
    """Return the folders searched for ```include``."""
    return [(root or hardware_root()) / "rtl" / "include"]
