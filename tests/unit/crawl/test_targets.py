"""Targets that a user may name, and how they are parsed."""

import pytest

from sitemap_cli.crawl.targets import TargetKind, parse_target
from sitemap_cli.errors import UsageError

SITE, PAGE, SITEMAP, ROBOTS = TargetKind.SITE, TargetKind.PAGE, TargetKind.SITEMAP, TargetKind.ROBOTS


@pytest.mark.parametrize(
    ("text", "domain", "kind", "rest"),
    [
        ("example.com", "example.com", SITE, "example.com/"),
        (" Example.COM\n", "example.com", SITE, "example.com/"),
        ("example.com/", "example.com", SITE, "example.com/"),
        ("example.com.", "example.com.", SITE, "example.com./"),
        ("localhost", "localhost", SITE, "localhost/"),
        ("example.com:8080", "example.com:8080", SITE, "example.com:8080/"),
        ("127.0.0.1", "127.0.0.1", SITE, "127.0.0.1/"),
        ("127.0.0.1:8000", "127.0.0.1:8000", SITE, "127.0.0.1:8000/"),
        ("[::1]", "[::1]", SITE, "[::1]/"),
        ("[2001:DB8::1]:8000", "[2001:db8::1]:8000", SITE, "[2001:db8::1]:8000/"),
        ("Bücher.example", "bücher.example", SITE, "xn--bcher-kva.example/"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", SITE, "xn--bcher-kva.example/"),
        ("example.com/blog", "example.com", PAGE, "example.com/blog"),
        ("example.com/?to=http://elsewhere/", "example.com", PAGE, "example.com/?to=http://elsewhere/"),
        ("example.com/sitemap.xml", "example.com", SITEMAP, "example.com/sitemap.xml"),
        ("example.com/robots.txt", "example.com", ROBOTS, "example.com/robots.txt"),
    ],
)
def test_without_a_scheme_https_is_tried_before_http(text, domain, kind, rest):
    target = parse_target(text)
    assert (target.domain, target.kind) == (domain, kind)
    assert target.urls[:2] == (f"https://{rest}", f"http://{rest}")
    assert target.folder is None


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("example.com", "www.example.com/"),
        ("Example.COM/shop/?a=b", "www.example.com/shop/?a=b"),
        ("example.com/sitemap.xml", "www.example.com/sitemap.xml"),
        ("example.com/robots.txt", "www.example.com/robots.txt"),
        ("example.com.", "www.example.com./"),
        ("blog.example.com", "www.blog.example.com/"),
        ("bücher.example", "www.xn--bcher-kva.example/"),
        ("www.example.com", "example.com/"),
        ("WWW.Example.com/a", "example.com/a"),
        ("www.bücher.example", "xn--bcher-kva.example/"),
        ("wwwx.example", "www.wwwx.example/"),
    ],
)
def test_a_name_without_a_scheme_has_a_twin_with_or_without_www(text, twin):
    assert parse_target(text).urls[2:] == (f"https://{twin}", f"http://{twin}")


@pytest.mark.parametrize(
    "name",
    [
        *("example.com", "www.example.com", "a-b.example.co.uk", "1.example.com", "www.www.example"),
        *("www.com", "a.b", "x--y.example", "xn--bcher-kva.example", f"{'a' * 63}.example"),
        *(f"{'a.' * 119}de", f"{'a.' * 120}de", f"{'a.' * 123}example"),
    ],
)
def test_a_plain_name_is_read_as_the_same_name_in_capitals_is(name):
    plain, capitals = parse_target(name), parse_target(name.upper(), local=False)
    assert (plain.domain, plain.kind, plain.urls) == (capitals.domain, capitals.kind, capitals.urls)


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "localhost.",
        "www.localhost",
        "www.localhost.",
        "www.",
        "example.com:8080",
        "www.example.com:80",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "[::1]",
        "[::1]:80",
        ".".join(["h" * 62] * 4),
    ],
)
def test_what_is_no_name_of_several_labels_has_no_twin(text):
    assert len(parse_target(text).urls) == 2


@pytest.mark.parametrize("text", ["https://example.com", "http://www.example.com", "https://example.com/a"])
def test_a_url_with_a_scheme_has_no_other_candidates(text):
    assert len(parse_target(text).urls) == 1


