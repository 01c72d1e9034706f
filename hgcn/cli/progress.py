# SPDX-License-Identifier: Apache-2.0
"""Progress bars on stderr, from the API's progress calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hgcn.api import Progress as ProgressCall

_VERBS = {
    "quantise": "Quantise",
    "order": "Order",
    "split": "Split by density",
    "map": "Map onto both engines",
    "encode": "Encode",
    "build": "Build the simulator (once)",
    "run": "Run",
}


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[ProgressCall]:
    """Yield a progress call drawing one bar; none if quiet, or when stderr is not a terminal."""
    console = Console(stderr=True)
    if (
        quiet or not console.is_terminal
    ):  # Some versions of Rich end even a disabled bar by a line end.
        yield _ignore
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("Load", total=None)

        def call(stage: str, done: int, total: int) -> None:
            bar.update(task, description=_VERBS.get(stage, stage), completed=done, total=total)

        yield call


def _ignore(stage: str, done: int, total: int) -> None:
    """Draw nothing."""
