"""Addresses that do not belong into the sitemap that lists them, by host, scheme or folder."""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from sitemap_cli.audit.entry_batch import SEP, Batch, shown
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

PRIVATE_NAMES = (
    "localhost",
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".home.arpa",
    ".test",
    ".example",
    ".invalid",
)
STAGE = re.compile(
    r"(?:^|[.-])(?:staging|stage|stg|dev|develop|development|test|testing|qa|uat|preprod|preview)\d*(?=[.-])"
)
ROOT = re.compile(r"^[A-Za-z]+://[^/?#]*")
# Below a country, the name that is registered may be the third from the end: example.co.uk.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})


@rule("SM308", "loc-foreign-host", Severity.ERROR, Scope.URL)
def loc_foreignhost_of(batch: Batch) -> Hits:
    """A sitemap lists an address on another host.

    Criterion: host and port are not those of the sitemap, ``www.`` apart, and no robots.txt of that host,
        as far as one was asked for, lists the sitemap or an index above it (cross-submission).
    Why: Nobody may speak for another's site, so search engines ignore the entry.
    Mend: List the page in a sitemap on its own host, or name this sitemap in the robots.txt of that host.
    Bad: ``https://example.com/sitemap.xml`` with ``<loc>https://example.org/a</loc>``
    Good: the same, and ``Sitemap: https://example.com/sitemap.xml`` in ``https://example.org/robots.txt``
    Source: https://www.sitemaps.org/protocol.html#sitemaps_cross_submits
    """
    own = textual_host(batch.sitemap.own)
    foreign = {root for root in batch.roots if textual_host(root) != own}
    unproven = {root for root in foreign if not batch.site.may_list(batch.sitemap, root)}
    for index, root in batch.strangers if unproven else ():
        if root in unproven:
            loc = batch.locs.values[index]
            why = "" if root in batch.site.proven else ", whose robots.txt was not asked for"
            yield Hit(f"on another host than the sitemap{why}: {shown(loc)}", loc, index=index)


