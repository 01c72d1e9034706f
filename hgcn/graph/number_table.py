# SPDX-License-Identifier: Apache-2.0
"""Columns of numbers out of lines of text: parsed by NumPy, faults located by us."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.number_text import DataLines, shown

# A column: its place in the line, and the type of its numbers.
Columns = Mapping[str, tuple[int, type[np.generic]]]

# Lines tried together in the search for the one that does not parse.
BATCH = 4096

_FAULTS = (ValueError, OverflowError, DeprecationWarning)
_SPACE_TO_NEWLINE = bytes.maketrans(b" \t\v\f", b"\n\n\n\n")


def parse_table(
    lines: DataLines,
    columns: Columns,
    *,
    skip: int = 0,
    separator: str | None = None,
    width: int | None = None,
    quotes: bool = False,
) -> NDArray[Any]:
    r"""Parse lines of fields into a structured array with a field for each of ``columns``.

    Parameters
    ----------
    lines : DataLines
    columns : mapping of name to (place, type)
        Integer columns take whole numbers only.
    skip : int
        Leading lines of data to leave out.
    separator : str, optional
        Default: white space.
    width : int, optional
        The number of fields of each line; by default a line may have more than are parsed.
    quotes : bool
        Fields may stand in double quotes, which hide separators.

    Returns
    -------
    structured ndarray, one record a line

    Raises
    ------
    GraphError
        Naming the first line that does not parse.

    Examples
    --------
    >>> lines = DataLines(b"# pairs\n1 2\n2 x\n", comments=b"#")
    >>> parse_table(lines, {"source": (0, np.int64), "target": (1, np.int64)})
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: line 3: want whole numbers as source and target, got '2 x'
    """
    form = _Form(
        columns=columns, separator=separator, width=width, quoted=quotes and b'"' in lines.body
    )
    if lines.count <= skip:
        return np.empty(0, dtype=form.dtype)
    try:
        if form.quoted and not all(line.count(b'"') % 2 == 0 for _, line in lines.numbered()):
            raise ValueError("a quotation does not end in its line")
        return form.load(lines.body, skip)
    except _FAULTS as error:
        numbered = islice(lines.numbered(), skip, None)
        while batch := list(islice(numbered, BATCH)):
            if form.loads(batch):
                continue
            for number, line in batch:
                if not form.parses(line):
                    raise GraphError(
                        f"line {number}: want {form.wanted}, got {shown(line)}"
                    ) from error
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise GraphError(f"want {form.wanted} in each line: {reason}") from error


def parse_integers(text: bytes) -> NDArray[np.int64]:
    r"""Parse whole numbers between any white space.

    Raises
    ------
    GraphError
        Naming the first word that is none, or does not fit int64.

    Examples
    --------
    >>> parse_integers(b"1 2\n3\n")
    array([1, 2, 3])
    """
    try:
        lines = DataLines(text.translate(_SPACE_TO_NEWLINE))
        return np.asarray(parse_table(lines, {"number": (0, np.int64)}, width=1)["number"])
    except GraphError:
        words = (word[0] for word in re.finditer(rb"[^ \t\v\f\n]+", text))
        bad = next(word for word in words if not _is_integer(word))
        raise GraphError(f"want whole numbers, got {shown(bad)}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What each line must look like."""

    columns: Columns
    separator: str | None
    width: int | None
    quoted: bool

    @property
    def names(self) -> dict[int, str]:
        return {place: name for name, (place, _) in self.columns.items()}

    @property
    def places(self) -> list[int]:
        return sorted(self.names) if self.width is None else list(range(self.width))

    @property
    def dtype(self) -> np.dtype[Any]:
        """A field for each column that is parsed; with a width for every one, so NumPy counts."""
        names = self.names
        fields: list[tuple[str, Any]] = [
            (names[place], self.columns[names[place]][1]) if place in names else (f"#{place}", "S1")
            for place in self.places
        ]
        return np.dtype(fields)

    @property
    def wanted(self) -> str:
        kinds = {name: kind for name, (_, kind) in self.columns.items()}
        whole = [name for name, kind in kinds.items() if issubclass(kind, np.integer)]
        parts = [f"whole numbers as {' and '.join(whole)}"] if whole else []
        parts += [f"a number as {name}" for name in kinds if name not in whole]
        return " and ".join(parts) + ("" if self.width is None else f" in {self.width} fields")

    def load(self, body: bytes, skip: int) -> NDArray[Any]:
        with warnings.catch_warnings():
            # NumPy before 2.4 reads a node "1.5" as 1, and says no more than this of it.
            warnings.simplefilter("error", DeprecationWarning)
            table: NDArray[Any] = np.loadtxt(
                io.BytesIO(body),
                dtype=self.dtype,
                usecols=self.places if self.width is None else None,
                delimiter=self.separator,
                quotechar='"' if self.quoted else None,
                comments=None,
                skiprows=skip,
                ndmin=1,
                encoding="latin1",
            )
        return table

    def loads(self, batch: list[tuple[int, bytes]]) -> bool:
        if self.quoted:  # A quotation that does not end would take the next lines in.
            return False
        try:
            self.load(b"".join(line + b"\n" for _, line in batch), 0)
        except _FAULTS:
            return False
        return True

    def parses(self, line: bytes) -> bool:
        if b"\r" in line or (self.quoted and line.count(b'"') % 2):
            return False
        edge = b' \t"' if self.quoted else b" \t"
        fields = line.split(None if self.separator is None else self.separator.encode())
        if self.width is not None and len(fields) != self.width:
            return False
        try:
            return all(
                _is_integer(fields[place].strip(edge))
                if issubclass(kind, np.integer)
                else float(fields[place].strip(edge)) is not None
                for place, kind in self.columns.values()
            )
        except (ValueError, IndexError):
            return False


def _is_integer(word: bytes) -> bool:
    return re.fullmatch(rb"[+-]?\d{1,19}", word) is not None and -(2**63) <= int(word) < 2**63
