# SPDX-License-Identifier: Apache-2.0
"""One-line errors for everything that can be wrong with a graph file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hgcn.errors import DatasetError, GraphError, SpecError
from hgcn.printable import printable_path


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside into a `DatasetError` that starts with the file's path.

    Examples
    --------
    >>> with naming(Path("g.mtx")):
    ...     raise GraphError("edges are odd")
    Traceback (most recent call last):
        ...
    hgcn.errors.DatasetError: g.mtx: edges are odd
    """
    try:
        yield
    except DatasetError:
        raise
    except (GraphError, SpecError) as error:
        raise DatasetError(f"{printable_path(path)}: {error}") from error
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise DatasetError(f"{printable_path(path)}: {what}") from error
    except MemoryError as error:
        raise DatasetError(f"{printable_path(path)}: does not fit into memory") from error
