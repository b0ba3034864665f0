"""The compression is damaged (SM108): truncated, a wrong checksum, or something after its end.

Source: the Search Console's "Compression error".
"""

from sitemap_cli.audit.rule import Rule, from_problems
from sitemap_cli.model import Severity

RULES = (
    Rule(
        "SM108",
        "gzip-broken",
        Severity.ERROR,
        from_problems("truncated-gzip", "bad-crc", "bad-gzip", "trailing-garbage", "too-many-members"),
    ),
)
