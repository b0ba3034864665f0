"""The HTTP fetcher and what real servers send."""

import hashlib
import zlib
from dataclasses import replace

import pytest

from sitemap_cli.fetch.interface import Purpose, Validators
from sitemap_cli.fetch.retry import CUTTING_FAULTS
from tests.web import Answer, gz, in_turn, redirect, urlset, validated

DOCUMENT = urlset(*(f"https://example.com/{number}" for number in range(3000)))
GZIP = (("Content-Encoding", "gzip"),)
LONG = ("Content-Length", "99999")


async def test_a_body_comes_with_the_facts_of_its_fetch(site, visit):
    headers = (("ETag", '"one"'), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"))
    site.routes["/a.xml"] = Answer(DOCUMENT, headers=headers)
    response, content = await visit()(f"{site.url}/a.xml")
    assert content == DOCUMENT
    assert response.ok
    assert response.digest == hashlib.sha256(DOCUMENT).digest()
    assert (response.bytes, response.wire_bytes, response.attempts) == (len(DOCUMENT), len(DOCUMENT), 1)
    assert (response.url, response.final_url) == (f"{site.url}/a.xml",) * 2
    assert (response.etag, response.last_modified) == ('"one"', "Thu, 01 Jan 2026 00:00:00 GMT")
    assert (response.content_type, response.content_encoding) == ("application/xml", None)
    assert (response.hops, response.problems, response.fault) == ((), (), None)


async def test_a_request_has_a_user_agent_and_accepts_gzip(site, visit):
    await visit(user_agent="tester/1")(f"{site.url}/a.xml?x=%7Ea%2Fb")
    (hit,) = site.hits
    assert hit.path == "/a.xml?x=%7Ea%2Fb"
    assert (hit.method, hit.headers["user-agent"]) == ("GET", "tester/1")
    assert hit.headers["accept-encoding"] == "gzip"
    assert hit.host == site.netloc


@pytest.mark.parametrize(
    ("path", "answer", "problems"),
    [
        ("/a.xml", Answer(gz(DOCUMENT), headers=GZIP), []),
        ("/a.xml.gz", Answer(gz(DOCUMENT)), []),
        ("/a.xml.gz", Answer(gz(DOCUMENT), headers=GZIP), []),
        ("/a.xml.gz", Answer(gz(gz(DOCUMENT)), headers=GZIP), []),
        ("/a.xml", Answer(gz(DOCUMENT), headers=(("Content-Encoding", "x-gzip"),)), []),
        ("/a.xml", Answer(gz(DOCUMENT), chunked=True), []),
        ("/a.xml", Answer(DOCUMENT, chunked=True), []),
        ("/a.xml.gz", Answer(DOCUMENT), ["gz-name-but-plain"]),
        ("/a.xml", Answer(DOCUMENT, headers=GZIP), ["gzip-declared-but-plain"]),
        ("/a.xml", Answer(DOCUMENT, headers=(("Content-Encoding", "UTF-8"),)), ["content-encoding-unknown"]),
        ("/a.xml", Answer(gz(DOCUMENT), headers=(("Content-Encoding", "gz"),)), ["content-encoding-unknown"]),
        ("/a.xml", Answer(DOCUMENT, headers=(("Content-Encoding", ""),)), []),
        ("/a.xml", Answer(DOCUMENT, headers=(("Content-Encoding", "br"),)), ["content-encoding-wrong"]),
        ("/a.xml", Answer(zlib.compress(DOCUMENT), headers=(("Content-Encoding", "deflate"),)), []),
        ("/a.xml", Answer(gz(DOCUMENT), headers=GZIP * 2), []),
        ("/a.xml.gz", Answer(gz(gz(DOCUMENT))), ["double-gzip"]),
        ("/a.xml.gz", Answer(gz(DOCUMENT) + b"<!-- cached -->"), ["trailing-garbage"]),
        ("/a.xml", Answer(gz(DOCUMENT), headers=(*GZIP, LONG), close=True), ["length-wrong"]),
        ("/a.xml.gz", Answer(gz(DOCUMENT), chunked=True, cut_after=-5), ["length-wrong"]),
        ("/a.xml", Answer(DOCUMENT, chunked=True, cut_after=-2), []),
        ("/a.xml", Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + DOCUMENT), []),
        ("/a.xml", Answer(raw=b"HTTP/1.0 200\nX: \xe9\n\n" + DOCUMENT), []),
    ],
)
async def test_the_content_is_the_same_in_every_transfer_encoding(site, visit, path, answer, problems):
    site.routes[path] = answer
    response, content = await visit()(site.url + path)
    assert content == DOCUMENT
    assert response.ok
    assert [problem.code for problem in response.problems] == problems