@pytest.mark.parametrize(
    ("text", "domain", "kind", "url"),
    [
        ("https://example.com", "example.com", SITE, "https://example.com/"),
        ("HTTP://EXAMPLE.com/", "example.com", SITE, "http://example.com/"),
        ("https://example.com/#top", "example.com", SITE, "https://example.com/"),
        ("https://example.com:443/", "example.com:443", SITE, "https://example.com/"),
        ("https://example.com:8443", "example.com:8443", SITE, "https://example.com:8443/"),
        ("https://BÜCHER.example/ä", "bücher.example", PAGE, "https://xn--bcher-kva.example/%C3%A4"),
        ("http://[::1]:80/x/", "[::1]:80", PAGE, "http://[::1]/x/"),
        ("https://example.com/?page=2", "example.com", PAGE, "https://example.com/?page=2"),
        ("https://example.com/a/sitemap", "example.com", SITEMAP, "https://example.com/a/sitemap"),
        ("https://example.com/s.xml.gz?x=1", "example.com", SITEMAP, "https://example.com/s.xml.gz?x=1"),
        ("https://example.com/feed.rss", "example.com", SITEMAP, "https://example.com/feed.rss"),
        ("https://example.com/sitemap_index.php", "example.com", SITEMAP, None),
        ("https://example.com/sitemaps/", "example.com", PAGE, "https://example.com/sitemaps/"),
        ("https://example.com/robots.txt", "example.com", ROBOTS, "https://example.com/robots.txt"),
        ("https://example.com/a/robots.txt", "example.com", ROBOTS, None),
    ],
)
def test_a_url_is_taken_as_typed(text, domain, kind, url):
    target = parse_target(text)
    assert (target.domain, target.kind, target.urls) == (domain, kind, (url or text,))


@pytest.mark.parametrize("text", ["https://me:secret@example.com/a", "https://secret@example.com/a"])
def test_credentials_are_dropped(text):
    target = parse_target(text)
    assert (target.domain, target.urls, target.text) == (
        "example.com",
        ("https://example.com/a",),
        "https://example.com/a",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a domain, URL, folder or file: it is empty"),
        (" \n", "not a domain, URL, folder or file: it is empty"),
        ("a b", "not a domain, URL, folder or file (a b)"),
        ("//example.com", "not a domain, URL, folder or file (//example.com)"),
        ("example.com?x", "not a domain, URL, folder or file (example.com?x)"),
        (
            "me@example.com",
            "not a domain, URL, folder or file (example.com): it looks like an e-mail address",
        ),
        ("me:secret@a b", "not a domain, URL, folder or file (a b)"),
        ("\x1b[31m.com", "not a domain, URL, folder or file (\\x1b[31m.com)"),
        ("C:\\site", "not a domain, URL, folder or file (C:\\site)"),
        ("x:99999", "not a usable URL (x:99999): a port is from 1 to 65535"),
        ("x:0", "not a usable URL (x:0): a port is from 1 to 65535"),
        ("a..b", "not a usable URL (a..b)"),
        ("a\0b", "not a usable URL (a\\x00b)"),
        ("~nobody-of-this-name", "no such folder or file (~nobody-of-this-name)"),
        ("h" * 64 + ".example", f"not a usable URL ({'h' * 64}.example)"),
        ("h" * 5000, f"not a usable URL ({'h' * 200})"),
        ("https://.", "not a usable URL (https://.)"),
        ("ü" * 64 + ".example", "not a usable URL (" + "ü" * 64 + ".example)"),
        ("-", "standard input is not read here (-)"),
        ("./dist", "no such folder or file (./dist)"),
        ("../dist/sitemap.xml", "no such folder or file (../dist/sitemap.xml)"),
        ("/nowhere/dist", "no such folder or file (/nowhere/dist)"),
        ("dist/", "no such folder or file (dist/)"),
        ("dist/sitemap.xml", "no such folder or file (dist/sitemap.xml)"),
        ("sitemap.xml.gz", "no such folder or file (sitemap.xml.gz)"),
        ("Domains.CSV", "no such folder or file (Domains.CSV)"),
        (".example.com", "not a usable URL (.example.com)"),
        ("example.com..", "not a usable URL (example.com..)"),
        ("a\u200db.com", "not a usable URL (a\\u200db.com)"),
        ("\uff0e", "not a usable URL (\uff0e)"),
        ("https:///path", "not a usable URL (https:///path): it has no host name"),
        ("https://me:secret@", "not a usable URL (https://): it has no host name"),
        ("http://exa mple.com/", "not a usable URL (http://exa mple.com/)"),
        ("http://[::1", "not a usable URL (http://[::1)"),
        ("ftp://me:secret@x/", "not a usable URL (ftp://x/): only http and https URLs can be fetched"),
        (
            "file:///etc/passwd",
            "not a usable URL (file:///etc/passwd): only http and https URLs can be fetched",
        ),
    ],
)
def test_an_invalid_target_is_reported_in_one_clean_line(text, message):
    with pytest.raises(UsageError) as raised:
        parse_target(text)
    assert str(raised.value) == message


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Create a local build, and change to the folder around it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "sitemap.xml").touch()
    (tmp_path / "sitemap.xml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "base_url", "kind", "url"),
    [
        ("dist", "https://example.com", SITE, "https://example.com/"),
        ("dist/", "https://example.com/shop", SITE, "https://example.com/shop/"),
        ("./dist", "https://example.com/shop/?x=1#y", SITE, "https://example.com/shop/"),
        ("sitemap.xml", "https://example.com", SITEMAP, "https://example.com/sitemap.xml"),
        ("dist/sitemap.xml", "https://example.com/a", SITEMAP, "https://example.com/a/sitemap.xml"),
        ("dist/sitemap.xml", "https://example.com/a/sitemap.xml", SITEMAP, None),
    ],
)
def test_a_folder_or_file_is_published_at_its_base(build, text, base_url, kind, url):
    target = parse_target(text, base_url=base_url)
    assert (target.domain, target.kind) == ("example.com", kind)
    assert target.urls == (url or base_url,)
    assert target.folder is not None
    assert target.folder.exists()


