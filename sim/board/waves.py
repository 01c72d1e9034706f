# SPDX-License-Identifier: Apache-2.0
"""The file waves go to: its suffix says what is in it."""

from __future__ import annotations

import warnings
from pathlib import Path

from ..compile import has_fst

_WHY = {
    ".fst": "the simulator records FST here",
    ".vcd": "FST needs the headers of lz4 and zlib (apt install liblz4-dev zlib1g-dev)",
}


def wave_file(asked: Path) -> Path:
    """Return the file that waves asked for as ``asked`` are written to.

    The format is the machine's, not the name's: viewers judge a file by its suffix, so that one of
    the other format would not open. A name that says otherwise is changed, with a warning.
    """
    suffix = ".fst" if has_fst() else ".vcd"
    if asked.suffix.lower() == suffix:
        return asked
    made = asked.with_suffix(suffix)
    warnings.warn(f"waves go to {made}: {_WHY[suffix]}", UserWarning, stacklevel=2)
    return made