def lined(*lines, status=b"HTTP/1.1 200 OK"):
    """Return an answer with these lines in its head and the right length."""
    return Answer(raw=b"\r\n".join((status, *lines, b"Content-Length: %d" % len(DOCUMENT), b"", DOCUMENT)))


LONG = b"https://partner.example " * 4_000


@pytest.mark.parametrize(
    "answer",
    [
        *(
            lined(name + b": " + LONG)
            for name in (b"Content-Security-Policy", b"Set-Cookie", b"Link", b"Location", b"ETag", b"X")
        ),
        lined(*(b"Set-Cookie: a%d=b" % number for number in range(4_000))),
        lined(b"X: " + LONG, b"Y: " + LONG, b"Z: " + LONG),
        lined(b"no colon"),
        lined(b"X : y"),
        lined(b"X: \xfc\x01\x1b[2J"),
        lined(b"X: y\0z"),
        lined(b"X: y\rContent-Length: 3"),
        lined(b"X: y", b" Content-Length: 3"),
        lined(b" Content-Length: 3"),
        lined(b": y"),
        lined(b"X\0Y: z"),
        lined(b"<!-- a comment -->: y"),
        lined(b"Content-Length: %d" % len(DOCUMENT)),
        lined(status=b"HTTP/1.1 200"),
        lined(status=b"ICY 200 OK"),
        lined(status=b"HTTP/2 200"),
        lined(status=b"\r\n\r\nHTTP/1.1 200 OK"),
        lined(status=b"HTTP/1.1 103 Early Hints\r\nLink : x\r\n\r\nHTTP/1.1 200 OK\r\nX : y"),
        Answer(
            raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(DOCUMENT), DOCUMENT)
        ),
    ],
    ids=range(25),
)
@pytest.mark.parametrize("pace", [None, 500_000], ids=["at once", "in pieces"])
async def test_an_odd_or_long_head_does_not_lose_the_content(site, visit, answer, pace):
    site.routes["/b.xml"] = replace(answer, pace=pace)
    site.routes["/a.xml"] = Answer(
        raw=b"HTTP/1.1 302 Found\r\nodd\r\nX: " + LONG + b"\r\nContent-Length: 0\r\nLocation: /b.xml\r\n\r\n"
    )
    response, content = await visit()(f"{site.url}/a.xml")
    assert (content, response.fault, response.status_code) == (DOCUMENT, None, 200)


@pytest.mark.parametrize("code", [204, 205, 206])
async def test_the_body_of_any_2xx_is_kept(site, visit, code):
    site.routes["/a.xml"] = Answer(b"part", code)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.ok, response.fault) == (code, False, None)
    assert content == (b"" if code == 204 else b"part")


@pytest.mark.parametrize("code", [300, 304, 400, 401, 403, 404, 410, 451, 999])
async def test_other_status_codes_have_no_body(site, visit, code):
    site.routes["/a.xml"] = Answer(b"<html>sorry</html>", code)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.fault, content) == (code, None, None)
    assert site.count("/a.xml") == 1


@pytest.mark.parametrize(
    ("purpose", "max_redirects", "followed"),
    [(Purpose.SITEMAP, 0, 0), (Purpose.SITEMAP, 3, 3), (Purpose.ROBOTS, 3, 3), (Purpose.ROBOTS, 9, 5)],
)
async def test_the_number_of_redirects_is_limited_by_the_settings(
    site, visit, purpose, max_redirects, followed
):
    site.routes["*"] = lambda hit: redirect(f"/{int(hit.path[1:]) + 1}")
    response, _ = await visit(max_redirects=max_redirects)(f"{site.url}/0", purpose)
    assert (response.fault.reason, len(site.hits)) == ("redirect-limit", followed + 1)


async def test_an_endless_error_page_is_not_read(site, visit):
    site.routes["/a.xml"] = Answer(b"x" * 65_536, 404, endless=True)
    response, _ = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.fault) == (404, None)


async def test_a_truncated_error_page_keeps_its_status(site, visit):
    site.routes["/a.xml"] = Answer(b"x" * 100, 410, cut_after=10)
    response, _ = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.fault) == (410, None)


