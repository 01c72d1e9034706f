# SPDX-License-Identifier: Apache-2.0
"""The simulator's virtual board, where its package is installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from hgcn.errors import BackendError
from hgcn.execution.options import Option
from hgcn.extras import how_to_install


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
