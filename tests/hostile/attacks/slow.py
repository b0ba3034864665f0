"""Connections and bodies that are slow, silent, endless, cut, or in broken pieces."""

from collections.abc import Iterator

from sitemap_cli.fetch import min_speed
from tests.hostile import documents
from tests.hostile.attack import (
    DOCUMENT_SECONDS,
    FOREVER,
    MAX_BYTES,
    Attack,
    Lazy,
    Stream,
    always,
    in_batch,
    scaled,
    streamed,
)
from tests.messages import Answer

GOOD = documents.urlset(3)
BEGINNING = documents.beginning(3)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSES = OK + b"Connection: close\r\n\r\n"
# The limit that ends a body without data; with long deadlines, the minimum speed may be reached first.
FIRST_LIMIT = "deadline" if DOCUMENT_SECONDS < min_speed.WINDOW else "deadline|too-slow"
SMALL_CHUNKS = scaled(200_000, 2_000_000)


def chunk(data: bytes) -> bytes:
    """A chunk as it should be."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def one_byte_chunks() -> Iterator[bytes]:
    """A good document in as many chunks as it has bytes."""
    yield CHUNKED
    yield chunk(BEGINNING)
    yield from streamed((chunk(b" "), SMALL_CHUNKS)).pieces
    yield chunk(documents.TAIL)
    yield b"0\r\n\r\n"


SLOW = (
    Attack(
        name="body-of-4-bytes-a-second",
        row="H1",
        answer=always(Stream((CLOSES + GOOD * 99,), pace=4)),
        verdict="timeout",
        errors="deadline|too-slow",
    ),
    Attack(
        name="headers-of-4-bytes-a-second",
        row="H1",
        answer=always(Stream((OK + b"X: y\r\n" * 999,), pace=4)),
        verdict="timeout",
        errors="deadline|too-slow",
    ),
    Attack(
        name="body-that-turns-slow",
        row="H1",
        answer=always(streamed(CLOSES + BEGINNING, b" " * 10**5, pace=4, at_once=1)),
        verdict="partial",
        errors="deadline|too-slow",
        kept=3,
    ),
    Attack(
        name="body-below-the-minimum-speed",
        row="H1",
        answer=always(Stream((CLOSES + BEGINNING + b" " * 10**5,), pace=400)),
        verdict="partial",
        errors="too-slow",
        kept=3,
        options=("--timeout", "30", "--deadline", "60", "--min-speed", "1024"),
        seconds=12,
    ),
    Attack(
        name="answer-that-never-comes",
        row="H2",
        answer=always(Answer(hang=True)),
        verdict="timeout",
        errors="timeout-read|deadline",
        requests=2,
    ),
    *in_batch(
        Attack(
            name="connection-closed-at-once",
            row="H2",
            answer=always(Answer()),
            greeting=b"",
            verdict="http-error",
            errors="connection-closed|connection-reset",
            requests=0,
        )
    ),
    Attack(
        name="connection-closed-after-the-request",
        row="H2",
        answer=always(Answer(raw=b"")),
        verdict="http-error",
        errors="connection-closed",
        requests=2,
    ),
    *in_batch(
        Attack(
            name="reset-after-the-request",
            row="H2",
            answer=always(Answer(reset=True)),
            verdict="http-error",
            errors="connection-reset",
            requests=2,
        )
    ),
    Attack(
        name="reset-in-mid-body",
        row="H2",
        answer=always(Answer(GOOD * 9, cut_after=len(BEGINNING) + 20, reset=True)),
        verdict="partial",
        errors="connection-reset",
        kept=3,
        requests=2,  # a body that was cut off is requested again
    ),
    Attack(
        name="silence-in-mid-body",
        row="H2",
        answer=always(Answer(GOOD, cut_after=len(BEGINNING), hang=True)),
        verdict="partial",
        errors="timeout-read|deadline",
        kept=3,
    ),
    *in_batch(
        Attack(
            name="silence-in-mid-headers",
            row="H2",
            answer=always(Answer(raw=OK, hang=True)),
            verdict="timeout",
            errors="timeout-read|deadline",
            requests=2,
        )
    ),
)

ENDLESS = (
    Attack(
        name="blanks-without-end",
        row="H3",
        answer=always(streamed(CLOSES, BEGINNING, (b" ", 4 * MAX_BYTES))),
        verdict="partial",
        errors="too-large",
        kept=3,
        memory_mb=60,
    ),
    Attack(
        name="urls-without-end",
        row="H3",
        answer=always(Stream(Lazy(lambda: _after(CLOSES, documents.endless())))),
        verdict="partial",
        errors="too-large",
        kept=documents.fitting(MAX_BYTES),
        memory_mb=60,
        seconds=scaled(4, 60),
        options=("--timeout", str(scaled(4, 60)), "--deadline", "90"),
    ),
    Attack(
        name="text-without-end-of-line",
        row="H3",
        answer=always(streamed(CLOSES, documents.page(1).encode() + b"\n", (b"x", 4 * MAX_BYTES))),
        verdict="partial",
        errors="too-large",
        kept=1,
        memory_mb=60,
    ),
    Attack(
        name="page-without-end",
        row="H3",
        answer=always(streamed(CLOSES, b"<!doctype html><html>", (b"<p>", 2 * MAX_BYTES))),
        verdict="html-instead|invalid",
        errors="too-large|html-instead",
        memory_mb=60,
    ),
    Attack(
        name="trailers-without-end",
        row="H4",
        answer=always(streamed(CHUNKED + chunk(GOOD) + b"0\r\n", (b"X-Trailer: a\r\n", FOREVER))),
        verdict="partial",
        errors="protocol-error|deadline|incomplete-body",
        kept=3,
    ),
)


def later(name: str, *, row: str = "H6", first: bytes, rest: bytes) -> Attack:
    """A body that goes wrong after its first part has arrived."""
    return Attack(
        name=name,
        row=row,
        answer=always(Stream((first, rest), at_once=1, pause=0.2)),
        verdict="partial",
        errors="protocol-error|incomplete-body",
        kept=3,
        alone=False,
    )


LATER = (
    later(
        "chunk-size-of-no-number-later", first=CHUNKED + chunk(BEGINNING), rest=b"zz\r\n<url>\r\n0\r\n\r\n"
    ),
    later(
        "chunk-longer-than-it-says-later", first=CHUNKED + chunk(BEGINNING), rest=b"3\r\n<url>\r\n0\r\n\r\n"
    ),
    later(
        "trailers-without-colon-later", row="H4", first=CHUNKED + chunk(GOOD), rest=b"0\r\nnonsense\r\n" * 99
    ),
    Attack(
        name="answer-nobody-asked-for",
        row="H5",
        answer=always(
            Answer(raw=OK + b"Content-Length: %d\r\n\r\n%b%b" % (len(GOOD), GOOD, OK + b"\r\n<urlset/>"))
        ),
        verdict="ok",
        kept=3,
        alone=False,
    ),
)

CHUNKS = (
    Attack(
        name="chunk-size-of-no-number",
        row="H6",
        answer=always(Answer(raw=CHUNKED + chunk(BEGINNING) + b"zz\r\n<url>\r\n0\r\n\r\n")),
        verdict="partial",
        errors="protocol-error|incomplete-body",
        kept=3,
    ),
    Attack(
        name="chunk-longer-than-it-says",
        row="H6",
        answer=always(Answer(raw=CHUNKED + chunk(BEGINNING) + b"3\r\n<url>\r\n0\r\n\r\n")),
        verdict="partial",
        errors="protocol-error|incomplete-body",
        kept=3,
    ),
    *in_batch(
        Attack(
            name="chunk-size-of-ten-exabytes",
            row="H6",
            answer=always(
                Answer(raw=CHUNKED + chunk(BEGINNING) + b"8000000000000000\r\n" + documents.entry(4))
            ),
            verdict="partial",
            errors="protocol-error|incomplete-body",
            kept=lambda _: map(documents.page, range(1, 5)),
            requests=2,  # a body that was cut off is requested again
        )
    ),
    Attack(
        name="chunk-size-of-a-megabyte-of-zeros",
        row="H6",
        answer=always(streamed(CHUNKED + chunk(BEGINNING), (b"0", 2**20))),
        verdict="partial",
        errors="protocol-error|incomplete-body",
        kept=3,
        requests=2,  # a body that was cut off is requested again
    ),
    Attack(
        name="chunk-extensions-without-end",
        row="H6",
        answer=always(streamed(CHUNKED + chunk(BEGINNING) + b"5;", (b"a=b;", FOREVER))),
        verdict="partial",
        errors=f"protocol-error|incomplete-body|{FIRST_LIMIT}",
        kept=3,
    ),
    *in_batch(
        Attack(
            name="last-chunk-missing",
            row="H6",
            answer=always(Answer(raw=CHUNKED + chunk(GOOD))),
            verdict="partial",
            errors="incomplete-body",
            kept=3,
            requests=2,  # a body that was cut off is requested again
        )
    ),
    Attack(
        name="chunks-of-one-byte",
        row="H6",
        answer=always(Stream(Lazy(one_byte_chunks))),
        verdict="ok",
        kept=3,
        options=("--timeout", "20", "--deadline", "30"),
        seconds=5,
    ),
)


def _after(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces


ATTACKS = (*SLOW, *ENDLESS, *LATER, *CHUNKS)
