# SPDX-License-Identifier: Apache-2.0
"""What the declaration is made of: fields of records, their bits, and words to values and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import SpecError

Words = NDArray[np.uint32]

WORD_BITS = 32


class Kind(Enum):
    """How a field's bits are read."""

    NUMBER = "number"
    SIGNED = "signed number"
    FLAG = "flag"
    HASH = "bytes"


@dataclass(frozen=True, kw_only=True)
class Field:
    """Some bits of a record.

    Attributes
    ----------
    name : str
        In Python, SystemVerilog and C++ alike.
    at : int
        First bit of the record: 32 times its word, plus its bit in the word.
    width : int
        Bits of one element.
    meaning, limit : str
        For the pages; `limit` says which values are legal, where not all are.
    kind : Kind
    values : type of IntEnum, optional
        The list a number comes from.
    of : Record, optional
        The field is a record itself.
    count : int
        Elements, one behind the other.
    fixed : bool
        Follows from the rest of the record: no argument of its encoder.
    optional : bool
        0 where nothing is said.
    told : tuple of str
        Of a command: the engine commands that carry it (a stream as its beats).
    position : bool
        A row position in a feature store: engines take as many bits as the store has.
    client : IntEnum, optional
        Of a stream: the reader that fetches it.
    label : str
        Of a stream: its name where it is not the field's.
    """

    name: str
    at: int
    width: int
    meaning: str = ""
    limit: str = ""
    kind: Kind = Kind.NUMBER
    values: type[IntEnum] | None = None
    of: Record | None = None
    count: int = 1
    fixed: bool = False
    optional: bool = False
    told: tuple[str, ...] = ()
    position: bool = False
    client: IntEnum | None = None
    label: str = ""

    @property
    def bits(self) -> int:
        """Bits of all elements."""
        return self.width * self.count

    @property
    def word(self) -> int:
        """The word of its first bit."""
        return self.at // WORD_BITS

    @property
    def low(self) -> int:
        """Its first bit in its word."""
        return self.at % WORD_BITS

    @property
    def mask(self) -> int:
        """The bits of one element, from bit 0."""
        return (1 << self.width) - 1

    @property
    def most(self) -> int:
        """The largest value of an element."""
        return self.mask >> (self.kind is Kind.SIGNED)

    def get(self, words: NDArray[Any]) -> NDArray[np.int64]:
        """Return the values from the field's words, of any shape.

        Examples
        --------
        >>> from hgcn.format.streams import ACCUMULATOR
        >>> ACCUMULATOR["lane"].get(np.array([3 << 9 | 5]))
        array([3])
        """
        value = words.astype(np.int64) >> self.low & self.mask
        if self.kind is Kind.SIGNED:
            value -= (value >> (self.width - 1)) << self.width
        return value

    def put(self, values: Any) -> NDArray[np.int64]:
        """Return words with the values in the field's place; bits beyond it are cut."""
        return (np.asarray(values, dtype=np.int64) & self.mask) << self.low

    def put_bits(self, value: int) -> int:
        """Return a value at its place in the record, seen as one number."""
        return int(value) << self.at

    def get_bits(self, record: int) -> int:
        """Return the value from a record seen as one number."""
        return record >> self.at & self.mask


