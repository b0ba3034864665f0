"""Certificates and handshakes that must not be accepted."""

from typing import Any

from tests.hostile import documents
from tests.hostile.attack import Attack, always, in_batch
from tests.messages import Answer

GOOD = Answer(documents.urlset(3))
BY_NAME: dict[str, Any] = {"answer": always(GOOD), "names": {"{name}": (("{host}",),)}, "row": "H20"}


def refused(name: str, certificate: str) -> Attack:
    """A certificate that is not accepted: nothing is asked, over https or otherwise."""
    return Attack(
        name=f"tls-{name}",
        tls=certificate,
        target="{secure}/sitemap.xml",
        verdict="tls",
        errors="tls-error",
        requests=0,
        alone=certificate == "selfsigned",
        **BY_NAME,
    )


ATTACKS = (
    refused("self-signed", "selfsigned"),
    refused("wrong-name", "elsewhere"),
    refused("expired", "expired"),
    refused("not-yet-valid", "early"),
    Attack(
        name="tls-good",
        tls="good",
        target="{secure}/sitemap.xml",
        verdict="ok",
        kept=3,
        **BY_NAME,
    ),
    Attack(
        name="tls-insecure-by-hand",
        tls="selfsigned",
        target="{secure}/sitemap.xml",
        options=("--insecure",),
        verdict="ok",
        kept=3,
        **BY_NAME,
    ),
    Attack(
        name="tls-not-spoken",
        tls="plain",
        target="{secure}/sitemap.xml",
        verdict="tls",
        errors="tls-not-spoken",
        requests=0,
        **BY_NAME,
    ),
    Attack(
        name="tls-handshake-hangs",
        tls="hangs",
        target="{secure}/sitemap.xml",
        verdict="timeout|tls",
        errors="timeout-connect|deadline|tls-error",
        requests=0,
        **BY_NAME,
    ),
    *in_batch(
        Attack(
            name="tls-handshake-cut",
            tls="closes",
            target="{secure}/sitemap.xml",
            verdict="tls|http-error",
            errors="tls-error|connection-closed|connection-reset|connection-failed",
            requests=0,
            **BY_NAME,
        )
    ),
    Attack(
        name="tls-self-signed-and-no-scheme",
        tls="selfsigned",
        target="{name}:{secure_port}",
        site=True,
        verdict="tls",
        requests=0,
        **BY_NAME,
    ),
)
