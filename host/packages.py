# SPDX-License-Identifier: Apache-2.0
"""Imports that may fail: pynq, and the simulator behind the virtual board."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from hgcn.errors import BackendError
from hgcn.execution.options import Option
from hgcn.extras import how_to_install


def board_module() -> Any:
    """Return the module with the overlay and the driver.

    Raises
    ------
    BackendError
        If pynq is not installed; the message says how to get it.
    """
    try:
        return import_module(".board", __package__)
    except ImportError as fault:
        raise BackendError(
            f"the board needs the package pynq ({fault}): {how_to_install('board')}, with Python "
            "3.10 to 3.12"
        ) from None


def virtual_settings() -> Mapping[str, Option]:
    """Return the settings of virtual boards; none without the simulator's package."""
    try:
        settings: Mapping[str, Option] = import_module("hgcn_sim.board.settings").SETTINGS
    except ImportError:
        return {}
    return settings


def virtual_boards() -> Any:
    """Return the module that makes virtual boards.

    Raises
    ------
    BackendError
        If the simulator's package is not installed.
    """
    try:
        return import_module("hgcn_sim.board.select")
    except ImportError as fault:
        raise BackendError(
            f"the virtual board needs a package that is missing ({fault}): "
            f"{how_to_install('sim', 'board')}"
        ) from None
