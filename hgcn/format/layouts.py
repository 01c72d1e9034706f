# SPDX-License-Identifier: Apache-2.0
"""Memory layouts: in which order the elements of a matrix lie, each as a nest of loops."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import SpecError

ROW, FEATURE = 0, 1
"""What a loop goes along: the axes of the matrix."""
AXES = ("rows", "features")


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Goes along an axis by pieces of equal length, the last perhaps shorter.

    Attributes
    ----------
    axis : int
        `ROW` or `FEATURE`.
    step : tuple of str
        Names whose product is the length of a piece; none: 1.
    """

    axis: int
    step: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The order of the elements of a matrix in memory.

    Attributes
    ----------
    name, summary : str
    loops : tuple of Loop
        From the outside in; each cuts what the one around it leaves, the last ones to elements.
    element_bytes : tuple of int
        Lengths an element can have.
    """

    name: str
    summary: str
    loops: tuple[Loop, ...]
    element_bytes: tuple[int, ...] = (1,)

    def pack(self, matrix: NDArray[Any], **sizes: int) -> NDArray[Any]:
        """Return the elements in the order of the layout, shape (rows * features,).

        Parameters
        ----------
        matrix : ndarray, shape (rows, features)
        **sizes : int
            What the loops' names stand for.

        Raises
        ------
        SpecError
            If a name is missing, or no size.

        Examples
        --------
        >>> TILED.pack(np.arange(8).reshape(2, 4), T=2, K0=2).tolist()
        [0, 1, 4, 5, 2, 3, 6, 7]
        """
        return _laid(matrix[None], self._steps(sizes)).reshape(-1)

    def unpack(self, flat: NDArray[Any], rows: int, features: int, **sizes: int) -> NDArray[Any]:
        """Return the matrix, shape (rows, features), that `pack` made ``flat`` of.

        Raises
        ------
        SpecError
            If there are more or fewer elements, or as `pack` does.
        """
        if flat.shape != (rows * features,):
            raise SpecError(
                f"{self.name} layout of {rows} rows of {features} features must have "
                f"{rows * features} elements, got shape {flat.shape}"
            )
        matrices = _apart(flat[None], (rows, features), self._steps(sizes))
        return matrices.reshape(rows, features)

    def _steps(self, sizes: dict[str, int]) -> list[tuple[int, int]]:
        for name in (name for loop in self.loops for name in loop.step):
            if sizes.get(name, 0) < 1:
                raise SpecError(
                    f"{name} of the {self.name} layout must be at least 1, got {sizes.get(name)}"
                )
        return [(loop.axis, prod(sizes[name] for name in loop.step)) for loop in self.loops]


def _laid(block: NDArray[Any], steps: list[tuple[int, int]]) -> NDArray[Any]:
    """Lay matrices out, shape (many, rows, features), one by one: shape (many, elements)."""
    many = len(block)
    if not steps:
        return block.reshape(many, -1)
    axis, step = steps[0]
    whole = block.shape[1 + axis] // step * step
    parts = []
    for part in np.split(block, [whole], axis=1 + axis):
        if not part.size:
            continue
        length = min(step, part.shape[1 + axis])
        _, rows, cols = part.shape
        if axis == ROW:
            pieces = part.reshape(-1, length, cols)
        else:
            cut = part.reshape(many, rows, -1, length)
            pieces = cut.swapaxes(1, 2).reshape(-1, rows, length)
        parts.append(_laid(pieces, steps[1:]).reshape(many, -1))
    return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]


def _apart(
    flat: NDArray[Any], shape: tuple[int, int], steps: list[tuple[int, int]]
) -> NDArray[Any]:
    """Return the matrices, shape (many, rows, features), that `_laid` made ``flat`` of."""
    many = len(flat)
    if not steps:
        return flat.reshape(many, *shape)
    axis, step = steps[0]
    whole = shape[axis] // step * step
    parts, start = [], 0
    for extent in (whole, shape[axis] - whole):
        if not extent:
            continue
        length = min(step, extent)
        rows, cols = (length, shape[1]) if axis == ROW else (shape[0], length)
        end = start + extent * shape[1 - axis]
        pieces = flat[:, start:end].reshape(-1, rows * cols)
        found = _apart(pieces, (rows, cols), steps[1:]).reshape(many, -1, rows, cols)
        found = found if axis == ROW else found.swapaxes(1, 2)
        parts.append(found.reshape(many, *((extent, cols) if axis == ROW else (rows, extent))))
        start = end
    return np.concatenate(parts, axis=1 + axis)


_ELEMENTS = (Loop(axis=ROW), Loop(axis=FEATURE))

ROWS = Layout(
    name="rows",
    summary="a DRAIN's rows of F elements, and what LOAD reads",
    loops=_ELEMENTS,
    element_bytes=(1, 2),
)
TILED = Layout(
    name="tiled",
    summary="a DRAIN's rows as the int8 left operand (A) of a later SPMM",
    loops=(Loop(axis=ROW, step=("T",)), Loop(axis=FEATURE, step=("K0",)), *_ELEMENTS),
)
INPUT = Layout(
    name="input",
    summary="features handed in at run time, padded to whole row blocks and to eights",
    loops=(
        Loop(axis=FEATURE, step=("tile_cols",)),
        Loop(axis=ROW, step=("tile_rows",)),
        Loop(axis=ROW, step=("R", "T")),
        Loop(axis=FEATURE, step=("K0",)),
        Loop(axis=ROW, step=("T",)),
        *_ELEMENTS,
    ),
)
OUTPUT = Layout(
    name="output",
    summary="logits, padded to whole row blocks and feature tiles",
    loops=(Loop(axis=FEATURE, step=("F",)), *_ELEMENTS),
    element_bytes=(2,),
)

LAYOUTS = (ROWS, TILED, INPUT, OUTPUT)
