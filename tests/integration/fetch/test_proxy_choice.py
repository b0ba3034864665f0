"""The choice of a proxy: the user's, or one from a trusted environment; and the messages about it."""

import builtins
import logging
import os

import pytest
from yarl import URL

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.fetch.transport.proxy import ProxySelector
from sitemap_cli.settings import Settings
from tests.acceptance.command import Program
from tests.tunnel import Tunnel
from tests.web import Answer

GUARD_IS_OFF = "private addresses are not blocked for host names"


@pytest.fixture(autouse=True)
def no_proxies_of_ours(monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def log(monkeypatch, caplog):
    """Return the log, even if an earlier command has disabled its propagation."""
    monkeypatch.setattr(logging.getLogger("sitemap_cli"), "propagate", True)
    return caplog


@pytest.mark.parametrize(
    ("proxy", "is_logged"),
    [
        ("http://127.0.0.1:9", True),
        ("https://127.0.0.1:9", True),
        ("socks5h://127.0.0.1", True),
        ("socks4a://127.0.0.1", True),
        ("socks5://127.0.0.1", False),
        ("socks4://127.0.0.1", False),
        (None, False),
    ],
)
def test_a_resolving_proxy_is_warned_about_once(log, proxy, is_logged):
    HttpFetcher(Settings(proxy=proxy and proxy.replace("://", "://me:secret@")))
    assert log.text.count(GUARD_IS_OFF) == is_logged
    assert "secret" not in log.text
    log.clear()
    HttpFetcher(Settings(proxy=proxy, allow_private=True))
    assert log.text == ""


def test_a_missing_socks_extra_gives_an_install_hint(monkeypatch):
    imported = builtins.__import__

    def missing(name, *arguments, **options):
        if name.startswith("python_socks"):
            raise ImportError(name)
        return imported(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ConfigurationError) as caught:
        HttpFetcher(Settings(proxy="socks5h://me:secret@127.0.0.1"))
    assert caught.value.hint == "pip install 'python-socks[asyncio]'"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy",
    [
        "",
        "nonsense",
        "127.0.0.1:3128",
        "me:secret@127.0.0.1:3128",
        "http://[::1",
        "http://me:secret@",
        "http://me:secret@127.0.0.1:0",
        "http://me:secret@127.0.0.1:99999",
        "ftp://me:secret@127.0.0.1",
        "socks6://me:secret@127.0.0.1",
        "socks5h://me:secretä@127.0.0.1",
        f"socks5h://me:{'secret' * 50}@127.0.0.1",
    ],
)
@pytest.mark.parametrize("option", ["--proxy", "HTTPS_PROXY"])
def test_an_invalid_proxy_is_a_configuration_error(monkeypatch, option, proxy):
    by_option = option == "--proxy"
    monkeypatch.setenv("HTTPS_PROXY", proxy if "://" in proxy else "ftp://me:secret@x")
    settings = Settings(proxy=proxy) if by_option else Settings(trust_env=True)
    with pytest.raises(ConfigurationError) as caught:
        ProxySelector(settings)
    assert str(caught.value).startswith((f"invalid proxy URL ({option} ", f"invalid value ({option} "))
    assert "secret" not in str(caught.value)


WEB = {"HTTP_PROXY": "http://a:1", "HTTPS_PROXY": "https://b:2", "ALL_PROXY": "socks5h://c"}


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        (WEB, "http://example.com/", "http://a:1"),
        (WEB, "https://example.com/", "https://b:2"),
        ({"ALL_PROXY": "socks5h://me:secret@c"}, "https://example.com/", "socks5h://c"),
        ({"all_proxy": "socks5h://c", "https_proxy": "http://d:1"}, "http://example.com/", "socks5h://c"),
        ({"http_proxy": "e:3128"}, "http://example.com/", "http://e:3128"),
        ({"http_proxy": "me:secret@e:3128"}, "http://example.com/", "http://e:3128"),
        ({"HTTP_PROXY": "http://a:1"}, "https://example.com/", None),
        ({"HTTP_PROXY": ""}, "http://example.com/", None),
        ({"HTTP_PROXY": "http://a:1", "REQUEST_METHOD": "GET"}, "http://example.com/", None),
        (WEB | {"NO_PROXY": "*"}, "http://example.com/", None),
        (WEB | {"NO_PROXY": "example.com"}, "http://example.com/", None),
        (WEB | {"NO_PROXY": "example.com"}, "http://EXAMPLE.com./", None),
        (WEB | {"NO_PROXY": "x.org, .example.com"}, "http://www.example.com/", None),
        (WEB | {"no_proxy": "example.com:8080"}, "http://example.com:8080/", None),
        (WEB | {"no_proxy": "example.com:8080"}, "http://example.com/", "http://a:1"),
        (WEB | {"NO_PROXY": "example.com"}, "http://notexample.com/", "http://a:1"),
        (WEB | {"NO_PROXY": "127.0.0.1,::1"}, "http://[::1]/", None),
        (WEB | {"NO_PROXY": "[::1]"}, "http://[::1]:80/", None),
        (WEB | {"NO_PROXY": "127.0.0.1"}, "http://127.0.0.1:8000/", None),
    ],
)
def test_proxies_of_a_trusted_environment_are_used(monkeypatch, variables, url, proxy):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = ProxySelector(Settings(trust_env=True)).choose_proxy(URL(url))
    assert (found and str(found.url)) == proxy
    assert ProxySelector(Settings()).choose_proxy(URL(url)) is None
    ours = ProxySelector(Settings(trust_env=True, proxy="http://z:9")).choose_proxy(URL(url))
    assert ours is not None
    assert str(ours.url) == "http://z:9"


async def test_proxies_of_the_environment_are_ignored_by_default(site, visit, monkeypatch, tmp_path, log):
    site.routes["*"] = Answer(b"here")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Tunnel(routes={"*": Answer(b"by proxy")}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        options = {"allow_private": False, "allow_network": ("127.0.0.1",)}
        assert (await visit(**options)(f"{site.url}/a.xml"))[1] == b"here"
        assert (proxy.hits, log.text) == ([], "")
        assert (await visit(trust_env=True, **options)(f"{site.url}/a.xml"))[1] == b"by proxy"
        assert GUARD_IS_OFF in log.text
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert (await visit(trust_env=True, **options)(f"{site.url}/a.xml"))[1] == b"here"
    # The contents of a .netrc are not requested and must not be sent.
    assert all("authorization" not in hit.headers for hit in [*site.hits, *proxy.hits])


async def test_the_guard_is_on_for_hosts_in_no_proxy(site, visit, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "rebound.example")
    pin = f"rebound.example:{site.port}:127.0.0.1"
    ask = visit(trust_env=True, allow_private=False, resolve=(pin,))
    response, _ = await ask(f"http://rebound.example:{site.port}/")
    assert (response.fault.reason, site.connections) == ("blocked-address", 0)


def test_the_program_warns_on_stderr_about_a_resolving_proxy(tmp_path):
    program = Program(tmp_path, {"SITEMAP_RETRIES": "0"})
    with Tunnel(routes={"*": Answer(b"User-agent: *\nDisallow: /x\n")}) as proxy:
        trusting = program.having(http_proxy=proxy.url.replace("://", "://me:secret@"))
        done = trusting("robots", "http://example.com", "--trust-env", "--format", "jsonl")
        assert (done.code, proxy.paths) == (0, ["http://example.com/robots.txt"])
    assert done.err.splitlines() == [
        f"warning: {GUARD_IS_OFF}: {proxy.url} resolves them and may reach private ones",
        "read http://example.com/robots.txt",
    ]
