# SPDX-License-Identifier: Apache-2.0
"""Where data sets may lie on this machine, and looking for them there."""

from __future__ import annotations

import os
from pathlib import Path

from hgcn.arguments import as_path
from hgcn.datasets.catalogue import PLANETOID, DatasetInfo
from hgcn.environment import path_variable
from hgcn.errors import DatasetError
from hgcn.printable import printable_path

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
        given = as_path(data_dir, "data_dir")
        if not os.path.isdir(given):
            raise DatasetError(f"{printable_path(given)}: data_dir is no folder")
        folders.append(given)
    chosen = path_variable("HGCN_DATA")
    if chosen is not None:
        folders.append(chosen)
    return folders


def find_local(info: DatasetInfo, folder: Path) -> Path | None:
    """Return a complete copy in a data folder: one file, or the folder of all its raw files.

    Raw Planetoid files come before a converted one. What may not be looked into holds none, which
    `os.path` says where `Path` raises.
    """
    places = [folder / sub for sub in (*SUBFOLDERS, info.name)]
    if info.name in PLANETOID:
        for place in places:
            if all(os.path.isfile(place / file.name) for file in info.remote):
                return place
    for place in places:
        for name in info.local_names:
            if os.path.isfile(place / name):
                return place / name
    return None
