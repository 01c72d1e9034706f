# SPDX-License-Identifier: Apache-2.0
"""Draws docs/architecture.svg: `python docs/figures.py` (matplotlib)."""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot
from matplotlib.patches import FancyBboxPatch

HERE = Path(__file__).resolve().parent
STAGE, MEMORY, PL, ARRAY = "#e8e8e8", "#fff2cc", "#fde0cc", "#d5ece2"
BOXES = {
    # name: (x, y, width, height, colour, text)
    "graph": (0.2, 6.0, 1.9, 0.7, STAGE, "graph"),
    "order": (2.5, 6.0, 1.9, 0.7, STAGE, "ordering"),
    "split": (4.8, 6.0, 1.9, 0.7, STAGE, "split by density"),
    "map": (7.1, 6.0, 1.9, 0.7, STAGE, "mapping"),
    "program": (9.4, 6.0, 1.9, 0.7, STAGE, "program image"),
    "memory": (0.2, 0.4, 1.5, 4.6, MEMORY, "memory\n(AXI4)"),
    "read": (2.4, 3.9, 1.8, 1.1, PL, "stream readers,\ncommands"),
    "lanes": (4.8, 3.9, 1.9, 1.1, PL, "PL engine\nscattered:\nL lanes"),
    "gather": (7.1, 3.9, 1.5, 1.1, PL, "gather\ndense,\nsparse"),
    "stores": (5.2, 2.2, 3.4, 0.9, PL, "feature stores: 2 x B banks"),
    "array": (9.7, 2.0, 1.7, 3.0, ARRAY, "systolic\ntensor array\n\nR x C PEs\n(AI Engines)"),
    "merge": (7.1, 0.4, 1.5, 0.9, PL, "merge"),
    "drain": (4.8, 0.4, 1.9, 0.9, PL, "drain:\nrequantise"),
    "write": (2.4, 0.4, 1.8, 0.9, PL, "writer"),
}
ARROWS = [
    # from, side, to, side, label
    ("graph", "e", "order", "w", ""),
    ("order", "e", "split", "w", ""),
    ("split", "e", "map", "w", ""),
    ("map", "e", "program", "w", ""),
    ("memory", "e3", "read", "w", ""),
    ("read", "e", "lanes", "w", ""),
    ("stores", "n1", "lanes", "s", ""),
    ("stores", "n2", "gather", "s", ""),
    ("gather", "e", "array", "w3", "PLIO A, B"),
    ("array", "s", "merge", "e", "PLIO C"),
    ("merge", "w", "drain", "e", ""),
    ("drain", "n", "stores", "s1", ""),
    ("drain", "w", "write", "e", ""),
    ("write", "w", "memory", "e1", ""),
]
SIDES = {
    "e": (1.0, 0.5),
    "w": (0.0, 0.5),
    "n": (0.5, 1.0),
    "s": (0.5, 0.0),
    "n1": (0.162, 1.0),
    "n2": (0.779, 1.0),
    "s1": (0.162, 0.0),
    "w3": (0.0, 0.815),
    "e1": (1.0, 0.1),
    "e3": (1.0, 0.88),
}


def _point(name: str, side: str) -> tuple[float, float]:
    x, y, width, height, _, _ = BOXES[name]
    across, up = SIDES[side]
    return x + across * width, y + up * height


def architecture(folder: Path) -> None:
    """Draw the stages above, the accelerator below."""
    figure, axes = pyplot.subplots(figsize=(11.6, 6.9))
    for x, y, width, height, colour, text in BOXES.values():
        axes.add_patch(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle="round,pad=0.02,rounding_size=0.1",
                fc=colour,
                ec="#444444",
            )
        )
        axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=10)
    for start, leave, end, enter, label in ARROWS:
        tail, head = _point(start, leave), _point(end, enter)
        bend = "angle,angleA=-90,angleB=0,rad=4" if (leave, enter) == ("s", "e") else "arc3"
        style = {"arrowstyle": "-|>", "color": "#444444", "lw": 1.3, "connectionstyle": bend}
        axes.annotate("", head, tail, arrowprops=style)
        if label:
            height = max(tail[1], head[1]) if bend == "arc3" else head[1]
            ground = {"fc": "white", "ec": "none", "pad": 1.0}
            axes.text(9.15, height + 0.1, label, fontsize=8.5, ha="center", bbox=ground)
    over = {
        "arrowstyle": "-|>",
        "color": "#444444",
        "lw": 1.3,
        "connectionstyle": "bar,fraction=-0.05",
    }
    axes.annotate("", _point("gather", "n"), _point("read", "n"), arrowprops=over)
    down = {"arrowstyle": "-|>", "color": "#444444", "lw": 1.3}
    axes.annotate("", (4.95, 1.3), (4.95, 3.9), arrowprops={**down, "ls": "--"})
    axes.text(4.87, 3.05, "sums", fontsize=8.5, ha="right")
    axes.plot([10.35, 10.35, 0.95, 0.95], [6.0, 5.6, 5.6, 5.2], color="#444444", ls="--", lw=1.3)
    axes.annotate("", (0.95, 5.0), (0.95, 5.25), arrowprops=down)
    axes.text(5.7, 5.66, "the program, and features handed in", fontsize=8.5, ha="center")
    axes.plot([9.15, 9.15], [0.3, 5.1], color="#1b9e77", ls=":", lw=1.5)
    axes.text(9.15, 0.1, "PLIO boundary", color="#1b9e77", ha="center", fontsize=9)
    axes.set(xlim=(0, 11.6), ylim=(0, 6.9))
    axes.axis("off")
    mpl.rcParams["svg.hashsalt"] = "hgcn"
    file = folder / "architecture.svg"
    # A ground of its own: pages with a dark one would swallow the lines.
    figure.savefig(file, bbox_inches="tight", metadata={"Date": None}, facecolor="white")
    pyplot.close(figure)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=HERE, help="another folder than docs")
    architecture(parser.parse_args().into)
