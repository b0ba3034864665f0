"""The HTTP fetcher and what servers really send."""

import asyncio
import errno
import hashlib
import threading
from tempfile import SpooledTemporaryFile

import pytest

from sitemap_cli.errors import StorageError
from sitemap_cli.fetch import body, exchange
from sitemap_cli.fetch.body import IN_MEMORY, Intake
from sitemap_cli.fetch.fetcher import Purpose
from tests.web import Answer, gz, in_turn, redirect, urlset, validated

DOCUMENT = urlset(*(f"https://example.com/{number}" for number in range(3000)))
GZIP = (("Content-Encoding", "gzip"),)


async def test_a_body_comes_with_the_facts_of_its_fetch(site, visit):
    headers = (("ETag", '"one"'), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"))
    site.routes["/a.xml"] = Answer(DOCUMENT, headers=headers)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert content == DOCUMENT
    assert fetched.ok
    assert fetched.digest == hashlib.sha256(DOCUMENT).digest()
    assert (fetched.bytes, fetched.wire_bytes, fetched.attempts) == (len(DOCUMENT), len(DOCUMENT), 1)
    assert (fetched.url, fetched.final_url) == (f"{site.url}/a.xml",) * 2
    assert (fetched.etag, fetched.last_modified) == ('"one"', "Thu, 01 Jan 2026 00:00:00 GMT")
    assert (fetched.content_type, fetched.content_encoding) == ("application/xml", None)
    assert (fetched.hops, fetched.problems, fetched.fault) == ((), (), None)


async def test_a_request_says_who_we_are_and_what_we_can_read(site, visit):
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
        ("/a.xml.gz", Answer(gz(gz(DOCUMENT))), ["double-gzip"]),
        ("/a.xml.gz", Answer(gz(DOCUMENT) + b"<!-- cached -->"), ["trailing-garbage"]),
        ("/a.xml", Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + DOCUMENT), []),
        ("/a.xml", Answer(raw=b"HTTP/1.0 200\nX: \xe9\n\n" + DOCUMENT), []),
    ],
)
async def test_the_content_is_the_same_however_it_is_wrapped(site, visit, path, answer, problems):
    site.routes[path] = answer
    fetched, content = await visit()(site.url + path)
    assert content == DOCUMENT
    assert fetched.ok
    assert [problem.code for problem in fetched.problems] == problems


@pytest.mark.parametrize("code", [204, 205, 206])
async def test_what_arrived_with_any_2xx_is_kept(site, visit, code):
    site.routes["/a.xml"] = Answer(b"part", code)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (fetched.status_code, fetched.ok, fetched.fault) == (code, False, None)
    assert content == (b"" if code == 204 else b"part")


@pytest.mark.parametrize("code", [300, 304, 400, 401, 403, 404, 410, 451, 999])
async def test_any_other_status_is_its_own_reason_and_has_no_body(site, visit, code):
    site.routes["/a.xml"] = Answer(b"<html>sorry</html>", code)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (fetched.status_code, fetched.fault, content) == (code, None, None)
    assert site.count("/a.xml") == 1


async def test_an_error_page_without_end_is_left_alone(site, visit):
    site.routes["/a.xml"] = Answer(b"x" * 65_536, 404, endless=True)
    fetched, _ = await visit()(f"{site.url}/a.xml")
    assert (fetched.status_code, fetched.fault) == (404, None)


async def test_an_error_page_that_breaks_off_is_still_that_error(site, visit):
    site.routes["/a.xml"] = Answer(b"x" * 100, 410, cut_after=10)
    fetched, _ = await visit()(f"{site.url}/a.xml")
    assert (fetched.status_code, fetched.fault) == (410, None)


async def test_validators_are_sent_back_and_save_the_body(site, visit):
    site.routes["/a.xml"] = validated(DOCUMENT, '"v1"')
    ask = visit()
    first, _ = await ask(f"{site.url}/a.xml")
    date = "Thu, 01 Jan 2026 00:00:00 GMT"
    second, content = await ask(f"{site.url}/a.xml", etag=first.etag, last_modified=date)
    assert (second.status_code, second.etag, content) == (304, '"v1"', None)
    assert site.hits[1].headers["if-none-match"] == '"v1"'
    assert site.hits[1].headers["if-modified-since"] == date


