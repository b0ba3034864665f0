"""Hits with their rules."""

from typing import NamedTuple

from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Rule


class RuleHit(NamedTuple):
    """A hit, with its rule and the URL of its sitemap; None for a hit that concerns the whole site."""

    rule: Rule
    sitemap: str | None
    hit: Hit
