"""Which spellings of a URL are one page."""

import pytest

from sitemap_cli.model.url_spellings import UrlSpellings, find_host, list_tracking_parameters, list_variants


def identify(url: str, spellings: UrlSpellings) -> str:
    (page,) = spellings.identify(spellings.clean([url]))
    return page


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a",
        "http://example.com/a",
        "https://www.example.com/a/",
        "https://EXAMPLE.com:443/a#top",
        "https://example.com/a?utm_source=x&utm_medium=y",
        "https://example.com/a/?gclid=1",
        "https://example.com/%61?UTM_Campaign=z&fbclid",
    ],
)
def test_these_are_one_page(url: str) -> None:
    assert identify(url, UrlSpellings()) == "example.com/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/A",
        "https://example.com/a?x=1",
        "https://example.com/a?utmost=1",
        "https://example.com:8443/a",
        "https://shop.example.com/a",
        "https://example.com/a/b",
        "https://example.com/",
    ],
)
def test_these_are_other_pages(url: str) -> None:
    assert identify(url, UrlSpellings()) != "example.com/a"


def test_only_equivalent_spellings_are_exact() -> None:
    exact = UrlSpellings(is_exact=True)
    assert identify("https://Example.com:443/%7Ea#x", exact) == "https://example.com/~a"
    assert identify("http://www.example.com/a/?utm_id=1", exact) == "http://www.example.com/a/?utm_id=1"


def test_the_user_names_more_parameters() -> None:
    spellings = UrlSpellings(ignored=("sid", "ref*"))
    assert identify("https://example.com/?sid=1&id=2&ref_x=3&side=4", spellings) == "example.com?id=2&side=4"
    assert identify("https://example.com/a?b=1&c", UrlSpellings(ignored=("*",))) == "example.com/a"


def test_a_break_in_a_url_does_not_move_the_others() -> None:
    urls = ["https://example.com/a\nb", "https://example.com/c?utm_id=1", "no url"]
    spellings = UrlSpellings()
    assert spellings.identify(spellings.clean(urls))[1:] == ["example.com/c", "no url"]


def test_a_variant_differs_in_what_it_says() -> None:
    found = dict(list_variants("https://example.com/a?x=1"))
    assert len(found) == 7
    assert found["https://example.com/a/?x=1"] == "with or without a trailing slash"
    assert found["http://www.example.com/a?x=1"] == "http or https, with or without www"
    assert not any("slash" in what for _, what in list_variants("https://example.com/"))


@pytest.mark.parametrize(
    "page", ["www.example.com/a", "example.com?x", "https://www.example.com/", "example.com"]
)
def test_the_host_of_a_page_has_no_www(page: str) -> None:
    assert find_host(page) == "example.com"


def test_tracking_parameters_are_written_once_and_in_lower_case() -> None:
    names = list_tracking_parameters()
    assert len(set(names)) == len(names) > 30
    assert all(each == each.lower() for each in names)
