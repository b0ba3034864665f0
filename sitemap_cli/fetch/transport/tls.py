"""Whose certificates are accepted, and which one we show, and to whom."""

import re
import ssl
import sys
from pathlib import Path

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.settings import Settings

# There the system decides itself whom to trust, which OpenSSL knows nothing of; truststore asks it.
# Elsewhere the store is OpenSSL's own, and truststore would read all of it again for every connection:
# 25 ms each, where a context that is kept needs 0.01.
USES_TRUSTSTORE = sys.platform in ("darwin", "win32")
# A Python that was built elsewhere may look for the store where this system does not keep it.
STORES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# The name that OpenSSL finds a certificate in a folder by: a hash of whom it is for.
HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


class TlsContexts:
    """The TLS contexts of a process: one that shows no certificate, and one that does, for a single site.

    ``True`` is the context that aiohttp has made when it was imported, ``False`` the one that accepts all.

    Raises:
        ConfigurationError: a file with certificates or keys cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.key is not None and settings.cert is None:
            raise ConfigurationError("a key without its certificate", where=f"--key {settings.key}")
        self.default = _build_default(settings)
        self._home = None if settings.cert is None else _build_with_certificate(settings.cert, settings)

    def choose_context(self, *, home: bool) -> ssl.SSLContext | bool:
        """What a request adds to ``anywhere``; at home, the certificate."""
        return self._home if self._home is not None and home else True


def _build_default(settings: Settings) -> ssl.SSLContext | bool:
    if settings.insecure:
        return False
    ordinary = settings.cacert is None and not USES_TRUSTSTORE and _has_system_store()
    return ordinary or _build_verifying(settings.cacert)


def _build_with_certificate(cert: str, settings: Settings) -> ssl.SSLContext:
    """A context that shows a client certificate."""
    context = _build_insecure() if settings.insecure else _build_verifying(settings.cacert)
    where = f"--cert {cert}" if settings.key is None else f"--cert {cert} --key {settings.key}"

    def ask_nobody() -> str:
        """OpenSSL would ask at the terminal."""
        hint = "store it without one, readable by you alone: openssl pkey -in KEY -out PLAIN"
        raise ConfigurationError("the key has a password", where=where, hint=hint)

    try:
        context.load_cert_chain(cert, settings.key, ask_nobody)
    except OSError as error:
        raise ConfigurationError("no client certificate", where=where, why=_describe_error(error)) from error
    return context


def _describe_error(error: OSError) -> str:
    """The cause in words; OpenSSL's are ``[X509: KEY_VALUES_MISMATCH] key values mismatch``."""
    if not isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key is not that of the certificate"
    return "no certificate and key in PEM form" if not error.reason or error.reason == "PEM" else error.reason


def _build_insecure() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _build_verifying(cacert: str | None) -> ssl.SSLContext:
    """A context that accepts what the system does, or only what a file names."""
    context = _load_system_store() if cacert is None else _load_file(cacert)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _load_file(cacert: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=cacert)
    except OSError as error:
        where = f"--cacert {cacert}"
        raise ConfigurationError("no certificates", where=where, why=error.strerror or str(error)) from error


def _load_system_store() -> ssl.SSLContext:
    if USES_TRUSTSTORE:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    store = next((each for each in STORES if Path(each).is_file()), None)
    if store is not None and not _has_system_store():
        context.load_verify_locations(store)
    return context


def _has_system_store() -> bool:
    """Whether there are certificates where OpenSSL looks, or ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` say."""
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    return bool(paths.cafile) or (folder is not None and any(map(_is_hashed_name, folder.iterdir())))


def _is_hashed_name(file: Path) -> bool:
    return HASHED.fullmatch(file.name) is not None
