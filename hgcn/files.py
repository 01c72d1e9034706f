# SPDX-License-Identifier: Apache-2.0
"""Writing a file whole or not at all, and what a file may be called."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from hgcn.errors import HgcnError
from hgcn.printable import printable_path

_LONGEST_STEM = 60
"""Characters of four bytes at most: a suffix still fits into the 255 bytes of a file name."""


@contextmanager
def whole_file(path: Path, fault: type[HgcnError]) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes the place of ``path`` when the block ends well.

    A reader sees the old file or the new one, never a part; after an error the old one is still
    there. A file that is replaced keeps its permissions and owner, a symbolic link stays and its
    target is replaced. What is no plain file, a device or a pipe, is written into as it is.

    Parameters
    ----------
    path : Path
        Its folder must exist.
    fault : type
        The error to raise.

    Raises
    ------
    HgcnError
        Of type ``fault``, if the file cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        old = _status(target)
        if old is not None and not stat.S_ISREG(old.st_mode):
            with target.open("wb") as file:
                yield file
            return
        # Beside the target, so that the replacement stays within one file system.
        partial = target.with_name(f".{os.getpid()}-{secrets.token_hex(8)}.part")
        try:
            with partial.open("xb") as file:
                if old is not None:
                    # Before the content: a private file is private from its first byte.
                    _inherit(file.fileno(), old)
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise fault(f"cannot write {printable_path(path)}: {error.strerror or error}") from None


def write_whole(path: Path, content: bytes, fault: type[HgcnError]) -> None:
    """Write ``content`` to ``path`` by `whole_file`; arguments and errors are its."""
    with whole_file(path, fault) as file:
        file.write(content)


def check_writable(path: Path, fault: type[HgcnError]) -> None:
    """Raise ``fault`` if `write_whole` cannot succeed: asked before hours of work, not after.

    Raises
    ------
    HgcnError
        Of type ``fault``, if ``path`` is a folder, a device or pipe that may not be written, or
        its folder is missing or read-only.
    """
    try:
        target = Path(os.path.realpath(path))
        old = _status(target)
    except OSError as error:
        raise fault(f"cannot write {printable_path(path)}: {error.strerror or error}") from None
    if old is not None and stat.S_ISDIR(old.st_mode):
        raise fault(f"cannot write {printable_path(path)}: it is a folder")
    if old is not None and not stat.S_ISREG(old.st_mode):
        if not os.access(target, os.W_OK):
            raise fault(f"cannot write {printable_path(path)}: permission denied")
        return
    folder = target.parent if path.is_symlink() else path.parent
    if not os.path.isdir(folder):
        raise fault(
            f"cannot write {printable_path(path)}: there is no folder {printable_path(folder)}"
        )
    if not os.access(folder, os.W_OK):
        raise fault(
            f"cannot write {printable_path(path)}: folder {printable_path(folder)} is read-only"
        )


def file_stem(name: str, default: str = "graph") -> str:
    """Return a file name's stem for something called ``name``: no folder, nothing to escape.

    Letters and digits of any script, dots, dashes and underscores stay; a run of anything else
    becomes a dash. What begins like a hidden file or an option does not.

    Examples
    --------
    >>> file_stem("cora"), file_stem("ogbn/arxiv"), file_stem("../../etc"), file_stem("/")
    ('cora', 'ogbn-arxiv', 'etc', 'graph')
    """
    clean = re.sub(r"[^\w.-]+", "-", name[: 4 * _LONGEST_STEM])
    return clean.strip(".-")[:_LONGEST_STEM].rstrip(".-") or default


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _inherit(descriptor: int, old: os.stat_result) -> None:
    """Give a new file the permissions and, where that is allowed, the owner of the old one."""
    mine = os.fstat(descriptor)
    if (mine.st_uid, mine.st_gid) != (old.st_uid, old.st_gid):
        # Only root may give files away; anybody else goes on owning what he writes.
        with suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
