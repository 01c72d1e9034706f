# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
from http.client import HTTPMessage
from pathlib import Path

import pytest
from rich.console import Console

from hgcn.datasets import download
from hgcn.datasets.checksums import RemoteFile
from hgcn.datasets.download import fetch, open_https
from hgcn.errors import DatasetError

CONTENT = b"edges" * 1000
URL = "https://example.org/f.npz"


def _remote(size: int | None = len(CONTENT), digest: str | None = None) -> RemoteFile:
    digest = digest or hashlib.sha256(CONTENT).hexdigest()
    return RemoteFile(name="f.npz", url=URL, size_bytes=size, digest=digest)


def test_a_checked_file_appears_under_its_name_alone(tmp_path: Path) -> None:
    fetch((_remote(),), tmp_path / "new", open_url=lambda url: io.BytesIO(CONTENT))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["f.npz"]
    assert (tmp_path / "new" / "f.npz").read_bytes() == CONTENT


def test_progress_shows_on_a_terminal_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for terminal in (False, True):
        shown = io.StringIO()
        console = Console(file=shown, force_terminal=terminal, width=100)
        fetch((_remote(),), tmp_path, open_url=lambda url: io.BytesIO(CONTENT), console=console)
        assert ("f.npz" in shown.getvalue()) is terminal


class Broken(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise TimeoutError("timed out")


@pytest.mark.parametrize(
    ("remote", "response", "message"),
    [
        (_remote(), io.BytesIO(CONTENT + b"!"), "sent more than 5000 bytes"),
        (_remote(), io.BytesIO(CONTENT[:-1]), "download must have 5000 bytes, got 4999"),
        (_remote(), io.BytesIO(b"x" * 5000), "download SHA-256 must be"),
        (_remote(None, "0" * 40), io.BytesIO(CONTENT), "download Git blob id must be 0000"),
        (_remote(), Broken(), "cannot be downloaded: timed out"),
    ],
)
def test_anything_else_leaves_nothing(
    tmp_path: Path, remote: RemoteFile, response: io.BytesIO, message: str
) -> None:
    with pytest.raises(DatasetError, match=f"{URL}: {message}"):
        fetch((remote,), tmp_path, open_url=lambda url: response)
    assert list(tmp_path.iterdir()) == []


def test_unknown_sizes_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 100)
    with pytest.raises(DatasetError, match="sent more than 100 bytes"):
        fetch((_remote(None),), tmp_path, open_url=lambda url: io.BytesIO(CONTENT))


def test_refusals_of_the_server_are_named(tmp_path: Path) -> None:
    def refuse(url: str) -> io.BytesIO:
        raise urllib.error.HTTPError(url, 404, "Not Found", HTTPMessage(), None)

    with pytest.raises(DatasetError, match=f"{URL}: cannot be downloaded: Not Found"):
        fetch((_remote(),), tmp_path, open_url=refuse)


def test_only_https_is_opened(bare_machine: Path) -> None:
    for url in ("http://example.org/f", "file:///etc/passwd", "ftp://example.org/f"):
        with pytest.raises(urllib.error.URLError, match="want an https address"):
            open_https(url)
    with pytest.raises(urllib.error.URLError, match="refused"):
        open_https(URL)


def test_a_redirect_may_not_leave_https() -> None:
    handler = download._HttpsRedirects()
    request = urllib.request.Request(URL)
    arguments = (request, io.BytesIO(), 302, "Found", HTTPMessage())
    with pytest.raises(urllib.error.URLError, match="redirected away from https"):
        handler.redirect_request(*arguments, "http://example.org/f.npz")
    followed = handler.redirect_request(*arguments, "https://example.net/f.npz")
    assert followed is not None
    assert followed.full_url == "https://example.net/f.npz"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot be made"):
        fetch((_remote(),), tmp_path / "file" / "sub", open_url=lambda url: io.BytesIO(CONTENT))
