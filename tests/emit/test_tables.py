# SPDX-License-Identifier: Apache-2.0
"""The pages' tables are those of the declaration, and every one of them is on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hgcn.emit.tables import PAGES, TABLES, with_tables
from hgcn.errors import SpecError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_has_the_tables_of_the_declaration(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert with_tables(text) == text, "python -m hgcn_hw.generate writes them"


def test_every_table_is_on_one_page() -> None:
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES]
    found = [name for text in texts for name in re.findall(r"<!-- table: (\w+) -->", text)]
    assert sorted(found) == sorted(TABLES)
    assert all(text.count("<!-- table:") == text.count("<!-- end -->") for text in texts)


def test_a_marker_of_no_table_is_refused_by_name() -> None:
    with pytest.raises(SpecError, match=r"table must be one of header, .*, got footer"):
        with_tables("<!-- table: footer -->\n<!-- end -->")