@rule("SM309", "loc-other-scheme-or-www", Severity.ERROR, Scope.URL)
def loc_other_scheme_or_www(batch: Batch) -> Hits:
    """A sitemap lists an address with another scheme than its own, or with or without ``www``.

    Criterion: the host is that of the sitemap but for ``www.``, and scheme or host differ; unless the
        robots.txt of that origin lists the sitemap or an index above it.
    Why: To a search engine these are two sites, and one of them redirects to the other.
    Mend: List the addresses as they answer without a redirect.
    Bad: ``https://www.example.com/sitemap.xml`` with ``<loc>http://example.com/a</loc>``
    Good: ``https://www.example.com/sitemap.xml`` with ``<loc>https://www.example.com/a</loc>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    own = textual_host(batch.sitemap.own)
    roots = {root for root in batch.roots if textual_host(root) == own}
    unproven = {root for root in roots if not batch.site.may_list(batch.sitemap, root)}
    places = (index for index, root in batch.strangers if root in unproven)
    message = f"another scheme or www than the sitemap's {batch.sitemap.own[:-1]}: {{loc}}"
    return batch.hits(places, message) if unproven else ()


@rule("SM310", "loc-above-sitemap", Severity.WARNING, Scope.URL)
def loc_above_sitemap(batch: Batch) -> Hits:
    """A sitemap lists an address that is not below its own folder.

    Criterion: the address is on the sitemap's host and does not begin with the address of the sitemap's
        folder; unless robots.txt lists the sitemap or an index above it.
    Why: By the protocol a sitemap speaks for what lies below it; search engines may ignore the rest.
    Mend: Put the sitemap into the root of the site, or name it in robots.txt.
    Bad: ``https://example.com/shop/sitemap.xml`` with ``<loc>https://example.com/about</loc>``
    Good: ``https://example.com/sitemap.xml`` with ``<loc>https://example.com/about</loc>``
    Source: https://www.sitemaps.org/protocol.html#location
    """
    sitemap, folder = batch.sitemap, batch.sitemap.folder
    if folder == sitemap.own or batch.site.may_list(sitemap, sitemap.own):
        return ()
    if batch.locs.text.count(f"{SEP}{folder}") == batch.size:
        return ()
    elsewhere = {at for at, _ in batch.strangers}
    others = ((at, loc) for at, loc in enumerate(batch.locs.values) if not loc.startswith(folder))
    own = ((at, loc) for at, loc in others if at not in elsewhere)
    above = (at for at, loc in own if not _usual(loc, sitemap.own).startswith(folder))
    return batch.hits(above, f"not below {shown(folder)}: {{loc}}")


@rule("SM314", "private-host", Severity.ERROR, Scope.URL)
def privatehost_of(batch: Batch) -> Hits:
    """A sitemap lists an address that the public cannot reach, or is not meant to.

    Criterion: the host is ``localhost``, a private, loopback or link-local address, ends in ``.local``,
        ``.internal``, ``.test`` and the like, or has a part such as ``staging``, ``dev`` or ``test``; unless
        the checked site itself is such a host.
    Why: What was built for another environment has gone out; and its addresses with it.
    Mend: Set the base address of the program that writes the sitemap.
    Bad: ``<loc>http://localhost:3000/about</loc>``
    Good: ``<loc>https://example.com/about</loc>``
    Source: own (search engines cannot fetch it; see https://www.rfc-editor.org/rfc/rfc6761)
    """
    if _is_private(textual_host(batch.site.url)):
        return ()
    private = {root for root in batch.roots if _is_private(textual_host(root))}
    own = _is_private(textual_host(batch.sitemap.own))
    if not private and not own:
        return ()
    roots = dict(batch.strangers)
    places = (at for at in range(batch.size) if (roots[at] in private if at in roots else own))
    return batch.hits(places, "not for the public: {loc}")


@rule("SM412", "mixed-hosts", Severity.WARNING, Scope.URL)
def mixed_hosts(batch: Batch) -> Hits:
    """A sitemap lists addresses of several hosts.

    Criterion: two or more different hosts in one file (looked for among some 30,000 entries at a time).
    Why: Reports of search engines are made by site, and the sitemap belongs to one of them.
    Mend: Write a sitemap for each host.
    Bad: ``https://example.com/a`` and ``https://shop.example.com/b`` in one file
    Good: a sitemap on each host, with its own addresses
    Source: https://www.sitemaps.org/protocol.html#location
    """
    hosts = Counter(urlsplit(root).netloc for _, root in batch.strangers)
    if len(batch.strangers) < batch.size:
        hosts[urlsplit(batch.sitemap.own).netloc] += batch.size - len(batch.strangers)
    if len(hosts) > 1:
        named = ", ".join(shown(host) for host, _ in hosts.most_common(3))
        (main, most), *_ = hosts.most_common(1)
        first = next(_others(batch, main))
        yield Hit(f"{len(hosts):,} hosts in one file: {named}", index=first, count=batch.size - most)


def _others(batch: Batch, host: str) -> Iterator[int]:
    """The entries that are not on a host."""
    roots = dict(batch.strangers)
    own = urlsplit(batch.sitemap.own).netloc
    return (at for at in range(batch.size) if (urlsplit(roots[at]).netloc if at in roots else own) != host)


@rule("SM105", "not-https", Severity.WARNING, Scope.SITE)
def not_https(site: SiteFact) -> Hits:
    """A site that speaks https has a sitemap without it.

    Criterion: the site was reached by https, and the address of one of its sitemaps begins with ``http://``.
        Addresses of pages are a matter of SM309.
    Why: The sitemap can be changed on its way, and search engines take http for another site.
    Mend: Name the sitemap by its https address in robots.txt and in the index.
    Bad: ``Sitemap: http://example.com/sitemap.xml``
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    if site.url.startswith("https:"):
        for sitemap in site.sitemaps:
            if sitemap.url.startswith("http:"):
                yield Hit("the site speaks https, this address does not", sitemap=sitemap.url)


def _is_private(host: str) -> bool:
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name.endswith(PRIVATE_NAMES) or STAGE.search(_before_registered(name)) is not None


def _before_registered(name: str) -> str:
    """What stands before the registered name: that itself may well be "dev", which tells of no stage."""
    labels = name.split(".")
    is_third = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    before = labels[: -3 if is_third else -2]
    return f"{'.'.join(before)}." if before else ""


def _usual(loc: str, own: str) -> str:
    """An address of the sitemap's own origin, with that in the usual spelling."""
    return loc if loc.startswith(own) else own + ROOT.sub("", loc).removeprefix("/")