async def test_validators_are_sent_back_and_save_the_body(site, visit):
    site.routes["/a.xml"] = validated(DOCUMENT, '"v1"')
    ask = visit()
    first, _ = await ask(f"{site.url}/a.xml")
    date = "Thu, 01 Jan 2026 00:00:00 GMT"
    second, content = await ask(first.url, validators=Validators(first.final_url, first.etag, date))
    assert (second.status_code, second.etag, content) == (304, '"v1"', None)
    assert site.hits[1].headers["if-none-match"] == '"v1"'
    assert site.hits[1].headers["if-modified-since"] == date


async def test_a_validator_is_sent_only_to_its_own_url(site, visit):
    site.routes["/old.xml"] = redirect("/a.xml")
    site.routes["/a.xml"] = validated(DOCUMENT, '"v1"')
    second, _ = await visit()(f"{site.url}/old.xml", validators=Validators(f"{site.url}/a.xml", '"v1"'))
    assert second.status_code == 304
    assert ["if-none-match" in hit.headers for hit in site.hits] == [False, True]


@pytest.mark.parametrize("etag", ['"\udce9"', '"' + "x" * 2000 + '"', '"a\x1bb"'])
async def test_a_validator_that_cannot_be_sent_back_is_not_kept(site, visit, etag):
    head = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: {etag}\r\n\r\n"
    site.routes["/a.xml"] = Answer(raw=head.encode("utf-8", "surrogateescape"))
    ask = visit()
    response, _ = await ask(f"{site.url}/a.xml")
    assert response.etag is None
    url = f"{site.url}/b.xml"
    await ask(url, validators=Validators(url, etag))
    assert "if-none-match" not in site.hits[1].headers


async def test_headers_are_shown_without_control_characters(site, visit):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/\xc2\x9bxml\xe2\x80\xae\r\n\r\n"
    site.routes["/a.xml"] = Answer(raw=head)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (content, response.content_type) == (b"", "text/\\x9bxml\\u202e")


@pytest.mark.parametrize(
    ("options", "answer", "reason", "kept"),
    [
        ({"max_bytes": 100}, Answer(DOCUMENT), "too-large", 100),
        ({"max_bytes": 100}, Answer(gz(DOCUMENT)), "too-large", 100),
        ({"max_bytes": 5000}, Answer(DOCUMENT[:500], endless=True), "too-large", 5000),
        ({"max_wire_bytes": 100}, Answer(DOCUMENT), None, len(DOCUMENT)),
        ({"max_wire_bytes": 100}, Answer(gz(DOCUMENT)), "too-large", None),
        ({}, Answer(gz(DOCUMENT)[:-1]), "truncated-gzip", len(DOCUMENT)),
        ({}, Answer(gz(DOCUMENT)[:-1] + b"!"), "bad-crc", len(DOCUMENT)),
        ({}, Answer(gz(b"a") * 1001), "too-many-members", 1000),
        ({}, Answer(gz(gz(gz(DOCUMENT)))), "nested-compression", 0),
        ({}, Answer(DOCUMENT, cut_after=1000), "incomplete-body", 1000),
        ({}, Answer(DOCUMENT, chunked=True, cut_after=4102), "incomplete-body", 4096),
        ({}, Answer(DOCUMENT, cut_after=1000, reset=True), "connection-reset", 1000),
        ({"idle_timeout": 0.2}, Answer(DOCUMENT, cut_after=1000, hang=True), "timeout-read", 1000),
        ({"timeout": 0.5}, Answer(DOCUMENT, cut_after=1000, hang=True), "deadline", 1000),
    ],
)
async def test_a_fault_keeps_what_was_read(site, visit, options, answer, reason, kept):
    site.routes["/a.xml"] = answer
    response, content = await visit(**options)(f"{site.url}/a.xml")
    assert (response.fault and response.fault.reason) == reason
    assert (response.status_code, response.ok) == (200, reason is None)
    assert DOCUMENT.startswith(content) or content == b"a" * 1000 or content.startswith(DOCUMENT[:500])
    assert kept is None or len(content) == kept
    assert site.count("/a.xml") == (2 if reason in CUTTING_FAULTS else 1)


WHOLE = Answer(DOCUMENT)
CUT = Answer(DOCUMENT, cut_after=1000)