@pytest.mark.parametrize("etag", ['"\udce9"', '"' + "x" * 2000 + '"', '"a\x1bb"'])
async def test_a_validator_that_cannot_be_sent_back_is_not_kept(site, visit, etag):
    head = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: {etag}\r\n\r\n"
    site.routes["/a.xml"] = Answer(raw=head.encode("utf-8", "surrogateescape"))
    ask = visit()
    fetched, _ = await ask(f"{site.url}/a.xml")
    assert fetched.etag is None
    await ask(f"{site.url}/b.xml", etag=etag)
    assert "if-none-match" not in site.hits[1].headers


async def test_headers_are_shown_without_control_characters(site, visit):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/\xc2\x9bxml\xe2\x80\xae\r\n\r\n"
    site.routes["/a.xml"] = Answer(raw=head)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (content, fetched.content_type) == (b"", "text/\\x9bxml\\u202e")


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
    fetched, content = await visit(**options)(f"{site.url}/a.xml")
    assert (fetched.fault and fetched.fault.reason) == reason
    assert (fetched.status_code, fetched.ok) == (200, reason is None)
    assert DOCUMENT.startswith(content) or content == b"a" * 1000 or content.startswith(DOCUMENT[:500])
    assert kept is None or len(content) == kept
    assert site.count("/a.xml") == 1


async def test_bytes_that_arrive_while_others_are_decoded_are_not_lost(site, visit):
    """A slow first megabyte of content, then the rest and the end of the connection at once."""
    packed = gz(bytes(30_000_000) + DOCUMENT)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    site.routes["/a.xml"] = Answer(raw=head + packed)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert fetched.fault is not None
    assert fetched.fault.reason == "incomplete-body"
    assert content == bytes(30_000_000) + DOCUMENT


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "utf-8"])
async def test_an_encoding_nobody_asked_for_has_no_body(site, visit, encoding):
    site.routes["/a.xml"] = Answer(gz(gz(DOCUMENT)), headers=(("Content-Encoding", encoding),))
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (fetched.fault.reason, content, fetched.content_encoding) == (
        "unsupported-encoding",
        None,
        encoding,
    )


async def test_a_large_body_is_kept_on_disk_and_read_again(site, visit):
    large = DOCUMENT * 30
    site.routes["/a.xml"] = Answer(large)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (content, fetched.ok) == (large, True)


