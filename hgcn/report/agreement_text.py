# SPDX-License-Identifier: Apache-2.0
"""Agreement with the float model as one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def agreement_text(agreement: Mapping[str, Any]) -> str:
    """Say how logits agree with the float model's: the facts of an `Agreement`."""
    share = agreement["same_class"] / max(agreement["nodes"], 1)
    text = (
        f"{share:.1%} of the classes as in float; logits off by {agreement['logit_rms']:.1%} (rms) "
        f"and {agreement['logit_max']:.1%} (most) of their spread"
    )
    for number, layer in enumerate(agreement["layers"], start=1):
        lost = {
            "saturated products": layer["saturated_products"],
            "saturated outputs": layer["saturated_outputs"],
            "lost row multipliers": layer["zero_rows"],
            "lost column multipliers": layer["zero_columns"],
            "scaled rows": layer["scaled_rows"],
        }
        some = [f"{what} {count:,}" for what, count in lost.items() if count]
        if some:
            text += f"; layer {number}: {', '.join(some)}"
    return text


def quantisation_text(chosen: Mapping[str, Any]) -> str:
    """Say what was chosen, and if that was not what was asked for, why."""
    if chosen["asked"] in (chosen["used"], "auto") and chosen["used"] == "max":
        return "max"
    if chosen["asked"] != "auto":
        return f"{chosen['used']}, as asked"
    return f"{chosen['used']}, chosen because max has {chosen['class_share_at_max']:.1%} agree"
