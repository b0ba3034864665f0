"""TLS contexts: which certificates are accepted, and which sites receive the client certificate."""

import re
import ssl
import sys
from pathlib import Path

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.settings import Settings

# On these systems, OpenSSL cannot read the trust store; truststore calls the system instead. Elsewhere the
# store is OpenSSL's own, and truststore would read all of it for every connection: 25 ms each, where a shared
# context needs 0.01 ms.
USES_TRUSTSTORE = sys.platform in ("darwin", "win32")
# A Python built for another system may look for the store in the wrong place.
STORES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# OpenSSL finds a certificate in a folder by this name, a hash of its subject.
HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


class TlsContexts:
    """The TLS contexts of a process: one without a client certificate, and one with it, for a single site.

    ``True`` is the context that aiohttp created at import, ``False`` the one that accepts every certificate.

    Raises:
        ConfigurationError: a file with certificates or keys cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.key is not None and settings.cert is None:
            why = "--cert is missing"
            raise ConfigurationError("a key without a certificate", where=f"--key {settings.key}", why=why)
        self.default = _build_default(settings)
        self._with_certificate = (
            None if settings.cert is None else _build_with_certificate(settings.cert, settings)
        )

    def choose_context(self, *, trusted: bool) -> ssl.SSLContext | bool:
        """Return the ``ssl`` argument of a request; only the trusted site receives the client certificate."""
        return self._with_certificate if self._with_certificate is not None and trusted else True


def _build_default(settings: Settings) -> ssl.SSLContext | bool:
    if settings.insecure:
        return False
    ordinary = settings.cacert is None and not USES_TRUSTSTORE and _has_system_store()
    return ordinary or _build_verifying(settings.cacert)


def _build_with_certificate(cert: str, settings: Settings) -> ssl.SSLContext:
    """Create a context with a client certificate."""
    context = _build_insecure() if settings.insecure else _build_verifying(settings.cacert)
    where = f"--cert {cert}" if settings.key is None else f"--cert {cert} --key {settings.key}"

    def refuse_password() -> str:
        """Fail: OpenSSL would prompt for the password on the terminal."""
        hint = "store it without a password, readable by you alone: openssl pkey -in KEY -out PLAIN"
        raise ConfigurationError("the key is protected by a password", where=where, hint=hint)

    try:
        context.load_cert_chain(cert, settings.key, refuse_password)
    except OSError as error:
        why = _describe_error(error)
        raise ConfigurationError("cannot load the client certificate", where=where, why=why) from error
    return context


def _describe_error(error: OSError) -> str:
    """Return the cause as text; OpenSSL's own is ``[X509: KEY_VALUES_MISMATCH] key values mismatch``."""
    if not isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key does not belong to the certificate"
    return "no certificate and key in PEM format" if error.reason in (None, "", "PEM") else error.reason


def _build_insecure() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _build_verifying(cacert: str | None) -> ssl.SSLContext:
    """Create a context that trusts the system's certificates, or only those of a file."""
    context = _load_system_store() if cacert is None else _load_file(cacert)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _load_file(cacert: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=cacert)
    except OSError as error:
        where = f"--cacert {cacert}"
        why = error.strerror or str(error)
        raise ConfigurationError("cannot load certificates", where=where, why=why) from error


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
    """Return whether OpenSSL finds certificates in its own paths, ``SSL_CERT_FILE`` or ``SSL_CERT_DIR``."""
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    return bool(paths.cafile) or (folder is not None and any(map(_is_hashed_name, folder.iterdir())))


def _is_hashed_name(file: Path) -> bool:
    return HASHED.fullmatch(file.name) is not None
