"""Key files of IndexNow: whose URLs they prove."""

import pytest

from sitemap_cli.crawl.key_file import list_host_names, locate_key_file, parse_key_location
from sitemap_cli.errors import UsageError

KEY = "12345678"


@pytest.mark.parametrize(
    ("location", "covered", "others"),
    [
        ("https://a.example/key.txt", ["https://a.example/", "http://a.example/x/y?z"], []),
        (
            "https://A.example:443/shop/key.txt",
            ["https://a.example/shop/", "https://a.example/shop/a/b"],
            ["https://a.example/shop", "https://a.example/shopping/a", "https://a.example/?/shop/"],
        ),
        ("http://a.example:8080/a/b/key", ["http://a.example:8080/a/b/c"], ["http://a.example:8080/a/c"]),
    ],
)
def test_a_key_file_covers_its_folder_and_what_is_below_it(
    location: str, covered: list[str], others: list[str]
) -> None:
    key_file = parse_key_location("--key-location", location)
    assert [url for url in (*covered, *others) if key_file.covers(url)] == covered


def test_the_usual_place_is_the_root_of_the_host() -> None:
    key_file = locate_key_file(KEY, "http://a.example:8080/x/y")
    assert (key_file.url, key_file.host, key_file.folder) == (
        f"http://a.example:8080/{KEY}.txt",
        "a.example:8080",
        "/",
    )
    assert key_file.describe(KEY) == "http://a.example:8080/<key>.txt"


@pytest.mark.parametrize("text", ["key.txt", "ftp://a.example/key.txt", "https:///key.txt", "https://[::1/k"])
def test_a_location_is_the_url_of_a_file(text: str) -> None:
    with pytest.raises(UsageError):
        parse_key_location("--key-location", text)


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("a.example", {"a.example", "www.a.example"}),
        ("www.a.example", {"a.example", "www.a.example"}),
        ("A.example:8080", {"a.example:8080", "www.a.example:8080"}),
        ("bücher.example:443", {"xn--bcher-kva.example", "www.xn--bcher-kva.example"}),
    ],
)
def test_a_domain_has_its_host_with_and_without_www(domain: str, names: set[str]) -> None:
    assert list_host_names(domain) == names
