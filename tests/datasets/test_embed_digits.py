# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from hgcn.datasets.embed_digits import embed_digits


def test_the_embedded_file_is_what_the_script_writes(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    embed_digits(tmp_path / "digits.npz")
    with (
        resources.files("hgcn.datasets").joinpath("digits.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as embedded,
        np.load(tmp_path / "digits.npz", allow_pickle=False) as written,
    ):
        assert set(embedded) == set(written)
        for key in written:
            assert embedded[key].dtype == np.uint8
            assert np.array_equal(embedded[key], written[key])
