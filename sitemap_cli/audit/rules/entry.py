"""An entry cannot be used as it stands.

Its address is missing (SM301), relative (SM302), too long (SM303) or no address at all (SM304), or its
date is none (SM321).

Source: https://www.sitemaps.org/protocol.html#xmlTagDefinitions.
"""

from sitemap_cli.audit.rule import Rule, from_problems
from sitemap_cli.model import Severity

RULES = (
    Rule("SM301", "loc-missing", Severity.ERROR, from_problems("loc-missing")),
    Rule("SM302", "loc-not-absolute", Severity.ERROR, from_problems("loc-relative", "loc-scheme")),
    Rule("SM303", "loc-too-long", Severity.ERROR, from_problems("url-too-long", "url-long")),
    Rule("SM304", "loc-invalid", Severity.ERROR, from_problems("loc-invalid", "text-line")),
    Rule("SM321", "lastmod-invalid", Severity.WARNING, from_problems("lastmod-invalid")),
)
