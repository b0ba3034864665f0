"""A folder asked like a web site, and never more than the folder."""

import hashlib

import pytest

from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.fetch.folder_fetcher import FolderFetcher
from sitemap_cli.fetch.interface import Purpose, Request
from sitemap_cli.settings import Settings
from tests.web import gz, urlset

DOCUMENT = urlset("https://example.com/")


@pytest.fixture
def folder(tmp_path):
    """A build with a secret beside it."""
    root = tmp_path / "build"
    (root / "blog").mkdir(parents=True)
    (root / "sitemap.xml").write_bytes(DOCUMENT)
    (root / "a b.xml.gz").write_bytes(gz(DOCUMENT))
    (root / "plain.xml.gz").write_bytes(DOCUMENT)
    (root / "cut.xml.gz").write_bytes(gz(DOCUMENT)[:-3])
    (root / "blog" / "index.html").write_text("<html>blog</html>")
    (root / "robots.txt").write_text("User-agent: *\n")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "circle").symlink_to(root / "circle")
    return root


async def get(fetcher, url, purpose=Purpose.SITEMAP):
    fetched = await fetcher.fetch(Request(url, purpose))
    if fetched.body is None:
        return fetched, None
    content = b"".join(fetched.body.read_chunks())
    fetched.body.close()
    await fetcher.close()
    return fetched, content


@pytest.mark.parametrize("base", ["https://example.com", "https://example.com/", "https://example.com/docs/"])
@pytest.mark.parametrize(
    ("path", "content", "content_type", "problems"),
    [
        ("sitemap.xml", DOCUMENT, "text/xml", []),
        ("sitemap.xml?x=1", DOCUMENT, "text/xml", []),
        ("a%20b.xml.gz", DOCUMENT, "application/gzip", []),
        ("plain.xml.gz", DOCUMENT, "application/gzip", ["gz-name-but-plain"]),
        ("blog/", b"<html>blog</html>", "text/html", []),
        ("blog", b"<html>blog</html>", "text/html", []),
    ],
)
async def test_a_file_is_served_as_a_web_server_would(folder, base, path, content, content_type, problems):
    url = f"{base.rstrip('/')}/{path}"
    fetched, got = await get(FolderFetcher(folder, base, Settings()), url)
    assert got == content
    assert fetched.ok
    assert (fetched.url, fetched.final_url, fetched.content_type) == (url, url, content_type)
    assert (fetched.digest, fetched.etag) == (hashlib.sha256(content).digest(), None)
    assert [problem.code for problem in fetched.problems] == problems


async def test_a_damaged_file_keeps_what_can_be_read(folder):
    fetched, content = await get(
        FolderFetcher(folder, "https://e.com/", Settings()), "https://e.com/cut.xml.gz"
    )
    assert (content, fetched.fault.reason) == (DOCUMENT, "truncated-gzip")


async def test_a_file_is_cut_at_the_limit(folder):
    fetcher = FolderFetcher(folder, "https://e.com/", Settings(max_bytes=10))
    fetched, content = await get(fetcher, "https://e.com/sitemap.xml")
    assert (content, fetched.fault.reason) == (DOCUMENT[:10], "too-large")


@pytest.mark.parametrize("path", ["none.xml", "", "blog/none", "a%00b", "x" * 5000, "circle", "circle/x"])
async def test_what_is_not_there_is_a_404(folder, path):
    fetched, content = await get(FolderFetcher(folder, "https://e.com/", Settings()), f"https://e.com/{path}")
    assert (fetched.status_code, fetched.fault, content) == (404, None, None)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://e.com/docs/link.txt", "outside-folder"),
        ("https://e.com/docs/%2e%2e/secret.txt", "outside-folder"),
        ("https://e.com/docs/blog/%2e%2e/%2e%2e/secret.txt", "outside-folder"),
        ("https://e.com/docs/../secret.txt", "outside-folder"),
        ("https://e.com/sitemap.xml", "outside-base"),
        ("https://e.com/docsitemap.xml", "outside-base"),
        ("http://e.com/docs/sitemap.xml", "outside-base"),
        ("https://www.e.com/docs/sitemap.xml", "outside-base"),
        ("https://e.com/docs//etc/passwd", None),
        ("ftp://e.com/docs/", "scheme-forbidden"),
        ("https://u:p@/docs/", "url-invalid"),
    ],
)
async def test_nothing_outside_is_ever_served(folder, url, reason):
    fetched, content = await get(FolderFetcher(folder, "https://e.com/docs", Settings()), url)
    assert content is None
    assert (fetched.fault and fetched.fault.reason) == reason
    assert reason or fetched.status_code == 404


async def test_a_robots_txt_above_the_base_is_only_missing(folder):
    fetcher = FolderFetcher(folder, "https://e.com/docs/", Settings())
    fetched, _ = await get(fetcher, "https://e.com/robots.txt", Purpose.ROBOTS)
    assert (fetched.status_code, fetched.fault) == (404, None)


@pytest.mark.parametrize("base", ["https://e.com/", "https://e.com/docs", "https://e.com/docs/sitemap.xml"])
async def test_a_single_file_is_served_and_its_neighbours_are_not(folder, base):
    fetcher = FolderFetcher(folder / "sitemap.xml", base, Settings())
    place = "https://e.com/docs" if "docs" in base else "https://e.com"
    assert (await get(fetcher, f"{place}/sitemap.xml"))[1] == DOCUMENT
    assert (await get(fetcher, f"{place}/robots.txt"))[0].status_code == 404


async def test_a_file_that_cannot_be_read_says_so(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    fetcher = FolderFetcher(folder, "https://e.com/", Settings())
    monkeypatch.setattr("pathlib.Path.open", refuse)
    fetched, _ = await get(fetcher, "https://e.com/sitemap.xml")
    assert (fetched.fault.reason, fetched.fault.message) == (
        "file-unreadable",
        "sitemap.xml cannot be read: Permission denied",
    )


def test_a_folder_that_is_not_there_or_a_base_that_is_none_is_said_at_once(tmp_path):
    with pytest.raises(UnreadableError):
        FolderFetcher(tmp_path / "none", "https://e.com/", Settings())
    with pytest.raises(UsageError):
        FolderFetcher(tmp_path, "nonsense", Settings())
