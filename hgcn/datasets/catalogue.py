# SPDX-License-Identifier: Apache-2.0
"""The data sets that have a name."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.datasets.checksums import FILES, RemoteFile
from hgcn.datasets.planetoid import PARTS, file_name

PLANETOID = ("cora", "citeseer", "pubmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """A named data set, as `hgcn.datasets.load` gives it.

    Attributes
    ----------
    name : str
    nodes : int
    edges : int
        Stored adjacency entries, as `Graph.num_edges`: both directions, no self-loops.
    features : int
        Width of the features, 0 without.
    classes : int
        0 without labels.
    source : str
        Who published it, and where it is taken from.
    licence : str
        Of the files, as their repository states it.
    size_bytes : int or None
        Of the files to download or to find; None where not published.
    local_names : tuple of str
        Other file names under which a copy may lie in a data folder.
    remote : tuple of RemoteFile
        What a download fetches; empty where there is no checked address.
    """

    name: str
    nodes: int
    edges: int
    features: int
    classes: int
    source: str
    licence: str
    size_bytes: int | None
    local_names: tuple[str, ...] = ()
    remote: tuple[RemoteFile, ...] = ()


def _planetoid(name: str, nodes: int, edges: int, features: int, classes: int) -> DatasetInfo:
    remote = tuple(FILES[file_name(name, part)] for part in PARTS)
    return DatasetInfo(
        name=name,
        nodes=nodes,
        edges=edges,
        features=features,
        classes=classes,
        source="github.com/kimiyoung/planetoid, public split",
        licence="MIT",
        size_bytes=sum(file.size_bytes or 0 for file in remote),
        local_names=(f"{name}.npz",),
        remote=remote,
    )


def _single(
    name: str, file: str, counts: tuple[int, int, int, int], source: str, split: str
) -> DatasetInfo:
    nodes, edges, features, classes = counts
    return DatasetInfo(
        name=name,
        nodes=nodes,
        edges=edges,
        features=features,
        classes=classes,
        source=f"github.com/{source}, {split}",
        licence="MIT",
        size_bytes=FILES[file].size_bytes,
        local_names=tuple(dict.fromkeys((f"{name}.npz", file))),
        remote=(FILES[file],),
    )


_SHCHUR = ("shchur/gnn-benchmark", "seeded split of 20 and 30 nodes per class")
_YANDEX = ("yandex-research/heterophilous-graphs", "first of the ten splits")

CATALOGUE: dict[str, DatasetInfo] = {
    info.name: info
    for info in (
        DatasetInfo(
            name="digits",
            nodes=1797,
            edges=19858,
            features=64,
            classes=10,
            source="UCI handwritten digits as in scikit-learn, 8 nearest neighbours; embedded",
            licence="CC-BY-4.0",
            size_bytes=46004,
        ),
        _planetoid("cora", 2708, 10556, 1433, 7),
        _planetoid("citeseer", 3327, 9104, 3703, 6),
        _planetoid("pubmed", 19717, 88648, 500, 3),
        _single(
            "amazon_computers",
            "amazon_electronics_computers.npz",
            (13752, 491722, 767, 10),
            *_SHCHUR,
        ),
        _single("amazon_photo", "amazon_electronics_photo.npz", (7650, 238162, 745, 8), *_SHCHUR),
        _single("coauthor_cs", "ms_academic_cs.npz", (18333, 163788, 6805, 15), *_SHCHUR),
        _single("coauthor_physics", "ms_academic_phy.npz", (34493, 495924, 8415, 5), *_SHCHUR),
        _single("roman_empire", "roman_empire.npz", (22662, 65854, 300, 18), *_YANDEX),
        _single("amazon_ratings", "amazon_ratings.npz", (24492, 186100, 300, 5), *_YANDEX),
        _single("minesweeper", "minesweeper.npz", (10000, 78804, 7, 2), *_YANDEX),
        _single("tolokers", "tolokers.npz", (11758, 1038000, 10, 2), *_YANDEX),
        _single("questions", "questions.npz", (48921, 307080, 301, 2), *_YANDEX),
        DatasetInfo(
            name="email_enron",
            nodes=36692,
            edges=367662,
            features=0,
            classes=0,
            source="snap.stanford.edu, structure only; local copy needed",
            licence="none stated",
            size_bytes=664424,
            local_names=("email_enron.npz", "snap_email_enron.npz", "email-Enron.txt.gz"),
        ),
        DatasetInfo(
            name="debian_bookworm",
            nodes=63436,
            edges=549900,
            features=4000,
            classes=58,
            source="package index of Debian 12, dependences; local copy needed",
            licence="none stated",
            size_bytes=1603311,
            local_names=("debian_bookworm.npz",),
        ),
    )
}


def available() -> list[DatasetInfo]:
    """Return every named data set, those inside the package first.

    Examples
    --------
    >>> [info.name for info in available()][:4]
    ['digits', 'cora', 'citeseer', 'pubmed']
    """
    return list(CATALOGUE.values())
