# SPDX-License-Identifier: Apache-2.0
"""Colours can be told apart and read, in light and in dark."""

from __future__ import annotations

import re

import pytest

from hgcn.report.page.style import CSS

BLOCKS = (CSS.split("@media")[0], CSS.split("scheme: dark")[1].split("* {")[0])
LIGHT, DARK = (dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in BLOCKS)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "raised"])
def test_words_are_readable(colours: dict[str, str], ground: str) -> None:
    for ink in ("ink", "soft", "link", "good", "bad"):
        assert contrast(colours[ink], colours[ground]) >= 4.5, ink


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_stand_out(colours: dict[str, str]) -> None:
    for mark in ("dense", "sparse", "scattered", "busy"):
        assert contrast(colours[mark], colours["raised"]) >= 3, mark
    assert contrast(colours["busy"], colours["second"]) >= 1.5


def test_dark_names_every_colour_of_light() -> None:
    assert LIGHT.keys() == DARK.keys() and len(LIGHT) > 10


def test_nothing_is_fetched() -> None:
    assert "url(" not in CSS and "@import" not in CSS
