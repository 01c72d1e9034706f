# SPDX-License-Identifier: Apache-2.0
"""Install hints name extras that there are, and never a package index."""

from __future__ import annotations

import re

import pytest

from tests.test_layout import ROOT, TEXTS, files, tomllib

INSTALL = re.compile(
    r"""pip3? install (?:-\S+ )*["']?(?P<what>[\w.]+)(?:\[(?P<extras>[\w,]+)\])?"""
)
CALL = re.compile(r"(?<!def )how_to_install\((?P<extras>[^)]*)\)")


@pytest.fixture(scope="module")
def extras() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return set(project["optional-dependencies"])


def test_every_hint_names_extras_of_the_project(extras: set[str]) -> None:
    named = {
        (str(path.relative_to(ROOT)), extra)
        for path in files()
        if path.suffix in TEXTS or path.name == "Makefile"
        for text in [path.read_text(encoding="utf-8")]
        for found in [*INSTALL.finditer(text), *CALL.finditer(text)]
        for extra in re.findall(r"\w+", found["extras"] or "")
    }
    assert {(path, extra) for path, extra in named if extra not in extras} == set()
    assert {extra for _, extra in named} >= {"sim", "board", "train", "explore"}


def test_nothing_is_said_to_be_on_an_index() -> None:
    # Somebody else may own the name there.
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in files()
        if path.suffix in TEXTS or path.name == "Makefile"
        for found in INSTALL.finditer(path.read_text(encoding="utf-8"))
        if found["what"] == "hg" + "cn"
    ]
    assert wrong == []
