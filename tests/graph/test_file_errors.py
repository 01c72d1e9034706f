# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from hgcn.errors import DatasetError, GraphError, SpecError
from hgcn.graph.file_errors import naming


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (GraphError("odd"), "^f: odd$"),
        (SpecError("odd"), "^f: odd$"),
        (PermissionError(13, "Permission denied"), "^f: cannot be read: Permission denied$"),
        (MemoryError(), "^f: does not fit into memory$"),
        (DatasetError("g: kept"), "^g: kept$"),
    ],
)
def test_errors_start_with_the_file(error: Exception, message: str) -> None:
    with pytest.raises(DatasetError, match=message), naming(Path("f")):
        raise error


def test_bugs_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), naming(Path("f")):
        raise ZeroDivisionError
