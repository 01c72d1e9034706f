# SPDX-License-Identifier: Apache-2.0
"""Turns the assertions of a module into what Yosys proves: conditions on registers.

The rules are written once, in the RTL, as concurrent assertions (`hw/rtl/include/hgcn_assert.svh`).
The slang front end of Yosys takes none of those, so each ``HGCN_ASSERT`` becomes an assertion on
combinational values: what held a cycle before is kept in registers beside it.
"""

from __future__ import annotations

import re

from hgcn.errors import BackendError

_CALL = re.compile(r"`HGCN_(ASSERT|ASSUME)(_ON|_STREAM)?\(")
_PAST = re.compile(r"\$(stable|past)\(")
_OPEN, _CLOSE = "([{", ")]}"


def _closing(text: str, start: int) -> int:
    """Return the place of the parenthesis that closes the one before ``start``."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if depth == 0:
            return place
    raise BackendError(f"an assertion is not closed: {text[start : start + 60]!r}")


def _split(text: str, separator: str) -> list[str]:
    """Return the pieces of ``text`` between the separators outside all brackets."""
    pieces, depth, begin, place = [], 0, 0, 0
    while place < len(text):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if depth == 0 and text.startswith(separator, place):
            pieces.append(text[begin:place].strip())
            place += len(separator)
            begin = place
        else:
            place += 1
    return [*pieces, text[begin:].strip()]


def _without_past(name: str, text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return ``text`` with ``$stable`` and ``$past`` as registers, and (register, expression)s."""
    kept: list[tuple[str, str]] = []
    while found := _PAST.search(text):
        end = _closing(text, found.end())
        expression = text[found.end() : end]
        register = f"fv_{name}_past{len(kept)}_q"
        kept.append((register, expression))
        now = register if found[1] == "past" else f"(({expression}) == {register})"
        text = text[: found.start()] + now + text[end + 1 :]
    return text, kept


def _statement(word: str, name: str, rule: str, clock: str, reset: str) -> str:
    """Return one rule as SystemVerilog that Yosys reads."""
    later = _split(rule, "|=>")
    same = _split(rule, "|->")
    rule, kept = _without_past(name, (later if len(later) == 2 else same)[-1])
    if kept and len(later) != 2:
        raise BackendError(f"{name}: $past and $stable are read here only after |=>")
    when = f"({reset})"
    lines: list[str] = []
    if len(later) == 2:
        kept.append((f"fv_{name}_if_q", f"({reset}) && ({later[0]})"))
        when += f" && fv_{name}_if_q"
    elif len(same) == 2:
        when += f" && ({same[0]})"
    for register, expression in kept:
        lines.append(f"logic [$bits({expression})-1:0] {register};")
        lines.append(f"always_ff @(posedge {clock}) {register} <= {expression};")
    lines.append(f"always_comb if ({when}) {name} : {word} ({rule});")
    return "\n  ".join(lines)


def immediate(text: str, *, top: bool) -> str:
    """Return the module ``text`` with its assertions in the form that Yosys proves.

    At the ``top`` the neighbour's rules are assumed. Inside, they are to be proven; the module's
    own rules are left out there: they have a proof of their own.
    """
    parts, begin = [], 0
    for found in _CALL.finditer(text):
        end = _closing(text, found.end())
        arguments = _split(text[found.end() : end], ",")
        name, rule = arguments[:2]
        clock, reset = arguments[2:] if len(arguments) == 4 else ("clk_i", "rst_ni")
        ours = found[1] == "ASSERT"
        word = "assert" if ours or not top else "assume"
        statement = "" if ours and not top else _statement(word, name, rule, clock, reset)
        parts += [text[begin : found.start()], statement]
        begin = end + 1
    return "".join([*parts, text[begin:]])
