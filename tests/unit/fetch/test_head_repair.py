"""Heads that are not valid HTTP are read as curl and browsers read them, unless that would be dangerous."""

import pytest

from sitemap_cli.fetch.transport.head_repair import may_be_http, repair_head

LENGTH = b"Content-Length: 2"


def head(*lines, status=b"HTTP/1.1 200 OK", end=b"\r\n"):
    return end.join((status, *lines, b"", b""))


@pytest.mark.parametrize(
    "valid",
    [
        head(LENGTH),
        head(b"A:", b"B: \xfc\x01\t", LENGTH),
        head(b"Transfer-Encoding: chunked", b"X-Content-Length: 3"),
        head(status=b"HTTP/1.0 200"),
        b"garbage\r\n\r\n",
        head(status=b"HTTP/1.1 OK"),
        head(status=b"HTTP/1.1 20000 OK"),
    ],
)
def test_a_valid_or_hopeless_head_stays_as_it_is(valid):
    assert repair_head(valid) == valid


@pytest.mark.parametrize(
    ("odd", "repaired"),
    [
        ((b"no colon here",), ()),
        ((b"A : b",), (b"A: b",)),
        ((b"A\t: b",), (b"A: b",)),
        ((b": b",), ()),
        ((b"X Y: b",), ()),
        ((b"X\xfc: b",), ()),
        ((b"X\0Y: b",), ()),
        ((b"A: b\0c",), (b"A: b c",)),
        ((b"A: b\rc",), (b"A: b c",)),
        ((b"A: \rTransfer-Encoding: chunked",), (b"A: Transfer-Encoding: chunked",)),
        ((b"A: b", b"  c", b"\td"), (b"A: b c d",)),
        ((b" c",), ()),
        ((b"no colon", b" Content-Length: 9"), ()),
    ],
)
def test_an_odd_line_is_repaired_or_dropped(odd, repaired):
    assert repair_head(head(*odd, LENGTH)) == head(*repaired, LENGTH)


@pytest.mark.parametrize(
    ("lines", "repaired"),
    [
        ((LENGTH, LENGTH), (LENGTH,)),
        ((b"Content-Length: 2, 2",), (LENGTH,)),
        ((b"Content-Length:", LENGTH), (LENGTH,)),
        ((b"Content-Length:", b"A : b"), (b"A: b",)),
        ((b"Content-Length: ", b"A: b"), (b"A: b",)),
        ((b"content-length: 2 ,2", b"A: b"), (b"A: b", LENGTH)),
        ((b"Transfer-Encoding: Identity", b"A: b"), (b"A: b",)),
        ((b"Content-Length : 2",), (LENGTH,)),
        ((b"Transfer-Encoding: identity", LENGTH), (LENGTH,)),
        (
            (LENGTH, b"Connection: keep-alive", b"Transfer-Encoding: chunked"),
            (b"Transfer-Encoding: chunked", b"Connection: close"),
        ),
    ],
)
def test_lengths_that_agree_count_once(lines, repaired):
    assert repair_head(head(*lines, b"Z z")) == head(*repaired)
    assert repair_head(head(*lines)) == head(*repaired)


@pytest.mark.parametrize(
    "lines",
    [
        (LENGTH, b"Content-Length: 3"),
        (b"Content-Length: 2, 3",),
        (b"Content-Length: -1",),
        (b"Content-Length: +2",),
        (b"Content-Length: many",),
    ],
)
def test_lengths_that_contradict_each_other_or_are_no_numbers_stay_for_aiohttp_to_refuse(lines):
    assert repair_head(head(*lines, b"Z z")) == head(*lines)


@pytest.mark.parametrize(
    ("status", "repaired"),
    [
        (b"ICY 200 OK", b"HTTP/1.0 200 OK"),
        (b"http/1.1 200 OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1  200  OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/2 200", b"HTTP/1.1 200 "),
        (b"HTTP/1.2 200 OK", b"HTTP/1.1 200 OK"),
        (b" HTTP/1.1 200 OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1 200 O\0K", b"HTTP/1.1 200 O K"),
    ],
)
def test_a_status_line_is_written_as_aiohttp_expects_it(status, repaired):
    assert repair_head(head(LENGTH, status=status)) == head(LENGTH, status=repaired)


def test_lines_may_end_without_a_carriage_return():
    assert repair_head(head(LENGTH, end=b"\n")) == head(LENGTH)
    assert repair_head(b"HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\n") == head(b"A: b", LENGTH)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *((each, True) for each in (b"", b" ", b"h", b"HTT", b"HTTP/1.1 200", b"IC", b"ICY 200 OK")),
        *((each, False) for each in (b"<html>", b"SSH-2.0", b"HTTQ", b"ICYX", b"\x16\x03\x01")),
    ],
)
def test_what_is_no_http_is_noticed_at_once(data, expected):
    assert may_be_http(data) is expected