@pytest.mark.parametrize(
    ("answers", "reason", "kept", "requests"),
    [
        ((CUT, WHOLE), None, len(DOCUMENT), 2),
        ((Answer(DOCUMENT, cut_after=1000, reset=True), WHOLE), None, len(DOCUMENT), 2),
        ((Answer(DOCUMENT, chunked=True, cut_after=4102), WHOLE), None, len(DOCUMENT), 2),
        ((Answer(DOCUMENT, cut_after=0), CUT, WHOLE), None, len(DOCUMENT), 3),
        ((CUT, CUT, WHOLE), "incomplete-body", 1000, 2),
        ((Answer(DOCUMENT, cut_after=500), CUT, Answer(DOCUMENT, cut_after=600)), "incomplete-body", 1000, 3),
        ((CUT, Answer(b"busy", 503)), "incomplete-body", 1000, 3),
        ((CUT, Answer(b"gone", 404)), "incomplete-body", 1000, 2),
        ((CUT, Answer(reset=True), WHOLE), None, len(DOCUMENT), 3),
    ],
)
async def test_a_body_that_was_cut_off_is_requested_again(site, visit, answers, reason, kept, requests):
    site.routes["/a.xml"] = in_turn(*answers)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.fault and response.fault.reason, len(content)) == (reason, kept)
    assert (response.attempts, site.count("/a.xml")) == (requests, requests)


async def test_bytes_that_arrive_while_others_are_decoded_are_not_lost(site, visit):
    """Send a slow first megabyte of content, then the rest and the end of the connection at once."""
    packed = gz(bytes(30_000_000) + DOCUMENT)[:-1]
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    site.routes["/a.xml"] = Answer(raw=head + packed)
    response, content = await visit()(f"{site.url}/a.xml")
    assert response.fault is not None
    assert response.fault.reason == "incomplete-body"
    assert content == bytes(30_000_000) + DOCUMENT


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
async def test_an_unrequested_encoding_has_no_body(site, visit, encoding):
    body = gz(b"\x0b\x02\x80" + DOCUMENT)
    site.routes["/a.xml"] = Answer(body, headers=(("Content-Encoding", encoding),))
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.fault.reason, content, response.content_encoding) == (
        "unsupported-encoding",
        None,
        encoding,
    )


async def test_a_large_body_is_kept_on_disk_and_read_again(site, visit):
    large = DOCUMENT * 30
    site.routes["/a.xml"] = Answer(large)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (content, response.ok) == (large, True)


async def test_a_robots_txt_is_read_one_byte_beyond_its_limit(site, visit):
    site.routes["/robots.txt"] = Answer(b"#\n" * 300_000)
    response, content = await visit()(f"{site.url}/robots.txt", Purpose.ROBOTS)
    assert len(content) == 500 * 1024 + 1
    assert (response.fault, response.ok) == (None, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"garbage\x1b[31m\r\n\r\n",
        b"<html>HTTP/0.9</html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 110_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"y" * 50_000 + b"\r\n") * 7 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_001 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 101,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
    ],
)
async def test_a_response_that_is_not_http_is_reported_in_one_line(site, visit, raw):
    site.routes["/a.xml"] = Answer(raw=raw)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.fault.reason, content) == ("protocol-error", None)
    assert response.fault.message.isprintable()
    assert len(response.fault.message) <= 300
    assert site.count("/a.xml") == 1


@pytest.mark.parametrize(
    ("options", "answer", "reason"),
    [
        ({}, Answer(raw=b""), "connection-closed"),
        ({}, Answer(raw=b"HTTP/1.1 200"), "connection-closed"),
        ({}, Answer(reset=True), "connection-reset"),
        ({"idle_timeout": 0.1}, Answer(hang=True), "timeout-read"),
        ({"idle_timeout": 0.1}, Answer(b"x", cut_after=0, hang=True), "timeout-read"),
        (
            {"idle_timeout": 5, "timeout": 1.0},
            Answer(raw=b"HTTP/1.1 200 OK\r\nX: y\r\n" * 9, pace=20),
            "deadline",
        ),
    ],
)
async def test_silent_servers_and_broken_connections_have_reasons(site, visit, options, answer, reason):
    site.routes["/a.xml"] = answer
    response, content = await visit(**options)(f"{site.url}/a.xml")
    assert (response.fault.reason, content) == (reason, None)
    assert response.attempts == site.count("/a.xml") == (1 if reason == "deadline" else 3)
