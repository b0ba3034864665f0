"""Documents that the user names."""

import io
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from sitemap_cli.errors import UnreadableError
from sitemap_cli.fetch.interface import Request
from sitemap_cli.inputs import opened_document
from tests.fakes import DictFetcher, Reply
from tests.web import gz

MAX = 1_000
URL = "https://example.com/a.xml"


@pytest.mark.parametrize(
    ("name", "is_local"),
    [
        ("-", True),
        ("there.xml", True),
        ("folder", False),
        ("not-there.xml", False),
        ("https://example.com", False),
        ("n" * 5000, False),
        ("~nobody-of-this-name/a", False),
        ("a\0b", False),
    ],
)
def test_a_file_that_is_there_is_local(tmp_path, monkeypatch, name, is_local):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.xml").touch()
    (tmp_path / "folder").mkdir()
    assert opened_document.is_local(name) is is_local


@pytest.mark.parametrize("data", [b"<urlset/>", gz(b"<urlset/>")])
def test_a_file_is_read_in_pieces(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    with opened_document.open_local(str(tmp_path / "a"), URL, MAX) as opened:
        assert b"".join(opened.chunks) == b"<urlset/>"
    assert (opened.base_url, opened.problems) == (URL, [])


def test_standard_input_is_read_and_left_open(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(gz(b"hello")))
    monkeypatch.setattr(sys, "stdin", stdin)
    with opened_document.open_local("-", None, MAX) as opened:
        assert b"".join(opened.chunks) == b"hello"
    assert not stdin.buffer.closed


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (gz(b"hello")[:-9], ["truncated-gzip"]),
        (b"x" * (MAX + 1), ["too-large"]),
        (gz(b"hello") + b"garbage", ["trailing-garbage"]),
    ],
)
def test_what_is_wrong_with_a_file_is_known_at_its_end(tmp_path, data, faults):
    (tmp_path / "a").write_bytes(data)
    with opened_document.open_local(str(tmp_path / "a"), None, MAX) as opened:
        assert sum(map(len, opened.chunks)) > 0
    assert [each.code for each in opened.problems] == faults


@pytest.mark.parametrize("name", ["nothing-there", "a-folder", "n" * 5000, "~nobody-of-this-name/a", "a\0b"])
def test_a_file_that_cannot_be_read_is_reported(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(UnreadableError, match="cannot read"), opened_document.open_local(name, None, MAX):
        pass


def test_a_disk_that_fails_while_reading_is_reported(tmp_path, monkeypatch):
    class Failing(io.BytesIO):
        def read(self, _size=-1):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Failing()))
    with (
        opened_document.open_local("-", None, MAX) as opened,
        pytest.raises(UnreadableError, match=r"\(-\): Input/output error"),
    ):
        next(opened.chunks)


def test_what_a_failing_disk_gave_before_counts(monkeypatch):
    class Failing(io.BytesIO):
        def read(self, _size=-1):
            return super().read(5) or self.fail()

        def fail(self):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Failing(b"hello")))
    with opened_document.open_local("-", None, MAX) as opened:
        assert list(opened.chunks) == [b"hello"]
    (fault,) = opened.problems
    assert (fault.code, fault.message) == ("read-error", "the rest cannot be read: Input/output error")


@pytest.mark.parametrize("name", ["-", "~", "~nobody-of-this-name"])
def test_a_path_that_was_found_is_taken_as_it_is(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"hello")
    with opened_document.open_local(Path(name), None, MAX) as opened:
        assert b"".join(opened.chunks) == b"hello"


def test_an_error_of_writing_is_not_taken_for_one_of_reading(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(BrokenPipeError), opened_document.open_local(str(tmp_path / "a"), None, MAX):
        raise BrokenPipeError


async def fetched(reply):
    fetcher = DictFetcher({URL: reply})
    return fetcher, await fetcher.fetch(Request(URL))


@pytest.mark.parametrize(
    ("reply", "base_url", "expected"),
    [
        (Reply(b"hello"), None, (b"hello", URL, [])),
        (Reply(gz(b"hello")), "https://b.example/", (b"hello", "https://b.example/", [])),
        (Reply(b"hel", fault="incomplete-body"), None, (b"hel", URL, ["incomplete-body"])),
    ],
)
async def test_the_body_of_a_response_is_read_and_released(reply, base_url, expected):
    fetcher, response = await fetched(reply)
    with opened_document.open_response(response, base_url) as opened:
        content = b"".join(opened.chunks)
    assert (content, opened.base_url, [each.code for each in opened.problems]) == expected
    assert fetcher.open == 0


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=404), "the server responded with status 404"),
        (Reply(b"part", status=206), "the server responded with status 206"),
        (Reply(fault="timeout-read"), f"timeout-read at {URL}"),
    ],
)
async def test_a_response_without_content_is_reported(reply, why):
    fetcher, response = await fetched(reply)
    with pytest.raises(UnreadableError) as raised, opened_document.open_response(response, None):
        pass
    assert str(raised.value) == f"cannot read ({URL}): {why}"
    assert fetcher.open == 0


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [(None, None), ("text/xml; charset=UTF-8", "utf-8"), ("text/xml; charset", None)],
)
async def test_the_encoding_that_the_server_named_goes_along(content_type, charset):
    _, response = await fetched(Reply(b"hello"))
    with opened_document.open_response(replace(response, content_type=content_type), None) as opened:
        assert opened.charset == charset
