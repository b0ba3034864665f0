"""The XML is not as it has to be.

It is broken (SM201), its encoding is (SM202), something stands before it (SM203), it is no sitemap (SM205),
it carries a DTD (SM209), it has a raw ``&`` or ``<`` (SM210), or lists in lists (SM213).

Source: https://www.sitemaps.org/protocol.html, https://www.w3.org/TR/xml/.
"""

from sitemap_cli.audit.rule import Rule, from_errors, from_problems
from sitemap_cli.model import Severity

BROKEN = (
    *(
        "not-well-formed",
        "truncated",
        "xml-too-deep",
        "token-too-long",
        "too-many-names",
        "too-many-repairs",
        "too-many-roots",
    ),
    *(
        "bad-attribute",
        "control-character",
        "half-entry",
        "merge-conflict",
        "mismatched-tag",
        "misplaced-markup",
    ),
    *(
        "second-root",
        "stray-end-tag",
        "unbound-prefix",
        "unclosed-tag",
        "junk-after-end",
        "comment-with-markup",
        "root-missing",
    ),
)

RULES = (
    Rule(
        "SM201",
        "not-well-formed",
        Severity.ERROR,
        from_problems(*BROKEN),
    ),
    Rule("SM202", "encoding-not-utf8", Severity.ERROR, from_problems("bad-encoding")),
    Rule(
        "SM203",
        "bom-or-leading-space",
        Severity.WARNING,
        from_problems("bom", "leading-whitespace", "junk-before"),
    ),
    Rule("SM205", "root-element", Severity.ERROR, from_errors("not-a-sitemap")),
    Rule("SM209", "dtd-or-entity", Severity.WARNING, from_problems("doctype", "dtd-forbidden")),
    Rule("SM210", "unescaped-data", Severity.ERROR, from_problems("unescaped-data", "undefined-entity")),
    Rule("SM213", "nested-or-mixed", Severity.ERROR, from_problems("nested-root", "mixed-kinds")),
)
