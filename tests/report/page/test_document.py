# SPDX-License-Identifier: Apache-2.0
"""The page: whole, safe, the same each time, and shown by a browser without a complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hgcn.printable import printable
from hgcn.report.page.document import document
from hgcn.report.page.subject import Subject
from tests.report.page.browser import Browser, find_browser
from tests.report.page.conftest import HOSTILE
from tests.report.page.reader import Element, read

PATH = find_browser()


def every(root: Element) -> Iterator[Element]:
    yield root
    for child in root.children:
        yield from every(child)


def titles(root: Element) -> list[str]:
    return [each.text for each in root.all("h3")]


def test_a_whole_run_has_every_picture(subject: Subject) -> None:
    root = read(document(subject))
    assert titles(root) == [
        "Engines, modelled",
        "Time line, modelled",
        "Jobs and layers, modelled",
        "Roofline, modelled",
        "adjacency, before ordering",
        "adjacency, as processed",
        "adjacency: segments",
        "adjacency: cost of a threshold",
        "adjacency: lanes, banks and array",
        "features, as processed",
        "features: segments",
        "features: cost of a threshold",
        "features: lanes, banks and array",
    ]
    for figure in root.all("figure"):
        assert len(figure.all("svg")) == 1
        assert figure.all("details")[0].all("table"), "a picture has its numbers beside it"


def test_less_at_hand_gives_less_and_says_so(of_a_file: Subject, over: Subject) -> None:
    from_file, from_json = read(document(of_a_file)), read(document(over))
    assert titles(from_file)[1:] == [
        "Time line, modelled",
        "Jobs and layers, modelled",
        "Roofline, modelled",
    ]
    assert titles(from_json) == ["Engines, modelled"]
    for root in (from_file, from_json):
        assert "hgcn report GRAPH" in {each.text for each in root.all("code")}


def test_a_program_of_another_make_has_a_page_too(subject: Subject) -> None:
    built = subject.program
    assert built is not None
    work = replace(built.workload, jobs=built.workload.jobs[2:])
    root = read(document(replace(subject, program=replace(built, workload=work))))
    assert titles(root)[2:4] == ["Jobs and layers", "adjacency, before ordering"]
    assert any("feature tiles" in each.text for each in root.all("p"))


def test_counted_engines_are_shown_apart(subject: Subject) -> None:
    counted = {
        "cycles": 4000,
        "cycles_kind": "simulated",
        "microseconds": 40.0,
        "nodes_per_second": 1.0,
        "engines": {"pl": {"busy": 1000, "stalled": 10}},
    }
    root = read(document(replace(subject, run={**subject.run, **counted})))
    assert titles(root)[:2] == ["Engines, simulated", "Engines, modelled"]


def test_baselines_have_a_section_of_their_own(subject: Subject) -> None:
    one = {
        "library": "SciPy",
        "arithmetic": "int32",
        "microseconds": 12.5,
        "repeats": 5,
        "threads": 1,
        "same_class": 1.0,
    }
    root = read(document(replace(subject, run={**subject.run, "baselines": [one]})))
    section = next(each for each in root.all("section") if each.attributes["id"] == "baseline")
    assert section.all("table")[0].cells()[1] == ["SciPy", "int32", "12.5", "5", "1", "100.0%"]


def test_the_structure_serves_who_does_not_see_it(subject: Subject) -> None:
    root = read(document(subject))
    assert root.all("html")[0].attributes["lang"] == "en"
    for landmark in ("header", "nav", "main", "footer", "h1", "title"):
        assert root.all(landmark), landmark
    assert len(root.all("h1")) == len(root.all("main")) == 1
    levels = [int(each.name[1]) for each in every(root) if re.fullmatch(r"h\d", each.name)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [each.attributes["id"] for each in every(root) if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    named = [
        each.attributes[key].removeprefix("#")
        for each in every(root)
        for key in ("aria-labelledby", "href")
        if key in each.attributes
    ]
    assert named and set(named) <= set(ids)
    for image in root.all("svg"):
        assert image.attributes["role"] == "img" and image.all("title")[0].text
    for table in root.all("table"):
        assert table.all("caption")[0].text
        assert all(cell.attributes.get("scope") in ("row", "col") for cell in table.all("th"))


def test_nothing_is_fetched_and_nothing_runs(subject: Subject) -> None:
    page = document(subject)
    root = read(page)
    assert not any(root.all(name) for name in ("script", "link", "img", "iframe", "object"))
    assert "://" not in page and "@import" not in page
    assert not any(key.startswith("on") for each in every(root) for key in each.attributes)
    policy = next(each for each in root.all("meta") if "http-equiv" in each.attributes)
    assert policy.attributes["content"].startswith("default-src 'none'")


def hostile(subject: Subject) -> Subject:
    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoil(each) for key, each in value.items()}
        if isinstance(value, list):
            return [spoil(each) for each in value]
        return HOSTILE if isinstance(value, str) else value

    run = spoil(dict(subject.run))
    run["split_by_operand"] = {HOSTILE: run["split_by_operand"]["adjacency"]}
    run["warnings"] = run["notes"] = [HOSTILE]
    run["estimate"] = {HOSTILE: 5}
    return replace(subject, command=HOSTILE, run=run, versions={HOSTILE: HOSTILE})


def test_no_name_is_markup(subject: Subject, over: Subject) -> None:
    noted = replace(subject, run={**subject.run, "notes": ["one"]})
    known = {each.name for each in every(read(document(noted)))}
    for plain in (subject, over):
        page = document(hostile(plain))
        root = read(page)
        assert {each.name for each in every(root)} <= known
        assert root.all("h1")[0].text == printable(f"{HOSTILE} on {HOSTILE}")
        assert "<script" not in page and "\u202e" not in page


def test_the_same_run_gives_the_same_page(subject: Subject) -> None:
    slower = replace(subject, run={**subject.run, "seconds": {"load": 99.0}})
    assert document(subject) == document(slower)


needs_browser = pytest.mark.skipif(
    PATH is None, reason="no Chromium on the path, and HGCN_BROWSER names none"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert PATH is not None
    with Browser(PATH, tmp_path_factory.mktemp("profile")) as started:
        yield started


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_browser_shows_it_without_a_complaint(
    subject: Subject, browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    page = tmp_path / "page.html"
    for made in (document(subject), document(hostile(subject))):
        page.write_text(made, encoding="utf-8")
        browser.open(page, width=width, scheme=scheme)
        # Folded tables count as well.
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.complaints == [] and browser.requests == [page.resolve().as_uri()]
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")


@needs_browser
def test_words_stay_in_their_pictures(subject: Subject, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(document(subject), encoding="utf-8")
    browser.open(page, width=1440)
    outside = browser.evaluate(
        """[...document.querySelectorAll('svg text')].filter(t => {
          const word = t.getBoundingClientRect(), all = t.closest('svg').getBoundingClientRect();
          return word.left < all.left - 1 || word.right > all.right + 1
            || word.top < all.top - 1 || word.bottom > all.bottom + 1;
        }).map(t => t.textContent)"""
    )
    assert outside == []


@needs_browser
def test_the_keyboard_reaches_every_table(
    subject: Subject, browser: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(document(subject), encoding="utf-8")
    browser.open(page, width=390)
    tables = len(read(document(subject)).all("table"))
    reached = browser.evaluate(
        "[...document.querySelectorAll('table')].filter(t => t.parentElement.tabIndex === 0).length"
    )
    assert reached == tables
    names = browser.call("Accessibility.getFullAXTree")["nodes"]
    images = [
        node["name"]["value"]
        for node in names
        if node.get("role", {}).get("value") in ("image", "img")
    ]
    assert len(images) == len(read(document(subject)).all("svg")) and all(images)