@pytest.mark.parametrize(
    ("text", "base_url", "message"),
    [
        ("dist", None, "a local folder or file needs a base URL (dist)"),
        ("./sitemap.xml", None, "a local folder or file needs a base URL (./sitemap.xml)"),
        ("nothing", "https://example.com", "no such folder or file (nothing)"),
        ("n" * 5000, "https://example.com", f"no such folder or file ({'n' * 200})"),
        ("~a\0b", "https://example.com", "no such folder or file (~a\\x00b)"),
        ("dist", "example.com", "not a usable URL (example.com): https:// is missing"),
        (
            "dist",
            "ftp://me:secret@example.com",
            "not a usable URL (ftp://example.com): only http and https URLs can be fetched",
        ),
    ],
)
def test_a_folder_or_file_needs_a_usable_base(build, text, base_url, message):
    with pytest.raises(UsageError) as raised:
        parse_target(text, base_url=base_url)
    assert str(raised.value) == message


def test_a_name_that_could_be_a_host_is_one_even_where_a_file_has_it(build, monkeypatch):
    monkeypatch.chdir(build)
    (build / "example.com").write_text("")
    assert parse_target("example.com").urls[:2] == ("https://example.com/", "http://example.com/")


def test_a_name_with_the_suffix_of_a_file_is_no_host(build, monkeypatch):
    monkeypatch.chdir(build)
    (build / "map.xml").write_text("")
    with pytest.raises(UsageError, match="needs a base URL"):
        parse_target("map.xml")


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("https://user:p%40ss@example.com/", "user:p@ss"),
        ("https://user:p@ss@example.com/a", "user:p@ss"),
        ("https://user@example.com", "user:"),
        ("https://:key@example.com/sitemap.xml", ":key"),
        ("https://user:a:b@example.com:8443/", "user:a:b"),
        ("user:pass@example.com", "user:pass"),
        ("user:pass@example.com:8443/shop/", "user:pass"),
        ("https://@example.com/", None),
        ("https://:@example.com/", None),
        ("https://example.com/@user:pass@x", None),
        ("example.com/a:b@c", None),
    ],
)
def test_the_name_and_password_in_a_target_are_in_no_other_field(text, login):
    target = parse_target(text)
    assert target.login == login
    assert target.domain.partition(":")[0] == "example.com"
    assert login is None or not any(part and part in repr(target) for part in ("user", "p@ss", "pass", "key"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("https//example.com", "https://example.com"),
        ("http:/example.com", "http://example.com"),
        ("hhtps://example.com", "https://example.com"),
        ("https:example.com", "https://example.com"),
        ("ttps://example.com", "https://example.com"),
        ("https:\\\\example.com\\a", "https://example.com/a"),
        ("http:\\\\127.0.0.1:8000\\", "http://127.0.0.1:8000/"),
        ("https;//example.com", "https://example.com"),
        ("https.//example.com", "https://example.com"),
        ("https://https://example.com", "https://example.com"),
        ("http://http://example.com/a", "http://example.com/a"),
        ("http//https://example.com", "https://example.com"),
    ],
)
def test_a_misspelled_scheme_is_an_error_with_a_hint(text, meant):
    with pytest.raises(UsageError, match="its scheme is misspelled") as raised:
        parse_target(text)
    assert raised.value.hint == f"use {meant}"
    assert parse_target(meant).urls


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("<https://example.com/a>", "https://example.com/a"),
        ("\u201chttps://example.com\u201d", "https://example.com"),
        ("[Example](https://example.com)", "https://example.com"),
        ("view-source:https://example.com/a", "https://example.com/a"),
        ("'example.com'", "example.com"),
        ("(example.com)", "example.com"),
        ("example.com;", "example.com"),
        ("example.com:", "example.com"),
        ("//example.com", "example.com"),
        ("example.com\\a", "example.com/a"),
    ],
)
def test_what_stands_around_a_target_is_left_out_of_the_hint(text, meant):
    with pytest.raises(UsageError) as raised:
        parse_target(text)
    assert raised.value.hint == f"use {meant}"
    assert parse_target(meant).urls


@pytest.mark.parametrize("text", ["me@example.com", "mailto:me@example.com"])
def test_an_e_mail_address_is_named_as_such(text):
    with pytest.raises(UsageError, match="it looks like an e-mail address"):
        parse_target(text)


@pytest.mark.parametrize("text", ['https://me:p"w@example.com a', "x me:https://p w@a.b"])
def test_no_hint_has_a_part_of_a_password(text):
    with pytest.raises(UsageError) as raised:
        parse_target(text)
    assert raised.value.hint is None


@pytest.mark.parametrize("text", ["http.example.com", "https:8080", "https", "ttp.example"])
def test_a_host_that_begins_like_a_scheme_is_a_host(text):
    assert parse_target(text).domain == text
