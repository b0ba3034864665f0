"""Stored bodies: the content read later is the content that was measured on arrival."""

import hashlib

import pytest

from sitemap_cli.fetch import response_body
from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.response_body import BodyLimits, BodyWriter, StoredBody
from tests.web import gz

TEXT = b"".join(b"<url><loc>https://example.com/%d</loc></url>\n" % number for number in range(5_000))
BODIES = {
    "nothing": b"",
    "one byte": b"x",
    "half of the magic bytes": b"\x1f",
    "plain": TEXT,
    "two windows": bytes(600_000),
    "gzip": gz(TEXT),
    "gzip in gzip": gz(gz(TEXT)),
    "gzip and garbage": gz(TEXT) + b"<!-- cached -->",
    "truncated gzip": gz(TEXT)[:-100],
    "plain, then what looks like gzip": TEXT + gz(TEXT),
}


def taken(data, *, limit, size, content_encoding=None):
    """Write a body in chunks of one size, and return the result."""
    intake = BodyWriter(BodyLimits(limit, 10**9), content_encoding)
    for start in range(0, len(data), size):
        if intake.fault is None:
            for _ in intake.write(data[start : start + size]):
                pass
    for _ in intake.finish() if intake.fault is None else ():
        pass
    return intake.build_result("https://example.com/sitemap.xml")


@pytest.mark.parametrize("in_memory", [10, 10**9])
@pytest.mark.parametrize("size", [1_000, 10**6])
@pytest.mark.parametrize("limit", [1, 1_000, len(TEXT), 10**9])
@pytest.mark.parametrize("name", BODIES)
def test_content_read_later_is_the_content_measured(monkeypatch, name, limit, size, in_memory):
    monkeypatch.setattr(response_body, "IN_MEMORY", in_memory)
    content = taken(BODIES[name], limit=limit, size=size)
    again = decode_chunks([BODIES[name]], Decoder(max_bytes=content.bytes))
    read, reread = (b"".join(content.body.read_chunks()) for _ in range(2))
    assert read == reread == b"".join(again)
    assert (len(read), hashlib.sha256(read).digest()) == (content.bytes, content.digest)
    assert all(0 < len(piece) <= 256 * 1024 for piece in content.body.read_chunks())
    content.body.close()


def test_readers_may_take_turns():
    content = taken(BODIES["two windows"] + TEXT, limit=10**9, size=10**6)
    pairs = list(zip(content.body.read_chunks(), content.body.read_chunks(), strict=True))
    assert all(one == other for one, other in pairs)
    assert b"".join(one for one, _ in pairs) == BODIES["two windows"] + TEXT
    content.body.close()


def test_a_refused_body_has_no_content():
    content = taken(b"\x0b\x02\x80" + TEXT, limit=10**9, size=10, content_encoding="br")
    assert (content.fault.reason, content.body, content.bytes) == ("unsupported-encoding", None, 0)


def test_a_body_can_be_closed_twice():
    content = taken(TEXT, limit=10**9, size=10**6)
    assert isinstance(content.body, StoredBody)
    content.body.close()
    content.body.close()
