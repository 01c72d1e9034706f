# SPDX-License-Identifier: Apache-2.0
"""The file waves go to: its suffix says what is in it."""

from __future__ import annotations

import warnings
from pathlib import Path

from hgcn.errors import BackendError

from ..builds.compile import has_fst

_WHY = {
    ".fst": "the simulator records FST here",
    ".vcd": "FST needs the headers of lz4 and zlib (apt install liblz4-dev zlib1g-dev)",
}


def wave_file(asked: Path) -> Path:
    """Return the file that waves asked for as ``asked`` are written to.

    The format is the machine's, not the name's: viewers judge a file by its suffix, so that one of
    the other format would not open. A name that says otherwise is changed, with a warning.

    Raises
    ------
    BackendError
        If it cannot be written: the simulator would go on without a word.
    """
    suffix = ".fst" if has_fst() else ".vcd"
    made = asked if asked.suffix.lower() == suffix else asked.with_suffix(suffix)
    try:
        made.open("wb").close()
    except OSError as fault:
        raise BackendError(f"waves cannot be written to {made}: {fault.strerror}") from None
    if made != asked:
        warnings.warn(f"waves go to {made}: {_WHY[suffix]}", UserWarning, stacklevel=2)
    return made
