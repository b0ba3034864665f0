"""Repairs of response heads that curl and browsers read, and that aiohttp rejects as a whole.

One odd line must not lose a site, so such a line is repaired or dropped. What could make two parsers see
different responses is left as it is, and aiohttp refuses it: contradicting or malformed lengths.
See https://www.rfc-editor.org/rfc/rfc9112#section-2.2 and https://www.rfc-editor.org/rfc/rfc9112#section-5
"""

import re
from collections.abc import Iterator

# curl's limits: a line, all lines of a head, and their number. Heads of 34 KiB in one line are in use.
MAX_LINE = 100 * 1024
MAX_HEAD = 300 * 1024
MAX_FIELDS = 5_000
MAX_INTERIM = 100
"""Responses such as ``100 Continue`` that may precede the response to one request."""

HEAD_END = re.compile(rb"\n\r?\n")
INTERIM = re.compile(rb"HTTP/1\.[01] 1[0-9][0-9]\b")
# What begins like HTTP, as far as it has arrived; ICY is what SHOUTcast servers send.
_START = re.compile(
    rb"[ \t]*(?:H(?:T(?:T(?:P(?:/.*)?)?)?)?|I(?:C(?:Y(?:[ \t].*)?)?)?)?", re.IGNORECASE | re.DOTALL
)
_BLANK_LINES = re.compile(rb"[\r\n]*")
_VALID = re.compile(
    rb"HTTP/1\.[01] [0-9]{3}(?: [^\r\n\0]*)?\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n)*\r\n"
)
_FRAMING = re.compile(rb"\n(?:content-length|transfer-encoding)", re.IGNORECASE)
# A length that is empty or a list; aiohttp takes identity for an unknown coding.
_ODD_FRAMING = re.compile(
    rb"\n(?:content-length:(?![ \t]*[0-9]+[ \t]*\r)|transfer-encoding:[ \t]*identity)", re.IGNORECASE
)
_STATUS_LINE = re.compile(
    rb"[ \t]*(?:HTTP/(?P<version>[0-9])(?:\.(?P<minor>[0-9]+))?|ICY)"
    rb"[ \t]+(?P<code>[0-9]{3})(?![0-9])(?P<reason>.*)",
    re.IGNORECASE,
)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(rb"[\0\r]")
_IDENTITY = (b"transfer-encoding", b"identity")

Field = tuple[bytes, bytes]


def skip_blank_lines(data: bytearray, at: int) -> int:
    """Return where a head begins that may follow blank lines."""
    found = _BLANK_LINES.match(data, at)
    return found.end() if found else at


def may_be_http(data: bytes | bytearray) -> bool:
    """Return whether a response that begins with these bytes may be HTTP."""
    return _START.fullmatch(data) is not None


def repair_head(head: bytes) -> bytes:
    """Return a head that aiohttp reads, from the status line to the empty line.

    A head that is valid, and one whose status line cannot be read, are returned unchanged.
    """
    if _VALID.fullmatch(head) and len(_FRAMING.findall(head)) < 2 and not _ODD_FRAMING.search(head):
        return head
    lines = [_FORBIDDEN.sub(b" ", line.rstrip(b"\r")) for line in head.split(b"\n")]
    status = _STATUS_LINE.fullmatch(lines[0])
    if status is None:
        return head
    fields = _repair_framing(list(_read_fields(lines[1:])))
    written = [_write_status(status), *(b"%s: %s" % each for each in fields)]
    return b"\r\n".join(written) + b"\r\n\r\n"


def _write_status(status: re.Match[bytes]) -> bytes:
    """Return the status line in a version that aiohttp knows."""
    is_old = status["version"] is None or (status["version"], status["minor"]) in ((b"1", b"0"), (b"0", b"9"))
    return b"HTTP/1.%d %s %s" % (0 if is_old else 1, status["code"], status["reason"].strip())


def _read_fields(lines: list[bytes]) -> Iterator[Field]:
    """Yield the fields whose name is valid; a line that begins with a blank continues the one before it."""
    field: Field | None = None
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if field is not None:
                field = (field[0], b" ".join((field[1], line.strip())).strip())
            continue
        if field is not None:
            yield field
        name, colon, value = line.partition(b":")
        # RFC 9112 has blanks before the colon removed from responses.
        is_valid = colon and _NAME.fullmatch(name.rstrip(b" \t"))
        field = (name.rstrip(b" \t"), value.strip(b" \t")) if is_valid else None
    if field is not None:
        yield field


def _repair_framing(fields: list[Field]) -> list[Field]:
    """Return the fields with at most one length, if the lengths agree.

    A length beside chunks does not count, but such a connection is not used again: another parser on the way
    may have seen the end of the response elsewhere. https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    """
    codings = [value.lower() for name, value in fields if name.lower() == b"transfer-encoding"]
    is_chunked = any(each.endswith(b"chunked") for each in codings)
    lengths = [value for name, value in fields if name.lower() == b"content-length"]
    parts = {part.strip() for value in lengths for part in value.split(b",")} - {b""}
    if not is_chunked:
        fields = [each for each in fields if (each[0].lower(), each[1].lower()) != _IDENTITY]
    if is_chunked and lengths:
        kept = [each for each in fields if each[0].lower() not in (b"content-length", b"connection")]
        return [*kept, (b"Connection", b"close")]
    if len(parts) > 1 or not lengths:
        return fields
    others = [each for each in fields if each[0].lower() != b"content-length"]
    return [*others, *((b"Content-Length", each) for each in parts)]
