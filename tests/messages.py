"""Requests and answers of the tests' web server, and how they look on the wire."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

CONTENT_TYPES = {
    ".xml": "application/xml",
    ".gz": "application/x-gzip",
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    "/": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as the server saw it; header names are in lower case, ``path`` has the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def host(self) -> str:
        """What the client put into ``Host``."""
        return self.headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does with a request.

    ``Content-Type`` follows the end of the path unless it is among the headers; ``Content-Length`` is
    right unless it is among them. ``raw`` replaces the whole answer, byte for byte. ``cut_after``
    closes after so many bytes of the body; ``reset`` sends RST, at once or where ``cut_after`` says.
    ``hang`` reads the request and says nothing more, or stops talking where ``cut_after`` says.
    ``pace`` is bytes per second, ``delay`` seconds before the first byte; ``gate`` holds the answer
    back until the test sets it. ``endless`` repeats the body until the client goes away.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    chunked: bool = False
    hang: bool = False
    cut_after: int | None = None
    reset: bool = False
    raw: bytes | None = None
    pace: float | None = None
    delay: float = 0.0
    gate: threading.Event | None = None
    close: bool = False
    endless: bool = False


def parsed(head: bytes) -> Hit:
    """The request in the head that a client sent."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if line)
    return Hit(method, target, {name.strip().lower(): value.strip() for name, value in pairs})


def message(hit: Hit, answer: Answer) -> bytes:
    """The whole answer as it goes over the wire, up to where it is cut."""
    given = {name.lower() for name, _ in answer.headers}
    headers = list(answer.headers)
    suffix = next((each for each in CONTENT_TYPES if urlsplit(hit.path).path.endswith(each)), None)
    if suffix and "content-type" not in given:
        headers.append(("Content-Type", CONTENT_TYPES[suffix]))
    body = answer.body
    if answer.chunked:
        headers.append(("Transfer-Encoding", "chunked"))
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in _pieces(body)) + b"0\r\n\r\n"
    elif "content-length" not in given and answer.status not in (204, 304) and not answer.endless:
        headers.append(("Content-Length", str(len(body))))
    if hit.method == "HEAD" or answer.status in (204, 304):
        body = b""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return (
        f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\n{head}\r\n".encode() + body[: answer.cut_after]
    )


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unheard Of"


def _pieces(body: bytes, size: int = 4096) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))
