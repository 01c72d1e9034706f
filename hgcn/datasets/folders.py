# SPDX-License-Identifier: Apache-2.0
"""Where data sets may lie on this machine, and looking for them there."""

from __future__ import annotations

import os
from pathlib import Path

from hgcn.datasets.catalogue import PLANETOID, DatasetInfo
from hgcn.environment import path_variable
from hgcn.errors import DatasetError

# Subfolders of a data folder that are looked into, the folder itself first.
SUBFOLDERS = ("", "planetoid", "converted")


def cache_folder() -> Path:
    """Return where downloads are kept: HGCN_CACHE, else hgcn in the user's cache folder."""
    chosen = path_variable("HGCN_CACHE")
    if chosen is not None:
        return chosen
    return (path_variable("XDG_CACHE_HOME") or Path.home() / ".cache") / "hgcn"


def data_folders(data_dir: str | os.PathLike[str] | None) -> list[Path]:
    """Return the folders of local copies, first choice first: ``data_dir``, HGCN_DATA.

    Raises
    ------
    DatasetError
        If ``data_dir`` is given and no folder.
    """
    folders = []
    if data_dir is not None:
        if not Path(data_dir).is_dir():
            raise DatasetError(f"{data_dir}: data_dir is no folder")
        folders.append(Path(data_dir))
    chosen = path_variable("HGCN_DATA")
    if chosen is not None:
        folders.append(chosen)
    return folders


def find_local(info: DatasetInfo, folder: Path) -> Path | None:
    """Return a complete copy in a data folder: one file, or the folder of all its raw files.

    Raw Planetoid files come before a converted one.
    """
    places = [folder / sub for sub in (*SUBFOLDERS, info.name)]
    if info.name in PLANETOID:
        for place in places:
            if all((place / file.name).is_file() for file in info.remote):
                return place
    for place in places:
        for name in info.local_names:
            if (place / name).is_file():
                return place / name
    return None
