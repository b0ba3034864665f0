"""Invalid heads and status codes: broken, huge, or refusing."""

from tests.hostile import documents
from tests.hostile.attack import FOREVER, Ask, Attack, Reply, always, in_batch, streamed
from tests.messages import Answer

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
GOOD = documents.urlset(3)
REFUSED = dict.fromkeys((401, 403, 451, 999), "blocked")


def raw(head: bytes, body: bytes = GOOD) -> Answer:
    """An answer with exactly this head, the empty line excluded."""
    return Answer(raw=head + b"\r\n" + body)


def sized(head: bytes = b"") -> Answer:
    """A good answer with some more lines in its head."""
    return raw(OK + b"Content-Length: %d\r\n" % len(GOOD) + head)


def flaky(ask: Ask) -> Reply:
    """Fails once."""
    return Answer(GOOD) if ask.count else Answer(status=503)


def missing(code: int) -> Attack:
    """A sitemap that comes although it is missing."""
    return Attack(name=f"status-{code}", row="H17", answer=always(Answer(GOOD, code)), verdict="ok", kept=3)


def status(code: int, *, requests: int = 1) -> Attack:
    """A status and nothing else to tell."""
    body = b"" if code in (204, 304) else GOOD
    return Attack(
        name=f"status-{code}",
        row="H17",
        answer=always(Answer(body, code)),
        verdict=REFUSED.get(code, "http-error"),
        errors="http-status",
        requests=requests,
        alone=code in (403, 500),
    )


HARD = (
    Attack(
        name="header-of-4-mib",
        row="H4",
        answer=always(streamed(OK + b"X-Long: ", (b"a", 4 * 2**20), b"\r\n\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="headers-without-end",
        row="H4",
        answer=always(streamed(OK, (b"X-Many: a\r\n", FOREVER))),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="continue-without-end",
        row="H4",
        answer=always(streamed((b"HTTP/1.1 100 Continue\r\n\r\n", FOREVER))),
        verdict="timeout|http-error",
        errors="deadline|protocol-error|timeout-read",
    ),
    Attack(
        name="cookies-10000",
        row="H15",
        answer=always(streamed(OK, (b"Set-Cookie: a=b\r\n", 10_000), b"\r\n", GOOD)),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="length-too-long-in-mid-url",
        row="H5",
        answer=always(
            raw(OK + b"Content-Length: 999999\r\n", documents.beginning(3) + b"<url><loc>https://sh")
        ),
        verdict="partial",
        errors="incomplete-body",
        kept=3,
        requests=2,  # a body that was cut off is requested again
    ),
    Attack(
        name="length-too-short",
        row="H5",
        answer=always(raw(OK + b"Content-Length: %d\r\n" % (len(documents.beginning(2)) + 20))),
        verdict="partial",
        errors="truncated",
        kept=2,
    ),
    Attack(
        name="escapes-in-location",
        row="H8",
        answer=always(raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\x1b[2Jowned\r\n", b"")),
        verdict="http-error",
        errors="redirect-loop|http-status|protocol-error|url-invalid|redirect-limit",
        requests=2,
        hidden=("\x1b",),
    ),
    Attack(
        name="flaky",
        row="H18",
        answer=flaky,
        verdict="ok",
        kept=3,
        requests=2,
    ),
)

BROKEN = in_batch(
    Attack(
        name="headers-100000",
        row="H4",
        answer=always(streamed(OK, (b"X-Many: a\r\n", 100_000), b"\r\n", GOOD)),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="cookies-100",
        row="H15",
        answer=always(sized(b"".join(b"Set-Cookie: canary%d=b\r\n" % at for at in range(100)))),
        verdict="ok",
        kept=3,
    ),
    Attack(
        name="length-too-long",
        row="H5",
        answer=always(raw(OK + b"Content-Length: 999999\r\n")),
        verdict="partial",
        errors="incomplete-body",
        kept=3,
        requests=2,  # a body that was cut off is requested again
    ),
    Attack(
        name="length-negative",
        row="H5",
        answer=always(raw(OK + b"Content-Length: -1\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="length-twice",
        row="H5",
        answer=always(raw(OK + b"Content-Length: 10\r\nContent-Length: %d\r\n" % len(GOOD))),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="length-no-number",
        row="H5",
        answer=always(raw(OK + b"Content-Length: many\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="length-of-5000-digits",
        row="H5",
        answer=always(raw(OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="http-0.9",
        row="H7",
        answer=always(Answer(raw=GOOD)),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="status-line-of-garbage",
        row="H7",
        answer=always(raw(b"\x00\xff\x1b[2J garbage\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="status-line-without-code",
        row="H7",
        answer=always(raw(b"HTTP/1.1 OK\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="status-of-5-digits",
        row="H7",
        answer=always(raw(b"HTTP/1.1 20000 OK\r\n")),
        verdict="http-error",
        errors="protocol-error",
    ),
    Attack(
        name="another-protocol",
        row="H7",
        answer=always(Answer()),
        greeting=b"SSH-2.0-OpenSSH_9.6\r\n",
        verdict="http-error",
        errors="protocol-error|connection-reset|connection-closed",
        requests=0,
    ),
    Attack(
        name="escapes-in-reason",
        row="H8",
        answer=always(raw(b"HTTP/1.1 404 \x1b[2J\x1b]0;owned\x07Gone\r\nContent-Length: 0\r\n", b"")),
        verdict="http-error",
        errors="http-status|protocol-error",
        hidden=("\x1b", "\x07"),
    ),
    Attack(
        name="escapes-in-headers",
        row="H8",
        answer=always(sized(b'ETag: "\x1b[2Jowned"\r\nContent-Encoding: \x1b]0;x\x07\r\n')),
        verdict="ok",
        kept=3,
        problems=("content-encoding-unknown",),
        hidden=("\x1b", "\x07"),
    ),
)

ATTACKS = (
    *HARD,
    *BROKEN,
    *(status(code) for code in (204, 206, 401, 403, 451, 999)),
    *(missing(code) for code in (404, 410)),
    status(304, requests=2),
    status(500, requests=2),
)
