# SPDX-License-Identifier: Apache-2.0
"""`hgcn datasets` lists everything there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hgcn

Run = Callable[..., Any]


def test_every_data_set_has_its_row(hgcn_command: Run) -> None:
    rows = {line.split()[0]: line for line in hgcn_command("datasets").out.splitlines()[1:]}
    assert rows.keys() == {info.name for info in hgcn.datasets.available()}
    assert "1,797" in rows["digits"] and "shipped" in rows["digits"]
