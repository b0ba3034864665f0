"""Redirects: loops, endless chains, forbidden targets, and other sites."""

from collections.abc import Callable

from tests.hostile import documents
from tests.hostile.attack import LOCAL_FILE, Ask, Attack, Reply, always, in_batch
from tests.messages import Answer
from tests.web import redirect

GOOD = Answer(documents.urlset(3))
MOST = 11
"""Ten redirects, so eleven requests."""
# Spellings of addresses that no site of the internet can have; where it can be, somebody listens there.
REFUSED = {
    "private-network": "127.5.0.1",
    "loopback": "127.0.0.1",
    "loopback-short": "127.1",
    "loopback-decimal": "2130706433",
    "loopback-hexadecimal": "0x7f000001",
    "loopback-octal": "0177.0.0.1",
    "loopback-ipv6": "[::1]",
    "loopback-mapped": "[::ffff:127.0.0.1]",
    "loopback-mapped-hexadecimal": "[::ffff:7f00:1]",
    "loopback-with-a-dot": "127.0.0.1.",
    "localhost": "localhost",
    "any-address": "0.0.0.0",
    "any-address-ipv6": "[::]",
    "cloud-metadata": "169.254.169.254",
    "link-local-ipv6": "[fe80::1]",
    "rfc-1918-ten": "10.0.0.1",
    "rfc-1918-192": "192.168.0.1",
    "rfc-1918-172": "172.16.0.1",
    "carrier-grade-nat": "100.64.0.1",
    "unique-local": "[fd00::1]",
    "multicast": "224.0.0.1",
    "multicast-ipv6": "[ff02::1]",
    "nat64": "[64:ff9b::7f00:1]",
    "six-to-four": "[2002:7f00:1::]",
    "teredo": "[2001:0:7f00:1::]",
    "ietf-protocol": "192.0.0.8",
    "broadcast": "255.255.255.255",
}


def to(address: Callable[[Ask], str], *, after: Reply = GOOD) -> Callable[[Ask], Reply]:
    """A server of which every first page leads to an address; ``after`` is what is found elsewhere."""

    def answer(ask: Ask) -> Reply:
        is_first = ask.path == "/sitemap.xml" and not ask.elsewhere
        return redirect(address(ask)) if is_first else after

    return answer


def scheme(name: str, address: str) -> Attack:
    """A redirect to something that is not the web."""
    return Attack(
        name=f"redirect-to-{name}",
        row="H10",
        answer=always(redirect(address)),
        alone=name == "file",
        verdict="http-error",
        errors="redirect-scheme",
    )


def blocked(name: str, host: str) -> Attack:
    """A redirect to an address that is not public."""
    return Attack(
        name=f"redirect-to-{name}",
        row="H11",
        answer=to(lambda ask: f"http://{host}:{ask.canary.split(':')[2].split('/')[0]}/canary"),
        verdict="refused-address",
        alone=name in ("private-network", "loopback-decimal", "loopback-mapped", "nat64"),
        errors="blocked-address",
        names={"localhost": (("127.0.0.1", "::1"),)} if host == "localhost" else {},
    )


def chain(ask: Ask) -> Reply:
    """One further page each time."""
    return redirect(f"{ask.root}/x{ask.path}")


def growing(ask: Ask) -> Reply:
    """An address that gets longer each time."""
    return redirect(f"{ask.root}{ask.path}{'a' * 1_000}")


def ping_pong(ask: Ask) -> Reply:
    """Two hosts that send us to each other."""
    return redirect(f"{ask.root if ask.elsewhere else ask.other}/sitemap.xml")


def cookie_wall(ask: Ask) -> Reply:
    """Wants a cookie before it answers."""
    headers = (("Location", f"{ask.root}/sitemap.xml"), ("Set-Cookie", "seen=canary"))
    return Answer(status=302, headers=headers)


CIRCLES = (
    Attack(
        name="redirect-to-itself",
        row="H9",
        answer=always(redirect("/sitemap.xml")),
        verdict="http-error",
        errors="redirect-loop",
    ),
    *in_batch(
        Attack(
            name="redirect-ping-pong",
            row="H9",
            answer=ping_pong,
            verdict="http-error",
            errors="redirect-loop",
            requests=2,
        )
    ),
    Attack(
        name="redirect-chain-without-end",
        row="H9",
        answer=chain,
        verdict="http-error",
        errors="redirect-limit",
        requests=MOST,
    ),
    *in_batch(
        Attack(
            name="redirect-that-grows",
            row="H9",
            answer=growing,
            verdict="http-error",
            errors="redirect-limit|protocol-error|url-invalid",
            requests=MOST,
        )
    ),
    Attack(
        name="cookie-wall",
        row="H9",
        answer=cookie_wall,
        verdict="http-error",
        errors="redirect-loop",
        requests=2,
    ),
    *in_batch(
        Attack(
            name="redirect-without-location",
            row="H9",
            answer=always(Answer(status=302)),
            verdict="http-error",
            errors="http-status",
        )
    ),
)

SCHEMES = (
    scheme("file", f"file://{LOCAL_FILE}"),
    scheme("ftp", "ftp://127.5.0.1/sitemap.xml"),
    scheme("javascript", "javascript:alert(1)"),
    scheme("data", "data:text/xml,<urlset/>"),
    scheme("gopher", "gopher://127.5.0.1:80/x"),
)

SECRETS = (
    Attack(
        name="redirect-to-another-host",
        row="H14",
        answer=to(lambda ask: f"{ask.other}/sitemap.xml"),
        verdict="ok",
        kept=3,
        requests=2,
    ),
    Attack(
        name="credentials-in-location",
        row="H14",
        answer=to(lambda ask: f"{ask.other.replace('//', '//me:hunter-in-location@')}/sitemap.xml"),
        verdict="ok",
        kept=3,
        requests=2,
        hidden=("hunter-in-location",),
    ),
    Attack(
        name="credentials-in-target",
        row="H14",
        answer=always(GOOD),
        target="http://me:hunter-in-target@{host}:{port}/sitemap.xml",
        verdict="ok",
        kept=3,
        hidden=("hunter-in-target",),
    ),
    Attack(
        name="redirect-downgrades-to-http",
        row="H13",
        answer=lambda ask: redirect(f"{ask.root}/plain.xml") if ask.path == "/sitemap.xml" else GOOD,
        target="{secure}/sitemap.xml",
        tls="good",
        names={"{name}": (("{host}",),)},
        verdict="ok",
        kept=3,
        requests=2,
    ),
    Attack(
        name="redirect-downgrades-though-https-only",
        row="H13",
        answer=lambda ask: redirect(f"{ask.root}/canary.xml") if ask.path == "/sitemap.xml" else GOOD,
        target="{secure}/sitemap.xml",
        tls="good",
        names={"{name}": (("{host}",),)},
        options=("--https-only",),
        verdict="http-error",
        errors="redirect-scheme|scheme-forbidden|https-only",
        requests=1,
    ),
    Attack(
        name="redirect-upgrades-to-https",
        row="H13",
        answer=lambda ask: redirect(f"{ask.secure}/secure.xml") if ask.path == "/sitemap.xml" else GOOD,
        tls="good",
        names={"{name}": (("{host}",),)},
        verdict="ok",
        kept=3,
        requests=2,
    ),
)

ATTACKS = (*CIRCLES, *SCHEMES, *(blocked(*each) for each in REFUSED.items()), *SECRETS)
