# SPDX-License-Identifier: Apache-2.0
"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from hgcn.errors import HgcnError


def write_whole(path: Path, content: bytes, fault: type[HgcnError]) -> None:
    """Write ``content`` to ``path``: a reader sees the old file or the new one, never a part.

    Parameters
    ----------
    path : Path
        Replaced if it exists; its folder must exist.
    content : bytes
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
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise fault(f"cannot write {path}: {error.strerror or error}") from None


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
