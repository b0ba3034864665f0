"""Indexes that form loops, never end, or list URLs that must not be opened."""

from collections.abc import Callable, Iterable

from tests.hostile import documents
from tests.hostile.attack import LOCAL_FILE, MAX_SITEMAPS, Ask, Attack, Places, Reply, in_batch, scaled
from tests.hostile.attacks.redirects import REFUSED
from tests.messages import Answer
from tests.web import index

GOOD = Answer(documents.urlset(3))
MISSING = Answer(b"nothing here", 404)
MAX_DEPTH = 3
SCHEMES = (
    f"file://{LOCAL_FILE}",
    "ftp://127.5.0.1/canary.xml",
    "gopher://127.5.0.1/canary",
    "data:text/xml,<urlset/>",
)


def listing(
    locs: Callable[[Ask], Iterable[str]], child: Callable[[Ask], Reply] = lambda _: GOOD
) -> Callable[[Ask], Reply]:
    """An index, and what its children answer; robots.txt is missing."""
    made: dict[str, Reply] = {}

    def answer(ask: Ask) -> Reply:
        if ask.path == "/robots.txt":
            return MISSING
        if ask.path != "/sitemap.xml":
            return child(ask)
        # An index of a million children takes long to create, so it is created once.
        return made.get(ask.root) or made.setdefault(ask.root, Answer(index(*locs(ask))))

    return answer


def endless(ask: Ask) -> Reply:
    """Every document is an index of one more, and of itself."""
    if ask.path == "/robots.txt":
        return MISSING
    return Answer(index(f"{ask.root}{ask.path}", f"{ask.root}/deeper{ask.path}"))


def queries(ask: Ask) -> Reply:
    """An index that names itself under a new query each time."""
    if ask.path == "/robots.txt":
        return MISSING
    return Answer(
        index(f"{ask.root}/sitemap.xml?{ask.hit.path.count('a') + 1}{'a' * (ask.path.count('a') + 1)}")
    )


def pair(ask: Ask) -> Reply:
    """Two indexes that name each other, and a good sitemap."""
    return {
        "/sitemap.xml": Answer(index(f"{ask.root}/b.xml", f"{ask.root}/good.xml")),
        "/b.xml": Answer(index(f"{ask.root}/sitemap.xml", f"{ask.root}/good.xml")),
        "/good.xml": GOOD,
    }.get(ask.path, MISSING)


def fan(ask: Ask) -> Reply:
    """Ten more indexes in each index."""
    if ask.path == "/robots.txt":
        return MISSING
    return Answer(index(*(f"{ask.root}{ask.path}/{at}" for at in range(10))))


def mixed(ask: Ask) -> Reply:
    """Seven good children, and three that are not."""
    at = int(ask.path.strip("/.xml") or 0)
    faults: dict[int, Reply] = {
        7: Answer(hang=True),
        8: Answer(status=500),
        9: Answer(documents.beginning(0) + b"<url><loc>https://sh"),
    }
    first = documents.HEAD + documents.entries(3 * at + 1, 3 * at + 3) + documents.TAIL
    return faults.get(at, Answer(first))


def refused_hosts(ask: Ask) -> Iterable[str]:
    """A good child and all addresses that may not be asked; two are one, spelled differently."""
    port = ask.canary.split(":")[2].split("/")[0]
    return (f"{ask.root}/good.xml", *(f"http://{host}:{port}/canary" for host in REFUSED.values()))


def twice(_: Places) -> Iterable[str]:
    """Three pages, recorded with two sitemaps."""
    return [documents.page(at) for at in (1, 2, 3)] * 2


CIRCLES = (
    Attack(
        name="index-of-itself",
        row="H23",
        answer=listing(lambda ask: [f"{ask.root}/sitemap.xml"] * 3 + [f"{ask.root}/good.xml"]),
        verdict="ok",
        kept=3,
        requests=3,
        site=True,
    ),
    *in_batch(
        Attack(
            name="indexes-of-each-other", row="H23", answer=pair, verdict="ok", kept=3, requests=4, site=True
        )
    ),
    Attack(
        name="index-under-new-queries",
        row="H23",
        answer=queries,
        verdict="empty|partial",
        errors="",
        requests=MAX_DEPTH + 2,
        said="nested deeper",
        site=True,
    ),
    Attack(
        name="index-chain-without-end",
        row="H23",
        answer=endless,
        verdict="empty|partial",
        requests=MAX_DEPTH + 2,
        said="nested deeper",
        site=True,
    ),
    Attack(
        name="index-fan-without-end",
        row="H24",
        answer=fan,
        verdict="empty|partial",
        requests=MAX_SITEMAPS + 1,
        said="sitemaps of a site are read",
        site=True,
    ),
)

