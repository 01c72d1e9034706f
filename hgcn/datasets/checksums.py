# SPDX-License-Identifier: Apache-2.0
"""What every downloadable file must look like: the only table of sizes and hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from hgcn.errors import DatasetError
from hgcn.graph.file_errors import naming
from hgcn.limits import size_of

CHUNK_BYTES = 1024**2

# File, bytes, SHA-256. The three sets as published; the hashes fix every byte.
_PLANETOID = """
    ind.citeseer.allx 595021 2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668
    ind.citeseer.ally 55623 f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95
    ind.citeseer.graph 61987 d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7
    ind.citeseer.test.index 5000 2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4
    ind.citeseer.tx 260321 539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21
    ind.citeseer.ty 24135 55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce
    ind.citeseer.x 31087 d20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6
    ind.citeseer.y 3014 8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924
    ind.cora.allx 257305 9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543
    ind.cora.ally 47959 2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71
    ind.cora.graph 59847 58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d
    ind.cora.test.index 5000 297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875
    ind.cora.tx 148025 b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a
    ind.cora.ty 28135 41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad
    ind.cora.x 22119 23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab
    ind.cora.y 4054 94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1
    ind.pubmed.allx 7578385 508e538e2abdccdd54c4d3e9f49d638b4af7107d85845f66ddea5a5152658b7e
    ind.pubmed.ally 224739 0c37bbe3b5014ec365e9d393cf4791925e5ed94fb194305d74f064a8d7b50f0e
    ind.pubmed.graph 471808 5b89f0036ca22909471f1e6558eb42fa06e0c730a577bde5b058b40638f81dc9
    ind.pubmed.test.index 6000 b101d421688bbaecbd82e8a18f1e282378d6830f3a37666f28ebc47f844341b5
    ind.pubmed.tx 405505 4eb5f5d0f30f26497eb0ac6ac9719d09c67e284f1ed0385c93f3ef27a671da3d
    ind.pubmed.ty 12135 ee2e0d4819d9fbcc403689c3bf2e49face401b605932f093bc58ab6461130fdd
    ind.pubmed.x 23172 fbe9cb5c47200d1b7769a26e579be3b7130b556831f9d850e77c4c74f2599b33
    ind.pubmed.y 854 e6c807633307a07ed659249006536a147c7999c797f11a2560752990181b41b3
"""

# File, bytes where published, Git blob id: sha1 of "blob <size>\0" and the content.
_GNN_BENCHMARK = """
    amazon_electronics_computers.npz - 8120e4148a330b3fafe37c4476823302d9d834b9
    amazon_electronics_photo.npz - 97323743cb56aca9dd611f5b4b46862c1c9c6bd9
    ms_academic_cs.npz - 9bdd7da943d86b74297e8d32e99eb64245b52835
    ms_academic_phy.npz - 8d8bc12e29aa67f6753a712080eae81079bd7d01
"""
_HETEROPHILOUS = """
    roman_empire.npz - 1f9bae5e95b28e529015269e98acb237b65d8d3b
    amazon_ratings.npz - 29647a8b0ff0ef856d73d683a8c3595bd5efbd38
    minesweeper.npz 135045 cc2387032c65b92a5c520c473db1527cbb329d32
    tolokers.npz 1329769 b8375a91a8f3c9e32c84fed7c151bbaf6ea6f0c7
    questions.npz - 4c7cb65057dbc9771af00fdfdee64a41b3875079
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A published file and the checks it must pass before use.

    Attributes
    ----------
    name : str
    url : str
        HTTPS address, at a fixed commit.
    size_bytes : int or None
        None where only the hash is known; a Git blob id covers the size.
    digest : str
        SHA-256 (64 digits) or Git blob id (40 digits).
    """

    name: str
    url: str
    size_bytes: int | None
    digest: str

    def check(self, path: Path) -> None:
        """Raise `DatasetError` unless the file at ``path`` has this size and digest."""
        with naming(path):
            size = size_of(path)
        if self.size_bytes is not None and size != self.size_bytes:
            raise DatasetError(f"{path}: must have {self.size_bytes} bytes, got {size}")
        if len(self.digest) == 64:
            kind, state = "SHA-256", hashlib.sha256()
        else:
            kind, state = "Git blob id", hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                state.update(chunk)
        if state.hexdigest() != self.digest:
            raise DatasetError(f"{path}: {kind} must be {self.digest}, got {state.hexdigest()}")


def _table(base: str, rows: str) -> dict[str, RemoteFile]:
    table = {}
    for row in rows.split("\n"):
        if row.strip():
            name, size, digest = row.split()
            table[name] = RemoteFile(
                name=name,
                url=base + name,
                size_bytes=None if size == "-" else int(size),
                digest=digest,
            )
    return table


FILES: dict[str, RemoteFile] = {
    **_table(
        "https://raw.githubusercontent.com/kimiyoung/planetoid/"
        "af6abf468a772cc055bec88c52e4d6f51b7c37e3/data/",
        _PLANETOID,
    ),
    **_table(
        "https://raw.githubusercontent.com/shchur/gnn-benchmark/"
        "1e72912a0810cdf27ae54fd589a3b43358a2b161/data/npz/",
        _GNN_BENCHMARK,
    ),
    **_table(
        "https://raw.githubusercontent.com/yandex-research/heterophilous-graphs/"
        "a431395582e929d88271309716bea4fe24ce6318/data/",
        _HETEROPHILOUS,
    ),
}
