"""Which certificates are accepted, and which sites receive the client certificate."""

import asyncio
import contextlib
import os
import socket
import ssl
import subprocess
import sys
from types import SimpleNamespace

import pytest

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.fetch.transport import tls
from sitemap_cli.fetch.transport.tls import TlsContexts
from sitemap_cli.settings import Settings
from tests.patience import PATIENCE
from tests.tunnel import Strict, Tunnel, asking
from tests.web import TLS, Answer, Site, redirect

CA, CERT, KEY = (str(TLS / name) for name in ("localhost.pem", "client.pem", "client.key"))
OURS = {"cert": CERT, "key": KEY, "cacert": CA}


@pytest.fixture(params=[False, True], ids=["OpenSSL", "truststore"])
def store(request, monkeypatch):
    """Use both implementations; truststore calls OpenSSL here, and the system on others."""
    monkeypatch.setattr(tls, "USES_TRUSTSTORE", request.param)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("localhost", {}, "self-signed certificate"),
        ("localhost", {"insecure": True}, None),
        ("localhost", {"cacert": CA}, None),
        ("localhost", {"cacert": str(TLS / "elsewhere.pem")}, "self-signed certificate"),
        ("elsewhere", {"cacert": str(TLS / "elsewhere.pem")}, "IP address mismatch"),
        ("elsewhere", {"insecure": True}, None),
        ("expired", {"cacert": str(TLS / "expired.pem")}, "certificate has expired"),
        ("expired", {"insecure": True}, None),
    ],
)
async def test_a_bad_certificate_is_reported_with_its_cause(store, visit, name, options, message):
    with Site(tls=name, routes={"/a.xml": Answer(b"x")}) as site:
        response, content = await visit(**options)(f"{site.url}/a.xml")
    if message is None:
        assert content == b"x"
    else:
        assert (response.fault.reason, response.attempts, site.hits) == ("tls-error", 1, [])
        assert message in response.fault.message


ASK = """
import asyncio, sys
from sitemap_cli.fetch.transport import tls
from sitemap_cli.fetch.interface import Request
from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.settings import Settings

async def main():
    tls.USES_TRUSTSTORE = sys.argv[2] == "truststore"
    fetcher = HttpFetcher(Settings(allow_private=True, retries=0))
    response = await fetcher.fetch(Request(sys.argv[1]))
    response.release()
    await fetcher.close()
    print(response.fault.reason if response.fault else response.status_code)

asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["openssl", "truststore"])
@pytest.mark.parametrize(("file", "output"), [("localhost.pem", "404"), ("elsewhere.pem", "tls-error")])
def test_the_store_of_the_environment_is_used(tls_site, way, file, output):
    """OpenSSL reads the variable when it is loaded, so this needs a separate process."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, f"{tls_site.url}/a.xml", way],
        env={**os.environ, "SSL_CERT_FILE": str(TLS / file)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.stdout.strip(), done.stderr) == (output, "")