@dataclass(frozen=True, kw_only=True)
class Record:
    """Fields that lie together; all other bits are zero.

    Attributes
    ----------
    name : str
        ``name_t`` in SystemVerilog.
    width : int
        Bits.
    fields : tuple of Field
        In order of their bits.
    summary : str

    Raises
    ------
    SpecError
        If fields overlap, cross a word, or do not fit.
    """

    name: str
    width: int
    fields: tuple[Field, ...]
    summary: str

    def __post_init__(self) -> None:
        end = 0
        for field in self.fields:
            leaf = field.of is None and field.width < WORD_BITS
            whole = not leaf or (field.low + field.width <= WORD_BITS and field.count == 1)
            # A record shorter than a word may lie anywhere in one; streams start on a word.
            if end > field.at or not whole:
                raise SpecError(
                    f"{self.name}.{field.name} must lie behind the field before it and within a "
                    f"word, got bits {field.at} to {field.at + field.bits - 1}"
                )
            end = field.at + field.bits
        if end > self.width:
            raise SpecError(f"{self.name} must hold its fields in {self.width} bits, got {end}")

    def __getitem__(self, path: str) -> Field:
        """Return the field called ``path``, such as ``pl.lines``, by its place in this record."""
        return self.leaves[path]

    @property
    def bytes(self) -> int:
        """Bytes, whole."""
        return -(-self.width // 8)

    @cached_property
    def arguments(self) -> tuple[tuple[Field, str, int, int], ...]:
        """Fields that do not follow from others, each with its name, first bit and mask."""
        return tuple((f, f.name, f.at, f.mask) for f in self.fields if not f.fixed)

    @cached_property
    def leaves(self) -> Mapping[str, Field]:
        """Every field that is no record, by path; elements of an array of records one by one."""
        return dict(_leaves(self, "", 0))

    @cached_property
    def meant(self) -> Words:
        """The bits that mean something: ones in the words of a record."""
        words = np.zeros(-(-self.width // WORD_BITS), dtype=np.uint32)
        for field in self.leaves.values():
            for at in range(field.at, field.at + field.bits):
                words[at // WORD_BITS] |= np.uint32(1 << at % WORD_BITS)
        return words

    def get(self, words: NDArray[Any], path: str) -> NDArray[np.int64]:
        """Return a field of records, shape (..., words), as numbers, shape (...)."""
        field = self.leaves[path]
        return field.get(words[..., field.word])

    def put(self, **values: Any) -> Words:
        """Return the words of records, shape (n, words), from arrays or numbers by field name.

        Fields not named are zero. Values beyond a field's bits are cut.

        Examples
        --------
        >>> from hgcn.format.streams import ACCUMULATOR
        >>> ACCUMULATOR.put(lane=[0, 3], slot=5).ravel()
        array([   5, 1541], dtype=uint32)
        """
        arrays = np.broadcast_arrays(*(np.atleast_1d(value) for value in values.values()))
        words = np.zeros((len(arrays[0]), len(self.meant)), dtype=np.uint32)
        for path, array in zip(values, arrays, strict=True):
            field = self.leaves[path]
            words[:, field.word] |= field.put(array).astype(np.uint32)
        return words


def _leaves(record: Record, prefix: str, start: int) -> Iterator[tuple[str, Field]]:
    for field in record.fields:
        for index in range(field.count if field.of else 1):
            at = start + field.at + index * field.width
            path = f"{prefix}{field.name}" + (f"[{index}]" if field.count > 1 and field.of else "")
            if field.of is None:
                yield path, _moved(field, at)
            else:
                yield from _leaves(field.of, f"{path}.", at)


def _moved(field: Field, at: int) -> Field:
    return Field(**{**field.__dict__, "at": at})


def bits(name: str, word: int, high: int, low: int, meaning: str = "", **more: Any) -> Field:
    """Bits ``high`` to ``low`` of a word."""
    at, width = WORD_BITS * word + low, high - low + 1
    return Field(name=name, at=at, width=width, meaning=meaning, **more)


def word(name: str, at: int, meaning: str = "", *, words: int = 1, **more: Any) -> Field:
    """Whole words."""
    place, width = WORD_BITS * at, WORD_BITS * words
    return Field(name=name, at=place, width=width, meaning=meaning, **more)


def flag(name: str, word: int, bit: int, meaning: str = "", **more: Any) -> Field:
    """One bit that is true or false."""
    return bits(name, word, bit, bit, meaning, kind=Kind.FLAG, **more)


def part(name: str, of: Record, word: int, meaning: str = "", low: int = 0, **more: Any) -> Field:
    """A record in a record, from bit ``low`` of a word."""
    at = WORD_BITS * word + low
    return Field(name=name, at=at, width=of.width, meaning=meaning, of=of, **more)