CHILDREN = (
    Attack(
        name="index-of-50000-missing",
        row="H25",
        answer=listing(
            lambda ask: (f"{ask.root}/{at}.xml" for at in range(scaled(5_000, 50_000))), lambda _: MISSING
        ),
        verdict="http-error",
        errors=f"http-status|host-empty*{MAX_SITEMAPS - 1}",
        requests=MAX_SITEMAPS + 1,
        site=True,
        memory_mb=100,
    ),
    Attack(
        name="index-of-a-failing-host",
        row="H25",
        answer=listing(
            lambda ask: (f"{ask.root}/{at}.xml" for at in range(60)), lambda _: Answer(status=500)
        ),
        verdict="http-error",
        errors="http-status|host-failing*60",
        # A sample of 3 is requested after the last of those in a row.
        requests=2 + 2 * (5 + 4 + 3),
        site=True,
    ),
    Attack(
        name="index-of-a-dead-host",
        row="H25",
        answer=listing(
            lambda ask: (f"{ask.root}/good.xml", *(f"{ask.other}/{at}.xml" for at in range(60))),
            lambda ask: Answer(reset=True) if ask.elsewhere else GOOD,
        ),
        verdict="partial",
        errors="connection-reset|connection-closed|host-failing|robots-unreachable*60",
        kept=3,
        requests=3 + 2 * (5 + 4),
        site=True,
    ),
    Attack(
        name="index-of-a-million",
        row="H26",
        answer=listing(
            lambda ask: (f"{ask.root}/{at}.xml" for at in range(scaled(50_100, 1_000_000))), lambda _: MISSING
        ),
        verdict="http-error",
        errors=f"http-status|host-empty*{MAX_SITEMAPS - 1}",
        requests=MAX_SITEMAPS + 1,
        said="sitemaps of a site are read",
        site=True,
        memory_mb=100,
    ),
    *in_batch(
        Attack(
            name="child-a-thousand-times",
            row="H27",
            answer=listing(
                lambda ask: [f"{ask.root}/a.xml"] * 500 + [f"{ask.root}/a.xml#{at}" for at in range(500)]
            ),
            verdict="ok",
            kept=3,
            requests=3,
            site=True,
        )
    ),
    Attack(
        name="children-good-and-bad",
        row="H28",
        answer=listing(lambda ask: (f"{ask.root}/{at}.xml" for at in range(10)), mixed),
        verdict="partial",
        errors="timeout-read|deadline http-status truncated",
        kept=21,
        requests=14,
        site=True,
        seconds=3,
    ),
    Attack(
        name="children-of-other-schemes",
        row="H29",
        answer=listing(lambda _: ("/good.xml", *SCHEMES, "", " ")),
        verdict="partial",
        errors="loc-scheme|loc-missing|scheme-forbidden",
        kept=3,
        requests=3,
        site=True,
        problems=("loc-relative", "loc-scheme"),
    ),
    Attack(
        name="children-at-refused-addresses",
        row="H11",
        answer=listing(refused_hosts),
        verdict="partial",
        errors=f"blocked-address|url-invalid|dns-nxdomain*{len(REFUSED) - 1}",
        kept=3,
        requests=3,
        site=True,
        names={"localhost": (("127.0.0.1", "::1"),)},
    ),
    *in_batch(
        Attack(
            name="child-without-scheme",
            row="H29",
            answer=listing(lambda ask: (ask.root.removeprefix("http:") + "/good.xml",)),
            verdict="ok",
            kept=3,
            requests=3,
            site=True,
            problems=("loc-relative",),
        )
    ),
    Attack(
        name="child-with-credentials",
        row="H14",
        answer=listing(lambda ask: (f"{ask.other.replace('//', '//me:hunter-in-child@')}/a.xml",)),
        verdict="ok",
        kept=3,
        requests=3,
        site=True,
        hidden=("hunter-in-child",),
    ),
)

ATTACKS = (*CIRCLES, *CHILDREN)