async def test_the_store_is_found_for_a_python_without_one(visit, monkeypatch, tls_site):
    tls_site.routes["/a.xml"] = Answer(b"x")
    nowhere = SimpleNamespace(cafile=None, capath=None)
    monkeypatch.setattr(tls.ssl, "get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(tls, "STORES", ("/no/such/store", CA))
    assert (await visit()(f"{tls_site.url}/a.xml"))[1] == b"x"
    monkeypatch.setattr(tls, "STORES", ("/no/such/store",))
    assert (await visit(retries=0)(f"{tls_site.url}/a.xml"))[0].fault.reason == "tls-error"


@pytest.mark.parametrize(("name", "known"), [("5ed36f99.0", True), ("README", False), (None, False)])
def test_a_folder_is_a_store_when_certificates_are_in_it(monkeypatch, tmp_path, name, known):
    if name:
        (tmp_path / name).touch()
    paths = SimpleNamespace(cafile=None, capath=str(tmp_path))
    monkeypatch.setattr(tls.ssl, "get_default_verify_paths", lambda: paths)
    assert tls._has_system_store() is known


def test_the_default_settings_create_no_tls_context():
    """Reading the store takes 30 ms, which aiohttp has spent already."""
    usual = TlsContexts(Settings())
    assert (usual.default, usual.choose_context(trusted=True), usual.choose_context(trusted=False)) == (
        True,
        True,
        True,
    )


async def test_a_client_certificate_is_sent_where_it_is_required(store, visit, tmp_path):
    both = tmp_path / "both.pem"
    both.write_text((TLS / "client.pem").read_text() + (TLS / "client.key").read_text())
    with Strict(routes={"/a.xml": Answer(b"x")}) as site:
        for options in (
            OURS,
            {"cert": CERT, "key": KEY, "insecure": True},
            {"cert": str(both), "cacert": CA},
        ):
            response, content = await visit(**options)(f"{site.url}/a.xml")
            assert (content, response.fault) == (b"x", None)
    assert site.shown == ["client"] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cacert": CA}, "the server requires a client certificate (--cert)"),
        (
            {"cacert": CA, "cert": str(TLS / "elsewhere.pem"), "key": str(TLS / "elsewhere.key")},
            "the server does not accept the client certificate",
        ),
    ],
)
async def test_a_site_that_wants_another_certificate_is_a_tls_error(visit, options, message):
    """The server reports it after the handshake; asyncio does not, so this server uses plain sockets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CA, str(TLS / "localhost.key"))

    def refuse() -> None:
        connection, _ = listener.accept()
        with asking(context, ssl.CERT_REQUIRED).wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        ) as tls:
            with contextlib.suppress(ssl.SSLError):
                tls.do_handshake()
            # Unread bytes would turn the end of the connection into a reset, and lose the alert.
            while socket.socket.recv(tls, 65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(asyncio.to_thread(refuse))
        response, _ = await visit(**options)(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        await serving
    assert (response.fault.reason, response.fault.message, response.attempts) == ("tls-error", message, 1)


async def test_the_client_certificate_is_sent_to_no_other_site(visit):
    """Another port, another name, a child elsewhere, a redirect there and back."""
    with Strict(wants=ssl.CERT_OPTIONAL) as home, Strict(wants=ssl.CERT_OPTIONAL) as other:
        home.routes["/a.xml"] = redirect(f"{other.url}/b.xml")
        other.routes["/b.xml"] = redirect(f"{home.url}/c.xml")
        home.routes["/c.xml"] = Answer(b"x")
        ask = visit(**OURS)
        assert (await ask(f"{home.url}/a.xml"))[1] == b"x"
        await ask(f"{other.url}/child.xml", credentials_url=f"{home.url}/")
        await ask(f"{home.url}/d.xml", credentials_url=f"{home.url}/")
        # The same server under another name is another origin, and gets another connection.
        await ask(f"https://localhost:{home.port}/e.xml", credentials_url=f"{home.url}/")
    assert home.shown == ["client", None]
    assert other.shown == [None]
    assert len(home.hits) == 4


async def test_the_client_certificate_is_sent_to_the_https_twin():
    from yarl import URL

    from sitemap_cli.fetch.headers import may_receive_credentials

    assert may_receive_credentials(URL("https://example.com/"), URL("http://example.com/"))
    assert not may_receive_credentials(URL("https://www.example.com/"), URL("https://example.com/"))


async def test_the_client_certificate_is_sent_through_a_tls_proxy_but_not_to_it(visit):
    with (
        Strict(routes={"/a.xml": Answer(b"x")}) as site,
        Tunnel(leads=("127.0.0.1", site.port), tls="localhost") as proxy,
    ):
        response, content = await visit(proxy=proxy.url, **OURS)("https://localhost:1/a.xml")
    assert (content, response.fault) == (b"x", None)
    assert (proxy.shown, site.shown) == ([None], ["client"])


async def test_the_client_certificate_is_sent_through_socks(socks, visit):
    with Strict(routes={"/a.xml": Answer(b"x")}) as site:
        proxy = f"socks5h://{socks.netloc}"
        assert (await visit(proxy=proxy, **OURS)(f"{site.url}/a.xml"))[1] == b"x"
    assert site.shown == ["client"]


LOCKED = str(TLS / "client-locked.key")
OTHER_KEY = str(TLS / "elsewhere.key")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"key": KEY}, f"a key without a certificate (--key {KEY})"),
        (
            {"cert": "/no/such/file"},
            "cannot load the client certificate (--cert /no/such/file): No such file or directory",
        ),
        (
            {"cert": CERT, "key": "/no"},
            f"cannot load the client certificate (--cert {CERT} --key /no): No such file or ",
        ),
        (
            {"cert": CERT},
            f"cannot load the client certificate (--cert {CERT}): no certificate and key in PEM format",
        ),
        (
            {"cert": __file__},
            f"cannot load the client certificate (--cert {__file__}): no certificate and key in PEM format",
        ),
        (
            {"cert": CERT, "key": OTHER_KEY},
            f"cannot load the client certificate (--cert {CERT} --key {OTHER_KEY}): the key does not belong",
        ),
        ({"cert": CERT, "key": LOCKED}, f"the key is protected by a password (--cert {CERT} --key {LOCKED})"),
        (
            {"cacert": "/no/such/file"},
            "cannot load certificates (--cacert /no/such/file): No such file or directory",
        ),
        ({"cacert": __file__}, f"cannot load certificates (--cacert {__file__}): "),
        (
            {"cert": CERT, "key": KEY, "cacert": "/no/such/file"},
            "cannot load certificates (--cacert /no/such/file): ",
        ),
    ],
)
def test_an_unusable_certificate_file_is_a_configuration_error(store, options, message):
    with pytest.raises(ConfigurationError) as caught:
        HttpFetcher(Settings(**options))
    assert str(caught.value).startswith(message)


def test_the_password_of_a_key_is_never_prompted_for():
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sitemap_cli",
            "robots",
            "https://127.0.0.1:1",
            "--cert",
            CERT,
            "--key",
            LOCKED,
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr.splitlines()[0]
        == f"error: the key is protected by a password (--cert {CERT} --key {LOCKED})"
    )
    assert done.stderr.splitlines()[1].startswith("hint: store it without a password")
