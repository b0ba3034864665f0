"""The table of domains in a terminal."""

import datetime as dt
import io
from typing import Any

import msgspec
from rich.console import Console

from sitemap_cli.cli.look.times import Clock
from sitemap_cli.cli.view.domain_table import render_domain_table
from sitemap_cli.model.catalog_results import DomainResult
from sitemap_cli.model.results import FindingCounts
from sitemap_cli.model.values import Verdict

CLOCK = Clock(dt.datetime(2026, 11, 29, 22, tzinfo=dt.UTC))


def domain(name: str, **fields: Any) -> DomainResult:
    empty = dict.fromkeys(each.name for each in msgspec.structs.fields(DomainResult))
    usual = {"tags": ["clients"], "urls": 70, "finished_at": "2026-11-29T18:26:00.000Z"}
    return DomainResult(**{**empty, **usual, "domain": name, **fields})


def render(*domains: DomainResult) -> str:
    stream = io.StringIO()
    Console(file=stream, width=80).print(render_domain_table(domains, CLOCK))
    return stream.getvalue()


def test_a_narrow_terminal_has_room_for_why_domains_got_worse() -> None:
    drops = domain("shop.example.com", verdict=Verdict.OK, change=-30, removed=30, change_percent=-30.0)
    drops = msgspec.structs.replace(drops, worse="30% fewer URLs")
    errors = FindingCounts(error=1, warning=0, info=0)
    fails = domain("www.example.com", verdict=Verdict.ROBOTS_UNREACHABLE, findings=errors)
    fails = msgspec.structs.replace(fails, worse="newly failing, was ok; 1 error, 0 before")
    text = render(drops, fails)
    assert text.splitlines()[0].split() == ["domain", "verdict", "urls", "worse", "tags"]
    assert "newly failing, was ok; 1" in text
    same = domain("a.example.com", verdict=Verdict.OK)
    assert "-30 -30.0%" in render(same, drops)
