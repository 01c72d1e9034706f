# SPDX-License-Identifier: Apache-2.0
"""Tcl lists in Python."""

from __future__ import annotations

from collections.abc import Sequence

from hgcn.errors import BackendError


def _braced(text: str, start: int) -> int:
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise BackendError(f"unbalanced braces in {text!r}")


def split_list(text: str) -> list[str]:
    r"""Return the elements of a Tcl list.

    Examples
    --------
    >>> split_list('a {b c} "d e" f\\ g')
    ['a', 'b c', 'd e', 'f g']
    """
    words: list[str] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif text[place] == "{":
            end = _braced(text, place)
            words.append(text[place + 1 : end])
            place = end + 1
        elif text[place] == '"':
            end = text.index('"', place + 1)
            words.append(text[place + 1 : end])
            place = end + 1
        else:
            word = ""
            while place < len(text) and not text[place].isspace():
                place += text[place] == "\\"
                word += text[place : place + 1]
                place += 1
            words.append(word)
    return words


def options(
    arguments: Sequence[str], flags: str = "", valued: str = ""
) -> tuple[dict[str, str], list[str]]:
    """Split a command's arguments into options and the rest.

    Raises
    ------
    BackendError
        If an option is in neither list, or lacks its value.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    words = list(arguments)
    while words:
        word = words.pop(0)
        name = word[1:]
        if not word.startswith("-") or name[:1].isdigit():
            rest.append(word)
        elif name in flags.split():
            found[name] = "1"
        elif name in valued.split() and words:
            found[name] = words.pop(0)
        else:
            raise BackendError(f"option {word} is unknown or lacks a value")
    return found, rest
