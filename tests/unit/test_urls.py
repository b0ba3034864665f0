"""URLs are compared and named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli import urls

BAD = "http://[::1"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.COM:443/a#b", "https://example.com/a"),
        ("http://example.com/%61?b#c", "http://example.com/a?b"),
        ("https://me:secret@example.com/", "https://example.com/"),
        (BAD, BAD),
        ("//]@", "//]@"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?a", "https://example.com/?a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://MÜLLER.example/größe?ä", "https://xn--mller-kva.example/gr%C3%B6%C3%9Fe?%C3%A4"),
        ("https://XN--MLLER-KVA.example/", "https://xn--mller-kva.example/"),
        ("https://m%C3%BCller.example/", "https://xn--mller-kva.example/"),
        ("https://müller\u3002example/", "https://xn--mller-kva.example/"),
        ("https://\uff45xample\uff0ecom/", "https://example.com/"),
        ("https://straße.de/", "https://xn--strae-oqa.de/"),
        ("https://example.com/%7eu/%2f%41%d0%bf", "https://example.com/~u/%2FA%D0%BF"),
        ("https://example.com/a/./b/../c/%2e", "https://example.com/a/c/"),
        ("https://example.com/../..", "https://example.com/"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com:0443/", "https://example.com/"),
        ("https://example.com:/", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("http://[::1]:80/", "http://[::1]/"),
    ],
)
def test_every_spelling_of_a_url_has_one_canonical_form(url, canonical):
    assert urls.canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a%40b", "https://example.com/a@b"),
        ("https://example.com/?", "https://example.com/"),
        ("https://example.com/?a=%26", "https://example.com/?a=&"),
        ("https://example.com/?a=+", "https://example.com/?a=%20"),
        ("https://example.com/", "http://example.com/"),
        ("https://example.com/", "https://www.example.com/"),
        ("https://straße.de/", "https://strasse.de/"),
        ("https://example.com/a//b", "https://example.com/a/b"),
    ],
)
def test_what_may_lead_to_different_pages_is_not_the_same_url(one, other):
    assert urls.canonical_url(one) != urls.canonical_url(other)


@given(url=st.from_regex(r"\Ahttps?://[a-zA-Z.é]{1,5}(:80)?(/[a-z.%4EäA2~ ]{0,4}){0,3}(\?[%a4E]{0,4})?\Z"))
def test_the_canonical_spelling_of_a_canonical_url_is_itself(url):
    canonical = urls.canonical_url(url)
    assert urls.canonical_url(canonical) == canonical
    assert not urls.is_canonical(url) or canonical == url


@given(
    st.lists(
        st.from_regex(r"\Ahttps?://[a-zA]{1,2}(:80)?(/[a-z.%4EäA2~\\\[ ]{0,4}){0,3}(\?[%a4E]{0,4})?(#a)?\Z"),
        min_size=1,
        max_size=2,
    )
)
def test_urls_that_pass_the_quick_test_together_are_canonical(several):
    assert not urls.are_canonical(several) or [urls.canonical_url(each) for each in several] == several


@pytest.mark.parametrize(
    "several",
    [
        ["https://example.com/a", "https://example.com/b?c=%20&d=.", "https://example.com/"],
        ["http://example.com/.well-known/a", "http://example.com/a./b"],
    ],
)
def test_usual_urls_pass_the_quick_test_together(several):
    assert urls.are_canonical(several)


def test_a_fragment_belongs_to_the_identity_of_a_url():
    assert urls.identify_url("HTTPS://example.com/%61#/b") == "https://example.com/a#/b"
    assert urls.are_equivalent("https://example.com", "https://EXAMPLE.com:443/")
    assert not urls.are_equivalent("https://example.com/#a", "https://example.com/#b")


@pytest.mark.parametrize(
    ("name", "canonical", "readable"),
    [
        ("Example.com", "example.com", "example.com"),
        ("example.com.:443", "example.com", "example.com"),
        ("müller.example:8080", "xn--mller-kva.example:8080", "müller.example:8080"),
        ("XN--MLLER-KVA.example", "xn--mller-kva.example", "müller.example"),
        ("xn--zz--.example", "xn--zz--.example", "xn--zz--.example"),
        ("[::1]:80", "[::1]", "[::1]"),
        ("[::1]:8000", "[::1]:8000", "[::1]:8000"),
    ],
)
def test_every_spelling_of_a_domain_has_one_canonical_and_one_readable_form(name, canonical, readable):
    assert (urls.canonical_domain(name), urls.readable_domain(name)) == (canonical, readable)


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("https://Example.com:443/a?b", "https://example.com/", "example.com"),
        ("http://me:secret@example.com:8000/a", "http://example.com:8000/", "example.com:8000"),
        ("http://[::1]:8000/a", "http://[::1]:8000/", "[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_origin_and_host_are_canonical(url, origin, host):
    assert (urls.url_origin(url), urls.host_and_port(url), urls.is_web_url(url)) == (origin, host, True)


@pytest.mark.parametrize(
    "url",
    [BAD, "//]@", "ftp://example.com/", "/a", "", "javascript:alert(1)", "http:///a", "http://[::127.1]/"],
)
def test_other_text_is_no_web_url(url):
    assert not urls.is_web_url(url)


@pytest.mark.parametrize("url", [BAD, "//]@", "/a", ""])
def test_a_url_without_host_has_an_empty_host_and_port(url):
    assert urls.host_and_port(url) == ""


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://e.com/", "https://e.com/"),
        ("https://e.com", "https://e.com/"),
        ("https://e.com/shop", "https://e.com/shop/"),
        ("https://e.com/shop/", "https://e.com/shop/"),
        ("https://e.com/shop/index.html?a#b", "https://e.com/shop/"),
        ("https://e.com/v1.2/shop", "https://e.com/v1.2/shop/"),
    ],
)
def test_the_folder_of_a_url_is_where_relative_paths_begin(url, folder):
    assert urls.folder_url(url) == folder


def test_the_origin_of_a_url_can_be_replaced():
    assert (
        urls.replace_origin("https://a.example/x?y", "http://b.example:8000/robots.txt")
        == "http://b.example:8000/x?y"
    )


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("HTTPS://WWW.Example.com:443/a?b", "https://www.example.com/", "example.com"),
        ("http://me:secret@example.com:8000", "http://example.com:8000/", "example.com:8000"),
        ("https://BÜCHER.example./ä", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        (BAD, BAD, "[::1"),
    ],
)
def test_textual_parts_have_the_canonical_host(url, origin, host):
    assert (urls.textual_origin(url), urls.textual_host(url)) == (origin, host)


@pytest.mark.parametrize(
    ("url", "rest"), [("https://e.com/a?b#c", "/a?b"), ("https://e.com", ""), (None, ""), (BAD, BAD)]
)
def test_path_and_query_do_not_depend_on_the_host(url, rest):
    assert urls.path_and_query(url) == rest


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("example.com/x", "https://example.com/x"),
        ("www.example.com", "https://www.example.com"),
        ("MÜLLER.example.com/x", "https://MÜLLER.example.com/x"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("hhtps://other.example/x", "https://other.example/x"),
        ("htp://other.example/x", "http://other.example/x"),
        ("http:/example.com/x", "http://example.com/x"),
        ("http//example.com/x", "http://example.com/x"),
        ("https:example.com/x", "https://example.com/x"),
        ("https:///other.example/x", "https://other.example/x"),
        ("http:\\\\example.com/x", "http://example.com/x"),
        ("https;//example.com/x", "https://example.com/x"),
        ("https.//example.com/x", "https://example.com/x"),
        ("htps;//other.example/x", "https://other.example/x"),
        ("https;//x", None),
        ("https://https.example/x", None),
        ("https://example.com/https://example.com/x", None),
        ("https://example.com?u=https://example.com/x", None),
        ("other.example/x", None),
        ("index.html", None),
        ("example.com.html", None),
        ("com/x", None),
        ("http:/x", None),
        ("http:/other.html", None),
        ("http//other.html", None),
        ("https:///x", None),
        ("https://example.com/", None),
        ("//example.com/x", None),
        ("/example.com/x", None),
        ("mailto:a@example.com", None),
        ("ftp://example.com/", None),
    ],
)
def test_a_scheme_is_repaired_where_the_host_is_certain(text, meant):
    assert urls.repair_scheme(text, "https://www.example.com/sitemap.xml") == meant
    assert urls.repair_scheme(text, "") is None


@pytest.mark.parametrize("before", ["http://", "https:", "HTTP:///"])
def test_the_first_of_two_schemes_is_left_out(before):
    for base in ("", "https://example.com/"):
        assert urls.repair_scheme(f"{before}https://other.example/x", base) == "https://other.example/x"
    assert urls.repair_scheme("http://https:8080/x", "") is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("http://https//example.com/x", "https://example.com/x"),
        ("https://https:/example.com/x", "https://example.com/x"),
        ("http://http/x", None),
        ("https://example.comhttps://example.com/x", "https://example.com/x"),
        ("https://example.com:8080http://other.example/x", "http://other.example/x"),
    ],
)
def test_what_stands_before_the_scheme_of_a_whole_url_is_left_out(text, meant):
    assert urls.repair_scheme(text, "https://www.example.com/sitemap.xml") == meant


def test_a_host_above_that_of_the_base_is_certain_unless_it_is_a_public_suffix():
    assert urls.repair_scheme("example.co.uk/x", "https://shop.example.co.uk/") == "https://example.co.uk/x"
    assert urls.repair_scheme("co.uk/x", "https://example.co.uk/") is None
    assert (
        urls.repair_scheme("müller.example/x", "https://xn--mller-kva.example/") == "https://müller.example/x"
    )


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("example.com", "example.com"),
        ("www.example.com:8080", "example.com"),
        ("WWW.Example.com", "example.com"),
        ("shop.example.com", "shop.example.com"),
        ("[::1]:8080", "[::1]"),
        ("127.0.0.1:443", "127.0.0.1"),
    ],
)
def test_neither_a_port_nor_www_makes_it_another_host(domain: str, host: str) -> None:
    assert urls.find_politeness_host(domain) == host
