# SPDX-License-Identifier: Apache-2.0
"""The table of parameters is that of their declarations."""

from __future__ import annotations

from hgcn.arch.explain import page_table
from tests.test_layout import ROOT


def test_the_page_has_the_table_of_today() -> None:
    text = (ROOT / "docs" / "extending.md").read_text()
    assert f"docs/devices.py -->\n{page_table()}\n<!-- end -->" in text
