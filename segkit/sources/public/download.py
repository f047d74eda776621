"""Downloads that go on where they were broken off."""

import json
from email.message import Message
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from segkit import __version__
from segkit.errors import SegkitError

CHUNK = 1 << 16
TIMEOUT_SECONDS = 30.0


class FetchError(SegkitError):
    """A public data set can't be fetched: no connection, no such address, or other bytes."""


def download(url: str, target: Path) -> None:
    """Download an address to a file, going on with what an earlier try left.

    Parameters
    ----------
    url : str
    target : pathlib.Path
        Written only when it is whole; until then what has arrived is in `<target>.part`, and the
        version of the file that it is part of in `<target>.part.json`.

    Raises
    ------
    FetchError
        No connection, no such address, or the connection broke; the part is kept.
    """
    part = target.with_name(f"{target.name}.part")
    version = _version(part, url)
    have = part.stat().st_size if version else 0
    request = Request(url, headers={"User-Agent": f"segkit/{__version__}"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", version)
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            _receive(response, part, url, have)
    except HTTPError as error:
        if error.code == 416 and have:  # what is there is no part of what is published
            _forget(part)
            download(url, target)
            return
        raise FetchError(
            f"{url} answers {error.code} {error.reason}", "an address that is there"
        ) from None
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        why = getattr(error, "reason", None) or error
        host = urlsplit(url).hostname
        raise FetchError(
            f"no connection to {host}: {why or type(error).__name__}", fix=_AGAIN
        ) from None
    part.replace(target)
    _forget(part)


_AGAIN = "Run it again when there is a connection: what has arrived is kept, and it goes on from there"


def _receive(response: HTTPResponse, part: Path, url: str, have: int) -> None:
    goes_on = response.status == 206 and _start(response.headers) == have
    have = have if goes_on else 0
    length = response.headers.get("Content-Length")
    _remember(part, url, response.headers)
    with part.open("ab" if goes_on else "wb") as stream:
        while chunk := response.read(CHUNK):
            stream.write(chunk)
    arrived = part.stat().st_size - have
    if length is not None and arrived != int(length):
        raise FetchError(
            f"{url} broke off after {arrived + have:,} of {int(length) + have:,} bytes", fix=_AGAIN
        )


def _start(headers: Message) -> int:
    """First byte of a partial answer."""
    given = headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(given) if given.isdigit() else -1


def _remember(part: Path, url: str, headers: Message) -> None:
    """Keep which version a part is of: another version's bytes must not be put behind it."""
    tag = headers.get("ETag", "")
    version = headers.get("Last-Modified", "") if tag.startswith("W/") or not tag else tag
    _record(part).write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")


def _version(part: Path, url: str) -> str:
    """Version of the part at hand; empty where there is none, or nothing tells that it still fits."""
    if not part.is_file() or not _record(part).is_file():
        return ""
    kept = json.loads(_record(part).read_text(encoding="utf-8"))
    return str(kept["version"]) if kept["url"] == url else ""


def _record(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _forget(part: Path) -> None:
    for path in (part, _record(part)):
        path.unlink(missing_ok=True)
