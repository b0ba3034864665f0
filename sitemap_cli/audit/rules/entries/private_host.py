"""URLs on hosts that are not public."""

import ipaddress
import re

from sitemap_cli.audit.entry_batch import Batch
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
# Whole labels only: "test-drive" is another word.
STAGE = re.compile(
    r"(?:^|\.)(?:staging|stage|stg|dev|develop|development|test|testing|qa|uat|preprod|preview)\d*(?=\.)"
)
# Below a country code, the registered name can be the third label from the end: example.co.uk.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})

NOT_PUBLIC = "the host is not public"
LOOKS_LIKE_TEST = "the host looks like a test host"


@rule("SM314", Severity.ERROR, Scope.URL)
def private_host(batch: Batch) -> Hits:
    """A sitemap lists a URL on a host that is not public.

    Checks: The host is ``localhost`` or a private, loopback or link-local IP address, or ends with
        ``.local``, ``.internal``, ``.test`` or similar. A host with a whole label such as ``staging``,
        ``dev`` or ``test`` before its domain is a warning: it looks like a test host. The rule does not run
        if the checked site is on such a host.
    Why: The sitemap was generated for another environment, and search engines cannot fetch its URLs.
    Fix: Set the base URL of the program that writes the sitemap to that of the public site.

        - test host: If the host is a test system, set the base URL to that of the public site. If it is
          public, ignore the rule there: ``--ignore-at``.

    Message: the host is not public
    Bad::

        <url>
          <loc>http://localhost:3000/about</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/about</loc>
        </url>

    Systems:
        Next.js: ``app/sitemap.ts`` writes the origin that your code puts before the paths; set its
            variable in the environment of the build.
        WordPress: Settings > General: Site Address (URL), after a copy from a staging site.
        Astro: ``site`` in ``astro.config.mjs``.
        Hugo: ``baseURL``; ``hugo server`` replaces it by localhost.
    Source: own (search engines cannot fetch it: https://www.rfc-editor.org/rfc/rfc6761)
    See also: SM308 SM309
    """
    if _explain_host(textual_host(batch.site.url)):
        return
    origins = {*batch.foreign_origins, batch.sitemap.origin}
    reasons = {root: why for root in origins if (why := _explain_host(textual_host(root)))}
    if not reasons:
        return
    roots = dict(batch.foreign_entries)
    for index in range(batch.size):
        root = roots.get(index, batch.sitemap.origin)
        if reason := reasons.get(root):
            loc = batch.locs.values[index]
            is_test = reason == LOOKS_LIKE_TEST
            severity, fix = (Severity.WARNING, "test host") if is_test else (None, None)
            yield Hit(
                reason, loc, severity=severity, index=index, value=loc, cause=textual_host(root), fix=fix
            )


def _explain_host(host: str) -> str | None:
    """Return why a host is not for the public; None if it may be."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return None if ipaddress.ip_address(name).is_global else NOT_PUBLIC
    except ValueError:
        if name.endswith(PRIVATE_NAMES):
            return NOT_PUBLIC
        return LOOKS_LIKE_TEST if STAGE.search(_strip_registered_domain(name)) else None


def _strip_registered_domain(name: str) -> str:
    """Return the labels before the registered domain, which itself may be "dev" on a public site."""
    labels = name.split(".")
    is_third = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    before = labels[: -3 if is_third else -2]
    return f"{'.'.join(before)}." if before else ""
