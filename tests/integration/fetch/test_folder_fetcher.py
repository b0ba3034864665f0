"""A folder is served like a web site, and nothing outside of it."""

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
    """Create a folder with a secret file next to it."""
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
    response = await fetcher.fetch(Request(url, purpose))
    if response.body is None:
        return response, None
    content = b"".join(response.body.read_chunks())
    response.body.close()
    await fetcher.close()
    return response, content


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
    response, got = await get(FolderFetcher(folder, base, Settings()), url)
    assert got == content
    assert response.ok
    assert (response.url, response.final_url, response.content_type) == (url, url, content_type)
    assert (response.digest, response.etag) == (hashlib.sha256(content).digest(), None)
    assert [problem.code for problem in response.problems] == problems


async def test_a_damaged_file_keeps_what_can_be_read(folder):
    response, content = await get(
        FolderFetcher(folder, "https://e.com/", Settings()), "https://e.com/cut.xml.gz"
    )
    assert (content, response.fault.reason) == (DOCUMENT, "truncated-gzip")


async def test_a_file_is_cut_at_the_limit(folder):
    fetcher = FolderFetcher(folder, "https://e.com/", Settings(max_bytes=10))
    response, content = await get(fetcher, "https://e.com/sitemap.xml")
    assert (content, response.fault.reason) == (DOCUMENT[:10], "too-large")


@pytest.mark.parametrize("path", ["none.xml", "", "blog/none", "a%00b", "x" * 5000, "circle", "circle/x"])
async def test_a_missing_file_is_a_404(folder, path):
    response, content = await get(
        FolderFetcher(folder, "https://e.com/", Settings()), f"https://e.com/{path}"
    )
    assert (response.status_code, response.fault, content) == (404, None, None)


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
async def test_nothing_outside_of_the_folder_is_served(folder, url, reason):
    response, content = await get(FolderFetcher(folder, "https://e.com/docs", Settings()), url)
    assert content is None
    assert (response.fault and response.fault.reason) == reason
    assert reason or response.status_code == 404


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://www.e.com/docs/a.xml", "https://www.e.com/docs"),
        ("http://e.com/docs/a.xml", "http://e.com/docs"),
        ("https://e.com/a.xml", None),
        ("https://f.com/docs/a.xml", None),
        ("https://e.com:8443/docs/a.xml", None),
    ],
)
async def test_a_base_that_the_sitemaps_spell_otherwise_is_named(folder, url, base):
    response, _ = await get(FolderFetcher(folder, "https://e.com/docs", Settings()), url)
    message = f"{url} is not part of the local folder for https://e.com/docs"
    assert response.fault.message == message + (f"; the sitemaps say --base-url {base}" if base else "")


async def test_a_robots_txt_above_the_base_is_missing(folder):
    fetcher = FolderFetcher(folder, "https://e.com/docs/", Settings())
    response, _ = await get(fetcher, "https://e.com/robots.txt", Purpose.ROBOTS)
    assert (response.status_code, response.fault) == (404, None)


@pytest.mark.parametrize("base", ["https://e.com/", "https://e.com/docs", "https://e.com/docs/sitemap.xml"])
async def test_a_single_file_is_served_and_its_neighbours_are_not(folder, base):
    fetcher = FolderFetcher(folder / "sitemap.xml", base, Settings())
    place = "https://e.com/docs" if "docs" in base else "https://e.com"
    assert (await get(fetcher, f"{place}/sitemap.xml"))[1] == DOCUMENT
    assert (await get(fetcher, f"{place}/robots.txt"))[0].status_code == 404


async def test_an_unreadable_file_is_a_fault(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    fetcher = FolderFetcher(folder, "https://e.com/", Settings())
    monkeypatch.setattr("pathlib.Path.open", refuse)
    response, _ = await get(fetcher, "https://e.com/sitemap.xml")
    assert (response.fault.reason, response.fault.message) == (
        "file-unreadable",
        "sitemap.xml cannot be read: Permission denied",
    )


def test_a_missing_folder_or_an_invalid_base_is_an_error(tmp_path):
    with pytest.raises(UnreadableError):
        FolderFetcher(tmp_path / "none", "https://e.com/", Settings())
    with pytest.raises(UsageError):
        FolderFetcher(tmp_path, "nonsense", Settings())
