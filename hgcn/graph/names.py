# SPDX-License-Identifier: Apache-2.0
"""Names of graphs that come from files, fit to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hgcn.printable import printable

MAX_CHARACTERS = 100
MAX_LISTED, MAX_LISTED_CHARACTERS = 5, 40


def readable_name(text: str, otherwise: str = "graph") -> str:
    r"""Return ``text`` as a name: printable, on one line, not long, and not empty.

    Parameters
    ----------
    text : str
        From inside a file, or of one: anything. Characters that do not print become escapes;
        brackets and slashes stay, as a name decides neither a layout nor a path.
    otherwise : str
        The name where nothing is left.

    Examples
    --------
    >>> print(readable_name("ogbn/arxiv"), readable_name("roads[old]"), readable_name("a\n"))
    ogbn/arxiv roads[old] a\n
    """
    return printable(text[:MAX_CHARACTERS])[:MAX_CHARACTERS].strip() or otherwise


def file_stem(path: Path) -> str:
    """Return the name of a graph after its file's: without suffix, and without ``.gz``.

    Examples
    --------
    >>> file_stem(Path("data") / "email.txt.gz")
    'email'
    """
    name = path.name[:-3] if path.suffix.lower() == ".gz" else path.name
    return readable_name(Path(name).stem)


def listed(names: Sequence[str]) -> str:
    """Return names from a file as a note shows them: some of them, cut, and how many more.

    Examples
    --------
    >>> listed(["a", "b"]), listed([""] + ["x" * 99] * 9)[-12:]
    ("'a', 'b'", "' and 5 more")
    """
    shown = ", ".join(f"'{printable(name[:MAX_LISTED_CHARACTERS])}'" for name in names[:MAX_LISTED])
    more = len(names) - MAX_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
