"""URLs on hosts that are not public."""

import ipaddress
import re

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
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
# Below a country code, the registered name can be the third label from the end: example.co.uk.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})


@rule("SM314", Severity.ERROR, Scope.URL)
def private_host(batch: Batch) -> Hits:
    """A sitemap lists a URL on a host that is not public.

    Checks: The host is ``localhost`` or a private, loopback or link-local IP address, ends with ``.local``,
        ``.internal``, ``.test`` or similar, or has a part such as ``staging``, ``dev`` or ``test``. The rule
        does not run if the checked site is on such a host.
    Why: The sitemap was generated for another environment, and search engines cannot fetch its URLs.
    Fix: Set the base URL of the program that writes the sitemap.
    Bad: ``<loc>http://localhost:3000/about</loc>``
    Good: ``<loc>https://example.com/about</loc>``
    Source: own (search engines cannot fetch it; see https://www.rfc-editor.org/rfc/rfc6761)
    """
    if _is_private(textual_host(batch.site.url)):
        return ()
    private = {root for root in batch.foreign_origins if _is_private(textual_host(root))}
    own = _is_private(textual_host(batch.sitemap.origin))
    if not private and not own:
        return ()
    roots = dict(batch.foreign_entries)
    places = (at for at in range(batch.size) if (roots[at] in private if at in roots else own))
    return batch.report_entries(places, "host is not public: {loc}")


def _is_private(host: str) -> bool:
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name.endswith(PRIVATE_NAMES) or STAGE.search(_strip_registered_domain(name)) is not None


def _strip_registered_domain(name: str) -> str:
    """Return the labels before the registered domain, which itself may be "dev" on a public site."""
    labels = name.split(".")
    is_third = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    before = labels[: -3 if is_third else -2]
    return f"{'.'.join(before)}." if before else ""
