# SPDX-License-Identifier: Apache-2.0
"""The pages as text: lines that fit a screen, links that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_layout import ROOT, files

PAGES = [path for path in files() if path.suffix == ".md" and path.name != "sample.md"]
WIDTH = 100
WIDE = ("docs/plio.md", "docs/program-format.md")
"""Pages whose lines are still longer."""


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """Lines of a page with their numbers; tables, code, comments and pictures left out."""
    code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("```"):
            code = not code
        elif not code and not line.lstrip().startswith(("|", "<!--", "![")):
            yield number, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_fit_a_screen(page: Path) -> None:
    # What has no blank cannot be broken.
    long = [number for number, line in prose(page) if len(line) > WIDTH and " " in line.strip()]
    assert long == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = "\n".join(line for _, line in prose(page))
    places = [place for place in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in place]
    assert [place for place in places if not (page.parent / place).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        for place in re.findall(r"\]\(([^)#\s]+\.md)", page.read_text(encoding="utf-8")):
            if "://" not in place:
                ahead.append((page.parent / place).resolve())
    assert {path for path in PAGES if path.parent == ROOT / "docs"} <= seen
