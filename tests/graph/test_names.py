# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.names import MAX_CHARACTERS, file_stem, readable_name


@given(st.text())
def test_a_name_is_printable_short_and_there(text: str) -> None:
    name = readable_name(text)
    assert name
    assert name.isprintable()
    assert len(name) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    "text", ["roads[old]", "Zachary's Karate Club", "gráf (2)", "net[/v2]", "ogbn/arxiv"]
)
def test_readable_names_stay(text: str) -> None:
    assert readable_name(text) == text


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_nothing_left_is_the_other_name(text: str) -> None:
    assert readable_name(text, "other") == "other"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a/b.txt", "b"),
        ("b.txt.gz", "b"),
        ("b.c.mtx", "b.c"),
        ("r[o].csv", "r[o]"),
        ("\n.txt", r"\n"),
    ],
)
def test_files_give_their_stems(file: str, name: str) -> None:
    assert file_stem(Path(file)) == name
