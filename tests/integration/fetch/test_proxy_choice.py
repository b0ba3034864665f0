"""Which proxy is used: the user's, or that of the environment where it is trusted; and what is said of it."""

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
def said(monkeypatch, caplog):
    """What our log says, also where a command before has kept it from others."""
    monkeypatch.setattr(logging.getLogger("sitemap_cli"), "propagate", True)
    return caplog


@pytest.mark.parametrize(
    ("proxy", "is_said"),
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
def test_that_the_guard_cannot_see_addresses_is_said_once(said, proxy, is_said):
    HttpFetcher(Settings(proxy=proxy and proxy.replace("://", "://me:secret@")))
    assert said.text.count(GUARD_IS_OFF) == is_said
    assert "secret" not in said.text
    said.clear()
    HttpFetcher(Settings(proxy=proxy, allow_private=True))
    assert said.text == ""


def test_without_the_extra_the_user_is_told_what_to_install(monkeypatch):
    imported = builtins.__import__

    def missing(name, *arguments, **options):
        if name.startswith("python_socks"):
            raise ImportError(name)
        return imported(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ConfigurationError) as caught:
        HttpFetcher(Settings(proxy="socks5h://me:secret@127.0.0.1"))
    assert caught.value.hint == "pip install 'sitemap-cli[socks]'"
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
def test_what_is_no_proxy_is_a_mistake_of_the_user(monkeypatch, option, proxy):
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
def test_the_environment_names_proxies_when_it_is_trusted(monkeypatch, variables, url, proxy):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = ProxySelector(Settings(trust_env=True)).choose_proxy(URL(url))
    assert (found and str(found.url)) == proxy
    assert ProxySelector(Settings()).choose_proxy(URL(url)) is None
    ours = ProxySelector(Settings(trust_env=True, proxy="http://z:9")).choose_proxy(URL(url))
    assert ours is not None
    assert str(ours.url) == "http://z:9"


async def test_the_environment_is_not_looked_at_unless_it_is_trusted(
    site, visit, monkeypatch, tmp_path, said
):
    site.routes["*"] = Answer(b"here")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Tunnel(routes={"*": Answer(b"by proxy")}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        options = {"allow_private": False, "allow_network": ("127.0.0.1",)}
        assert (await visit(**options)(f"{site.url}/a.xml"))[1] == b"here"
        assert (proxy.hits, said.text) == ([], "")
        assert (await visit(trust_env=True, **options)(f"{site.url}/a.xml"))[1] == b"by proxy"
        assert GUARD_IS_OFF in said.text
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert (await visit(trust_env=True, **options)(f"{site.url}/a.xml"))[1] == b"here"
    # Nobody asked us to send what a .netrc holds.
    assert all("authorization" not in hit.headers for hit in [*site.hits, *proxy.hits])


async def test_past_a_proxy_of_the_environment_addresses_are_guarded(site, visit, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "rebound.example")
    pin = f"rebound.example:{site.port}:127.0.0.1"
    ask = visit(trust_env=True, allow_private=False, resolve=(pin,))
    fetched, _ = await ask(f"http://rebound.example:{site.port}/")
    assert (fetched.fault.reason, site.connections) == ("blocked-address", 0)


def test_the_program_says_on_stderr_that_the_guard_is_off(tmp_path):
    program = Program(tmp_path, {"SITEMAP_RETRIES": "0"})
    with Tunnel(routes={"*": Answer(b"User-agent: *\nDisallow: /x\n")}) as proxy:
        trusting = program.having(http_proxy=proxy.url.replace("://", "://me:secret@"))
        done = trusting("robots", "http://example.com", "--trust-env", "--format", "jsonl")
        assert (done.code, proxy.paths) == (0, ["http://example.com/robots.txt"])
    assert done.err.splitlines() == [
        f"warning: {GUARD_IS_OFF}: {proxy.url} resolves them and may reach private ones"
    ]
