# SPDX-License-Identifier: Apache-2.0
"""A machine for the few pickle opcodes the Planetoid files use, which runs nothing they name.

A pickle is a program: it may call whatever it names, and its own interpreter hashes, compares and
recurses over whatever it builds. This machine builds numbers, bytes, short tuples that are hardly
nested, lists of integers, and dicts whose keys are short; a call makes a `Made`, which only keeps
what it is given. Every opcode takes bounded time and memory, so a file takes them in proportion.
"""

from __future__ import annotations

import pickletools
import struct
from dataclasses import dataclass
from typing import Any


class PickleError(Exception):
    """The pickle is damaged: it ends early, or does what no real file does."""


class UnsafePickleError(PickleError):
    """The pickle names or does what a file of numbers has no need of."""


@dataclass(slots=True)
class Made:
    """What a pickle made by calling ``name``: its arguments and, later, its state; nothing ran."""

    name: str
    arguments: tuple[Any, ...]
    state: Any = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name the pickle may use, standing for nothing."""

    name: str


# No node has a number beyond this; all keys of a dict within it hash to different values.
_MAX_KEY = 2**31
_MAX_NAME_BYTES = 64
# An array's state has 5 items, of which its shape is one; an element type's has 8.
_MAX_TUPLE = 16
# Python writes lists and dicts in batches of 1000 items.
_MAX_STACK = 10_000


class PickleMachine:
    r"""Runs one pickle; ``names`` are all that it may name.

    Examples
    --------
    >>> PickleMachine(b"\x80\x02}K\x01](K\x02K\x03es.", frozenset()).run()
    {1: [2, 3]}
    """

    def __init__(self, content: bytes, names: frozenset[str]) -> None:
        self._content = content
        self._names = names
        self._at = 0
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:
        """Return the value the pickle ends with.

        Raises
        ------
        PickleError
            If it is damaged; `UnsafePickleError` if it holds a foreign name or opcode.
        """
        while (code := self._byte()) != _STOP:
            if code not in _OPERATIONS:
                known = [op.name for op in pickletools.opcodes if op.code == chr(code)]
                raise UnsafePickleError(f"opcode {known[0] if known else hex(code)}")
            operation, *details = _OPERATIONS[code]
            operation(self, *details)
            if len(self._stack) > _MAX_STACK or len(self._marks) > _MAX_STACK:
                raise PickleError(f"holds more than {_MAX_STACK} values at once")
        return self._pop()

    # What an opcode reads.

    def _take(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + count]
        if count < 0 or len(taken) != count:
            raise PickleError("ends early")
        self._at += count
        return taken

    def _byte(self) -> int:
        self._at += 1
        if self._at > len(self._content):
            raise PickleError("ends early")
        return self._content[self._at - 1]

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _line(self) -> str:
        end = self._content.find(b"\n", self._at, self._at + _MAX_NAME_BYTES)
        if end < 0:
            raise UnsafePickleError("a name that does not end")
        line = self._take(end + 1 - self._at)[:-1]
        return line.decode("latin1")

    # The stack.

    def _pop(self) -> Any:
        if not self._stack or (self._marks and self._marks[-1] == len(self._stack)):
            raise PickleError("takes a value that is not there")
        return self._stack.pop()

    def _items(self, count: int | None) -> list[Any]:
        """Take the last ``count`` values, or all down to the mark."""
        if count is not None:
            return [self._pop() for _ in range(count)][::-1]
        if not self._marks:
            raise PickleError("takes a mark that is not there")
        start = self._marks.pop()
        items = self._stack[start:]
        del self._stack[start:]
        return items

    def _top(self, kind: type) -> Any:
        value = self._pop()
        self._stack.append(value)
        if type(value) is not kind:
            raise PickleError(f"wants a {kind.__name__}, got a {type(value).__name__}")
        return value

    # The opcodes.

    def _constant(self, value: Any) -> None:
        self._stack.append(value)

    def _new(self, kind: type) -> None:
        self._stack.append(kind())

    def _scalar(self, layout: str) -> None:
        self._stack.append(self._number(layout))

    def _proto(self) -> None:
        if self._byte() > 2:
            raise UnsafePickleError("a protocol beyond 2")

    def _long(self) -> None:
        content = self._take(self._byte())
        if len(content) > 9:
            raise PickleError("holds an integer of more than 64 bits")
        self._stack.append(int.from_bytes(content, "little", signed=True))

    def _bytes(self, length: str) -> None:
        self._stack.append(self._take(self._number(length)))

    def _global(self) -> None:
        name = f"{self._line()}.{self._line()}"
        if name not in self._names:
            raise UnsafePickleError(f"name {name!r}")
        self._stack.append(Name(name))

    def _call(self) -> None:
        arguments, name = self._pop(), self._pop()
        if type(name) is not Name or type(arguments) is not tuple:
            raise PickleError("calls what is no name")
        self._stack.append(Made(name.name, arguments))

    def _build(self) -> None:
        state = self._pop()
        self._top(Made).state = state

    def _tuple(self, count: int | None) -> None:
        items = tuple(self._items(count))
        if len(items) > _MAX_TUPLE:
            raise PickleError(f"has a tuple of more than {_MAX_TUPLE} values")
        inner = [item for item in items if type(item) is tuple]
        if any(type(part) is tuple for item in inner for part in item):
            raise PickleError("nests tuples three deep")
        self._stack.append(items)

    def _append(self, count: int | None) -> None:
        items = self._items(count)
        if any(type(item) is not int for item in items):
            raise PickleError("has a list of other things than integers")
        self._top(list).extend(items)

    def _set_items(self, count: int | None) -> None:
        items = self._items(count)
        target = self._pop()
        self._stack.append(target)
        # A defaultdict is a call whose items follow, kept as the state.
        if type(target) is Made:
            target.state = {} if target.state is None else target.state
            target = target.state
        if type(target) is not dict or len(items) % 2:
            raise PickleError("sets items of what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            short = type(key) is bytes and len(key) <= _MAX_NAME_BYTES
            if not short and not (type(key) is int and abs(key) <= _MAX_KEY):
                raise PickleError("has a dict key that is no node number and no name")
            target[key] = value

    def _put(self, layout: str) -> None:
        value = self._pop()
        self._stack.append(value)
        self._memo[self._number(layout)] = value

    def _get(self, layout: str) -> None:
        index = self._number(layout)
        if index not in self._memo:
            raise PickleError(f"recalls value {index}, which it did not keep")
        self._stack.append(self._memo[index])

    def _mark(self) -> None:
        self._marks.append(len(self._stack))


# The rest, calls by other means (INST, OBJ, EXT, STACK_GLOBAL, PERSID) among it, stays out.
_STOP = ord(".")
_OPERATIONS: dict[int, tuple[Any, ...]] = {
    ord("\x80"): (PickleMachine._proto,),
    ord("("): (PickleMachine._mark,),
    ord("c"): (PickleMachine._global,),
    ord("R"): (PickleMachine._call,),
    ord("\x81"): (PickleMachine._call,),
    ord("b"): (PickleMachine._build,),
    ord("N"): (PickleMachine._constant, None),
    ord("\x88"): (PickleMachine._constant, True),
    ord("\x89"): (PickleMachine._constant, False),
    ord("J"): (PickleMachine._scalar, "<i"),
    ord("K"): (PickleMachine._scalar, "<B"),
    ord("M"): (PickleMachine._scalar, "<H"),
    ord("G"): (PickleMachine._scalar, ">d"),
    ord("\x8a"): (PickleMachine._long,),
    ord("T"): (PickleMachine._bytes, "<i"),
    ord("U"): (PickleMachine._bytes, "<B"),
    ord("q"): (PickleMachine._put, "<B"),
    ord("r"): (PickleMachine._put, "<I"),
    ord("h"): (PickleMachine._get, "<B"),
    ord("j"): (PickleMachine._get, "<I"),
    ord("t"): (PickleMachine._tuple, None),
    ord(")"): (PickleMachine._tuple, 0),
    ord("\x85"): (PickleMachine._tuple, 1),
    ord("\x86"): (PickleMachine._tuple, 2),
    ord("\x87"): (PickleMachine._tuple, 3),
    ord("]"): (PickleMachine._new, list),
    ord("a"): (PickleMachine._append, 1),
    ord("e"): (PickleMachine._append, None),
    ord("}"): (PickleMachine._new, dict),
    ord("s"): (PickleMachine._set_items, 2),
    ord("u"): (PickleMachine._set_items, None),
}
"""What each opcode does, and how many values it takes: None for all down to the mark."""
