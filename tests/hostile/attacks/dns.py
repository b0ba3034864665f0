"""Name servers that lie, fail, stay silent, or change their responses."""

from typing import Any

from tests.hostile import documents
from tests.hostile.attack import Ask, Attack, Reply, always, in_batch
from tests.messages import Answer
from tests.web import index

GOOD = Answer(documents.urlset(3))
BY_NAME = "http://{name}:{port}/sitemap.xml"
IMPOSSIBLE = (
    "http://a..b/",
    f"http://{'a' * 64}.example/",
    "https://./",
    "http://xn--/",
    "http://[::1/",
    "http://a b.example/",
    "http://shop.example:99999/",
)


def nested(ask: Ask) -> Reply:
    """An index on a host whose name may mean something else by now."""
    if ask.path == "/sitemap.xml":
        host = ask.hit.host
        return Answer(index(f"http://{host}/child.xml", f"http://{host}/sibling.xml"))
    return GOOD


def unresolved(name: str, answer: str, errors: str, verdict: str = "dns") -> Attack:
    """A name without an address."""
    return Attack(
        name=f"dns-{name}",
        row="H21",
        answer=always(GOOD),
        target=BY_NAME,
        names={"{name}": (answer,)},
        verdict=verdict,
        errors=errors,
        requests=0,
    )


def resolved(name: str, row: str, verdict: str, *answers: tuple[str, ...], **fields: Any) -> Attack:
    """A name with addresses."""
    return Attack(
        name=f"dns-{name}",
        row=row,
        answer=always(GOOD),
        target=BY_NAME,
        names={"{name}": answers},
        verdict=verdict,
        **fields,
    )


ATTACKS = (
    *in_batch(unresolved("no-such-name", "nxdomain", "dns-nxdomain")),
    *in_batch(unresolved("server-fails", "servfail", "dns-failure")),
    unresolved("server-is-silent", "never", "dns-failure"),
    resolved(
        "private-address", "H12", "refused-address", ("127.5.0.1",), errors="blocked-address", requests=0
    ),
    *in_batch(resolved("private-among-others", "H12", "ok|refused-address", ("127.5.0.1", "{host}"), kept=3)),
    Attack(
        name="dns-rebinding-in-an-index",
        row="H12",
        answer=nested,
        target=BY_NAME,
        names={"{name}": (("{host}",), ("127.5.0.1",))},
        verdict="ok|partial",
        errors="",
        kept=lambda _: [documents.page(at) for at in (1, 2, 3)] * 2,
        requests=4,
        site=True,
    ),
    *in_batch(
        resolved(
            "rebinding-after-a-fault",
            "H12",
            "refused-address|http-error",
            ("127.5.0.1",),
            ("{host}",),
            errors="blocked-address",
            requests=0,
        )
    ),
    Attack(
        name="dns-ipv6-only",
        row="H22",
        answer=always(GOOD),
        tls="plain-ipv6",
        target="http://{name}:{secure_port}/sitemap.xml",
        names={"{name}": (("::1",),)},
        options=("--allow-network", "::1/128"),
        verdict="ok",
        kept=3,
    ),
    resolved("ipv6-broken", "H22", "ok", ("::2", "{host}"), kept=3, options=("--allow-network", "::2/128")),
    Attack(
        name="dns-impossible-names",
        row="H21",
        answer=lambda ask: (
            GOOD if ask.path == "/good.xml" else Answer(index(f"{ask.root}/good.xml", *IMPOSSIBLE))
        ),
        verdict="partial",
        errors="loc-invalid url-invalid*3 dns-nxdomain|url-invalid",
        kept=3,
        requests=3,
        site=True,
    ),
)
