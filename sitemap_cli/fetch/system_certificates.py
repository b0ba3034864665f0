"""The certificates of the system, loaded for the first connection with TLS and not before.

aiohttp creates two contexts as it is imported, and loads all certificates into each, which takes a tenth of
the time of a short run. Until they are loaded, the context that verifies trusts no certificate at all.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

_LOAD = "set_default_verify_paths"
_postponed: list[ssl.SSLContext] = []


@contextmanager
def postpone_loading() -> Iterator[None]:
    """Postpone loading certificates into the contexts that are created in the block."""
    setattr(ssl.SSLContext, _LOAD, _postpone)
    try:
        yield
    finally:
        # What ssl.SSLContext inherits is visible again.
        delattr(ssl.SSLContext, _LOAD)


def _postpone(context: ssl.SSLContext) -> None:
    _postponed.append(context)


def load_postponed() -> None:
    """Load the certificates whose loading was postponed; later calls do nothing."""
    while _postponed:
        context = _postponed.pop()
        if context.verify_mode is not ssl.CERT_NONE:
            context.set_default_verify_paths()
