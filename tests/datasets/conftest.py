# SPDX-License-Identifier: Apache-2.0
"""What the data set tests share: real files, and a machine with nothing on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of real data sets; tests that need it are skipped without."""
    named = os.environ.get("HGCN_DATA")
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(named) if named else beside
    if not (folder / "planetoid").is_dir():
        pytest.skip(f"no planetoid/ under {folder}; set HGCN_DATA to a folder of data sets")
    return folder


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No local copies, an empty cache (returned), and no network: the proxy is a closed port."""
    monkeypatch.delenv("HGCN_DATA", raising=False)
    monkeypatch.setenv("HGCN_CACHE", str(tmp_path / "cache"))
    for variable in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "cache"
