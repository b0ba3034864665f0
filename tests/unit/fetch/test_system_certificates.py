"""Certificates are loaded for the first connection with TLS."""

import ssl
import subprocess
import sys

from sitemap_cli.fetch import system_certificates

SCRIPT = """
from sitemap_cli.crawl.fetchers import Fetchers
from sitemap_cli.fetch import system_certificates
from sitemap_cli.settings import Settings

Fetchers(Settings()).check_options()
from aiohttp import connector

print(connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509"])
system_certificates.load_postponed()
print(connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509"])
print(connector._SSL_CONTEXT_UNVERIFIED.cert_store_stats()["x509"])
"""


def test_a_context_is_loaded_once_it_is_needed() -> None:
    with system_certificates.postpone_loading():
        context = ssl.create_default_context()
    assert context.cert_store_stats()["x509"] == 0
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    system_certificates.load_postponed()
    assert context.cert_store_stats() == ssl.create_default_context().cert_store_stats()


def test_the_context_of_aiohttp_is_loaded_by_the_first_request_with_tls() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    loaded = str(ssl.create_default_context().cert_store_stats()["x509"])
    assert done.stdout.split() == ["0", loaded, "0"]
