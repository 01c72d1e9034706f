# SPDX-License-Identifier: Apache-2.0
"""Text that came from outside, fit to be shown: on one line, without a control character."""

from __future__ import annotations

import os

_LONGEST_NAME = 40


def printable(text: str) -> str:
    r"""Return ``text`` with every character that does not print as its escape.

    Control characters, line ends, direction marks and lone surrogates reach neither a terminal nor
    the layout of a report; all other characters stay, brackets and backslashes too.

    Examples
    --------
    >>> print(printable("a\x1b[31m\nb"), printable("gráf[old].txt"), printable("\u202eabc"))
    a\x1b[31m\nb gráf[old].txt \u202eabc
    """
    if text.isprintable():
        return text
    return "".join(
        letter
        if letter.isprintable()
        else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in text
    )


def printable_path(path: str | os.PathLike[str]) -> str:
    """Return a path as `printable` text: what a file is called is outside text too."""
    return printable(os.fspath(path))


def one_line(kind: str, name: str, *facts: str) -> str:
    r"""Return the `repr` of something large: what it is, its name, and a few facts.

    Examples
    --------
    >>> one_line("Graph", "roads\n", "3 nodes", "4 edges")
    '<Graph roads\\n: 3 nodes, 4 edges>'
    """
    shown = printable(name)
    if len(shown) > _LONGEST_NAME:
        shown = shown[: _LONGEST_NAME - 3] + "..."
    return f"<{kind} {shown}: {', '.join(facts)}>"