async def test_a_robots_txt_is_read_a_byte_further_than_it_counts(site, visit):
    site.routes["/robots.txt"] = Answer(b"#\n" * 300_000)
    fetched, content = await visit()(f"{site.url}/robots.txt", Purpose.ROBOTS)
    assert len(content) == 500 * 1024 + 1
    assert (fetched.fault, fetched.ok) == (None, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"garbage\x1b[31m\r\n\r\n",
        b"<html>HTTP/0.9</html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 129 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nX\x00Y: 1\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_said_in_one_safe_line(site, visit, raw):
    site.routes["/a.xml"] = Answer(raw=raw)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (fetched.fault.reason, content) == ("protocol-error", None)
    assert fetched.fault.message.isprintable()
    assert len(fetched.fault.message) <= 300
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
async def test_silence_and_broken_connections_have_reasons(site, visit, options, answer, reason):
    site.routes["/a.xml"] = answer
    fetched, content = await visit(**options)(f"{site.url}/a.xml")
    assert (fetched.fault.reason, content) == (reason, None)
    assert fetched.attempts == site.count("/a.xml") == (1 if reason == "deadline" else 3)


async def test_no_more_is_asked_than_the_retries_allow(site, visit):
    site.routes["*"] = Answer(raw=b"")
    ask = visit(retries=0)
    fetched, _ = await ask(f"{site.url}/a.xml")
    assert (fetched.attempts, len(site.hits)) == (1, 1)


async def test_a_connection_that_the_server_dropped_meanwhile_costs_no_try(site, visit):
    site.routes["/a.xml"] = in_turn(Answer(b"one"), Answer(raw=b""), Answer(b"two"))
    ask = visit(retries=0)
    _, first = await ask(f"{site.url}/a.xml")
    fetched, second = await ask(f"{site.url}/a.xml")
    assert (first, second, fetched.attempts, site.connections) == (b"one", b"two", 1, 2)


async def test_a_flaky_server_gets_another_chance(site, visit):
    site.routes["/a.xml"] = in_turn(Answer(status=503, close=True), Answer(reset=True), Answer(DOCUMENT))
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (content, fetched.attempts, site.count("/a.xml")) == (DOCUMENT, 3, 3)


async def test_a_server_that_stays_down_is_asked_three_times(site, visit):
    site.routes["/a.xml"] = Answer(b"down", 503)
    fetched, content = await visit()(f"{site.url}/a.xml")
    assert (fetched.status_code, fetched.fault, content, fetched.attempts) == (503, None, None, 3)
    assert site.count("/a.xml") == 3


async def test_a_server_that_asks_for_an_hour_is_asked_once(site, visit):
    site.routes["/a.xml"] = Answer(status=429, headers=(("Retry-After", "3600"),))
    fetched, _ = await visit()(f"{site.url}/a.xml")
    assert (fetched.status_code, fetched.attempts, site.count("/a.xml")) == (429, 1, 1)


async def test_connections_are_used_again(site, visit):
    site.routes["*"] = Answer(b"<html>nothing here</html>" * 500, 404)
    ask = visit()
    for number in range(5):
        await ask(f"{site.url}/{number}")
    assert (len(site.hits), site.connections) == (5, 1)


async def test_no_more_connections_are_open_to_one_host_than_allowed(site, visit):
    site.routes["*"] = Answer(DOCUMENT, delay=0.01)
    ask = visit(per_host=3)
    await asyncio.gather(*(ask(f"{site.url}/{number}") for number in range(30)))
    assert len(site.hits) == 30
    assert site.peak <= 3
    assert site.connections <= 3


async def test_waiting_for_room_is_not_held_against_a_document(site, visit):
    gate = threading.Event()
    site.routes["/slow"] = Answer(b"slow", gate=gate)
    site.routes["/quick"] = Answer(b"quick")
    ask = visit(per_host=1, timeout=1.0, retries=0)
    slow = asyncio.create_task(ask(f"{site.url}/slow"))
    await asyncio.to_thread(site.asked.wait, 30)
    quick = asyncio.create_task(ask(f"{site.url}/quick"))
    fetched, _ = await slow
    gate.set()
    assert fetched.fault.reason == "deadline"
    fetched, content = await quick
    assert (content, fetched.ok) == (b"quick", True)
    assert fetched.ms < 1000


async def test_a_cancelled_fetch_leaves_nothing_behind(site, visit, monkeypatch):
    on_disk = asyncio.Event()

    class Watched(Intake):
        def take(self, data):
            yield from super().take(data)
            if self.wire_bytes > IN_MEMORY:
                on_disk.set()

    monkeypatch.setattr(exchange, "Intake", Watched)
    site.routes["/a.xml"] = Answer(DOCUMENT * 40, cut_after=3_000_000, hang=True)
    ask = visit()
    task = asyncio.create_task(ask(f"{site.url}/a.xml"))
    await on_disk.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    site.routes["/b.xml"] = Answer(b"next")
    assert (await ask(f"{site.url}/b.xml"))[1] == b"next"


async def test_a_full_disk_is_our_fault_and_not_the_servers(site, visit, monkeypatch):
    class Full(SpooledTemporaryFile):
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(body.tempfile, "SpooledTemporaryFile", Full)
    site.routes["/a.xml"] = Answer(DOCUMENT)
    with pytest.raises(StorageError, match="No space left on device"):
        await visit()(f"{site.url}/a.xml")


async def test_cookies_are_neither_kept_nor_sent(site, visit):
    site.routes["*"] = Answer(b"x", headers=(("Set-Cookie", "a=b; Path=/"),) * 100)
    ask = visit()
    await ask(f"{site.url}/a.xml")
    await ask(f"{site.url}/b.xml")
    assert all("cookie" not in hit.headers for hit in site.hits)


async def test_the_environment_has_no_say(site, visit, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.routes["/a.xml"] = redirect("/b.xml")
    site.routes["/b.xml"] = Answer(b"x")
    fetched, _ = await visit()(f"{site.url}/a.xml")
    assert fetched.ok
    assert all("authorization" not in hit.headers for hit in site.hits)


async def test_a_fetcher_that_asked_nothing_can_be_closed(visit):
    await visit().fetcher.close()
