# SPDX-License-Identifier: Apache-2.0
"""Fetching published files: HTTPS only, checked before they get their name."""

from __future__ import annotations

import http.client
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from hgcn.datasets.checksums import CHUNK_BYTES, RemoteFile
from hgcn.errors import DatasetError

TIMEOUT_SECONDS = 30.0
MAX_BYTES = 256 * 1024**2  # Where no size is published.


class _HttpsRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.lower().startswith("https://"):
            raise urllib.error.URLError(f"redirected away from https, to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_https(url: str) -> Any:
    """Open an ``https`` address; every other scheme, also by redirect, is refused.

    Examples
    --------
    >>> open_https("http://localhost/")
    Traceback (most recent call last):
        ...
    urllib.error.URLError: <urlopen error want an https address, got http://localhost/>
    """
    if not url.lower().startswith("https://"):
        raise urllib.error.URLError(f"want an https address, got {url}")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _HttpsRedirects(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(url, headers={"User-Agent": "hgcn"})
    return opener.open(request, timeout=TIMEOUT_SECONDS)


def fetch(
    files: tuple[RemoteFile, ...],
    folder: Path,
    *,
    open_url: Callable[[str], Any] = open_https,
    console: Console | None = None,
) -> None:
    """Download files into ``folder``, each checked before it appears under its name.

    Parameters
    ----------
    files : tuple of RemoteFile
    folder : Path
        Made if missing.
    open_url : callable
        Address to a readable response.
    console : Console, optional
        Shows the progress; default standard error, if that is a terminal.

    Raises
    ------
    DatasetError
        Naming the address, if it cannot be reached or sends something else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(f"{folder}: cannot be made: {error.strerror or error}") from error
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = console or Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        for file in files:
            task = progress.add_task(file.name, total=file.size_bytes)
            _fetch_one(
                file,
                folder / file.name,
                open_url,
                lambda n, task=task: progress.advance(task, n),  # type: ignore[misc]
            )


def _fetch_one(
    file: RemoteFile, target: Path, open_url: Callable[[str], Any], advance: Callable[[int], None]
) -> None:
    temporary = target.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    limit = MAX_BYTES if file.size_bytes is None else file.size_bytes
    try:
        with open_url(file.url) as response, temporary.open("xb") as part:
            got = 0
            while chunk := response.read(CHUNK_BYTES):
                got += len(chunk)
                if got > limit:
                    raise DatasetError(f"{file.url}: sent more than {limit} bytes")
                part.write(chunk)
                advance(len(chunk))
        try:
            file.check(temporary)
        except DatasetError as error:
            detail = str(error).removeprefix(f"{temporary}: ")
            raise DatasetError(f"{file.url}: download {detail}") from error
        os.replace(temporary, target)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise DatasetError(f"{file.url}: cannot be downloaded: {reason}") from error
    finally:
        temporary.unlink(missing_ok=True)
