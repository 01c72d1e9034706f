# SPDX-License-Identifier: Apache-2.0
"""How ranges are chosen when a model is quantised: the option, its words, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.arguments import as_real, as_text
from hgcn.errors import SpecError, shown

AUTO = "auto"
"""The largest magnitudes unless they are measured to answer badly; see `hgcn.model.choose`."""

QUANTISATION_HELP = (
    "auto (max; the best measured of the others where fewer than 99 % of classes agree with the "
    "float model), max (nothing saturates), percentile:P (ranges end at that percentile), limit:C "
    "(rows of products over C times the median row are scaled down), degree (steps grow with a "
    "node's degree); joined by +. Values between layers have 8 bits: there are no int16 activations"
)
"""The choices in words, for help texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantisation:
    """Where ranges end. The default is the largest magnitude of each, and nothing saturates.

    Parameters
    ----------
    percentile : float
        Products and hidden values saturate beyond this percentile of their magnitudes, and rows of
        products whose peak is beyond that of the rows are scaled down to it. Above 0, at most 100.
    limit : float or None
        Rows of products whose peak is more than this many times the median row's are scaled down
        to that: their direction stays, the other rows keep their bits. At least 1.
    degree : float
        Hidden values and logits of node i have a step that grows as ``1 + degree * g[i]``, with
        g the sum of the node's weights in ``Â``, for symmetric normalisation the root of its
        degree, over that of the median node. 0: one step for all nodes.
    """

    percentile: float = 100.0
    limit: float | None = None
    degree: float = 0.0

    def __post_init__(self) -> None:
        as_real(self.percentile, "percentile", "above 0, at most 100", lambda part: 0 < part <= 100)
        if self.limit is not None:
            as_real(self.limit, "limit", "a finite number of at least 1", lambda times: times >= 1)
        as_real(self.degree, "degree", "at least 0", lambda share: share >= 0)

    def __str__(self) -> str:
        """Return the words that `parse_quantisation` takes."""
        parts = []
        if self.percentile < 100:
            parts.append(f"percentile:{self.percentile:g}")
        if self.limit is not None:
            parts.append(f"limit:{self.limit:g}")
        if self.degree:
            parts.append("degree" if self.degree == 1 else f"degree:{self.degree:g}")
        return "+".join(parts) or "max"


def check_quantisation(words: str) -> None:
    """Raise `SpecError` if ``words`` are neither ``auto`` nor what `parse_quantisation` takes."""
    if words != AUTO:
        parse_quantisation(words)


MAXIMUM = Quantisation()
"""The largest magnitudes: nothing saturates, no row is scaled down, all nodes share a step."""


def parse_quantisation(words: str) -> Quantisation:
    """Read ``max``, ``percentile:P``, ``limit:C``, ``degree`` or ``degree:A``, or several with +.

    Raises
    ------
    SpecError
        If a word is unknown, given twice, or its number is out of range.

    Examples
    --------
    >>> parse_quantisation("percentile:99.9+degree")
    Quantisation(percentile=99.9, limit=None, degree=1.0)
    >>> str(parse_quantisation("limit:8"))
    'limit:8'
    """
    found: dict[str, float] = {}
    words = as_text(words, "quantisation")
    for part in words.split("+"):
        name, colon, text = part.strip().partition(":")
        if name in found or (part.strip() == "max" and words.strip() != "max"):
            raise SpecError(f"quantisation takes each of its parts once, got {shown(words)}")
        if part.strip() == "max":
            continue
        if name not in ("percentile", "limit", "degree") or (not colon and name != "degree"):
            raise SpecError(
                f"quantisation must be auto, max, percentile:P, limit:C, degree, or several of the "
                f"last three joined by +, got {shown(words)}"
            )
        try:
            found[name] = float(text) if colon else 1.0
        except ValueError:
            raise SpecError(f"{name} must be a number, got {shown(text)}") from None
    return Quantisation(**found)
