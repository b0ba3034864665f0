"""The file could not be had: no answer (SM101), a wrong status (SM102), or robots.txt forbids it (SM104).

Sources: https://www.sitemaps.org/protocol.html, https://www.rfc-editor.org/rfc/rfc9309.
"""

from sitemap_cli.audit.rule import Rule, from_errors
from sitemap_cli.model import Severity

UNANSWERED = (
    "blocked-address",
    "dns-nxdomain",
    "dns-failure",
    "tls-error",
    "tls-not-spoken",
    "connection-refused",
    "connection-failed",
    "connection-closed",
    "connection-reset",
    "timeout-connect",
    "timeout-read",
    "too-slow",
    "deadline",
    "challenge",
    "proxy-denied",
    "protocol-error",
    "incomplete-body",
    "robots-unreachable",
)

RULES = (
    Rule("SM101", "fetch-failed", Severity.ERROR, from_errors(*UNANSWERED)),
    Rule("SM102", "http-status", Severity.ERROR, from_errors("http-status", "rate-limited")),
    Rule("SM104", "blocked-by-robots", Severity.ERROR, from_errors("robots-disallowed")),
)
