"""The XML is broken (SM201), its encoding is (SM202), it is no sitemap (SM205), or it carries a DTD (SM209).

Source: https://www.sitemaps.org/protocol.html, https://www.w3.org/TR/xml/.
"""

from sitemap_cli.audit.rule import Rule, from_errors, from_problems
from sitemap_cli.model import Severity

RULES = (
    Rule(
        "SM201",
        "not-well-formed",
        Severity.ERROR,
        from_problems("not-well-formed", "truncated", "xml-too-deep", "token-too-long", "too-many-names"),
    ),
    Rule("SM202", "encoding-not-utf8", Severity.ERROR, from_problems("bad-encoding")),
    Rule("SM205", "root-element", Severity.ERROR, from_errors("not-a-sitemap")),
    Rule("SM209", "dtd-or-entity", Severity.WARNING, from_problems("doctype", "dtd-forbidden")),
)
