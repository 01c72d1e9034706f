# SPDX-License-Identifier: Apache-2.0
"""One-line errors for everything that can be wrong with a graph file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hgcn.errors import DatasetError, GraphError, SpecError

# A node costs eight bytes of row pointer. Files may name more nodes than they hold edges, but
# not so many that a few bytes of text order gigabytes.
FREE_NODES = 1_000_000
NODES_PER_BYTE = 16


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
        raise DatasetError(f"{path}: {error}") from error
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise DatasetError(f"{path}: does not fit into memory") from error


def check_node_count(num_nodes: int, file_bytes: int) -> None:
    """Raise `GraphError` if a file of ``file_bytes`` names absurdly many nodes.

    Examples
    --------
    >>> check_node_count(10**12, file_bytes=40)
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: names 1000000000000 nodes, more than 1000640 in a file of 40 bytes
    """
    limit = min(FREE_NODES + NODES_PER_BYTE * file_bytes, 2**31 - 1)
    if num_nodes > limit:
        raise GraphError(
            f"names {num_nodes} nodes, more than {limit} in a file of {file_bytes} bytes"
        )
