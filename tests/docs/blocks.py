# SPDX-License-Identifier: Apache-2.0
"""The code blocks of every page, and how each is run.

A fence says its language: ``python`` and ``sh`` are run, ``text`` is shown only. A comment on the
line above says what a block needs: ``<!-- needs: rtl -->``, ``<!-- needs: board -->`` (PYNQ),
``<!-- needs: time -->`` (run with ``-m slow``), or ``<!-- not run: why -->``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.test_layout import ROOT, files

LANGUAGES = ("python", "sh", "text")
NEEDS = ("", "rtl", "board", "time")

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>.*)$")
_MARK = re.compile(r"^ *<!-- (?P<what>needs|not run): (?P<text>.+) -->$")
_LIMIT_SECONDS = 900


@dataclass(frozen=True)
class Block:
    """A code block: where it stands, what it says, what it needs."""

    place: str
    language: str
    text: str
    needs: str = ""
    not_run: str = ""


def pages() -> list[Path]:
    """Every page of the tree."""
    return [path for path in files() if path.suffix == ".md" and path.name != "CHANGELOG.md"]


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, and as ``indented`` what looks like code without one."""
    found: list[Block] = []
    above, inside, language, indent = "", [""], "", ""
    start, fenced = 0, False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        place = f"{page.relative_to(ROOT)}:{start}"
        if fenced and fence and not fence["language"]:
            mark = _MARK.match(above)
            said = {mark["what"]: mark["text"]} if mark else {}
            text = "".join(f"{row.removeprefix(indent)}\n" for row in inside)
            needs, not_run = said.get("needs", ""), said.get("not run", "")
            found.append(Block(place, language, text, needs, not_run))
            fenced, above = False, ""
        elif fenced:
            inside.append(line)
        elif fence:
            fenced, start, inside = True, number, []
            indent, language = fence["indent"], fence["language"]
        elif re.match(r"^ {4,}\S", line) and not re.match(r"^ *([*-]|\d+\.) ", line):
            found.append(Block(f"{page.relative_to(ROOT)}:{number}", "indented", line))
        if not fenced and line.strip() and not fence:
            above = line
    return found


def all_blocks() -> list[Block]:
    """Every block of every page."""
    return [block for page in pages() for block in blocks_of(page)]


def run_block(block: Block, folder: Path, **environment: str) -> None:
    """Run a block as a reader would in a clone: a folder with all of the tree and nothing of ours.

    Raises
    ------
    AssertionError
        With what it printed, if it fails.
    """
    for path in ROOT.iterdir():
        if not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    if block.language == "python":
        command = [sys.executable, "-W", "error::DeprecationWarning:hgcn", "-c", block.text]
    else:
        command = ["bash", "-euo", "pipefail", "-c", block.text]
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{block.place}\n{done.stdout}\n{done.stderr}"
