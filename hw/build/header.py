# SPDX-License-Identifier: Apache-2.0
"""Reads the ports of a SystemVerilog module: a small parser for this project's module headers."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hgcn.errors import BackendError

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\(\*.*?\*\)", re.DOTALL)
_PORT = re.compile(
    r"^(?P<dir>input|output)\s+(?P<type>[\w:]+)\s*(?P<dims>(?:\[[^]]*\]\s*)*)(?P<name>\w+)$"
)
_PARAMETER = re.compile(r"localparam\s+int\s+unsigned\s+(\w+)\s*=\s*([^;]+);")
_TYPEDEF = re.compile(r"typedef\s+logic\s*\[([^]]*)\]\s*(\w+)\s*;")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.floordiv,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Integer parameters and vector types (bits) of a package."""

    values: Mapping[str, int]
    types: Mapping[str, int]


def _evaluate(text: str, values: Mapping[str, int]) -> int:
    def visit(node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        if isinstance(node, ast.Name) and node.id in values:
            return values[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](visit(node.left), visit(node.right))
        raise BackendError(f"cannot evaluate {text!r}: {ast.unparse(node)} is unknown")

    try:
        return visit(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        raise BackendError(f"cannot evaluate {text!r}") from None


def _width(span: str, values: Mapping[str, int]) -> int:
    high, _, low = span.partition(":")
    return _evaluate(high, values) - _evaluate(low, values) + 1


def package(text: str) -> Package:
    """Return the integers and vector types that a package declares."""
    bare = _COMMENT.sub(" ", text)
    values: dict[str, int] = {}
    for name, expression in _PARAMETER.findall(bare):
        values[name] = _evaluate(expression, values)
    types = {name: _width(span, values) for span, name in _TYPEDEF.findall(bare)}
    return Package(values=values, types=types)


def _body(text: str, start: int) -> str:
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 1 : place]
    raise BackendError("a module header has no closing parenthesis")


def module_ports(
    text: str, module: str, sizes: Package | None = None
) -> dict[str, tuple[bool, int]]:
    """Return the ports of ``module`` in order: output or not, and bits.

    Raises
    ------
    BackendError
        If the module is not there, or a port is of a form this project does not use.
    """
    known = sizes or Package(values={}, types={})
    bare = _COMMENT.sub(" ", text)
    head = re.search(rf"\bmodule\s+{module}\b(?:\s*import\s[^;]*;)*\s*(\()", bare)
    if head is None:
        raise BackendError(f"module {module} is not there, or has parameters")
    ports: dict[str, tuple[bool, int]] = {}
    for item in _body(bare, head.start(1)).split(","):
        port = _PORT.match(" ".join(item.split()))
        if port is None:
            raise BackendError(f"{module}: cannot read the port {' '.join(item.split())!r}")
        kind = port["type"]
        if kind not in ("logic", "wire") and kind not in known.types:
            raise BackendError(f"{module}.{port['name']}: type {kind} is unknown")
        width = known.types.get(kind, 1)
        for span in re.findall(r"\[([^]]*)\]", port["dims"]):
            width *= _width(span, known.values)
        ports[port["name"]] = (port["dir"] == "output", width)
    return ports
