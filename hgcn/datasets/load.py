# SPDX-License-Identifier: Apache-2.0
"""The one door for data sets: by name, or by the path of a graph file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hgcn.arguments import as_path
from hgcn.datasets.catalogue import CATALOGUE, PLANETOID, DatasetInfo
from hgcn.datasets.digits import load_digits
from hgcn.datasets.download import fetch
from hgcn.datasets.folders import cache_folder, data_folders, find_local
from hgcn.datasets.planetoid import read_planetoid
from hgcn.datasets.splits import per_class_split
from hgcn.errors import DatasetError, shown
from hgcn.graph.graph import Graph
from hgcn.graph.io import read_graph

SPLIT_SEED = 0
TRAIN_PER_CLASS, VAL_PER_CLASS = 20, 30


def load(
    name_or_path: str | os.PathLike[str], data_dir: str | os.PathLike[str] | None = None
) -> Graph:
    """Return a data set by name, or read a graph file.

    A name is looked up in ``data_dir``, then in the folder HGCN_DATA, then among earlier
    downloads (HGCN_CACHE, else ``hgcn`` in the user's cache folder), then downloaded. Local
    folders may hold the files themselves or subfolders ``planetoid`` and ``converted``;
    their files are used as found, downloads are checked each time.

    Parameters
    ----------
    name_or_path : str or path
        One of `available`, or a file that `read_graph` reads.
    data_dir : path, optional
        Folder of local copies.

    Returns
    -------
    Graph

    Raises
    ------
    DatasetError
        If there is no such name or file, or its files are neither here nor within reach.

    Examples
    --------
    >>> load("digits").num_edges
    19858
    """
    text = os.fspath(as_path(name_or_path, "name_or_path"))
    info = CATALOGUE.get(text.lower().replace("-", "_"))
    if info is None:
        if Path(text).suffix or os.path.exists(text) or Path(text).name != text:
            return read_graph(text)
        raise DatasetError(
            f"no data set {shown(text)}: want a graph file or one of {', '.join(CATALOGUE)}"
        )
    if info.name == "digits":
        return load_digits()
    folders = data_folders(data_dir)
    for folder in folders:
        found = find_local(info, folder)
        if found is not None:
            return _read(info, found)
    return _read(info, _cached(info, folders))


def _cached(info: DatasetInfo, looked_in: list[Path]) -> Path:
    """Return the data set's place in the cache, downloading what is not there intact."""
    folder = cache_folder() / info.name
    missing = tuple(file for file in info.remote if not _is_intact(file.check, folder / file.name))
    if info.remote and not missing:
        return _place(info, folder)
    places = ", ".join(str(place) for place in (*looked_in, folder))
    names = " or ".join(info.local_names)
    if info.name in PLANETOID:
        names = f"ind.{info.name}.* or {names}"
    hint = "HGCN_DATA can name a folder of local copies"
    if not info.remote:
        raise DatasetError(f"{info.name}: no {names} in {places}; it has no download; {hint}")
    try:
        fetch(missing, folder)
    except DatasetError as error:
        raise DatasetError(f"{info.name}: no {names} in {places}; {error}; {hint}") from error
    return _place(info, folder)


def _place(info: DatasetInfo, folder: Path) -> Path:
    return folder if info.name in PLANETOID else folder / info.remote[0].name


def _is_intact(check: Callable[[Path], None], path: Path) -> bool:
    try:
        check(path)
    except (DatasetError, OSError):
        return False
    return True


def _read(info: DatasetInfo, place: Path) -> Graph:
    if os.path.isdir(place):
        return read_planetoid(place, info.name)
    graph = replace(read_graph(place), name=info.name)
    if graph.labels is None or graph.train_mask is not None:
        return graph
    split = per_class_split(graph.labels, train=TRAIN_PER_CLASS, val=VAL_PER_CLASS, rng=SPLIT_SEED)
    return replace(graph, train_mask=split.train, val_mask=split.val, test_mask=split.test)
