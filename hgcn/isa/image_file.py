# SPDX-License-Identifier: Apache-2.0
"""Reading an image from a file: no more than its header claims, and no more than is there."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

from hgcn.errors import ProgramError
from hgcn.format.numbers import MAGIC, RECORD_BYTES
from hgcn.isa.image import check_crc, image_bytes, read_header, read_header_record
from hgcn.printable import printable_path

SUFFIX = ".hgcn"

_CHUNK_BYTES = 1 << 24
"""Asked for at a time: a header may claim any size, and what is asked for is allocated."""


def read_image(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a program file.

    Raises
    ------
    ProgramError
        If it cannot be read, is longer or shorter than its header says, or damaged.
    """
    try:
        with Path(path).open("rb") as file:
            image = _read(file)
    except OSError as fault:
        raise ProgramError(
            f"cannot read program {printable_path(path)}: {fault.strerror}"
        ) from None
    except ProgramError as fault:
        raise ProgramError(f"program {printable_path(path)}: {fault}") from None
    return image


def is_program(path: str | os.PathLike[str]) -> bool:
    """Whether a file is called a program, or begins like one."""
    if Path(path).suffix == SUFFIX:
        return True
    try:
        # A pipe is left alone: who reads from it takes what the next reader wants.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            return False
        with Path(path).open("rb") as file:
            return file.read(4) == MAGIC.to_bytes(4, "little")
    except (OSError, ValueError):
        return False


def _read(file: IO[bytes]) -> bytes:
    record = file.read(RECORD_BYTES)
    whole = image_bytes(read_header_record(record))
    chunks, size = [record], len(record)
    # One byte more than there should be shows that there is more.
    while chunk := file.read(min(_CHUNK_BYTES, whole + 1 - size)):
        chunks.append(chunk)
        size += len(chunk)
    image = b"".join(chunks)
    check_crc(image, read_header(image))
    return image
