# SPDX-License-Identifier: Apache-2.0
"""No line of the library leaves an order or a rounding to the processor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("hgcn", "host", "sim", "hw")

UNSTABLE = {
    "argpartition": "the order within a part is the algorithm's",
    "reverse_cuthill_mckee": "sorts degrees unstably: hgcn.ordering.rcm",
    "dot": "a BLAS adds in the processor's order: hgcn.model.products",
    "vdot": "as dot",
    "inner": "as dot",
    "tensordot": "as dot",
    "einsum": "adds in the vector unit's order",
    "uniform": "scales in C, where a product and a sum may be fused: random() and two operations",
    "normal": "as uniform",
    "standard_normal": "as uniform",
    "percentile": "interpolates, by a formula of each NumPy: hgcn.model.ranges.peaks",
    "quantile": "as percentile",
    **dict.fromkeys(
        [
            "exp",
            "exp2",
            "expm1",
            "log",
            "log10",
            "log1p",
            "power",
            "float_power",
            "cbrt",
            "sin",
            "cos",
            "tan",
            "tanh",
            "hypot",
        ],
        "the last bits are the vector unit's",
    ),
}
"""Functions of NumPy and SciPy whose results differ between machines, each with why."""

FOR_PEOPLE = {
    "hgcn/execution/result.py": {"exp"},  # Probabilities, beside the logits they are made of
    "hgcn/model/pyg/from_pyg.py": {"exp", "log"},  # Compared with what torch answers
    "hgcn/report/page/parts.py": {"percentile", "quantile"},  # Shades and words of a picture
    "hgcn/report/plots.py": {"percentile"},  # The limit of an axis
}
"""Files that may use some of them, for what no program and no prediction depends on."""

PRODUCTS = {
    "hgcn/baseline.py": "int32; and in float what the baseline is measured for",
    "hgcn/execution/emulate.py": "int32",
    "hgcn/execution/reference.py": "int32",
    "hgcn/model/fit.py": "training: its result is a file of weights",
    "hgcn/ordering/community.py": "int64",
    "hgcn/reference/infer.py": "int32",
}
"""Files that may multiply matrices with ``@``, each with its element type."""


def calls() -> Iterator[tuple[str, ast.Call, str, str]]:
    """Every call of a function of a module or object: where, the call, what of, which."""
    for place, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{place}:{node.lineno}", node, ast.unparse(node.func.value), node.func.attr


def trees() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith("sim/benches/"):
                yield place, ast.parse(path.read_text(encoding="utf-8"))


def keywords(call: ast.Call) -> dict[str | None, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


def test_every_sort_that_gives_an_order_is_stable() -> None:
    sorts = [(place, call) for place, call, _, name in calls() if name == "argsort"]
    assert sorts  # The search finds what there is.
    assert [place for place, call in sorts if keywords(call).get("kind") != "'stable'"] == []


def test_no_function_is_used_that_differs_between_machines() -> None:
    used = [
        f"{place}: {of}.{name}: {UNSTABLE[name]}"
        for place, _, of, name in calls()
        if name in UNSTABLE and of not in ("math", "torch")
        if name not in FOR_PEOPLE.get(place.split(":")[0], ())
    ]
    assert used == []


def test_powers_are_those_of_constants() -> None:
    """Powers of two are exact; any other of an array is the vector unit's: hgcn.graph.powers."""
    found = [
        f"{place}:{node.lineno}: {ast.unparse(node)}"
        for place, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
        if not isinstance(node.left, ast.Constant)
    ]
    assert found == []


def test_matrices_are_multiplied_in_integers_or_in_order() -> None:
    found = {
        place
        for place, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
    }
    assert found == set(PRODUCTS)


def test_compiled_loops_keep_the_order_of_their_sums() -> None:
    options = [
        f"{place}: {name}"
        for place, call, of, _ in calls()
        if of == "numba"
        for name in keywords(call)
        if name in ("fastmath", "parallel", "error_model")
    ]
    doors = {place for place, _, of, _ in calls() if of == "numba"}
    assert options == [] and {place.split(":")[0] for place in doors} == {"hgcn/jit.py"}
