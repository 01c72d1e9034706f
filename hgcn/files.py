# SPDX-License-Identifier: Apache-2.0
"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hgcn.errors import HgcnError


@contextmanager
def whole_file(path: Path, fault: type[HgcnError]) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes the place of ``path`` when the block ends well.

    A reader sees the old file or the new one, never a part; after an error the old one is still
    there.

    Parameters
    ----------
    path : Path
        Replaced if it exists; its folder must exist.
    fault : type
        The error to raise.

    Raises
    ------
    HgcnError
        Of type ``fault``, if the file cannot be written.
    """
    # Beside the target, so that the replacement stays within one file system.
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        try:
            with partial.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise fault(f"cannot write {path}: {error.strerror or error}") from None


def write_whole(path: Path, content: bytes, fault: type[HgcnError]) -> None:
    """Write ``content`` to ``path`` by `whole_file`; arguments and errors are its."""
    with whole_file(path, fault) as file:
        file.write(content)


def check_writable(path: Path, fault: type[HgcnError]) -> None:
    """Raise ``fault`` if `write_whole` cannot succeed: asked before hours of work, not after.

    Raises
    ------
    HgcnError
        Of type ``fault``, if ``path`` is a folder or its folder is missing or read-only.
    """
    if path.is_dir():
        raise fault(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise fault(f"cannot write {path}: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise fault(f"cannot write {path}: folder {path.parent} is read-only")
