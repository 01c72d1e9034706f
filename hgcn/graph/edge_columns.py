# SPDX-License-Identifier: Apache-2.0
"""Which columns of a table of edges hold source, target and weight."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hgcn.errors import GraphError
from hgcn.graph.names import listed
from hgcn.printable import printable

# Names as headers spell them, in lower case and without anything but letters and digits.
PAIRS = (
    ("source", "target"),
    ("src", "dst"),
    ("from", "to"),
    ("sourceid", "targetid"),
    ("sourcenode", "targetnode"),
    ("srcid", "dstid"),
    ("fromid", "toid"),
    ("fromnode", "tonode"),
    ("fromnodeid", "tonodeid"),
    ("startid", "endid"),
    ("source", "destination"),
    ("src", "dest"),
    ("node1", "node2"),
    ("id1", "id2"),
    ("u", "v"),
)
KNOWN = {name for pair in PAIRS for name in pair}
# A table with one of these in two columns is one of nodes.
NO_NODES = {"label", "class", "y", "name", "type", "category", "value", "time", "timestamp", "year"}
WEIGHTS = ("weight", "weights", "edgeweight", "w")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeColumns:
    """Places in a line, counted from 0, and how they were found.

    Attributes
    ----------
    source, target : int
    weight : int or None
        Of the column a header names so, without a header the third; None if there is none.
    width : int or None
        Fields of every line; None where they may differ.
    skip : int
        Lines of header.
    notes : tuple of str
        What was skipped or taken for granted.
    """

    source: int = 0
    target: int = 1
    weight: int | None = None
    width: int | None = None
    skip: int = 0
    notes: tuple[str, ...] = ()


def find_columns(first: str, second: str, separator: str | None) -> EdgeColumns:
    r"""Return the columns of a table from its first two lines; a line without a number is a header.

    A header names source and target in the words of `PAIRS`; where it has other words for just
    two columns they are source and target in this order. A nameless column, as data frame
    libraries write of row numbers, is none of them.

    Parameters
    ----------
    first, second : str
        ``second`` is empty if there is none.
    separator : str or None
        None: white space.

    Returns
    -------
    EdgeColumns

    Raises
    ------
    GraphError
        If the header does not say which columns are the edge.

    Examples
    --------
    >>> found = find_columns(",src,dst", "0,1,2", ",")
    >>> found.source, found.target, found.width
    (1, 2, 3)
    """
    fields = _fields(first, separator)
    if any(_is_number(field) for field in fields):
        extra = len(fields) - 2
        note = f"Columns after the third are not read: {extra - 1} of them."
        return EdgeColumns(
            weight=2 if extra > 0 else None,
            # Lines of numbers are a table; what else follows a pair, such as NetworkX's attributes
            # or a remark, has as many words as it likes.
            width=len(fields) if all(map(_is_number, fields)) else None,
            notes=(note,) if extra > 1 else (),
        )
    below = len(_fields(second, separator)) if second else len(fields)
    if len(fields) == below - 1:
        # R leaves the name of the row names out altogether.
        fields = ["", *fields]
    words = [re.sub(r"[^a-z0-9]", "", field.lower()) for field in fields]
    title = printable(first[:60].strip())
    if len(fields) != below:
        raise GraphError(f"header '{title}' names {len(fields)} columns, the next line has {below}")
    weight = next((place for place, word in enumerate(words) if word in WEIGHTS), None)
    named = [place for place, field in enumerate(fields) if _has_name(field) and place != weight]
    notes = [f"The header line '{title}' is skipped."]
    pair = next((pair for pair in PAIRS if all(words.count(name) == 1 for name in pair)), None)
    if pair is not None:
        source, target = map(words.index, pair)
    elif len(named) == 2 and not any(words[place] in KNOWN | NO_NODES for place in named):
        source, target = named
        notes.append(
            f"The columns {listed([fields[source], fields[target]])} are taken in this order."
        )
    else:
        known = ", ".join("/".join(pair) for pair in PAIRS[:3])
        raise GraphError(
            f"header '{title}' does not say which columns are source and target: name them like "
            f"{known}"
        )
    unread = [field for place, field in enumerate(fields) if place not in (source, target, weight)]
    if unread:
        notes.append(f"Columns not read: {listed(unread)}.")
    return EdgeColumns(
        source=source,
        target=target,
        weight=weight,
        width=len(fields),
        skip=1,
        notes=tuple(notes),
    )


def find_separator(first: str) -> str | None:
    r"""Return what parts the fields of a line: a comma, a semicolon, or None for white space.

    In a header a tab counts as well, so that a nameless column is seen.

    Examples
    --------
    >>> find_separator("0;1"), find_separator("0\t1"), find_separator("\tsrc\tdst")
    (';', None, '\t')
    """
    mark = next((mark for mark in ",;" if mark in first), None)
    if mark is None and "\t" in first and not any(map(_is_number, first.split())):
        return "\t"
    return mark


def _fields(line: str, separator: str | None) -> list[str]:
    return [field.strip(' \t"') for field in line.split(separator)]


def _has_name(field: str) -> bool:
    return any(mark.isalnum() for mark in field)


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
